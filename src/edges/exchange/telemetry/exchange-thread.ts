import { kindByKey } from '../../../facilities/index.ts'
import { openRemoteStore } from '../../../storage/open-telemetry-store.ts'
import type { RawSeries, ScanQuery, TelemetryRows, TelemetryStore } from '../../../storage/telemetry-store.ts'
import { doThreadWork, type ThreadContext } from '../../../thread-work.ts'
import { buffersOf, type ExchangeOrder, type RangeCall } from './exchange-in-thread.ts'
import { type ExportProgress, exportTelemetry, type ReadStore } from './export.ts'
import { type ImportProgress, importTelemetry } from './import.ts'
import type { ImportReport } from './row-taker.ts'

type Progress = ExportProgress | ImportProgress
type AskedStore = ReadStore & Pick<TelemetryStore, 'write'>

/** The store of the thread that opened it. */
function askedStore({ call }: ThreadContext<Progress>): AskedStore {
  return {
    scan: (query: ScanQuery) => call<TelemetryRows>('scan', query),
    range: (query, limit) => call<RawSeries[]>('range', { query, limit } satisfies RangeCall),
    write: (batches) => call<void>('write', batches, batches.flatMap(buffersOf)),
  }
}

await doThreadWork<ExchangeOrder, ExportProgress | ImportReport, Progress>(async ({ remote, ...order }, context) => {
  const { signal, progress: onProgress, call } = context
  const server = remote && (await openRemoteStore(remote, [...kindByKey.values()]))
  const store = server ?? askedStore(context)
  try {
    if (order.work === 'import')
      return await importTelemetry(order.source, order.options, order.isDryRun ? null : store, { signal, onProgress })
    const write = (piece: Uint8Array) =>
      call<void>('take', piece, piece.byteLength === piece.buffer.byteLength ? [piece.buffer as ArrayBuffer] : [])
    return await exportTelemetry(order.export, store, order.file === null ? { write } : { file: order.file }, { signal, onProgress })
  } finally {
    await server?.close()
  }
})
