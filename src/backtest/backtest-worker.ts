import { parentPort, workerData } from 'node:worker_threads'
import { kindByKey } from '../facilities/index.ts'
import type { ScanQuery, TelemetryRows } from '../storage/telemetry-store.ts'
import { backtest } from './backtest.ts'
import { journalHistory } from './journal-history.ts'
import { storedHistory } from './stored-history.ts'
import type { BacktestOrder, FromWorker, ToWorker } from './worker-messages.ts'

const order = workerData as BacktestOrder
const tell = (message: FromWorker) => parentPort?.postMessage(message)
const waiting: { resolve(rows: TelemetryRows): void; reject(error: Error): void }[] = []

// The store belongs to the thread that opened it, so it is asked there.
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

const { journalFolder, limits, stored, subjects, ...options } = order
try {
  const history =
    stored === null ? journalHistory(journalFolder, limits) : storedHistory({ store: { scan }, kinds: kindByKey, span: stored })
  const result = await backtest({
    ...options,
    history,
    kinds: kindByKey,
    subjects: new Set(subjects),
    onProgress: (progress) => tell({ type: 'progress', progress }),
  })
  tell({ type: 'result', result })
} catch (error) {
  tell({ type: 'failed', trouble: error instanceof Error ? error.message : String(error) })
}
parentPort?.close()
