import type { CodecFailure } from '../../telemetry/vendor-codec.ts'

/** Why one call gave nothing. `line`: of the codec's source, from 1. */
export interface CallFailure {
  reason: CodecFailure
  error: string
  line: number | null
}

/** `json`: the data, a line feed, and the warnings. */
export type Outcome = { json: string } | CallFailure

/** Whether it was stopped at a limit, and did not end by itself. */
export const isStopped = ({ reason }: CallFailure) => reason === 'codec-timeout' || reason === 'codec-memory'

/** What the thread was asked last to do, in memory that both see: it tells by itself when a call does not come back. */
export const watchFields = {
  /** Rises at each begin and end of a codec's own code; odd while it runs. */
  turn: 0,
  batch: 1,
  /** Place of the call in its batch. */
  call: 2,
} as const

/** Number of bytes of a call that only loads the codec. */
export const ONLY_LOAD = -1

/** Several calls of one codec. */
export interface Batch {
  type: 'batch'
  id: number
  /** Number of the program, and its source when the thread has not had it. */
  program: number
  source: string | null
  /** fPort, ms since 1970, and number of bytes (or `ONLY_LOAD`) of each call. */
  calls: Float64Array
  bytes: Uint8Array
  /** Whether memory is told too, for which each call gets a new interpreter. */
  isMeasured: boolean
}

export type ToThread = Batch | { type: 'forget'; program: number }

export interface Measure {
  /** Bytes: once loaded, and touched beyond by the call. */
  loaded: number
  touched: number
  /** ms of computing. */
  ms: number
}

export interface BatchDone {
  id: number
  /** Of fewer calls than were asked when one was stopped at a limit, which is the last. */
  outcomes: Outcome[]
  /** ms of computing it took. */
  ms: number
  /** One of each call when the batch is measured, else none; null when the codec could not be loaded. */
  measures: (Measure | null)[]
}
