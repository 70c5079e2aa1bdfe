import { text } from '../../telemetry/point.ts'
import { defineFacilityKind } from '../facility-kind.ts'
import { clearingRules } from './clearing-rules.ts'
import { mimic } from './mimic.ts'
import { points, rated, ratedRanges } from './points.ts'
import { safetyRules } from './safety-rules.ts'
import { simulation } from './simulation.ts'

/** A plant that receives a city's waste over the weighbridge and clears it the same day. */
export const wastePlant = defineFacilityKind({
  key: 'waste-plant',
  domain: 'waste',
  title: text('Waste plant', '垃圾处理站'),
  rated,
  ratedRanges,
  points,
  rules: (build) => ({ ...safetyRules(build), ...clearingRules(build) }),
  panel: {
    headline: 'pit-fill',
    mimic,
    gauges: ['weighbridge-in-today', 'cleared-today', 'clearing-rate', 'pit-fill', 'leachate-level', 'nh3', 'h2s', 'minutes-to-round'],
    trends: [
      ['weighbridge-in-today', 'cleared-today', 'planned-today', 'weighbridge-out-today'],
      ['weighbridge-in-rate', 'clearing-rate', 'weighbridge-out-rate'],
      ['pit-fill', 'leachate-level'],
      ['nh3'],
      ['h2s'],
      ['pit-temperature'],
      ['pit-pressure'],
      ['minutes-to-round', 'minutes-since-round'],
      ['rounds-done'],
      ['round-litres'],
    ],
  },
  // FIWARE WasteContainer.
  terms: { 'pit-fill': { fiware: 'fillingLevel' } },
  simulation,
})
