import { text } from '../../telemetry/point.ts'
import { defineFacilityKind } from '../facility-kind.ts'
import { points } from './points.ts'
import { rules } from './rules.ts'
import { simulation } from './simulation.ts'

/** The service itself, so that what is wrong with it is an alarm like others. */
export const server = defineFacilityKind({
  key: 'server',
  domain: 'network',
  title: text('Monitoring server', '监控服务器'),
  reportsItself: true,
  rated: {},
  points,
  rules,
  panel: {
    headline: 'messages-rate',
    gauges: ['journal-fill', 'storage-lag', 'disk-free-share', 'memory-share', 'loop-delay'],
    trends: [
      ['messages-rate', 'rejected-rate'],
      ['storage-backlog'],
      ['storage-lag'],
      ['journal-fill'],
      ['disk-free-share'],
      ['backup-age'],
      ['certificate-days'],
      ['memory-share'],
      ['loop-delay'],
      ['cpu'],
      ['given-up-hour', 'set-aside'],
      ['left-out-hour'],
      ['mqtt-clients'],
    ],
  },
  simulation,
})
