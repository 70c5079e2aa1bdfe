import type { CompletenessView, KindCompletenessView } from '../../../../src/edges/http/day-schemas.ts'
import type { StoreContentsView } from '../../../../src/edges/http/storage-schemas.ts'
import type { RetriedBatches, StorageFigures } from '../../../../src/edges/storage.ts'
import type { RetryOutcome, SetAsideBatch } from '../../../../src/storage/set-aside.ts'
import { get, id, request } from '../live/api.ts'

type Cursor = string | number | undefined

export const getFigures = () => get<StorageFigures>('/api/storage')
export const getContents = () => get<StoreContentsView>('/api/storage/contents')

export const getSetAside = (limit: number, after: Cursor) =>
  get<{ items: SetAsideBatch[]; next: string | null; total: number }>('/api/storage/set-aside', { limit, after })

export interface SetAsideRows {
  batch: SetAsideBatch
  rows: { facility: string; at: number | string; values: Record<string, number | string> }[]
  next: number | null
}
export const getSetAsideRows = (batch: string, limit: number, after: Cursor) =>
  get<SetAsideRows>(`/api/storage/set-aside/${id(batch)}`, { limit, after })
export const retryBatch = (batch: string) =>
  request<RetryOutcome & { reason: string | null }>('POST', `/api/storage/set-aside/${id(batch)}/retry`)
export const retryAll = () => request<RetriedBatches>('POST', '/api/storage/set-aside/retry', {})
export const removeBatch = (batch: string, reason: string) =>
  request<void>('DELETE', `/api/storage/set-aside/${id(batch)}?${new URLSearchParams({ reason })}`)

/** `from` and `to` dates, both inclusive. */
export const getKindCompleteness = (from: string, to: string) => get<KindCompletenessView>('/api/completeness/kinds', { from, to })
export const getWorst = (kind: string, from: string, to: string, limit: number, after: Cursor) =>
  get<CompletenessView>('/api/completeness', { kind, from, to, limit, after })
