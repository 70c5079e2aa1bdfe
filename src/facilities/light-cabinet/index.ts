import { text } from '../../telemetry/point.ts'
import { defineFacilityKind } from '../facility-kind.ts'
import { perItem } from '../writing.ts'
import { cabinetRules } from './cabinet-rules.ts'
import { circuitRules } from './circuit-rules.ts'
import { commands } from './commands.ts'
import { mimic } from './mimic.ts'
import { circuits, points, rated, ratedRanges } from './points.ts'
import { simulation } from './simulation.ts'
import { supplyRules } from './supply-rules.ts'
import { terms } from './terms.ts'

/** A cabinet that feeds and switches up to twelve lighting circuits. */
export const lightCabinet = defineFacilityKind({
  key: 'light-cabinet',
  domain: 'cabinets',
  title: text('Lighting cabinet', '照明控制柜'),
  rated,
  ratedRanges,
  points,
  rules: (build) => ({ ...supplyRules(build), ...circuitRules(build), ...cabinetRules(build) }),
  clockRules: ['clock-wrong'],
  panel: {
    headline: 'active-power',
    mimic,
    gauges: ['active-power', 'voltage-a', 'voltage-b', 'voltage-c', 'temperature'],
    trends: [
      ['active-power'],
      ['voltage-a', 'voltage-b', 'voltage-c'],
      ['current-a', 'current-b', 'current-c', 'neutral-current'],
      ['circuit-1-current', 'circuit-2-current', 'circuit-3-current', 'circuit-4-current'],
      ['circuit-5-current', 'circuit-6-current', 'circuit-7-current', 'circuit-8-current'],
      ['dimming'],
      ['temperature'],
    ],
  },
  simulation,
  terms,
  commands,
  localMode: { point: 'mode', is: 'manual' },
  held: { point: 'mode', is: 'remote' },
  circuits: circuits.map((n) => `circuit-${n}-contactor` as const),
  expected: perItem('circuit-', circuits, '-command', () => (level: number) => (level > 0 ? 1 : 0)),
})
