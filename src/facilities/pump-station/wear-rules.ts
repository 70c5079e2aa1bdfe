import type { RuleBuilders } from '../../detection/builders.ts'
import { is } from '../../detection/expression.ts'
import { minutes, seconds } from '../../telemetry/duration.ts'
import { advise } from '../writing.ts'
import { behaviourRule } from './behaviour-rule.ts'
import { learnedRule } from './learned-rule.ts'
import type { PumpPoint, PumpRated } from './points.ts'

const bearingHot = advise(
  ['Bearing warm', '轴承温度偏高'],
  240,
  ['Grease missing or too much, misalignment, wear.', '缺油或加油过多、不对中或磨损。'],
  ['Bearing will fail.', '轴承将损坏。'],
  ['Order lubrication and a check of the alignment.', '派单加油并检查对中。'],
)
const bearingTrip = advise(
  ['Bearing overheated', '轴承过热'],
  10,
  ['Bearing is failing.', '轴承正在损坏。'],
  ['Shaft seizes; the motor burns.', '轴抱死，电机烧毁。'],
  ['Stop the pump, start the standby pump.', '停泵并启动备用泵。'],
  ['Order replacement of the bearing.', '派单更换轴承。'],
)
const vibrationHigh = advise(
  ['Vibration raised', '振动偏大'],
  1440,
  ['Imbalance, misalignment, loose foundation bolts, cavitation.', '不平衡、不对中、地脚螺栓松动或汽蚀。'],
  ['Bearings and seals wear quickly.', '轴承与机封加速磨损。'],
  ['Compare with inlet pressure: low means cavitation.', '查看进口压力，偏低则为汽蚀。'],
  ['Order a vibration measurement on site.', '派单现场测振。'],
)
const vibrationTrip = advise(
  ['Vibration dangerous', '振动超限'],
  15,
  ['Bearing or coupling breaking, large object in the impeller.', '轴承或联轴器将断裂、叶轮卡入大异物。'],
  ['Pump destroys itself.', '水泵将损毁。'],
  ['Stop the pump, start the standby pump.', '停泵并启动备用泵。'],
)
const sealLeak = advise(
  ['Seal leaks', '机械密封泄漏'],
  1440,
  ['Mechanical seal worn.', '机械密封磨损。'],
  ['Water enters the motor and short-circuits it.', '水进入电机造成短路。'],
  ['Change to the standby pump; order a new seal.', '切换备用泵，派单更换机封。'],
)

export function wearRules(build: RuleBuilders<PumpPoint, PumpRated>) {
  return {
    ...build.levels({
      point: 'bearing-temperature',
      deadband: 3,
      onDelay: seconds(10),
      // Between two runs a bearing cools down; the alarm outlasts the rest.
      offDelay: minutes(30),
      consequenceOf: ['vibration-trip'],
      highHigh: { key: 'bearing-overheated', ...bearingTrip, priority: 'high', limit: 85 },
      high: { key: 'bearing-warm', ...bearingHot, priority: 'medium', limit: 75 },
    }),
    ...build.levels({
      point: 'vibration',
      deadband: 0.3,
      highHigh: {
        key: 'vibration-trip',
        ...vibrationTrip,
        priority: 'high',
        limit: (rated) => rated['vibration-trip'],
        onDelay: seconds(10),
        consequenceOf: ['cavitation'],
      },
      high: {
        key: 'vibration-high',
        ...vibrationHigh,
        priority: 'medium',
        limit: (rated) => rated['vibration-high'],
        onDelay: seconds(60),
        consequenceOf: ['bearing-overheated', 'cavitation'],
      },
    }),
    'behaviour-unusual': behaviourRule([
      'overload-trip',
      'overload',
      'dry-running',
      'no-flow',
      'flow-below-curve',
      'flow-stuck',
      'cavitation',
      'vibration-trip',
    ]),
    'out-of-pattern': learnedRule(build, [
      'no-flow',
      'flow-below-curve',
      'flow-below-usual',
      'dry-running',
      'flow-stuck',
      'cavitation',
      'suction-low',
      'burst',
      'outlet-pressure-high',
      'outlet-pressure-stuck',
      'pressure-off-setpoint',
      'network-pressure-low',
      'overload-trip',
      'overload',
      'current-unbalance',
      'start-failure',
      'winding-overheated',
      'winding-warm',
      'bearing-overheated',
      'bearing-warm',
      'vibration-trip',
      'vibration-high',
      'behaviour-unusual',
      'overflow',
      'level-stuck',
      'long-run',
    ]),
    'seal-leak': build.condition({
      ...sealLeak,
      priority: 'medium',
      when: is('seal-leak', 1),
      onDelay: seconds(30),
    }),
  }
}
