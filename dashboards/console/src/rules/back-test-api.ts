import type { BacktestJobView } from '../../../../src/edges/http/routes/backtests.ts'
import type { OverrideInput } from '../../../../src/edges/http/rule-schemas.ts'
import { get, id, request } from '../live/api.ts'

/** Plays the time series from `from` on, ms since 1970, for those that the query finds. */
export const startBackTest = (proposal: Pick<OverrideInput, 'scope' | 'rule' | 'changes'>, from: number, query: string) =>
  request<BacktestJobView>('POST', '/api/backtests', { from: Math.round(from), ...(query && { query }), proposals: [proposal] })
export const getBackTest = (job: string) => get<BacktestJobView>(`/api/backtests/${id(job)}`)
export const cancelBackTest = (job: string) => request<void>('DELETE', `/api/backtests/${id(job)}`)
