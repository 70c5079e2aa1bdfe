import { text } from '../../telemetry/point.ts'
import { defineFacilityKind } from '../facility-kind.ts'
import { commands } from './commands.ts'
import { points, rated, ratedRanges } from './points.ts'
import { DARK_SHARE, rules } from './rules.ts'
import { simulation } from './simulation.ts'
import { terms } from './terms.ts'

/** One lamp with its own controller, on a permanently fed circuit or on one that its cabinet switches. */
export const streetLight = defineFacilityKind({
  key: 'street-light',
  domain: 'lighting',
  title: text('Street light', '路灯'),
  rated,
  ratedRanges,
  points,
  rules,
  panel: {
    headline: 'power',
    gauges: ['power', 'dim-actual', 'voltage', 'leakage-current'],
    trends: [['power'], ['dim-command', 'dim-actual'], ['voltage'], ['driver-temperature'], ['leakage-current', 'tilt']],
  },
  simulation,
  terms,
  commands,
  held: { point: 'control', is: 'command' },
  light: {
    ...{ command: 'dim-command', shows: 'power' },
    isLit: (power, rated) => power >= DARK_SHARE * rated.power,
    full: ({ power }) => power,
  },
  expected: { 'dim-command': (level) => 100 * level },
})
