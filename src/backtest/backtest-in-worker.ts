import type { TelemetryStore } from '../storage/telemetry-store.ts'
import { startThread } from '../thread.ts'
import type { BacktestProgress, BacktestResult } from './backtest.ts'
import type { BacktestOrder, FromWorker, ToWorker } from './worker-messages.ts'

export interface WorkerOptions {
  name: string
  memoryMb: number
}

/**
 * Runs one back-test in a thread of its own. Settles when that thread is gone: rejects with what went wrong there, or with the reason of
 * `signal`, which ends it.
 */
export function backtestInWorker(
  order: BacktestOrder,
  telemetry: Pick<TelemetryStore, 'scan'>,
  signal: AbortSignal,
  onProgress: (progress: BacktestProgress) => void,
  { name, memoryMb }: WorkerOptions,
): Promise<BacktestResult> {
  const worker = startThread(new URL('./backtest-worker.ts', import.meta.url), { data: order, name, memoryMb })
  const { promise, resolve, reject } = Promise.withResolvers<BacktestResult>()
  // The first end counts.
  let settle: (() => void) | undefined
  const ended = (how: () => void) => {
    settle ??= how
  }
  const answer = (given: ToWorker) => worker.postMessage(given)
  const stop = () => {
    ended(() => reject(signal.reason))
    void worker.terminate()
  }
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  worker.on('message', (message: FromWorker) => {
    if (message.type === 'progress') onProgress(message.progress)
    else if (message.type === 'result') ended(() => resolve(message.result))
    else if (message.type === 'failed') ended(() => reject(new Error(message.trouble)))
    else
      telemetry.scan(message.query).then(
        (rows) => answer({ rows, trouble: '' }),
        (error: unknown) => answer({ rows: null, trouble: error instanceof Error ? error.message : String(error) }),
      )
  })
  worker.on('error', (error) => ended(() => reject(error)))
  worker.on('exit', () => {
    signal.removeEventListener('abort', stop)
    ended(() => reject(new Error('Its thread ended early.')))
    settle?.()
  })
  return promise
}
