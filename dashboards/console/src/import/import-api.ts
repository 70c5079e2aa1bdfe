import type { Text } from '../../../../src/telemetry/point.ts'
import { ApiProblem, get, id, request, session } from '../live/api.ts'

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

/** No file takes longer than this to send, ms. */
const PATIENCE = 10 * 60_000

/** Sends a file; `onProgress` is told the share sent. Fetch would not tell it. */
export function startImport(
  file: File,
  options: StartOptions,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<ImportView> {
  const given = Object.entries({ name: file.name, ...options }).filter(([, value]) => value !== '')
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest()
    sending.open('POST', `/api/imports?${new URLSearchParams(given)}`)
    sending.responseType = 'json'
    sending.timeout = PATIENCE
    sending.setRequestHeader('accept', 'application/json')
    sending.setRequestHeader('content-type', file.type || 'application/octet-stream')
    sending.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0)
    sending.onload = () => {
      const answer = sending.response as (ImportView & { title?: string; detail?: string; code?: string }) | null
      if (sending.status < 300 && answer) return resolve(answer)
      if (sending.status === 401) session.value = null
      reject(new ApiProblem(sending.status, answer?.code ?? 'unknown', answer?.title ?? sending.statusText, answer?.detail ?? ''))
    }
    sending.onerror = sending.ontimeout = () => reject(new ApiProblem(0, 'unreachable', '', ''))
    sending.onabort = () => reject(new DOMException('', 'AbortError'))
    signal.addEventListener('abort', () => sending.abort())
    sending.send(file)
  })
}

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
