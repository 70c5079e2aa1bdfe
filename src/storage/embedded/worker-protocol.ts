import type { BucketSeries, Grid, LatestValues, RawSeries, ScanQuery, SeriesQuery, TelemetryRows } from '../telemetry-store.ts'
import type { DayCalls } from './day-calls.ts'

/** What the worker is started with. */
export interface WorkerSetup {
  folder: string
  retentionDays: number
}

/** What a look through the day files did. */
export interface Maintenance {
  /** Days sealed, as 2026-01-31. */
  sealed: string[]
  removed: string[]
}

/** What the worker can be asked for, with its answers. */
export interface WorkerCalls extends DayCalls {
  open: { args: []; result: undefined }
  write: { args: [batches: readonly TelemetryRows[]]; result: undefined }
  range: { args: [query: SeriesQuery, limit: number]; result: RawSeries[] }
  buckets: { args: [query: SeriesQuery, grid: Grid]; result: BucketSeries[] }
  scan: { args: [query: ScanQuery]; result: TelemetryRows }
  latest: { args: [kind: string, since: number]; result: LatestValues }
  oldest: { args: []; result: number | null }
  maintain: { args: [now: number]; result: Maintenance }
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
