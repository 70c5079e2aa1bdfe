import type { Text } from '../../../../src/telemetry/point.ts'
import { get, id, request } from '../live/api.ts'
import { sendFile } from './send-file.ts'

type State = 'checking' | 'checked' | 'committing' | 'committed' | 'cancelled' | 'failed'
export type Severity = 'error' | 'warning'

/** An import as the server answers it. */
export interface ImportView {
  id: string
  by: string
  name: string
  created: number
  state: State
  /** Share of the present step. */
  progress: number
  format: string
  encoding: string
  size: number
  trouble: Text | null
  mayCommit: boolean
  report: {
    rows: number
    new: number
    changed: number
    unchanged: number
    changedFields: Readonly<Record<string, number>>
    errors: number
    warnings: number
    reasons: readonly { reason: string; severity: Severity; count: number }[]
  } | null
}

export interface ImportProblemView {
  row: number
  column: string
  value: string
  reason: string
  severity: Severity
  text: Text
}

export interface StartOptions {
  format: string
  encoding: string
  delimiter: string
  mapping: string
}

export const startImport = (file: File, options: StartOptions, onProgress: (share: number) => void, signal: AbortSignal) =>
  sendFile<ImportView>('/api/imports', file, { ...options }, onProgress, signal)

export const getImports = () => get<ImportView[]>('/api/imports')
export const getImport = (job: string) => get<ImportView>(`/api/imports/${id(job)}`)
/** These two take no JSON, so they send no body. */
export const commitImport = (job: string) => request<ImportView>('POST', `/api/imports/${id(job)}/commit`)
export const cancelImport = (job: string) => request<void>('DELETE', `/api/imports/${id(job)}`)
export const getProblems = (job: string, severity: string, reason: string, limit: number, after?: string | number) =>
  get<{ items: ImportProblemView[]; next: number | null; total: number; leftOut: number }>(`/api/imports/${id(job)}/problems`, {
    severity,
    reason,
    limit,
    after,
  })
export const getChanges = (job: string, limit: number, after?: string | number) =>
  get<{ items: { row: number; id: string; fields: string[] }[]; next: number | null }>(`/api/imports/${id(job)}/changes`, { limit, after })
