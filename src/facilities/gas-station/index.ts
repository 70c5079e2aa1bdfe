import { text } from '../../telemetry/point.ts'
import { defineFacilityKind } from '../facility-kind.ts'
import { points, rated } from './points.ts'
import { processRules } from './process-rules.ts'
import { safetyRules } from './safety-rules.ts'
import { simulation } from './simulation.ts'

/** A station that stores, regulates or meters gas. */
export const gasStation = defineFacilityKind({
  key: 'gas-station',
  domain: 'gas',
  title: text('Gas station', '燃气站'),
  rated,
  points,
  rules: (build) => ({ ...safetyRules(build), ...processRules(build) }),
  panel: {
    headline: 'outlet-pressure',
    gauges: ['outlet-pressure', 'inlet-pressure', 'flow', 'tank-level', 'ch4-1', 'ch4-2', 'ch4-3', 'ch4-4'],
    trends: [
      ['ch4-1', 'ch4-2', 'ch4-3', 'ch4-4'],
      ['outlet-pressure', 'inlet-pressure'],
      ['flow'],
      ['filter-differential'],
      ['tank-level'],
      ['tank-pressure'],
      ['odorant', 'temperature'],
    ],
  },
  simulation,
})
