import { text } from '../../telemetry/point.ts'
import { defineFacilityKind } from '../facility-kind.ts'
import { points, rated, ratedRanges } from './points.ts'
import { rules } from './rules.ts'
import { simulation } from './simulation.ts'

/** Collects the reports of lamps by radio and passes them on; its id is the one its lamps name as their gateway. */
export const gateway = defineFacilityKind({
  key: 'gateway',
  domain: 'network',
  title: text('Communication gateway', '通信网关'),
  relays: true,
  rated,
  ratedRanges,
  points,
  rules,
  panel: {
    headline: 'devices',
    gauges: ['signal', 'battery', 'temperature'],
    trends: [['signal'], ['devices'], ['backlog'], ['battery'], ['temperature']],
  },
  simulation,
})
