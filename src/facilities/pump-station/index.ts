import { text } from '../../telemetry/point.ts'
import { defineFacilityKind } from '../facility-kind.ts'
import { hydraulicRules } from './hydraulic-rules.ts'
import { machineRules } from './machine-rules.ts'
import { points, rated } from './points.ts'
import { simulation } from './simulation.ts'
import { stationRules } from './station-rules.ts'

/** A pump of water supply or drainage with what is measured around it. */
export const pumpStation = defineFacilityKind({
  key: 'pump-station',
  domain: 'water',
  title: text('Pump station', '泵站'),
  rated,
  points,
  rules: (build) => ({ ...hydraulicRules(build), ...machineRules(build), ...stationRules(build) }),
  panel: {
    headline: 'flow',
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
