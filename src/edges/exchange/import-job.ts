import { rm } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { LamplighterError } from '../../errors.ts'
import type { ImportMapping } from '../../facilities/import-mapping.ts'
import type { ImportedFacility, PlantImport } from '../../facilities/plant-import.ts'
import type { ProblemList } from '../../facilities/problem-list.ts'
import { seconds } from '../../telemetry/duration.ts'
import { type Text, text } from '../../telemetry/point.ts'
import { type CheckSources, checkPlantFile } from './plant-check.ts'
import type { PlantFile } from './plant-reading.ts'
import { Slices } from './slices.ts'

export const importStates = ['checking', 'checked', 'committing', 'committed', 'cancelled', 'failed'] as const
export type ImportState = (typeof importStates)[number]

/** Facilities staged or taken over between two turns of the event loop. */
const CHUNK = 100
/** Changed facilities named in the report; all are counted. */
const MAX_CHANGES = 5000
/** How often the plant may change under a commit before it is put off. */
const MAX_TRIES = 3
const RETRY_AFTER = seconds(2)

/** The way of checked facilities into the plant; a sealed import is completed whatever happens. */
export interface PlantTakeOver {
  /** Puts facilities aside, durable and no part of the plant. */
  stage(id: string, facilities: readonly ImportedFacility[]): void
  /** Decides that all staged facilities become part of the plant, in one transaction with its audit record. Nobody else changes the plant until then. Throws `action-refused` where one person may not decide that. */
  seal(id: string, cause: { by: string; subject: string; reason: string }): void
  /** Takes over the next facilities; false when there are none left. */
  takeNext(id: string, limit: number): boolean
  /** Forgets what was staged. */
  drop(id: string): void
}

export interface ImportCounts {
  rows: number
  /** Facilities, rows that repeat others left out. */
  new: number
  changed: number
  unchanged: number
}

export interface ImportReport {
  counts: ImportCounts
  /** How many facilities differ in each field. */
  changedFields: Readonly<Record<string, number>>
  /** The first of the facilities that exist and would be changed. */
  changes: readonly { row: number; id: string; fields: readonly string[] }[]
  problems: ProblemList
}

export interface ImportJobParts extends CheckSources {
  takeOver: PlantTakeOver
  now: () => number
  /** Told when the import is part of the plant, and when it stands still. */
  log: (error: unknown, message: string) => void
}

/** One file on its way into the plant: checked, looked at, committed or given up. */
export class ImportJob {
  readonly id: string
  readonly by: string
  readonly name: string
  readonly file: PlantFile & { hasMark: boolean }
  readonly created: number
  state: ImportState = 'checking'
  /** Share of the present step, 0 to 1. */
  progress = 0
  report: ImportReport | null = null
  /** Why it is not further, in words; null when nothing is in its way. */
  trouble: Text | null = null
  /** Last change of state, ms. */
  touched: number
  readonly #mapping: ImportMapping
  readonly #parts: ImportJobParts
  readonly #abort = new AbortController()
  #isSealed = false
  /** Who decided that it becomes part of the plant. */
  #committer = ''

  constructor(start: Pick<ImportJob, 'id' | 'by' | 'name' | 'file'>, mapping: ImportMapping, parts: ImportJobParts) {
    this.id = start.id
    this.by = start.by
    this.name = start.name
    this.file = start.file
    this.#mapping = mapping
    this.#parts = parts
    this.created = parts.now()
    this.touched = this.created
  }

  get isRunning(): boolean {
    return this.state === 'checking' || this.state === 'committing'
  }
  get isOver(): boolean {
    return this.state === 'committed' || this.state === 'cancelled' || this.state === 'failed'
  }

  /** The dry run. */
  async check(): Promise<void> {
    await this.#run(async () => {
      this.report = reportOf(await this.#checked(1))
      this.#become('checked')
    })
  }

  /** Throws `action-refused` when there is nothing to commit. */
  startCommit(by: string): Promise<void> {
    if (this.state !== 'checked')
      throw new LamplighterError('action-refused', `The import is ${this.state}; it can be committed when it is checked.`)
    const { errors } = this.report?.problems ?? { errors: 0 }
    if (errors > 0)
      throw new LamplighterError('action-refused', `The file has ${errors} errors, so none of it is taken. Correct it and import it again.`)
    this.#committer = by
    this.trouble = null
    this.#become('committing')
    return this.#run(() => this.#commit(MAX_TRIES))
  }

  /** Gives up at any stage but the last. Throws `action-refused` when the import is being taken over. */
  async cancel(): Promise<void> {
    if (this.#isSealed && this.state === 'committing')
      throw new LamplighterError('action-refused', 'The import has been decided and is being taken over; it can no longer be cancelled.')
    this.#abort.abort()
    if (!this.isOver) this.#become('cancelled')
    await this.#clear()
  }

  async #commit(tries: number): Promise<void> {
    const { takeOver, plant } = this.#parts
    const { revision } = plant
    const check = await this.#checked(0.4)
    const report = reportOf(check)
    if (!isAsApproved(report, this.report)) {
      this.report = report
      this.trouble = text(
        'The plant has changed since the check, and the import would now do something else. Look at the report, then commit again.',
        '检查之后设施数据已变化，导入结果会有所不同。请查看新的检查报告后再次提交。',
      )
      return this.#become('checked')
    }
    const pending = [...check.imported.facilities.values()].filter(({ known, changed }) => !known || changed.length > 0)
    await this.#stage(pending)
    // Nothing can come between this look and the seal.
    if (plant.revision !== revision) {
      takeOver.drop(this.id)
      if (tries > 1) return this.#commit(tries - 1)
      this.trouble = text(
        'The plant kept changing while the import was prepared. Commit again.',
        '准备导入期间设施数据不断变化，请再次提交。',
      )
      return this.#become('checked')
    }
    const { counts } = report
    const subject = `${counts.new + counts.changed} facilities`
    const reason = `${this.name}: ${counts.rows} rows, ${counts.new} new, ${counts.changed} changed`
    try {
      takeOver.seal(this.id, { by: this.#committer, subject, reason })
    } catch (error) {
      if (!(error instanceof LamplighterError)) throw error
      takeOver.drop(this.id)
      this.trouble = text(error.message, '导入会使较多路灯或控制柜变暗，须由两人决定：请先按两步变更照明分配或临时控制，再提交导入。')
      return this.#become('checked')
    }
    this.#isSealed = true
    await this.#takeOver(pending.length)
    this.#become('committed')
    await this.#clear()
  }

  async #stage(pending: readonly ImportedFacility[]): Promise<void> {
    const slices = new Slices()
    this.#parts.takeOver.drop(this.id)
    for (let from = 0; from < pending.length; from += CHUNK) {
      this.#parts.takeOver.stage(this.id, pending.slice(from, from + CHUNK))
      this.progress = 0.4 + (0.2 * from) / pending.length
      await slices.next(this.#abort.signal)
    }
  }

  /** From the seal on there is only forward: what fails is tried again, and a new start of the program completes it too. */
  async #takeOver(count: number): Promise<void> {
    const slices = new Slices()
    for (let done = 0; ; done += CHUNK) {
      try {
        if (!this.#parts.takeOver.takeNext(this.id, CHUNK)) return
        this.trouble = null
      } catch (error) {
        if (this.#abort.signal.aborted) throw error
        const reason = error instanceof Error ? error.message : String(error)
        this.trouble = text(`It stands still and is tried again: ${reason}`, `导入暂停，正在重试：${reason}`)
        this.#parts.log(error, 'an import cannot be taken over; it is tried again')
        done -= CHUNK
        await pause(RETRY_AFTER, undefined, { signal: this.#abort.signal })
      }
      this.progress = 0.6 + 0.4 * Math.min(1, done / Math.max(1, count))
      await slices.next(this.#abort.signal)
    }
  }

  /** Stops at once, also while it is taken over: the next start completes that. */
  close(): void {
    this.#abort.abort()
  }

  #checked(share: number): Promise<{ problems: ProblemList; imported: PlantImport }> {
    const { signal } = this.#abort
    return checkPlantFile(this.file, this.#mapping, this.#parts, {
      signal,
      onProgress: (done) => {
        this.progress = done * share
      },
    })
  }

  async #run(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (this.#abort.signal.aborted) return
      this.trouble = text('The import failed inside the program; its log says why.', '导入因程序内部错误而失败，原因见日志。')
      this.#parts.log(error, 'an import failed')
      this.#become('failed')
      await this.#clear()
    }
  }

  #become(state: ImportState): void {
    this.state = state
    this.touched = this.#parts.now()
    this.progress = state === 'committing' ? 0 : 1
  }

  async #clear(): Promise<void> {
    if (this.state !== 'committed') this.#parts.takeOver.drop(this.id)
    await rm(this.file.path, { force: true })
  }
}

function reportOf({ imported, problems }: { imported: PlantImport; problems: ProblemList }): ImportReport {
  const counts: ImportCounts = { rows: imported.rows, new: 0, changed: 0, unchanged: 0 }
  const changedFields: Record<string, number> = {}
  const changes: { row: number; id: string; fields: readonly string[] }[] = []
  for (const { row, known, changed, description } of imported.facilities.values()) {
    if (!known) counts.new++
    else if (changed.length === 0) counts.unchanged++
    else {
      counts.changed++
      for (const { field } of changed) changedFields[field] = (changedFields[field] ?? 0) + 1
      if (changes.length < MAX_CHANGES) changes.push({ row, id: description.id, fields: changed.map(({ field }) => field) })
    }
  }
  return { counts, changedFields, changes, problems }
}

/** Whether a new look at the same file says what the one before it said, which somebody has agreed to. */
function isAsApproved(now: ImportReport, then: ImportReport | null): boolean {
  if (now.problems.errors > 0 || !then) return false
  const said = ({ counts, changedFields }: ImportReport) => JSON.stringify([counts, Object.entries(changedFields).sort()])
  return said(now) === said(then)
}
