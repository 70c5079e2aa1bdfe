import type { Message } from '../../telemetry/message.ts'
import type { Journal } from '../journal.ts'

/** Oldest messages are given up beyond this, as on disk. */
const DEFAULT_MAX_BYTES = 256 * 1024 * 1024

/** Keeps messages in memory; commits at the end of the current turn. For replays and tests. */
export function openMemoryJournal(maxBytes = DEFAULT_MAX_BYTES): Journal {
  const kept: Message[] = []
  let pending: Message[] = []
  let listener: (messages: readonly Message[], error: Error | null) => void = () => {}
  let next = 1
  let bytes = 0
  let givenUp = 0

  function commit(): void {
    const group = pending
    pending = []
    if (group.length === 0) return
    for (const message of group) {
      kept.push(message)
      bytes += message.payload.length
    }
    let over = 0
    for (; bytes > maxBytes; over++) bytes -= (kept[over] as Message).payload.length
    givenUp += over
    kept.splice(0, over)
    listener(group, null)
  }

  /** Index of the first kept message at `position` or behind it. */
  function find(position: number): number {
    let low = 0
    for (let high = kept.length; low < high; ) {
      const middle = (low + high) >>> 1
      if ((kept[middle] as Message).position < position) low = middle + 1
      else high = middle
    }
    return low
  }

  return {
    append(topic, payload, received) {
      if (pending.push({ position: next, topic, payload: payload.slice(), received }) === 1) queueMicrotask(commit)
      return next++
    },
    hasRoom: () => true,
    onCommit(given) {
      listener = given
    },
    async read(position, most) {
      const first = find(position)
      let last = first
      for (let size = 0; last < kept.length && (size === 0 || size < most); last++) size += (kept[last] as Message).payload.length + 1
      return kept.slice(first, last)
    },
    async release(position) {
      for (const { payload } of kept.splice(0, find(position))) bytes -= payload.length
    },
    stats: () => ({
      ...{ next, oldest: kept[0]?.position ?? next, oldestAt: kept[0]?.received ?? null, bytes, waitingBytes: bytes, segments: 1, givenUp },
      ...{ tornBytes: 0, corruptBlocks: 0, trouble: null, slowestSync: 0 },
    }),
    close: async () => commit(),
  }
}
