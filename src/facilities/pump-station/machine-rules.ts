import type { RuleBuilders } from '../../detection/builders.ts'
import { hours, seconds } from '../../telemetry/duration.ts'
import { advise } from '../writing.ts'
import { isTurning } from './hydraulic-rules.ts'
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
const sealLeak = advise(
  ['Seal leaks', '机械密封泄漏'],
  1440,
  ['Mechanical seal worn.', '机械密封磨损。'],
  ['Water enters the motor and short-circuits it.', '水进入电机造成短路。'],
  ['Change to the standby pump; order a new seal.', '切换备用泵，派单更换机封。'],
)

function electricRules(build: Build) {
  const currents = { points: ['current-a'], optional: ['current-b', 'current-c'] } as const
  const above = (share: number) => (values: readonly number[], rated: { readonly current: number }) =>
    values.some((current) => current > share * rated.current)
  return {
    'overload-trip': build.condition({
      ...overloadTrip,
      priority: 'high',
      ...currents,
      when: above(1.15),
      onDelay: seconds(10),
      offDelay: seconds(10),
      parameters: { currentShare: 1.15 },
    }),
    overload: build.condition({
      ...overload,
      priority: 'medium',
      ...currents,
      when: above(1.05),
      onDelay: seconds(60),
      offDelay: seconds(30),
      parameters: { currentShare: 1.05 },
    }),
    'current-unbalance': build.condition({
      ...unbalance,
      priority: 'medium',
      points: ['current-a', 'current-b', 'current-c'],
      when: ([a, b, c], rated) => {
        const mean = (a! + b! + c!) / 3
        return isTurning(mean, rated) && Math.max(Math.abs(a! - mean), Math.abs(b! - mean), Math.abs(c! - mean)) > 0.1 * mean
      },
      onDelay: seconds(60),
      parameters: { share: 0.1 },
    }),
    'start-failure': build.discrepancy({
      ...startFailure,
      priority: 'high',
      command: 'run-command',
      feedback: 'running',
      onDelay: seconds(15),
    }),
  }
}

function wearRules(build: Build) {
  const winding = { point: 'winding-temperature', deadband: 5, onDelay: seconds(10) } as const
  const bearing = { point: 'bearing-temperature', deadband: 3, onDelay: seconds(10) } as const
  const vibration = { point: 'vibration', deadband: 0.3 } as const
  const starts = { point: 'starts-per-hour', deadband: 1 } as const
  return {
    'winding-overheated': build.limit({ ...windingTrip, ...winding, priority: 'high', high: 140 }),
    'winding-warm': build.limit({ ...windingHot, ...winding, priority: 'medium', high: 120 }),
    'bearing-overheated': build.limit({ ...bearingTrip, ...bearing, priority: 'high', high: 85 }),
    'bearing-warm': build.limit({ ...bearingHot, ...bearing, priority: 'medium', high: 75 }),
    'vibration-trip': build.limit({
      ...vibrationTrip,
      ...vibration,
      priority: 'high',
      high: (rated) => rated['vibration-trip'],
      onDelay: seconds(10),
    }),
    'vibration-high': build.limit({
      ...vibrationHigh,
      ...vibration,
      priority: 'medium',
      high: (rated) => rated['vibration-high'],
      onDelay: seconds(60),
    }),
    'starts-far-too-often': build.limit({ ...strongCycling, ...starts, priority: 'medium', high: 15 }),
    'starts-too-often': build.limit({ ...shortCycling, ...starts, priority: 'low', high: 10 }),
    'long-run': build.condition({
      ...longRun,
      priority: 'low',
      points: ['running', 'wet-well-level'],
      when: ([isRunning], rated) => isRunning === 1 && rated.drainage === 1,
      onDelay: hours(2),
    }),
    'seal-leak': build.condition({
      ...sealLeak,
      priority: 'medium',
      points: ['seal-leak'],
      when: ([leaks]) => leaks === 1,
      onDelay: seconds(30),
    }),
  }
}

export const machineRules = (build: Build) => ({ ...electricRules(build), ...wearRules(build) })
