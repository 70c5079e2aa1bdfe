import type { RuleBuilders } from '../../detection/builders.ts'
import { minutes } from '../../telemetry/duration.ts'
import { advise } from '../writing.ts'
import type { GasPoint, GasRated } from './points.ts'

const filterDirty = advise(
  ['Filter getting dirty', '过滤器差压升高'],
  4320,
  ['Dust and liquid from the pipe.', '管道粉尘及液体。'],
  ['Will limit the flow at the next peak.', '高峰时将限制流量。'],
  ['Plan to change the filter this week.', '本周安排更换滤芯。'],
)
const filterBlocked = advise(
  ['Filter blocked', '过滤器堵塞'],
  120,
  ['Filter element full or torn off.', '滤芯堵满或脱落。'],
  ['Outlet pressure falls; dust reaches the regulator.', '出口压力下降，粉尘进入调压器。'],
  ['Change to the standby line and replace the element.', '切换备用路并更换滤芯。'],
)
const temperatureOff = advise(
  ['Gas temperature out of range', '燃气温度越限'],
  120,
  ['Cold by expansion, heater failed, extreme weather.', '节流降温、加热器故障或极端天气。'],
  ['Regulators ice up; seals leak.', '调压器结冰，密封泄漏。'],
  ['Check the heater; reduce the pressure drop by using two lines.', '检查加热器，双路运行以减小压降。'],
)
const odorantLow = advise(
  ['Odorant low', '加臭剂浓度偏低'],
  480,
  ['Injection pump weak, tank nearly empty.', '加臭泵出力不足或药剂将尽。'],
  ['Leaks are harder to smell.', '泄漏不易被察觉。'],
  ['Check pump strokes and tank level.', '检查加臭泵行程与药剂液位。'],
)
const odorantMissing = advise(
  ['Odorant too low to smell', '加臭不足，无法闻到'],
  60,
  ['Injection stopped.', '加臭中断。'],
  ['People do not smell leaks: danger to life.', '泄漏无法闻到，危及生命。'],
  ['Start the standby injection pump.', '启动备用加臭泵。'],
  ['Add odorant by hand and tell the safety officer.', '人工加臭并报告安全主管。'],
)

export function treatmentRules(build: RuleBuilders<GasPoint, GasRated>) {
  return {
    ...build.levels({
      point: 'filter-differential',
      deadband: 0.003,
      onDelay: minutes(1),
      highHigh: { key: 'filter-blocked', ...filterBlocked, priority: 'high', limit: 0.05 },
      high: { key: 'filter-dirty', ...filterDirty, priority: 'low', limit: 0.03, consequenceOf: ['outlet-pressure-falling'] },
    }),
    'temperature-out-of-range': build.limit({
      ...temperatureOff,
      priority: 'medium',
      point: 'temperature',
      low: -10,
      high: 40,
      deadband: 1,
      onDelay: minutes(1),
    }),
    ...build.levels({
      point: 'odorant',
      deadband: 1,
      onDelay: minutes(2),
      low: { key: 'odorant-low', ...odorantLow, priority: 'medium', limit: 12 },
      lowLow: { key: 'odorant-missing', ...odorantMissing, priority: 'high', limit: 8 },
    }),
  }
}
