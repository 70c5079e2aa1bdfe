import type { RuleBuilders } from '../../detection/builders.ts'
import { minutes } from '../../telemetry/duration.ts'
import { DAILY_PACE, learnedAt, unlikeUsual } from '../learning.ts'
import { detectors, type GasPoint, type GasRated } from './points.ts'

const outOfPattern = unlikeUsual(
  null,
  480,
  [
    'A leak too small for its alarm, a filter that fills, a regulator or odorant pump that drifts, gas lost downstream, a gauge out of adjustment.',
    '尚未达到报警值的微漏、过滤器积尘、调压器或加臭泵漂移、下游漏失、仪表失准。',
  ],
  ['Look at the points that deviate most; ask whether someone works at the station.', '查看偏离最大的测点，确认现场是否有人作业。'],
  ['Methane among them: send two people with portable detectors.', '含甲烷测点时，派两人携便携式检测仪排查。'],
  ['If it lasts an hour, order a check of line and gauges.', '持续一小时则派单检查管路与仪表。'],
)

/** Learns from each station how pressures, filter and treatment go with the flow, and what its detectors read in clean air. */
export function learnedRule(build: RuleBuilders<GasPoint, GasRated>) {
  return {
    'out-of-pattern': build.behaviour({
      ...outOfPattern,
      ...learnedAt(DAILY_PACE),
      priority: 'low',
      // Levels and stocks are left out: they go with the lorries that come.
      points: [
        'flow',
        'outlet-pressure',
        'inlet-pressure',
        'filter-differential',
        'temperature',
        'odorant',
        'tank-pressure',
        'ch4-1',
        'ch4-2',
        'ch4-3',
        'ch4-4',
      ],
      isLed: true,
      only: {
        points: [],
        optional: ['inlet-valve', 'outlet-valve', 'shut-off-tripped'],
        when: ([inlet, outlet, isTripped]) => inlet !== 0 && outlet !== 0 && isTripped !== 1,
      },
      // A district that was shut off fills again first.
      settling: minutes(30),
      consequenceOf: [
        'esd',
        'shut-off-tripped',
        'closed-valve-flow',
        'inlet-pressure-off',
        'outlet-overpressure',
        'outlet-pressure-high',
        'outlet-pressure-low',
        'outlet-pressure-falling',
        'outlet-pressure-stuck',
        'flow-stuck',
        'filter-blocked',
        'filter-dirty',
        'temperature-out-of-range',
        'odorant-missing',
        'odorant-low',
        'tank-pressure-high',
        ...detectors.flatMap((n) => [`ch4-cut-off-${n}`, `ch4-alarm-${n}`, `ch4-frozen-${n}`]),
      ],
    }),
  }
}
