import type { DiagnosisView, TappedView, TrafficView } from '../../../../src/edges/http/traffic-schemas.ts'
import type { TapOutcome } from '../../../../src/edges/traffic.ts'
import { get, id } from '../live/api.ts'

export type { DiagnosisView, TapOutcome, TappedView, TrafficView }

export const getTraffic = () => get<TrafficView>('/api/traffic')
export const getDiagnosis = (device: string) => get<DiagnosisView>(`/api/devices/${id(device)}/diagnosis`)
export const tapAddress = (order: Readonly<Record<string, string>>) =>
  `/api/traffic/tap?${new URLSearchParams(Object.entries(order).filter(([, value]) => value !== ''))}`
