import { readFile } from 'node:fs/promises'
import { replaceFile } from './durable-write.ts'

/** A count in a file of its own, so that a new start goes on with it. */
export interface KeptCount {
  readonly value: number
  /** Counts at once; the file follows, and one that cannot be written now is with the next change. */
  add(count: number): void
  /** Resolves when the file has followed. */
  settled(): Promise<void>
}

/** Opens the count; a missing or unreadable file counts as 0. */
export async function openKeptCount(path: string): Promise<KeptCount> {
  let value = await readFile(path, 'utf8').then(countIn, () => 0)
  let isWriting = false
  let writing = Promise.resolve()

  async function write(): Promise<void> {
    for (let written = -1; written !== value; ) {
      written = value
      await replaceFile(path, [Buffer.from(`${written}\n`)]).catch(() => undefined)
    }
    isWriting = false
  }

  return {
    get value() {
      return value
    },
    add(count) {
      if (count <= 0) return
      value += count
      if (isWriting) return
      isWriting = true
      writing = write()
    },
    settled: () => writing,
  }
}

function countIn(text: string): number {
  const count = Number(text)
  return Number.isSafeInteger(count) && count > 0 ? count : 0
}
