import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { verifyAudit } from '../audit-chain.ts'
import { keptForAlarms, readDiskSpace } from '../disk-space.ts'
import type { DataFolder } from './data-folder.ts'
import { fileName, isDay } from './day-name.ts'
import { withFileThread } from './file-thread.ts'
import { DAMAGED, VERIFIED_COPY } from './folder-walk.ts'
import { readBlocks, type Segment } from './segment.ts'
import { untilAborted } from './until-aborted.ts'

export interface Finding {
  /** The file. */
  path: string
  problem: string
  /** What to do, or what was done. */
  advice: string
}

export interface Verified {
  findings: Finding[]
  /** How much was looked at. */
  days: number
  segments: number
  messages: number
  stateBytes: number
}

export interface VerifyOrder {
  folder: DataFolder
  /** Moves day files that cannot be read away, so that the store can do without them. */
  repair: boolean
  signal: AbortSignal
  onProgress(progress: { doing: string; done?: number; total?: number }): void
}

/** Looks at everything in a data folder: every block of the journal, every value of every day, every page of the state, and how they fit together. */
export async function verifyFolder(order: VerifyOrder): Promise<Verified> {
  const findings: Finding[] = []
  // Before the journal, which may only grow meanwhile.
  const positions = order.folder.state.positions()
  const letGo = order.folder.journal.hold()
  try {
    const segments = await order.folder.journal.segments()
    const messages = await verifyJournal(order, segments, findings)
    const needed = Math.max(1, Math.min(positions.storedThrough, positions.detectedThrough) + 1)
    verifyPositions(order.folder, segments, needed, Math.max(positions.storedThrough, positions.detectedThrough), findings)
    const days = await verifyDays(order, findings)
    await verifyState(order, findings)
    await verifyTrail(order, findings)
    return { findings, days, segments: segments.length, messages, stateBytes: order.folder.state.size().bytes }
  } finally {
    letGo()
  }
}

async function verifyJournal({ signal, onProgress }: VerifyOrder, segments: readonly Segment[], findings: Finding[]): Promise<number> {
  let messages = 0
  for (const [done, segment] of segments.entries()) {
    onProgress({ doing: basename(segment.path), done, total: segments.length })
    try {
      for await (const { block } of readBlocks(segment, 0)) {
        signal.throwIfAborted()
        messages += block.count
      }
    } catch (error) {
      signal.throwIfAborted()
      // Given up meanwhile, because the journal is past its bounds.
      if (existsSync(segment.path)) findings.push({ path: segment.path, problem: messageOf(error), advice: 'Look after its disk.' })
    }
    for (const at of segment.corruptAt) {
      const problem = `unsound bytes from ${at} on`
      findings.push({ path: segment.path, problem, advice: 'The messages there are lost; all others are read. Look after its disk.' })
    }
  }
  return messages
}

function verifyPositions(folder: DataFolder, segments: readonly Segment[], needed: number, accounted: number, findings: Finding[]): void {
  const path = join(folder.path, 'journal')
  const [oldest, next] = [segments[0]?.first, segments.at(-1)?.next]
  if (oldest !== undefined && oldest > needed) {
    const problem = `messages ${needed} to ${oldest - 1} are gone, and not all of them were judged and stored`
    findings.push({ path, problem, advice: 'The journal was past its bounds, or files of it were lost. Restore a backup if they matter.' })
  }
  if (next !== undefined && accounted >= next) {
    const problem = `the state accounts for messages up to ${accounted}, and the journal ends at ${next - 1}`
    findings.push({
      path,
      problem,
      advice: 'Files of it were lost, or belong to another state. A server started on it goes on after them.',
    })
  }
}

async function verifyDays({ folder, repair, signal, onProgress }: VerifyOrder, findings: Finding[]): Promise<number> {
  for (const name of (await folder.telemetry?.files.damaged()) ?? [])
    findings.push({
      path: join(folder.path, 'telemetry', name),
      problem: 'it could not be read and was set aside',
      advice: 'Restore that file from a backup with the server stopped, and remove this one.',
    })
  const days = (await folder.telemetry?.files.keys()) ?? []
  for (const [done, day] of days.entries()) {
    signal.throwIfAborted()
    onProgress({ doing: day, done, total: days.length })
    const files = folder.telemetry!.files
    const verifying = files.verifyDay(day).catch((error: unknown) => [messageOf(error)])
    const problems = await untilAborted(signal, verifying, () => void files.interruptDay(day).catch(() => {}))
    if (problems.length === 0) continue
    const path = join(folder.path, 'telemetry', fileName(day))
    let advice = 'Restore that file from a backup with the server stopped, or let --repair move it away and do without that day.'
    if (repair) {
      const aside = join(folder.path, DAMAGED, `${fileName(day)}-${folder.now()}`)
      await mkdir(join(folder.path, DAMAGED), { recursive: true })
      advice = await files.moveDay(day, aside).then(
        () => `It was moved to ${aside}.`,
        (error: unknown) => `It could not be moved away (${messageOf(error)}); stop the server and try again.`,
      )
    }
    for (const problem of problems) findings.push({ path, problem, advice })
  }
  return days.filter(isDay).length
}

/** Looks at a copy: the original is needed meanwhile. */
async function verifyState({ folder, signal, onProgress }: VerifyOrder, findings: Finding[]): Promise<void> {
  const copy = join(folder.path, VERIFIED_COPY)
  const remove = async () => {
    for (const end of ['', '-wal', '-shm', '-journal']) await rm(copy + end, { force: true })
  }
  await remove()
  const { bytes } = folder.state.size()
  const { free, size } = await readDiskSpace(folder.path)
  if (free - bytes < keptForAlarms(size)) {
    const problem = `not looked at: a copy of it takes ${bytes} bytes, and of ${free} free ones ${Math.ceil(keptForAlarms(size))} are left to alarms`
    findings.push({ path: folder.state.path, problem, advice: 'Free space on the disk of the data folder and verify again.' })
    return
  }
  try {
    const problems = await withFileThread(folder.isServed, signal, async (thread) => {
      await folder.state.copyTo(copy, signal, (done, total) => onProgress({ doing: 'state', done, total }))
      return thread.checkDatabase(copy)
    }).catch((error: unknown) => {
      signal.throwIfAborted()
      return [messageOf(error)]
    })
    const advice = 'Stop the server and restore the newest backup: what it lacks is judged again as far as the journal goes back.'
    for (const problem of problems) findings.push({ path: folder.state.path, problem, advice })
  } finally {
    await remove()
  }
}

async function verifyTrail({ folder: { state }, signal, onProgress }: VerifyOrder, findings: Finding[]): Promise<void> {
  const chain = state.auditChain()
  if (!chain) return
  const options = { signal, onProgress: (done: number, total: number) => onProgress({ doing: 'audit trail', done, total }) }
  const { problems } = await verifyAudit(chain, options)
  const advice = 'Somebody changed the state file behind the service, or it is damaged. Compare with a backup.'
  for (const { record, problem } of problems) findings.push({ path: state.path, problem: `audit record ${record} ${problem}`, advice })
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
