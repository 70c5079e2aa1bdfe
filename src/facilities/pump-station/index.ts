import { text } from '../../telemetry/point.ts'
import { defineFacilityKind } from '../facility-kind.ts'
import { commands } from './commands.ts'
import { flowRules } from './flow-rules.ts'
import { mimic } from './mimic.ts'
import { motorRules } from './motor-rules.ts'
import { points, rated, ratedRanges, terms, variants } from './points.ts'
import { pressureRules } from './pressure-rules.ts'
import { simulation } from './simulation.ts'
import { stationRules } from './station-rules.ts'
import { wearRules } from './wear-rules.ts'
import { wellRules } from './well-rules.ts'

/** A pump of water supply or drainage with what is measured around it. */
export const pumpStation = defineFacilityKind({
  key: 'pump-station',
  domain: 'water',
  title: text('Pump station', '泵站'),
  rated,
  ratedRanges,
  variants,
  commands,
  localMode: { point: 'mode', is: 'manual' },
  held: { point: 'mode', is: 'remote' },
  points,
  terms,
  rules: (build) => ({
    ...flowRules(build),
    ...pressureRules(build),
    ...motorRules(build),
    ...wearRules(build),
    ...wellRules(build),
    ...stationRules(build),
  }),
  panel: {
    headline: 'flow',
    mimic,
    gauges: ['flow', 'outlet-pressure', 'wet-well-level', 'current-a', 'vibration'],
    trends: [
      ['flow'],
      ['inlet-pressure', 'outlet-pressure', 'pressure-setpoint', 'network-pressure'],
      ['wet-well-level', 'screen-head'],
      ['current-a', 'current-b', 'current-c'],
      ['winding-temperature', 'bearing-temperature'],
      ['vibration'],
      ['h2s', 'o2'],
      ['chlorine', 'turbidity', 'ph'],
    ],
  },
  simulation,
})
