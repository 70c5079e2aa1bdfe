import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { LamplighterError } from '../../../errors.ts'
import { type RefusedRows, RowsRefused } from '../../../storage/refused-rows.ts'
import type { TelemetryStore } from '../../../storage/telemetry-store.ts'
import { seconds } from '../../../telemetry/duration.ts'
import type { Delimiter } from '../csv-reading.ts'
import { decodeText, type Encoding, UnreadableFile } from '../encoding.ts'
import type { Watch } from './export.ts'
import type { TelemetryFormat } from './formats.ts'
import { type InfluxdbSource, influxdbSlices } from './influxdb-source.ts'
import { readCsvRows, readJsonLines, readLineProtocol, type TextReader } from './reading-text.ts'
import { type ImportReport, RowTaker, type TakingOptions } from './row-taker.ts'

/** A file of telemetry; plain enough to be sent to another thread. */
export interface TelemetryFile {
  path: string
  format: TelemetryFormat
  /** Of CSV; the other texts are UTF-8. */
  encoding: Encoding
  delimiter?: Delimiter
}

export interface ImportProgress {
  /** Of the file or the time, 0 to 1. */
  share: number
  rows: number
  /** Of a server: up to where each measurement was written, ms. */
  through?: Readonly<Record<string, number>>
}

export type ImportSource = TelemetryFile | InfluxdbSource

/** Rows of one write, and between two looks at the signal. */
const BATCH = 5_000
/** Bytes read between two looks at the signal. */
const READ_AT_ONCE = 262_144
/** Waits before a write that failed is tried again, ms. */
const RETRY_AFTER = [seconds(1), seconds(2), seconds(5), seconds(10), seconds(20)]

const textReaders: Readonly<Record<Exclude<TelemetryFormat, 'parquet'>, TextReader>> = {
  csv: readCsvRows,
  'json-lines': readJsonLines,
  'line-protocol': readLineProtocol,
}

/**
 * Reads all of a file or a server and, unless `store` is null (a dry run), writes what can be taken straight to the store: nothing of it is judged, so that
 * history raises no alarms, and writing it again changes nothing. Throws the reason of `signal`, and `store-unavailable` when the store fails
 * again and again.
 */
export async function importTelemetry(
  source: ImportSource,
  options: TakingOptions,
  store: Pick<TelemetryStore, 'write'> | null,
  { signal, onProgress = () => {} }: Watch<ImportProgress>,
): Promise<ImportReport> {
  const taker = new RowTaker(options)
  let share = 0
  let unseen = 0
  let through: Readonly<Record<string, number>> | undefined
  const settle = async () => {
    unseen = 0
    const batches = taker.take()
    if (store) for (const refused of await writeBatches(store, batches, signal)) taker.refused(refused)
    signal.throwIfAborted()
    onProgress({ share, rows: taker.rows, ...(through && { through }) })
  }
  if ('url' in source) {
    for await (const slice of influxdbSlices(source, taker, signal)) {
      share = slice.share
      through = { ...source.through, ...through, [slice.measurement]: slice.through }
      await settle()
    }
    return taker.report()
  }
  try {
    const look = (read: number) => {
      signal.throwIfAborted()
      share = read
      onProgress({ share, rows: taker.rows })
    }
    for await (const read of readFile(source, taker, look)) {
      share = read
      if (++unseen >= BATCH) await settle()
    }
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error
    taker.endEarly(error)
  }
  await settle()
  return taker.report()
}

/** Hands all rows over; yields the share read after each, and tells it to `look` now and then, also where nothing is a row. */
async function* readFile(file: TelemetryFile, taker: RowTaker, look: (share: number) => void): AsyncGenerator<number> {
  if (file.format === 'parquet') {
    const { readParquet } = await import('./parquet-reading.ts')
    yield* readParquet(file.path, taker)
    return
  }
  const { size } = await stat(file.path)
  let read = 0
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const chunk of createReadStream(file.path, { highWaterMark: READ_AT_ONCE })) {
      look(read / Math.max(1, size))
      read += (chunk as Buffer).length
      yield chunk as Buffer
    }
  }
  const text = decodeText(bytes(), file.format === 'csv' ? file.encoding : 'utf-8')
  for await (const _ of textReaders[file.format](text, taker, file.delimiter)) yield read / Math.max(1, size)
}

/** Tries again while the store is away; what was written twice is there once. Returns what the store will not have. */
async function writeBatches(
  store: Pick<TelemetryStore, 'write'>,
  batches: Parameters<TelemetryStore['write']>[0],
  signal: AbortSignal,
): Promise<readonly RefusedRows[]> {
  if (batches.length === 0) return []
  for (const wait of [...RETRY_AFTER, null]) {
    try {
      await store.write(batches)
      break
    } catch (error) {
      if (error instanceof RowsRefused) return error.refused
      if (wait === null || !(error instanceof LamplighterError) || error.code !== 'store-unavailable') throw error
      await pause(wait, undefined, { signal })
    }
  }
  return []
}
