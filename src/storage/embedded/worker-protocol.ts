import type { BucketSeries, Grid, KeptFrom, LatestValues, RawSeries, ScanQuery, SeriesQuery, TelemetryRows } from '../telemetry-store.ts'
import type { DayCalls } from './day-calls.ts'
import type { TelemetryStats } from './day-stats.ts'
import type { Maintenance, UpkeepProgress } from './day-upkeep.ts'
import type { Retention } from './retention.ts'

/** What the worker is started with. */
export interface WorkerSetup {
  folder: string
  retention: Retention
  /** How far local days begin behind UTC days, ms; null: as in the roll-ups that are there. */
  offset: number | null
  /** Whether a file that cannot be read is set aside, so that all else goes on. */
  setsAside: boolean
  /** Whether a longer retention takes older rows again. */
  takesOlder: boolean
}

/** What the worker can be asked for, with its answers. */
export interface WorkerCalls extends DayCalls {
  open: { args: []; result: undefined }
  /** Answers how many rows were left out since the worker started. */
  write: { args: [batches: readonly TelemetryRows[]]; result: number }
  range: { args: [query: SeriesQuery, limit: number]; result: RawSeries[] }
  buckets: { args: [query: SeriesQuery, grid: Grid]; result: BucketSeries[] }
  scan: { args: [query: ScanQuery]; result: TelemetryRows }
  latest: { args: [kind: string, since: number]; result: LatestValues }
  oldest: { args: []; result: number | null }
  keptFrom: { args: [now: number]; result: KeptFrom }
  maintain: { args: [now: number]; result: Maintenance }
  /** Tells of its progress as `run`, by which it can be stopped. */
  compact: { args: [now: number, run: string]; result: Maintenance }
  stopCompact: { args: [run: string]; result: undefined }
  endUpkeep: { args: []; result: undefined }
  stats: { args: []; result: TelemetryStats }
  close: { args: []; result: undefined }
}

export type CallName = keyof WorkerCalls
export interface Call {
  id: number
  name: CallName
  args: unknown[]
}
/** `error` is null when it went well. */
export interface Answer {
  id: number
  result: unknown
  error: string | null
}
/** What the worker says without being asked. */
export type Notice = DamageNotice | CompactNotice
export interface DamageNotice {
  /** A file that cannot be read was set aside under this name. */
  damaged: string
  error: string
}
export interface CompactNotice {
  compacting: string
  progress: UpkeepProgress
}
