import type { RemoteStore } from '../../../storage/open-telemetry-store.ts'
import { type RefusedRows, RowsRefused } from '../../../storage/refused-rows.ts'
import type { ScanQuery, SeriesQuery, TelemetryRows, TelemetryStore } from '../../../storage/telemetry-store.ts'
import { workInThread } from '../../../thread-work.ts'
import type { ExportOrder, ExportProgress, ExportTarget, ReadStore, Watch } from './export.ts'
import type { ImportProgress, ImportSource } from './import.ts'
import type { ImportReport, TakingOptions } from './row-taker.ts'

/** What the thread is started with; `remote` is the server of the store, which it asks itself but does not write to. */
export type ExchangeOrder = { remote: RemoteStore | null } & (
  | { work: 'export'; export: ExportOrder /** null: piece by piece. */; file: string | null }
  | { work: 'import'; source: ImportSource; options: TakingOptions; isDryRun: boolean }
)

/** The store, and where it is if on a server. */
export interface ExchangeStore {
  telemetry: ReadStore & Pick<TelemetryStore, 'write'>
  remote: RemoteStore | null
}

export interface RangeCall {
  query: SeriesQuery
  limit: number
}

const MEMORY_MB = 1024

/** The buffers of rows nobody else uses, each once. */
function buffersOf({ facility, at, values }: TelemetryRows): ArrayBuffer[] {
  return [...new Set([facility, at, ...values].map(({ buffer }) => buffer as ArrayBuffer))]
}

/** Rows that were refused are an answer, because an error would leave them behind on its way to another thread. */
async function refusedOf(writing: Promise<void>): Promise<readonly RefusedRows[]> {
  try {
    await writing
    return []
  } catch (error) {
    if (error instanceof RowsRefused) return error.refused
    throw error
  }
}

const isRows = (answer: unknown): answer is TelemetryRows => typeof answer === 'object' && answer !== null && 'facility' in answer

function exchange<R, P>(
  order: ExchangeOrder,
  { telemetry }: ExchangeStore,
  take: (piece: Uint8Array) => Promise<void>,
  watch: Watch<P>,
): Promise<R> {
  return workInThread<R, P>({
    program: new URL('./exchange-thread.ts', import.meta.url),
    order,
    name: `telemetry-${order.work}`,
    memoryMb: MEMORY_MB,
    calls: {
      scan: (query: ScanQuery) => telemetry.scan(query),
      range: ({ query, limit }: RangeCall) => telemetry.range(query, limit),
      write: (batches: TelemetryRows[]) => refusedOf(telemetry.write(batches)),
      take,
    },
    handedOver: (answer) => (isRows(answer) ? buffersOf(answer) : []),
    signal: watch.signal,
    // Parquet is made and read by native code, which must not be ended in the midst of it.
    stopBy: 'ask',
    onProgress: watch.onProgress ?? (() => {}),
  })
}

const nowhere = () => Promise.reject(new Error('nobody takes pieces'))

/** As `exportTelemetry`, in a thread of its own. */
export function exportInThread(
  order: ExportOrder,
  store: ExchangeStore,
  target: ExportTarget,
  watch: Watch<ExportProgress>,
): Promise<ExportProgress> {
  const file = 'file' in target ? target.file : null
  const take = 'file' in target ? nowhere : target.write
  return exchange({ work: 'export', export: order, file, remote: store.remote }, store, take, watch)
}

/** As `importTelemetry`, in a thread of its own. */
export function importInThread(
  source: ImportSource,
  options: TakingOptions,
  isDryRun: boolean,
  store: ExchangeStore,
  watch: Watch<ImportProgress>,
): Promise<ImportReport> {
  return exchange({ work: 'import', source, options, isDryRun, remote: store.remote }, store, nowhere, watch)
}
