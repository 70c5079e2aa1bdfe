import type { RuleBuilders } from '../../detection/builders.ts'
import { minutes, seconds } from '../../telemetry/duration.ts'
import { learnedAt, unlikeUsual } from '../learning.ts'
import { isTurning } from './flow-rules.ts'
import type { PumpPoint, PumpRated } from './points.ts'

const outOfPattern = unlikeUsual(
  null,
  240,
  [
    'A valve moved, a strainer or impeller clogs, air or gas in the water, a bearing or coupling fails, a sensor drifts.',
    '阀门动作、滤网或叶轮堵塞、水中带气、轴承或联轴器损坏、传感器漂移。',
  ],
  ['Look at the points that deviate most; ask whether someone works at the station.', '查看偏离最大的测点，确认现场是否有人作业。'],
  ['Compare with the next minutes; if it lasts, send a crew.', '观察数分钟，持续偏离则派人检查。'],
)

/** Learns from each pump what its readings do together while it turns, within the first hundreds of them. */
export function learnedRule(build: RuleBuilders<PumpPoint, PumpRated>, consequenceOf: readonly string[]) {
  return build.behaviour({
    ...outOfPattern,
    ...learnedAt(),
    priority: 'low',
    consequenceOf,
    points: ['flow', 'current-a', 'vibration', 'outlet-pressure', 'winding-temperature', 'bearing-temperature', 'inlet-pressure', 'power'],
    // What turns is known by its contactor or, where that is not reported, by its current.
    only: {
      points: [],
      optional: ['running', 'current-a'],
      when: ([isRunning, current], rated) => (Number.isNaN(isRunning) ? isTurning(current!, rated) : isRunning === 1),
    },
    settling: seconds(30),
    // How warm a machine is after a standstill depends on how long it lasted.
    slow: ['winding-temperature', 'bearing-temperature'],
    warming: minutes(60),
  })
}
