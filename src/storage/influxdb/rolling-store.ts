import { days, minutes } from '../../telemetry/duration.ts'
import type { SeriesQuery, StoredKind, TelemetryRows, TelemetryStore } from '../telemetry-store.ts'
import { type DirtyHours, type Fold, HOUR, type HourMark, type Part } from './dirty-hours.ts'
import type { LineWriter } from './line-writing.ts'
import type { untilDone } from './until-done.ts'

/** Hours that are folded in one go, and hours in a row that one request folds. */
const FOLDS_AT_ONCE = 240
const HOURS_PER_REQUEST = 24
const MAINTENANCE_PERIOD = minutes(1)
/** Folding an hour of a large city reads some ten million values. */
export const LONGEST_FOLD = minutes(5)

export interface StoreLog {
  info(details: object, message: string): void
  warn(details: object, message: string): void
}

/** What every InfluxDB is opened with. */
export interface InfluxdbOptions {
  url: string
  kinds: readonly StoredKind[]
  /** Ms until a request is given up. */
  timeout: number
  /** PEM text of the authorities that are trusted instead of the usual ones. */
  ca?: string | undefined
  /** How long raw values and hourly roll-ups are kept, days; 0 = for ever. */
  rawDays?: number
  hourlyDays?: number
  /** Where the hours of the city begin, ms; see `calendarOrigin`. */
  gridOrigin?: number
  /** Whether this one folds hours into roll-ups; of all that write to a database exactly one should. */
  maintains?: boolean
  now?: () => number
  log?: StoreLog | undefined
}

export interface InfluxdbStore extends TelemetryStore {
  /** Rows that were older than the database keeps, and that it left out. */
  expired(): number
  /** Folds the hours that were written to and have ended as of `now`, ms; happens by itself every minute. Resolves with how many. */
  maintain(now: number): Promise<number>
}

/** The hourly roll-ups of a database. */
export interface RollUps {
  dirty: DirtyHours
  /** Notes in the database that hours were touched. */
  writeMarks(marks: readonly HourMark[]): Promise<void>
  /** Notes that hours were folded as of their generation. */
  writeFolded(marks: readonly HourMark[]): Promise<void>
  /** Folds raw values of hours in a row of one kind; doing it again changes nothing. */
  fold(kind: string, facilities: readonly string[] | null, span: { from: number; to: number }): Promise<void>
  /** Days for which the database keeps raw values; 0 = for ever. */
  rawDays(): number
  /** Sets raw retention that is shorter than before; absent where it is as it should be. */
  shorten?: () => Promise<void>
  /** The oldest hour that was written to and is still kept, ms. */
  oldest(): Promise<number | null>
}

export interface RollingParts extends Pick<InfluxdbOptions, 'maintains' | 'log' | 'rawDays'> {
  /** Resolves once the database is set up; with null where it keeps no roll-ups. */
  ready: ReturnType<typeof untilDone<RollUps | null>>
  writer: LineWriter
  now: () => number
}

/** What answers whole buckets of a grid: roll-ups where it is `onHours`, and else where raw values are gone. */
export function partsFor(
  rollUps: RollUps | null,
  { kind, facilities, from, to }: Pick<SeriesQuery, 'kind' | 'facilities' | 'from' | 'to'>,
  onHours: boolean,
  now: number,
): Part[] {
  if (!rollUps) return [{ from, to, clean: false }]
  const { dirty } = rollUps
  if (onHours) return dirty.parts(kind, facilities, from, to)
  const kept = rollUps.rawDays()
  const cut = kept === 0 ? from : Math.min(to, Math.max(from, dirty.hourOf(now - days(kept))))
  const raw = { from: cut, to, clean: false }
  return [...dirty.parts(kind, facilities, from, cut), ...(raw.from < raw.to ? [raw] : [])]
}

/** What a store that drops rows after so many days tells of that; 0 = never. */
export const keptFor = (rawDays: number): Pick<TelemetryStore, 'keptFrom'> =>
  rawDays === 0 ? {} : { keptFrom: async (now) => ({ others: now - days(rawDays), kinds: {} }) }

/** Writing to a database whose set-up is tried with every write until it is done, and the folding of its hours. */
export function rollingStore({ ready, writer, now, maintains, log, rawDays = 0 }: RollingParts) {
  async function write(batches: readonly TelemetryRows[]): Promise<void> {
    const rollUps = await ready()
    if (!rollUps) return writer.write(batches)
    const touching = rollUps.dirty.begin(batches)
    try {
      if (touching.marks.length > 0) await rollUps.writeMarks(touching.marks)
      touching.marked()
      await writer.write(batches)
    } finally {
      touching.end()
    }
  }

  const warn = (message: string) => (error: unknown) => log?.warn({ err: error }, message)
  const closing = new AbortController()
  async function maintain(at: number): Promise<number> {
    const rollUps = await ready()
    if (!rollUps) return 0
    let done = 0
    for (let folds = rollUps.dirty.take(at, FOLDS_AT_ONCE); folds.length > 0; folds = rollUps.dirty.take(at, FOLDS_AT_ONCE)) {
      done += await foldAll(rollUps, folds, closing.signal)
      if (closing.signal.aborted) break
    }
    // The server drops what is past at once, and hours that are not folded yet would never be.
    if (rollUps.shorten && rollUps.dirty.oldest() >= at - days(rawDays)) {
      const { shorten } = rollUps
      delete rollUps.shorten
      await shorten().catch(warn('the retention of InfluxDB could not be shortened; it is tried again at the next start'))
    }
    return done
  }

  if (maintains) ready().catch(warn('InfluxDB cannot be used yet; readings wait in the journal'))
  let maintaining: Promise<unknown> | null = null
  let told = 0
  const timer = setInterval(() => {
    if (writer.expired > told) {
      log?.warn({ rows: writer.expired - told }, 'InfluxDB left out rows that are older than it keeps')
      told = writer.expired
    }
    if (!maintains || maintaining) return
    maintaining = maintain(now())
      .catch(warn('hours of InfluxDB could not be rolled up; they are read from raw values until they are'))
      .finally(() => {
        maintaining = null
      })
  }, MAINTENANCE_PERIOD)
  timer.unref()

  return {
    write,
    maintain,
    expired: () => writer.expired,
    leftOut: () => writer.expired,
    /** A fold under way is not waited for: its hours stay marked. */
    async close() {
      clearInterval(timer)
      closing.abort()
    },
  }
}

async function foldAll(rollUps: RollUps, folds: readonly Fold[], signal: AbortSignal): Promise<number> {
  const open = new Set(folds)
  try {
    for (const run of runsOf(folds)) {
      if (signal.aborted) break
      const [first, last] = [run[0] as Fold, run.at(-1) as Fold]
      await rollUps.fold(first.kind, first.facilities, { from: first.hour, to: last.hour + HOUR })
      await rollUps.writeFolded(run)
      for (const fold of run) {
        rollUps.dirty.folded(fold)
        open.delete(fold)
      }
    }
    return folds.length - open.size
  } finally {
    for (const fold of open) rollUps.dirty.failed(fold)
  }
}

/** Folds that one request can do: of some facilities alone, of whole hours of a kind as many as follow each other. */
function runsOf(folds: readonly Fold[]): Fold[][] {
  const runs: Fold[][] = []
  const sorted = [...folds].sort((a, b) => (a.kind === b.kind ? a.hour - b.hour : a.kind < b.kind ? -1 : 1))
  for (const fold of sorted) {
    const run = runs.at(-1)
    const last = run?.at(-1)
    const follows = last && last.kind === fold.kind && last.hour + HOUR === fold.hour && !last.facilities && !fold.facilities
    if (run && follows && run.length < HOURS_PER_REQUEST) run.push(fold)
    else runs.push([fold])
  }
  return runs
}
