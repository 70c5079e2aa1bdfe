import type { RuleBuilders } from '../../detection/builders.ts'
import { minutes } from '../../telemetry/duration.ts'
import { DAILY_PACE, learnedAt, unlikeUsual } from '../learning.ts'
import { perItem } from '../writing.ts'
import { type Blower, blowers, liftPumps, machineName, type SewagePoint, type SewageRated } from './points.ts'

type Build = RuleBuilders<SewagePoint, SewageRated>

const lookFirst = [
  'Look at the points that deviate most; ask whether someone works there.',
  '查看偏离最大的测点，确认现场是否有人作业。',
] as const

const treatmentOutOfPattern = unlikeUsual(
  null,
  480,
  [
    'Sludge begins to bulk, denitrification weakens, a filter lets through, rubbish at the screen, a meter drifts.',
    '污泥开始膨胀、反硝化减弱、滤池渗漏、格栅积渣、仪表漂移。',
  ],
  lookFirst,
  ['Compare with a sample of the laboratory or a portable meter.', '用化验样或便携仪比对。'],
)
const blowerOutOfPattern = (b: Blower) =>
  unlikeUsual(
    machineName[b],
    1440,
    [
      'Diffusers or filter begin to clog, air lost, imbalance or wear begins, a gauge drifts.',
      '曝气头或滤网开始堵塞、漏气、不平衡或磨损初期、仪表漂移。',
    ],
    lookFirst,
    ['Compare with the other blower; order a check.', '与另一台风机比较，派单检查。'],
  )

/** A plant that lifts less than this part of its rated flow does not lift. */
const LEAST_FLOW = 0.02

const treatmentCauses = [
  'influent-surge',
  'no-lift-flow',
  'wet-well-high',
  'wet-well-low',
  'wet-well-overflow',
  ...liftPumps.flatMap((m) => [`${m}-not-following`, `${m}-dry-running`]),
  'screen-blocked',
  'mlss-out-of-range',
  'carbon-dosing-failure',
  'denitrification-disturbed',
  'influent-ph-out-of-range',
  'effluent-ph-out-of-range',
  'effluent-turbidity-high',
  ...['high', 'near-limit', 'breach', 'stuck'].map((name) => `effluent-ss-${name}`),
]

const blowerCauses = (b: Blower) => [
  ...['not-following', 'overload-trip', 'overload', 'vibration-trip', 'vibration-high'].map((name) => `${b}-${name}`),
  'air-pressure-high',
  'air-pressure-low',
]

/** Learns from each plant how levels, probes and outflow go with the inflow, and from each blower how pressure and vibration go with its current. */
export function learnedRules(build: Build) {
  return {
    'out-of-pattern': build.behaviour({
      ...treatmentOutOfPattern,
      ...learnedAt(DAILY_PACE),
      priority: 'low',
      // Left out is what healthy days do not repeat: oxygen with its gusts of load, what rain dilutes or weather warms, and analysers
      // that hold a sample for hours.
      points: [
        'influent-flow',
        'effluent-flow',
        'wet-well-level',
        'screen-head',
        'mlss',
        'orp',
        'effluent-ph',
        'effluent-ss',
        'effluent-turbidity',
      ],
      isLed: true,
      only: { points: ['influent-flow'], when: ([flow], rated) => flow! > LEAST_FLOW * rated.flow },
      settling: minutes(30),
      consequenceOf: treatmentCauses,
    }),
    ...perItem('', blowers, '-out-of-pattern', (b) =>
      build.behaviour({
        ...blowerOutOfPattern(b),
        ...learnedAt(DAILY_PACE),
        priority: 'low',
        points: [`${b}-current`, `${b}-pressure`, `${b}-vibration`],
        isLed: true,
        only: { points: [b], when: ([isRunning]) => isRunning === 1 },
        settling: minutes(10),
        consequenceOf: blowerCauses(b),
      }),
    ),
  }
}
