import { days, hours } from '../../telemetry/duration.ts'
import type { DayFile } from './day-file.ts'
import type { DayFiles } from './day-files.ts'
import { type Day, daysFileOf, endOfDay, endOfFile, type FileKey, hoursFileOf, isDay, startOfDay } from './day-name.ts'
import { copyAsMinutes, keepLost, rollDay } from './day-rolling.ts'
import { type Copy, copyTable, rewriteFile, sealFile } from './day-sealing.ts'
import { isDamage } from './file-trouble.ts'
import { contentsOf } from './resolution.ts'
import { isPast, type RawFloors, type Retention, rawDaysOf } from './retention.ts'

/** A file is put in order so long after its time, when most late rows have come. */
const SLACK = hours(1)
const LARGE = 64e6
/** Days with rows behind a longer gap than this, ms, count as time that has passed only once there are so many of them. */
const LONGEST_GAP = days(14)
const PROOF_DAYS = 7
/** Looks at a large day, ten minutes apart, after which it is put in order although late rows still come. */
const MOST_LOOKS = 36

/** What a look through the files did, by their keys: days as 2026-01-31, hours of a month as 2026-01.hours, days of a year as 2026.days. */
export interface Maintenance {
  /** Days put in order. */
  sealed: FileKey[]
  /** Days of which hours and calendar days were made. */
  rolled: FileKey[]
  /** Roll-ups put in order. */
  compacted: FileKey[]
  /** Days in which minutes took the place of raw rows, or what is past was left out. */
  reduced: FileKey[]
  removed: FileKey[]
  /** What could not be done and is tried again the next time. */
  failed: { key: FileKey; error: string }[]
}

export interface UpkeepOptions {
  retention: Retention
  /** How far local days begin behind UTC days, ms. */
  offset: number
  /** Bytes from which on a file is large; 64 MB when absent. */
  largeBytes?: number
  /** Resolves when the writes that have begun are done. */
  settleWrites(): Promise<unknown>
}

/** How far a run has come. */
export interface UpkeepProgress {
  /** What it is at. */
  key: FileKey
  /** Days, and after them roll-ups, that were looked at, of how many. */
  done: number
  total: number
}

export interface UpkeepWatch {
  /** When aborted the run ends in the midst of the piece of work it is at, which is as if it had not begun. */
  signal?: AbortSignal
  onProgress?: (progress: UpkeepProgress) => void
}

/** Keeps the files in order, one piece of work after the other; a piece that fails stops none of the others. */
export class Upkeep {
  readonly #files: DayFiles
  readonly #floors: RawFloors
  readonly #options: UpkeepOptions
  /** Until when nothing in a day becomes past, ms. */
  readonly #nothingPast = new Map<Day, number>()

  /** Days that are not in order and why not: writes when they were looked at, and how often that was. */
  readonly #waiting = new Map<Day, { writes: number; looks: number }>()
  #isStopped = false

  constructor(files: DayFiles, floors: RawFloors, options: UpkeepOptions) {
    this.#files = files
    this.#floors = floors
    this.#options = options
  }

  /** A run under way ends in the midst of the piece of work it is at, which is as if it had not begun. */
  stop(): void {
    this.#isStopped = true
    this.#files.connections.sealing.interrupt()
  }

  /** `all`: also the roll-ups of the month and the year that are not over. */
  async run(now: number, all = false, { signal, onProgress = () => {} }: UpkeepWatch = {}): Promise<Maintenance> {
    const interrupt = () => this.#files.connections.sealing.interrupt()
    signal?.addEventListener('abort', interrupt)
    try {
      return await this.#run(now, all, () => this.#isStopped || signal?.aborted === true, onProgress)
    } finally {
      signal?.removeEventListener('abort', interrupt)
    }
  }

  async #run(now: number, all: boolean, isStopped: () => boolean, onProgress: (progress: UpkeepProgress) => void): Promise<Maintenance> {
    const done: Maintenance = { sealed: [], rolled: [], compacted: [], reduced: [], removed: [], failed: [] }
    const attempt = async (key: FileKey, work: () => Promise<void>) => {
      try {
        if (!isStopped()) await work()
      } catch (error) {
        if (isStopped()) return
        done.failed.push({ key, error: error instanceof Error ? error.message : String(error) })
        if (isDamage(error)) await this.#files.setAsideDamaged()
      }
    }
    const attemptEach = async <K extends FileKey>(keys: readonly K[], work: (key: K) => Promise<void>) => {
      for (const [i, key] of keys.entries()) {
        if (!isStopped()) onProgress({ key, done: i, total: keys.length })
        await attempt(key, () => work(key))
      }
    }
    await attempt('lost days', () => keepLost(this.#files))
    const proven = this.#provenTime()
    // A clock that runs ahead of all readings ends none of them.
    const past = Math.min(now, proven)
    const lowered = this.#floors.lower(Math.max(now, proven - 1))
    const raised = this.#floors.raise(this.#options.retention, past) || lowered
    // A row that was let in before is in its day before that is looked at.
    if (raised) await this.#options.settleWrites()
    // With the newest first: they are asked for most.
    const over = this.#files.days().filter((day) => endOfDay(day) + SLACK <= now)
    await attemptEach(over.reverse(), (day) => this.#putInOrder(day, all, done))
    let saved = !raised
    const save = async () => {
      if (!saved) await this.#floors.save()
      saved = true
    }
    // A disk without room for it may have some once a day is removed.
    if (!saved) await save().catch(() => {})
    for (const day of this.#files.days()) await attempt(day, () => this.#removePast(day, past, done))
    await attempt('retention', save)
    if (saved) for (const day of this.#files.days()) await attempt(day, () => this.#reducePast(day, past, done))
    const rollUps = this.#files.keys().filter((key) => !isDay(key))
    await attemptEach(rollUps, (key) => this.#lookAfterRollUps(key, now, past, all, done))
    return done
  }

  /** Takes older rows again where more days are to be kept than before and nothing was made of them yet. */
  async takeOlder(): Promise<void> {
    const made: Day[] = []
    for (const key of this.#files.keys())
      if (key === daysFileOf(key)) made.push(...(await this.#files.use(key, async ({ rolled }) => [...rolled.keys()])))
    made.sort()
    const past = this.#provenTime()
    if (this.#floors.reopen(this.#options.retention, past, (before) => made.findLast((day) => day < before))) await this.#floors.save()
  }

  /**
   * The end of the newest day that has passed for certain, ms; 0 when none has. Not simply the newest with rows: the service reports itself, so
   * a clock that is wrong for an hour makes a day of years ahead.
   */
  #provenTime(): number {
    const known = this.#files.days()
    const starts = known.flatMap((day, i) => (i === 0 || startOfDay(day) - startOfDay(known[i - 1] as Day) > LONGEST_GAP ? [i] : []))
    const first = starts.findLastIndex((start, i) => i === 0 || (starts[i + 1] ?? known.length) - start >= PROOF_DAYS)
    const proven = known[(starts[first + 1] ?? known.length) - 1]
    return proven === undefined ? 0 : endOfDay(proven)
  }

  async #putInOrder(day: Day, all: boolean, done: Maintenance): Promise<void> {
    const isOpen = (await this.#files.sealedStamp(day)) === null
    if (isOpen && (all || this.#isQuiet(day)) && (await sealFile(this.#files, day))) done.sealed.push(day)
    if (!this.#isStopped && (await rollDay(this.#files, day, this.#options.offset))) done.rolled.push(day)
  }

  /** A large file that still gets late rows is not written anew at every look, but when none came since the last one, or after many. */
  #isQuiet(day: Day): boolean {
    const writes = this.#files.writes(day)
    const known = this.#waiting.get(day)
    const isQuiet =
      this.#files.bytes(day) < (this.#options.largeBytes ?? LARGE) || known?.writes === writes || (known?.looks ?? 0) >= MOST_LOOKS
    if (isQuiet) this.#waiting.delete(day)
    else this.#waiting.set(day, { writes, looks: (known?.looks ?? 0) + 1 })
    return isQuiet
  }

  /** Whether what was made of the day's raw rows is of the day as it is, so that they may go. */
  async #isRolled(day: Day): Promise<boolean> {
    const stamp = await this.#files.sealedStamp(day)
    const key = hoursFileOf(day)
    const rolled = this.#files.has(key) ? await this.#files.use(key, async (file) => file.rolled.get(day)) : undefined
    return stamp !== null && rolled !== undefined && (rolled.stamp === stamp || rolled.isLost)
  }

  /** Removes a day of which nothing is kept. */
  async #removePast(day: Day, past: number, done: Maintenance): Promise<void> {
    if (!this.#mayHavePast(day, past) || this.#files.isPinned(day)) return
    const tables = await this.#files.use(day, async ({ columns }) => [...columns.keys()])
    if (tables.length > 0 && tables.some((table) => this.#fate(table, day, past) !== 'goes')) return
    if (!(await this.#isRolled(day))) return
    await this.#files.remove(day)
    this.#nothingPast.delete(day)
    done.removed.push(day)
  }

  async #reducePast(day: Day, past: number, done: Maintenance): Promise<void> {
    if (!this.#mayHavePast(day, past)) return
    if (await this.#isRolled(day)) {
      const reduced = await rewriteFile(this.#files, day, ({ stamp, sealed, columns }) => {
        const stays = [...columns.keys()].every((table) => this.#fate(table, day, past) === 'stays')
        return stays || !sealed || stamp === null ? null : { stamp, copy: this.#reducedCopy(day, past) }
      })
      if (reduced) done.reduced.push(day)
    }
    const tables = await this.#files.use(day, async ({ columns }) => [...columns.keys()])
    if (tables.every((table) => this.#fate(table, day, past) === 'stays'))
      this.#nothingPast.set(day, Math.min(...tables.map((table) => this.#pastFrom(table, day))))
  }

  #mayHavePast(day: Day, past: number): boolean {
    const { retention } = this.#options
    const shortest = Math.min(retention.raw, ...Object.values(retention.rawOf))
    return isPast(day, shortest, past) && past > (this.#nothingPast.get(day) ?? Number.NEGATIVE_INFINITY)
  }

  #keptDays(table: string): number {
    const { kind, resolution } = contentsOf(table)
    return resolution === 'raw' ? rawDaysOf(kind, this.#options.retention) : this.#options.retention.minutes
  }

  #pastFrom(table: string, day: Day): number {
    return endOfDay(day) + days(this.#keptDays(table))
  }

  #fate(table: string, day: Day, past: number): 'stays' | 'rolls up' | 'goes' {
    if (!isPast(day, this.#keptDays(table), past)) return 'stays'
    return contentsOf(table).resolution === 'raw' && !isPast(day, this.#options.retention.minutes, past) ? 'rolls up' : 'goes'
  }

  #reducedCopy(day: Day, past: number): Copy {
    return async (connection, file: DayFile, table, target) => {
      const fate = this.#fate(table, day, past)
      if (fate === 'stays') await copyTable(connection, file, table, target)
      else if (fate === 'rolls up') await copyAsMinutes(connection, file, table, target)
    }
  }

  async #lookAfterRollUps(key: FileKey, now: number, past: number, all: boolean, done: Maintenance): Promise<void> {
    if (this.#files.isPinned(key)) return
    if (key.endsWith('.hours') && endOfFile(key) < past - days(this.#options.retention.hours)) {
      await this.#files.remove(key)
      done.removed.push(key)
    } else if (all || endOfFile(key) + SLACK <= now) {
      if (await sealFile(this.#files, key)) done.compacted.push(key)
    }
  }
}
