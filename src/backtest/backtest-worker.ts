import { kindByKey } from '../facilities/index.ts'
import { openRemoteStore } from '../storage/open-telemetry-store.ts'
import type { ScanQuery, TelemetryRows } from '../storage/telemetry-store.ts'
import { doThreadWork } from '../thread-work.ts'
import { type BacktestProgress, type BacktestResult, backtest } from './backtest.ts'
import type { BacktestOrder } from './backtest-order.ts'
import { journalHistory } from './journal-history.ts'
import { storedHistory } from './stored-history.ts'

await doThreadWork<BacktestOrder, BacktestResult, BacktestProgress>(async (order, { call, progress }) => {
  const { journalFolder, limits, stored, subjects, remote, ...options } = order
  const scan = (query: ScanQuery) => call<TelemetryRows>('scan', query)
  const server = stored && remote ? await openRemoteStore(remote, [...kindByKey.values()]) : null
  const history =
    stored === null ? journalHistory(journalFolder, limits) : storedHistory({ store: server ?? { scan }, kinds: kindByKey, span: stored })
  const result = await backtest({ ...options, history, kinds: kindByKey, subjects: new Set(subjects), onProgress: progress })
  await server?.close()
  return result
})
