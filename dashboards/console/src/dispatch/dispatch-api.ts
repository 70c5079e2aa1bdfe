import type { DispatchPolicy } from '../../../../src/dispatch/dispatch-policy.ts'
import type { PolicyPreviewView } from '../../../../src/edges/http/roster-schemas.ts'
import type { ImaginedFault } from '../../../../src/edges/roster.ts'
import { get, request } from '../live/api.ts'

/** The policy in force; another version says that it was changed. */
export type KeptPolicy = DispatchPolicy & { version: number }

export const getPolicy = () => get<KeptPolicy>('/api/dispatch-policy')
export const putPolicy = (policy: DispatchPolicy, version: number, reason: string) =>
  request<KeptPolicy>('PUT', '/api/dispatch-policy', { policy, version, reason })
export const previewPolicy = (policy: DispatchPolicy, fault: ImaginedFault | null) =>
  request<PolicyPreviewView>('POST', '/api/dispatch-policy/preview', { policy, ...(fault && { fault }) })
