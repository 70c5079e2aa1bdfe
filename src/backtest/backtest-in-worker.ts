import type { ScanQuery, TelemetryStore } from '../storage/telemetry-store.ts'
import { workInThread } from '../thread-work.ts'
import type { BacktestProgress, BacktestResult } from './backtest.ts'
import type { BacktestOrder } from './backtest-order.ts'

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
  const program = new URL('./backtest-worker.ts', import.meta.url)
  // The files of the embedded store belong to the thread that opened it, so it is asked here.
  const calls = { scan: (query: ScanQuery) => telemetry.scan(query) }
  return workInThread({ program, order, name, memoryMb, calls, signal, stopBy: 'end', onProgress })
}
