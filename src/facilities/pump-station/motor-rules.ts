import type { RuleBuilders } from '../../detection/builders.ts'
import { above, all, any, certainly, is, isRated } from '../../detection/expression.ts'
import { hours, minutes, seconds } from '../../telemetry/duration.ts'
import { advise } from '../writing.ts'
import { isTurning } from './flow-rules.ts'
import type { PumpPoint, PumpRated } from './points.ts'

type Build = RuleBuilders<PumpPoint, PumpRated>

const overloadTrip = advise(
  ['Motor heavily overloaded', '电机严重过载'],
  5,
  ['Impeller jammed, bearing seized, one phase lost.', '叶轮卡死、轴承抱死或缺相。'],
  ['Protection trips or the winding burns.', '保护跳闸或绕组烧毁。'],
  ['Stop the pump and start the standby pump.', '停泵并启动备用泵。'],
  ['Do not restart before the shaft turns by hand.', '盘车正常前不得重启。'],
)
const overload = advise(
  ['Motor overloaded', '电机过载'],
  60,
  ['Partly blocked impeller, low voltage, pump beyond its duty point.', '叶轮部分堵塞、电压低或超工况运行。'],
  ['Winding ages quickly.', '绕组加速老化。'],
  ['Reduce the speed or throttle the outlet a little.', '降低转速或适当关小出口阀。'],
  ['Order a check of the impeller.', '派单检查叶轮。'],
)
const unbalance = advise(
  ['Motor currents unbalanced', '电机三相电流不平衡'],
  240,
  ['Bad contact at a terminal or fuse, winding fault.', '接线端子或熔断器接触不良、绕组匝间故障。'],
  ['Motor overheats at normal load.', '正常负荷下电机过热。'],
  ['Change to the standby pump.', '切换备用泵。'],
  ['Order a check of terminals and winding resistance.', '派单检查端子与绕组电阻。'],
)
const windingHot = advise(
  ['Winding warm', '绕组温度偏高'],
  240,
  ['Overload, blocked cooling, hot room.', '过载、散热受阻或室温过高。'],
  ['Insulation ages twice as fast per 10 degrees.', '每升高 10 度绝缘寿命减半。'],
  ['Check current and ventilation; reduce the load.', '检查电流与通风，降低负荷。'],
)
const windingTrip = advise(
  ['Winding overheated', '绕组过热'],
  10,
  ['Overload for long, cooling failed, phase lost.', '长时间过载、冷却失效或缺相。'],
  ['Winding burns.', '绕组烧毁。'],
  ['Stop the pump, start the standby pump.', '停泵并启动备用泵。'],
)
const startFailure = advise(
  ['Pump does not follow its command', '水泵启停失败'],
  15,
  ['Protection tripped, contactor or drive failed, emergency stop pressed.', '保护跳闸、接触器或变频器故障、急停被按下。'],
  ['No water is moved, or the pump cannot be stopped.', '无法供（排）水或无法停泵。'],
  ['Start the standby pump.', '启动备用泵。'],
  ['Look at current: none means it was not switched on. Send a crew.', '查看电流，无电流说明未合闸，派人处理。'],
)
const shortCycling = advise(
  ['Pump starts too often', '水泵频繁启停'],
  240,
  ['Level switches too close, check valve leaks back, wet well silted.', '启停液位过近、止回阀内漏或集水井淤积。'],
  ['Motor and contactor wear out.', '电机与接触器加速损耗。'],
  ['Move the start and stop levels further apart.', '加大启停液位差。'],
  ['Order a check of the check valve.', '派单检查止回阀。'],
)
const strongCycling = advise(
  ['Pump starts far too often', '水泵启停过于频繁'],
  60,
  ['Level sensor disturbed, check valve open.', '液位计受干扰或止回阀未关闭。'],
  ['Winding overheats; protection trips.', '绕组过热，保护跳闸。'],
  ['Set the pump to manual and change to the standby pump.', '切换手动并启用备用泵。'],
)
const longRun = advise(
  ['Drainage pump runs very long', '排水泵长时间运行'],
  240,
  ['Heavy rain, blocked impeller, check valve of the other pump leaks.', '暴雨、叶轮堵塞或另一泵止回阀内漏。'],
  ['Station is at its limit: the well may overflow.', '泵站已达极限，可能溢流。'],
  ['Compare with rain and level: if the level does not fall, start a further pump.', '结合降雨与液位：液位不降则增开水泵。'],
  ['Without rain order a check of the impeller.', '无降雨时派单检查叶轮。'],
)

function loadRules(build: Build) {
  const load = { rated: 'current', times: 'currentShare' } as const
  const overloaded = any(above('current-a', load), certainly(above('current-b', load)), certainly(above('current-c', load)))
  return {
    'overload-trip': build.condition({
      ...overloadTrip,
      priority: 'high',
      when: overloaded,
      onDelay: seconds(10),
      offDelay: seconds(10),
      parameters: { currentShare: 1.15 },
    }),
    overload: build.condition({
      ...overload,
      priority: 'medium',
      when: overloaded,
      onDelay: seconds(60),
      offDelay: seconds(30),
      parameters: { currentShare: 1.05 },
      consequenceOf: ['overload-trip', 'current-unbalance'],
    }),
    'current-unbalance': build.condition({
      ...unbalance,
      priority: 'medium',
      points: ['current-a', 'current-b', 'current-c'],
      when: ([a, b, c], rated, { share }) => {
        const mean = (a! + b! + c!) / 3
        return isTurning(mean, rated) && Math.max(Math.abs(a! - mean), Math.abs(b! - mean), Math.abs(c! - mean)) > share * mean
      },
      onDelay: seconds(60),
      parameters: { share: 0.1 },
    }),
    ...build.levels({
      point: 'winding-temperature',
      deadband: 5,
      onDelay: seconds(10),
      // Between two runs a motor cools down; the alarm outlasts the rest.
      offDelay: minutes(30),
      highHigh: { key: 'winding-overheated', ...windingTrip, priority: 'high', limit: 140, consequenceOf: ['overload-trip'] },
      high: { key: 'winding-warm', ...windingHot, priority: 'medium', limit: 120, consequenceOf: ['overload-trip', 'overload'] },
    }),
  }
}

function startRules(build: Build) {
  return {
    'start-failure': build.discrepancy({
      ...startFailure,
      priority: 'high',
      command: 'run-command',
      feedback: 'running',
      onDelay: seconds(15),
      expects: true,
    }),
    ...build.levels({
      // Counted by the station: between two reports a pump may start more than once.
      point: 'starts-per-hour',
      deadband: 1,
      highHigh: { key: 'starts-far-too-often', ...strongCycling, priority: 'medium', limit: 15 },
      high: { key: 'starts-too-often', ...shortCycling, priority: 'low', limit: 10 },
    }),
    'long-run': build.condition({
      ...longRun,
      priority: 'low',
      points: ['running', 'wet-well-level'],
      when: all(is('running', 1), isRated('drainage', 1)),
      onDelay: hours(2),
      consequenceOf: ['overflow', 'level-high', 'level-stuck', 'flow-below-curve', 'no-flow', 'dry-running', 'communication-loss'],
    }),
  }
}

export const motorRules = (build: Build) => ({ ...loadRules(build), ...startRules(build) })
