import type { ScanQuery, TelemetryStore } from '../storage/telemetry-store.ts'
import { workInThread } from '../thread-work.ts'
import type { LampGapOrder, LateSlot } from './lamp-gap.ts'

/** Works in a thread of its own, so that nobody waits for it; its heap at most, MB. */
const MEMORY_MB = 1024

/** How lamps were lit in slots of a gap. Rejects with what went wrong in the thread, or with the reason of `signal`, which ends it. */
export function fillInWorker(order: LampGapOrder, telemetry: Pick<TelemetryStore, 'scan'>, signal: AbortSignal): Promise<LateSlot[]> {
  const program = new URL('./lamp-gap-worker.ts', import.meta.url)
  const calls = { scan: (query: ScanQuery) => telemetry.scan(query) }
  return workInThread({ program, order, name: 'lamp-gap', memoryMb: MEMORY_MB, calls, signal, stopBy: 'end', onProgress: () => {} })
}
