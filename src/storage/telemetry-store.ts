import type { Point } from '../telemetry/point.ts'

/** A row of one facility at one device time; `values[i]` belongs to `points[i]` of the batch's kind. */
export interface TelemetryRows {
  kind: string
  /** Facility ids, each once; `facility[row]` is an index into it. */
  facilities: readonly string[]
  facility: Uint32Array
  /** Device times, ms. */
  at: Float64Array
  /** Names of the columns: a point's key, or key + ".bad" for values flagged as impossible, so that no aggregate can include them. */
  columns: readonly string[]
  /** One array per column; NaN where the row has no value. Numbers as `encodeValue` gives them. */
  values: readonly Float64Array[]
  rows: number
}

/** Points of facilities of one kind in a time. */
export interface SeriesQuery {
  kind: string
  /** Ids, each once. */
  facilities: readonly string[]
  /** Keys, each once. */
  points: readonly string[]
  /** ms, inclusive. */
  from: number
  /** ms, exclusive. */
  to: number
}

/** All facilities of a kind. */
export interface ScanQuery extends Omit<SeriesQuery, 'facilities' | 'points'> {
  /** So that memory stays bounded: an answer of so many rows or more is not complete, and a shorter time is to be asked for. */
  limit?: number
}

/** Times cut into buckets of equal length, ms, one of which begins at `origin`, ms. Whole numbers. */
export interface Grid {
  length: number
  origin: number
}

/** Parallel arrays, oldest first, one entry per stored value. `good` false = flagged impossible. */
export interface RawSeries {
  facility: string
  point: string
  at: number[]
  value: number[]
  good: boolean[]
}

/** Parallel arrays, one entry per non-empty bucket; `at` is the start of the bucket. Impossible values are left out. */
export interface BucketSeries {
  facility: string
  point: string
  at: number[]
  min: number[]
  max: number[]
  mean: number[]
  last: number[]
  count: number[]
}

/** The newest value of each point of some facilities; that of a facility and a point stands at `facility * points.length + point` of the arrays. */
export interface LatestValues {
  facilities: readonly string[]
  points: readonly string[]
  /** Device times, ms; NaN where there is no value. */
  at: Float64Array
  value: Float64Array
  /** 1; 0 = flagged impossible. */
  good: Uint8Array
}

/**
 * Where time series are kept. One row per (facility, device time): writing it again is the same as writing it once,
 * and columns of two writes of the same row are merged.
 */
export interface TelemetryStore {
  readonly name: string
  /**
   * Resolves when the rows are durable in the store; rejects with `store-unavailable` when they may not be (write them again), with
   * `RowsRefused` when all but the rows it names are. Other errors mean that the rows are refused as they are.
   */
  write(batches: readonly TelemetryRows[]): Promise<void>
  /** Raw values, at most `limit` for each facility and point; a series for each, even when empty, points of the first facility first. */
  range(query: SeriesQuery, limit: number): Promise<RawSeries[]>
  /** Folded values, a series for each facility and point as `range` gives them. The time is widened to whole buckets (see `wholeBuckets`). */
  buckets(query: SeriesQuery, grid: Grid): Promise<BucketSeries[]>
  /** All rows of a kind in a time that the caller keeps short, oldest first; of one time in no special order. */
  scan(query: ScanQuery): Promise<TelemetryRows>
  /** The newest value of every point of every facility of a kind, looking back to `since`; to rebuild memory at start. */
  latest(kind: string, since: number): Promise<LatestValues>
  /** Since when there may be rows, ms; null when there are none. Absent where nobody can tell at once. */
  oldest?(): Promise<number | null>
  /** From which device times on rows are kept as they come, seen from `now`; absent where that is those of any time. */
  keptFrom?(now: number): Promise<KeptFrom>
  /** What it holds; absent where nobody can tell at once. */
  stats?(): Promise<StoreContents>
  /** Rows that were older than it keeps and that it left out, since the start; absent where nobody can tell. */
  leftOut?(): number
  /** Resolves when the store can take writes. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** Device times, ms. */
export interface KeptFrom {
  /** Of kinds that have none of their own. */
  others: number
  kinds: Readonly<Record<string, number>>
}

/** What a store holds and what it does not. */
export interface StoreContents {
  bytes: number
  /** From when to when there may be rows, ms; null when there are none. */
  oldest: number | null
  newest: number | null
  /** Days that have a file, and how many of them are not in order yet. */
  days: number
  open: number
  /** Rows of a kind, as they came or rolled up, and the bytes they take. */
  kept: { kind: string; resolution: string; files: number; rows: number; bytes: number }[]
  /** Rows that came for times of which nothing raw is kept any more, since the start. */
  leftOut: number
  /** Files that cannot be read and were set aside. */
  damaged: string[]
  /** Files that cannot be read and are still in their place, with the reason. */
  unreadable: { key: string; problem: string }[]
}

/** What a store must know of a kind to lay out its tables. */
export interface StoredKind {
  key: string
  points: ReadonlyMap<string, Point>
}
