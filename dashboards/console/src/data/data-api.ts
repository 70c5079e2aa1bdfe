import type { TelemetryExportView } from '../../../../src/edges/http/routes/telemetry-exports.ts'
import type { TelemetryImportListed, TelemetryImportView } from '../../../../src/edges/http/routes/telemetry-imports.ts'
import { sendFile } from '../import/send-file.ts'
import { get, id, request } from '../live/api.ts'

export type { TelemetryExportView, TelemetryImportView }

const EXPORTS = '/api/telemetry/exports'
const IMPORTS = '/api/telemetry/imports'

export const getExports = () => get<TelemetryExportView[]>(EXPORTS)
export const startExport = (wanted: Readonly<Record<string, unknown>>) => request<TelemetryExportView>('POST', EXPORTS, wanted)
export const cancelExport = (job: string) => request<void>('DELETE', `${EXPORTS}/${id(job)}`)
export const fileOf = (job: string) => `${EXPORTS}/${id(job)}/file`

export const startImport = (
  file: File,
  options: Readonly<Record<string, string>>,
  onProgress: (share: number) => void,
  signal: AbortSignal,
) => sendFile<TelemetryImportView>(IMPORTS, file, options, onProgress, signal)
export const getImports = () => get<TelemetryImportListed[]>(IMPORTS)
export const getImport = (job: string) => get<TelemetryImportView>(`${IMPORTS}/${id(job)}`)
export const commitImport = (job: string) => request<TelemetryImportView>('POST', `${IMPORTS}/${id(job)}/commit`)
export const cancelImport = (job: string) => request<void>('DELETE', `${IMPORTS}/${id(job)}`)
