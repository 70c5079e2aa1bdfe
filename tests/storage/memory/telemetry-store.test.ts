import { openMemoryTelemetryStore } from '../../../src/storage/memory/telemetry-store.ts'
import { telemetryStoreContract } from '../telemetry-store.contract.ts'

telemetryStoreContract('memory', async () => {
  const store = openMemoryTelemetryStore()
  return { store, reopen: async () => store, stop: () => store.close() }
})
