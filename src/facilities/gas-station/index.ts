import { text } from '../../telemetry/point.ts'
import { defineFacilityKind } from '../facility-kind.ts'
import { commands } from './commands.ts'
import { learnedRule } from './learned-rule.ts'
import { mimic } from './mimic.ts'
import { points, rated, ratedRanges, variants } from './points.ts'
import { pressureRules } from './pressure-rules.ts'
import { safetyRules } from './safety-rules.ts'
import { simulation } from './simulation.ts'
import { siteRules } from './site-rules.ts'
import { storageRules } from './storage-rules.ts'
import { treatmentRules } from './treatment-rules.ts'

/** A station that stores, regulates or meters gas. */
export const gasStation = defineFacilityKind({
  key: 'gas-station',
  domain: 'gas',
  title: text('Gas station', '燃气站'),
  rated,
  ratedRanges,
  variants,
  commands,
  points,
  rules: (build) => ({
    ...safetyRules(build),
    ...pressureRules(build),
    ...treatmentRules(build),
    ...storageRules(build),
    ...siteRules(build),
    ...learnedRule(build),
  }),
  panel: {
    headline: 'flow',
    mimic,
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
