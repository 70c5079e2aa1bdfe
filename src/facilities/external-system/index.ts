import { text } from '../../telemetry/point.ts'
import { defineFacilityKind } from '../facility-kind.ts'
import { points, rated } from './points.ts'
import { rules } from './rules.ts'
import { simulation } from './simulation.ts'

/** A monitoring system of others that sends its alerts; the service reports for it what it hears of it. */
export const externalSystem = defineFacilityKind({
  key: 'external-system',
  domain: 'network',
  title: text('External monitoring system', '外部监控系统'),
  reportsItself: true,
  rated,
  ratedRanges: {
    'heartbeat-minutes': { least: 1, greatest: 10_080, why: 'a heartbeat comes every minute at most, and once a week at least' },
  },
  points,
  rules,
  panel: {
    headline: 'alerts',
    gauges: ['alerts', 'alerts-left-out', 'heartbeat-age'],
    trends: [
      ['alerts', 'alerts-left-out'],
      ['heartbeat-age', 'heard-age'],
    ],
  },
  simulation,
})
