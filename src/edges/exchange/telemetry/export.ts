import { utcOffsets } from '../../../control/local-time.ts'
import { LamplighterError } from '../../../errors.ts'
import { sliceRows } from '../../../storage/refused-rows.ts'
import type { ScanQuery, StoredKind, TelemetryRows, TelemetryStore } from '../../../storage/telemetry-store.ts'
import { MOST_ROWS, TimeSlices } from '../../../storage/time-slices.ts'
import { days } from '../../../telemetry/duration.ts'
import { textEncoders } from './encoding-rows.ts'
import { rowsOfFew } from './few-facilities.ts'
import { writeFileSink } from './file-sink.ts'
import { columnsOf, type TelemetryFormat } from './formats.ts'
import { selectRows } from './select-rows.ts'

/** What is exported; plain enough to be sent to another thread. */
export interface ExportOrder {
  kind: StoredKind
  format: TelemetryFormat
  /** null: all of the kind. */
  facilities: readonly string[] | null
  points: readonly string[]
  /** Flagged values too, in columns of their own. */
  withFlagged: boolean
  /** CSV: begins with the mark by which spreadsheets know UTF-8. */
  hasMark: boolean
  /** CSV: times in this zone; null: in UTC. */
  timeZone: string | null
  /** ms, inclusive. */
  from: number
  /** ms, exclusive. */
  to: number
}

export interface ExportProgress {
  /** Of the time, 0 to 1. */
  share: number
  rows: number
  bytes: number
}

/** Where an export goes: to a file, which is made anew, or piece by piece to whoever waits for it. */
export type ExportTarget = { file: string } | { write(piece: Uint8Array): Promise<void> }

export interface Watch<P> {
  signal: AbortSignal
  onProgress?: (progress: P) => void
}

/** What an export asks. */
export type ReadStore = Pick<TelemetryStore, 'scan' | 'range'>

/** Up to so many facilities are asked for by name, because a scan reads all of their kind. */
const FEW = 50
/** More than any ms has. */
const ALL = 10_000_000
/** Rows of one piece of text. */
const ROWS_AT_ONCE = 10_000
/** Quiet kinds need few slices; a store that keeps days apart opens one at a time. */
const LONGEST_SLICE = days(1)

/**
 * Writes what a store has of one kind, a row per facility and device time, oldest first, in bounded memory. Throws the reason of `signal`, what
 * the store throws, and an error in words when the disk is full; a file that is not complete is removed. Parquet goes to files only.
 */
export async function exportTelemetry(
  order: ExportOrder,
  store: ReadStore,
  target: ExportTarget,
  watch: Watch<ExportProgress>,
): Promise<ExportProgress> {
  if (order.format === 'parquet') {
    if (!('file' in target)) throw new LamplighterError('invalid-request', 'Parquet is made as a file; it cannot be streamed.')
    const { exportParquet } = await import('./parquet-writing.ts')
    return exportParquet(order, selectedRows(order, store, watch.signal), target.file, watch)
  }
  if (!('file' in target)) return exportText(order, store, target.write, watch)
  const sink = await writeFileSink(target.file)
  try {
    const done = await exportText(order, store, sink.write, watch)
    await sink.close()
    return done
  } catch (error) {
    await sink.remove()
    throw error
  }
}

async function exportText(
  order: ExportOrder,
  store: ReadStore,
  write: (piece: Uint8Array) => Promise<void>,
  { signal, onProgress = () => {} }: Watch<ExportProgress>,
): Promise<ExportProgress> {
  const { kind, points, withFlagged, hasMark, timeZone } = order
  const options = {
    kind,
    columns: columnsOf(kind, points, withFlagged),
    hasMark,
    utcOffset: timeZone === null ? null : utcOffsets(timeZone),
  }
  const encoder = textEncoders[order.format as Exclude<TelemetryFormat, 'parquet'>](options)
  const progress: ExportProgress = { share: 0, rows: 0, bytes: 0 }
  const put = async (text: string) => {
    if (text === '') return
    const piece = Buffer.from(text)
    progress.bytes += piece.length
    await write(piece)
    signal.throwIfAborted()
  }
  await put(encoder.head)
  for await (const { rows, share } of selectedRows(order, store, signal)) {
    for (let first = 0; first < rows.rows; first += ROWS_AT_ONCE) await put(encoder.encode(sliceRows(rows, first, first + ROWS_AT_ONCE)))
    progress.rows += rows.rows
    progress.share = share
    onProgress({ ...progress })
  }
  return { ...progress, share: 1 }
}

export interface SelectedRows {
  rows: TelemetryRows
  /** Of the time that is done with them, 0 to 1. */
  share: number
}

async function* selectedRows(order: ExportOrder, store: ReadStore, signal: AbortSignal): AsyncGenerator<SelectedRows> {
  const { kind, points, withFlagged, facilities, from, to } = order
  const columns = columnsOf(kind, points, withFlagged)
  const wanted = facilities && new Set(facilities)
  const slices = new TimeSlices(from, to, { longest: LONGEST_SLICE })
  for (let slice = slices.next; slice; slice = slices.next) {
    signal.throwIfAborted()
    const query = { kind: kind.key, ...slice }
    const isFew = facilities && facilities.length <= FEW
    const limit = slice.to - slice.from > 1 ? MOST_ROWS : ALL
    const rows = isFew ? await rowsOfFew(store, { ...query, facilities, points }, limit) : await boundedScan(store, query, limit)
    if (!rows) {
      slices.halve()
      continue
    }
    slices.took(rows.rows)
    yield { rows: selectRows(rows, wanted, columns), share: (slice.to - from) / (to - from) }
  }
}

/** Null when there is more in that time than is to be held at once. */
async function boundedScan(store: ReadStore, query: ScanQuery, limit: number): Promise<TelemetryRows | null> {
  const rows = await store.scan({ ...query, limit })
  return rows.rows < limit ? rows : null
}
