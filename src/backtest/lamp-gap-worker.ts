import { kindByKey } from '../facilities/index.ts'
import { openRemoteStore } from '../storage/open-telemetry-store.ts'
import type { ScanQuery, TelemetryRows } from '../storage/telemetry-store.ts'
import { doThreadWork } from '../thread-work.ts'
import { fillLampGap, type LampGapOrder, type LateSlot } from './lamp-gap.ts'

await doThreadWork<LampGapOrder, LateSlot[], never>(async (order, { call, signal }) => {
  const server = order.remote ? await openRemoteStore(order.remote, [...kindByKey.values()]) : null
  const scan = (query: ScanQuery) => call<TelemetryRows>('scan', query)
  const slots = await fillLampGap(order, server ?? { scan }, kindByKey, signal)
  await server?.close()
  return slots
})
