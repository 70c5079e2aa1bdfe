import { text } from '../../telemetry/point.ts'
import { defineFacilityKind } from '../facility-kind.ts'
import { effluentRules } from './effluent-rules.ts'
import { inletRules } from './inlet-rules.ts'
import { laboratoryRules } from './laboratory-rules.ts'
import { learnedRules } from './learned-rules.ts'
import { machineRules } from './machine-rules.ts'
import { mimic } from './mimic.ts'
import { points, rated, ratedRanges, terms, variants } from './points.ts'
import { simulation } from './simulation.ts'
import { treatmentRules } from './treatment-rules.ts'

/** A plant that treats a city's sewage by activated sludge and answers for what it lets into the river. */
export const sewagePlant = defineFacilityKind({
  key: 'sewage-plant',
  domain: 'sewage',
  title: text('Sewage plant', '污水处理厂'),
  rated,
  ratedRanges,
  variants,
  points,
  terms,
  rules: (build) => ({
    ...effluentRules(build),
    ...laboratoryRules(build),
    ...treatmentRules(build),
    ...inletRules(build),
    ...machineRules(build),
    ...learnedRules(build),
  }),
  panel: {
    headline: 'effluent-cod',
    mimic,
    gauges: [
      'influent-flow',
      'effluent-cod',
      'effluent-nh3-n',
      'effluent-tn',
      'effluent-tp',
      'effluent-ss',
      'do',
      'pac-level',
      'carbon-level',
      'disinfectant-level',
      'sludge-store',
    ],
    trends: [
      ['influent-flow', 'effluent-flow'],
      ['effluent-cod', 'effluent-bod5'],
      ['effluent-nh3-n', 'effluent-tn'],
      ['effluent-tp'],
      ['effluent-ss', 'effluent-turbidity'],
      ['influent-ph', 'effluent-ph'],
      ['influent-cod'],
      ['influent-nh3-n'],
      ['do'],
      ['mlss'],
      ['orp'],
      ['water-temperature'],
      ['wet-well-level', 'screen-head'],
      ['pac-use', 'carbon-use', 'disinfectant-use'],
      ['pac-level', 'carbon-level', 'disinfectant-level', 'sludge-store'],
      ['blower-1-current', 'blower-2-current', 'lift-pump-1-current', 'lift-pump-2-current'],
      ['blower-1-vibration', 'blower-2-vibration', 'lift-pump-1-vibration', 'lift-pump-2-vibration'],
      ['blower-1-pressure', 'blower-2-pressure'],
    ],
  },
  simulation,
})
