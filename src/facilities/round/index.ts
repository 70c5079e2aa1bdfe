import { text } from '../../telemetry/point.ts'
import { defineFacilityKind } from '../facility-kind.ts'
import { points, rated } from './points.ts'
import { rules } from './rules.ts'
import { simulation } from './simulation.ts'

/** A plan of rounds that people walk; the service reports for it what was done, so that what was not is an alarm like others. */
export const round = defineFacilityKind({
  key: 'round',
  domain: 'network',
  title: text('Round', '巡查作业'),
  reportsItself: true,
  rated,
  ratedRanges: { 'late-minutes': { least: 1, greatest: 1440, why: 'min; a day later a round is no longer late but missed' } },
  points,
  rules,
  panel: {
    headline: 'done',
    gauges: ['done', 'planned', 'progress', 'overdue', 'missed'],
    trends: [['done', 'planned'], ['progress'], ['overdue'], ['missed']],
  },
  simulation,
})
