import { Worker } from 'node:worker_threads'
import type { TelemetryStore } from '../storage/telemetry-store.ts'
import type { BacktestProgress, BacktestResult } from './backtest.ts'
import type { BacktestOrder, FromWorker, ToWorker } from './worker-messages.ts'

const WORKER_MEMORY_MB = 1024

/** Runs one back-test in a thread of its own. Rejects with what went wrong there, or with the reason of `signal`, which ends it. */
export function backtestInWorker(
  order: BacktestOrder,
  telemetry: Pick<TelemetryStore, 'scan'>,
  signal: AbortSignal,
  onProgress: (progress: BacktestProgress) => void,
): Promise<BacktestResult> {
  const worker = new Worker(new URL('./backtest-worker.ts', import.meta.url), {
    workerData: order,
    name: 'review',
    resourceLimits: { maxOldGenerationSizeMb: WORKER_MEMORY_MB },
  })
  const { promise, resolve, reject } = Promise.withResolvers<BacktestResult>()
  const answer = (given: ToWorker) => worker.postMessage(given)
  const stop = () => {
    reject(signal.reason)
    void worker.terminate()
  }
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  worker.on('message', (message: FromWorker) => {
    if (message.type === 'progress') onProgress(message.progress)
    else if (message.type === 'result') resolve(message.result)
    else if (message.type === 'failed') reject(new Error(message.trouble))
    else
      telemetry.scan(message.query).then(
        (rows) => answer({ rows, trouble: '' }),
        (error: unknown) => answer({ rows: null, trouble: error instanceof Error ? error.message : String(error) }),
      )
  })
  worker.on('error', reject)
  worker.on('exit', () => {
    signal.removeEventListener('abort', stop)
    reject(new Error('The thread of the back-test ended early.'))
  })
  return promise
}
