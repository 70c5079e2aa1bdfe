import { parentPort } from 'node:worker_threads'
import { kindByKey } from '../facilities/index.ts'
import { openRemoteStore } from '../storage/open-telemetry-store.ts'
import type { ScanQuery, TelemetryRows } from '../storage/telemetry-store.ts'
import { threadData } from '../thread.ts'
import { backtest } from './backtest.ts'
import { journalHistory } from './journal-history.ts'
import { storedHistory } from './stored-history.ts'
import type { BacktestOrder, FromWorker, ToWorker } from './worker-messages.ts'

const order = threadData<BacktestOrder>()
const tell = (message: FromWorker) => parentPort?.postMessage(message)
const waiting: { resolve(rows: TelemetryRows): void; reject(error: Error): void }[] = []

// The files of the embedded store belong to the thread that opened it, so it is asked there.
parentPort?.on('message', (message: ToWorker) => {
  const asked = waiting.shift()
  if (message.rows) asked?.resolve(message.rows)
  else asked?.reject(new Error(message.trouble))
})

function scan(query: ScanQuery): Promise<TelemetryRows> {
  const { promise, resolve, reject } = Promise.withResolvers<TelemetryRows>()
  waiting.push({ resolve, reject })
  tell({ type: 'scan', query })
  return promise
}

const { journalFolder, limits, stored, subjects, remote, ...options } = order
try {
  const server = stored && remote ? await openRemoteStore(remote, [...kindByKey.values()]) : null
  const history =
    stored === null ? journalHistory(journalFolder, limits) : storedHistory({ store: server ?? { scan }, kinds: kindByKey, span: stored })
  const result = await backtest({
    ...options,
    history,
    kinds: kindByKey,
    subjects: new Set(subjects),
    onProgress: (progress) => tell({ type: 'progress', progress }),
  })
  await server?.close()
  tell({ type: 'result', result })
} catch (error) {
  tell({ type: 'failed', trouble: error instanceof Error ? error.message : String(error) })
}
parentPort?.close()
