import type { AlarmPolicyView, AlarmRecordView } from '../../../../src/edges/http/alarm-schemas.ts'
import type { SampledOccurrenceView } from '../../../../src/edges/http/routes/alarm-samples.ts'
import { get } from '../live/api.ts'

/** How long alarms may be put aside, and how people are told again. */
export const getAlarmPolicy = () => get<AlarmPolicyView>('/api/alarm-policy')
/** What the points said around its activations, newest first. */
export const getSamples = (alarm: number) => get<{ items: SampledOccurrenceView[] }>(`/api/alarms/${alarm}/samples`)
/** Every step of an alarm, newest first. */
export const getRecord = (alarm: number, limit: number, before?: string | number) =>
  get<{ items: AlarmRecordView[]; next: number | null }>(`/api/alarms/${alarm}/record`, { limit, ...(before !== undefined && { before }) })
