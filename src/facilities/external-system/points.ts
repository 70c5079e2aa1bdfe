import { analog, digital, text } from '../../telemetry/point.ts'

export const points = {
  alerts: analog(text('Alerts that stand', '未恢复的告警'), '', [0, 1e6], { digits: 0 }),
  'alerts-left-out': analog(text('Alerts left out, as there are too many', '因过多未接入的告警'), '', [0, 1e9], {
    normal: [0, 1],
    digits: 0,
  }),
  'heard-age': analog(text('Since the last notification', '距上次通知'), 'min', [0, 1e7], { digits: 1 }),
  'heartbeat-expected': digital(text('Heartbeat', '心跳'), text('not waited for', '未启用'), text('waited for', '已启用')),
  'heartbeat-age': analog(text('Since the last heartbeat', '距上次心跳'), 'min', [0, 1e7], { digits: 1 }),
} as const

export type ExternalPoint = keyof typeof points

/** Rated values of a system and their defaults. */
export const rated = { 'heartbeat-minutes': 10 } as const
export type ExternalRated = keyof typeof rated
