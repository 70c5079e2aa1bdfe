import { kindByKey } from '../../../facilities/index.ts'
import { openRemoteStore } from '../../../storage/open-telemetry-store.ts'
import { type RefusedRows, RowsRefused } from '../../../storage/refused-rows.ts'
import type { RawSeries, ScanQuery, TelemetryRows, TelemetryStore } from '../../../storage/telemetry-store.ts'
import { doThreadWork, type ThreadContext } from '../../../thread-work.ts'
import type { ExchangeOrder, RangeCall } from './exchange-in-thread.ts'
import { type ExportProgress, exportTelemetry, type ReadStore } from './export.ts'
import { type ImportProgress, importTelemetry } from './import.ts'
import type { ImportReport } from './row-taker.ts'

type Progress = ExportProgress | ImportProgress
type AskedStore = ReadStore & Pick<TelemetryStore, 'write'>

/** The store of the thread that opened it. All writes go through it: which hours of a server must be rolled up again is known to one store alone. */
function askedStore({ call }: ThreadContext<Progress>): AskedStore {
  return {
    scan: (query: ScanQuery) => call<TelemetryRows>('scan', query),
    range: (query, limit) => call<RawSeries[]>('range', { query, limit } satisfies RangeCall),
    // Copied: they are written again when the store is away.
    async write(batches) {
      const refused = await call<readonly RefusedRows[]>('write', batches)
      if (refused.length > 0) throw new RowsRefused(refused)
    },
  }
}

await doThreadWork<ExchangeOrder, ExportProgress | ImportReport, Progress>(async ({ remote, ...order }, context) => {
  const { signal, progress: onProgress, call } = context
  if (order.work === 'import')
    return importTelemetry(order.source, order.options, order.isDryRun ? null : askedStore(context), { signal, onProgress })
  const server = remote && (await openRemoteStore(remote, [...kindByKey.values()]))
  const store = server ?? askedStore(context)
  try {
    const write = (piece: Uint8Array) =>
      call<void>('take', piece, piece.byteLength === piece.buffer.byteLength ? [piece.buffer as ArrayBuffer] : [])
    return await exportTelemetry(order.export, store, order.file === null ? { write } : { file: order.file }, { signal, onProgress })
  } finally {
    await server?.close()
  }
})
