import type { RuleBuilders } from '../../detection/builders.ts'
import { minutes, seconds } from '../../telemetry/duration.ts'
import { advise } from '../writing.ts'
import type { PumpPoint, PumpRated } from './points.ts'

type Build = RuleBuilders<PumpPoint, PumpRated>
type Rated = Readonly<Record<PumpRated, number>>

const FULL_SPEED = 50

/** A motor that draws more than this share of its rated current turns, whatever its contactor says. */
const TURNING_SHARE = 0.1
/** Flow a meter may show while none passes. */
const NO_FLOW_SHARE = 0.02

export const isTurning = (current: number, rated: Rated) => current > TURNING_SHARE * rated.current

/** Speed as a share of full speed; a pump that reports no speed has only one. */
export const speedShare = (hertz: number) => (Number.isNaN(hertz) ? 1 : hertz / FULL_SPEED)

const noFlow = advise(
  ['Pump runs without flow', '水泵运行但无流量'],
  5,
  ['Closed valve, broken coupling, air lock, check valve stuck.', '阀门关闭、联轴器断裂、泵内存气或止回阀卡死。'],
  ['Pump overheats and its seal is destroyed within minutes; no water.', '数分钟内泵体过热、机封损坏，供（排）水中断。'],
  ['Stop the pump and start the standby pump.', '停泵并启动备用泵。'],
  ['Check the valve positions; vent the pump before it starts again.', '检查阀位，重新启动前排气。'],
)
const belowCurve = advise(
  ['Flow below the pump curve', '流量低于水泵特性曲线'],
  60,
  ['Blocked impeller or screen, valve closing, worn impeller, high counter-pressure.', '叶轮或格栅堵塞、阀门未全开、叶轮磨损或背压过高。'],
  ['Demand is not met or the wet well rises; energy is wasted.', '供水不足或集水井水位上升，能耗增加。'],
  ['Check valve positions and the head over the screen.', '检查阀位与格栅前后液位差。'],
  ['Change to the standby pump; order cleaning of the impeller.', '切换备用泵，派单清理叶轮。'],
)
const belowUsual = advise(
  ['Flow has fallen below its usual value', '流量低于平常水平'],
  480,
  ['A valve is closing, a strainer clogs, or air enters on the suction side.', '阀门逐渐关闭、滤网堵塞或吸入侧进气。'],
  ['First sign of a blockage: flow will fall further.', '堵塞的早期征兆，流量将继续下降。'],
  ['Ask whether someone works on the valves of this circuit.', '确认是否有人操作该管路阀门。'],
  ['Watch the trend; if it falls on, order a check of valve and strainer.', '关注趋势，继续下降则派单检查阀门和滤网。'],
)
const dryRunning = advise(
  ['Pump runs dry', '水泵干转'],
  5,
  ['No water at the inlet, broken shaft, level sensor wrong.', '进口无水、断轴或液位计失准。'],
  ['Seal and bearings are destroyed within minutes.', '数分钟内机封与轴承损坏。'],
  ['Stop the pump now.', '立即停泵。'],
  ['Check inlet level and pressure before it starts again.', '确认进口液位和压力后方可重启。'],
)
const cavitation = advise(
  ['Pump cavitates', '水泵汽蚀'],
  60,
  ['Inlet pressure too low for the flow: clogged strainer, low level, pump too fast.', '进口压力不足：滤网堵塞、液位低或转速过高。'],
  ['Impeller is eaten away, vibration damages bearings.', '叶轮被汽蚀，振动损伤轴承。'],
  ['Reduce the speed by 10 %.', '降低转速 10%。'],
  ['Check strainer and inlet valve.', '检查滤网与进口阀门。'],
)
const suctionLow = advise(
  ['Inlet pressure low', '进口压力低'],
  30,
  ['Main in front burst or closed, strainer clogged, draught of others.', '上游管道爆管或关阀、滤网堵塞、上游用水过大。'],
  ['Pump cavitates; the main in front may be drawn under vacuum.', '水泵汽蚀，上游管道可能形成负压。'],
  ['Reduce the speed; tell the dispatcher of the main.', '降低转速，通知管网调度。'],
  ['If pressure keeps falling, stop the pump.', '压力继续下降则停泵。'],
)
const pressureHigh = advise(
  ['Outlet pressure too high', '出口压力过高'],
  15,
  ['Valve closed downstream, controller or sensor of the drive failed.', '下游阀门关闭、变频控制或传感器故障。'],
  ['Old pipes burst.', '老旧管道可能爆管。'],
  ['Reduce the speed by hand or stop a pump.', '手动降速或减泵。'],
  ['Ask whether valves were closed in the network.', '确认管网是否有关阀操作。'],
)
const pressureOff = advise(
  ['Outlet pressure off its setpoint', '出口压力偏离设定值'],
  60,
  ['Demand above capacity, pump too few, controller badly tuned, leak.', '用水超出能力、开泵不足、控制参数不当或漏损。'],
  ['Weak supply in upper floors, or strained pipes.', '高层供水不足或管道受力过大。'],
  ['Compare flow with the same hour of other days: more flow means a leak or a fire.', '与往日同时段流量比较：偏大可能漏损或消防用水。'],
  ['Start a further pump or correct the setpoint.', '增开水泵或调整设定值。'],
)
const burst = advise(
  ['Outlet pressure falls fast: burst main?', '出口压力骤降，疑似爆管'],
  10,
  ['Burst main, sudden large draught, pump tripped.', '爆管、突发大流量用水或水泵跳闸。'],
  ['Streets flood, districts lose their water.', '路面积水，片区停水。'],
  ['Look at flow: rising flow means a burst. Tell the repair line and the road police.', '查看流量：上升即爆管，通知抢修热线和交警。'],
  ['Close the district valves around the place; send the burst crew.', '关闭相关区域阀门，派出抢修队。'],
)
const networkLow = advise(
  ['Pressure at the end of the network low', '管网末端压力低'],
  30,
  ['Demand peak, leak, closed valve in the network.', '用水高峰、漏损或管网阀门关闭。'],
  ['Upper floors without water; pressure below the standard of 0.14 MPa.', '高层无水，低于 0.14 MPa 服务标准。'],
  ['Raise the setpoint by 0.02 MPa.', '提高压力设定 0.02 MPa。'],
  ['If it does not follow, look for a leak.', '无改善则查漏。'],
)
const flowStuck = advise(
  ['Flow reading does not move', '流量读数不变'],
  480,
  ['Flow meter hangs or its signal is held.', '流量计死机或信号被保持。'],
  ['Loss of flow would go unseen.', '断流将无法发现。'],
  ['Compare with current and pressure; order a check of the meter.', '与电流、压力比对，派单检查流量计。'],
)

function flowRules(build: Build) {
  return {
    'no-flow': build.condition({
      ...noFlow,
      priority: 'high',
      points: ['flow', 'current-a'],
      when: ([flow, current], rated) => isTurning(current!, rated) && flow! < NO_FLOW_SHARE * rated.flow,
      onDelay: seconds(15),
      offDelay: seconds(10),
      parameters: { flowShare: NO_FLOW_SHARE },
    }),
    'flow-below-curve': build.condition({
      ...belowCurve,
      priority: 'medium',
      points: ['flow', 'current-a'],
      optional: ['speed'],
      when: ([flow, current, speed], rated) => isTurning(current!, rated) && flow! < 0.8 * rated.flow * speedShare(speed!),
      onDelay: seconds(60),
      offDelay: seconds(30),
      parameters: { flowShare: 0.8 },
    }),
    'flow-below-usual': build.drift({
      ...belowUsual,
      priority: 'medium',
      point: 'flow',
      short: seconds(45),
      long: minutes(20),
      samples: 30,
      atLeast: 0.01,
      spreads: 3,
      only: {
        points: ['current-a'],
        when: ([current], rated) => rated['steady-duty'] === 1 && isTurning(current!, rated),
      },
      offDelay: seconds(60),
    }),
    'dry-running': build.condition({
      ...dryRunning,
      priority: 'high',
      points: ['current-a', 'flow'],
      optional: ['speed'],
      when: ([current, flow, speed], rated) => {
        const share = speedShare(speed!)
        return isTurning(current!, rated) && current! < 0.5 * rated.current * share * share && flow! < 0.5 * rated.flow * share
      },
      onDelay: seconds(10),
      offDelay: seconds(10),
      parameters: { currentShare: 0.5 },
    }),
    'flow-stuck': build.stuck({
      ...flowStuck,
      priority: 'low',
      point: 'flow',
      period: minutes(30),
      tolerance: 0,
      only: {
        points: ['current-a', 'flow'],
        when: ([current, flow], rated) => isTurning(current!, rated) && flow! > NO_FLOW_SHARE * rated.flow,
      },
    }),
  }
}

function pressureRules(build: Build) {
  return {
    cavitation: build.condition({
      ...cavitation,
      priority: 'high',
      points: ['inlet-pressure', 'vibration', 'current-a'],
      when: ([inlet, vibration, current], rated) =>
        isTurning(current!, rated) && inlet! < 0.05 && vibration! > 0.8 * rated['vibration-high'],
      onDelay: seconds(20),
      offDelay: seconds(20),
    }),
    'suction-low': build.limit({
      ...suctionLow,
      priority: 'high',
      point: 'inlet-pressure',
      low: 0.05,
      deadband: 0.01,
      onDelay: seconds(10),
    }),
    'outlet-pressure-high': build.limit({
      ...pressureHigh,
      priority: 'high',
      point: 'outlet-pressure',
      high: (rated) => 1.15 * rated['outlet-pressure'],
      deadband: 0.02,
      onDelay: seconds(5),
    }),
    'pressure-off-setpoint': build.condition({
      ...pressureOff,
      priority: 'medium',
      points: ['outlet-pressure', 'pressure-setpoint', 'running'],
      when: ([pressure, setpoint, isRunning]) => isRunning === 1 && Math.abs(pressure! - setpoint!) > 0.1 * setpoint!,
      onDelay: minutes(3),
      offDelay: seconds(30),
      parameters: { share: 0.1 },
    }),
    burst: build.rate({
      ...burst,
      priority: 'critical',
      point: 'outlet-pressure',
      perMinute: -0.05,
      window: minutes(1),
      offDelay: minutes(2),
      // A stopped pump and the end of an overpressure let the pressure fall too.
      only: {
        points: ['outlet-pressure'],
        optional: ['running'],
        when: ([pressure, isRunning], rated) => pressure! < 0.95 * rated['outlet-pressure'] && isRunning !== 0,
      },
    }),
    'network-pressure-low': build.limit({
      ...networkLow,
      priority: 'high',
      point: 'network-pressure',
      low: 0.14,
      deadband: 0.01,
      onDelay: seconds(60),
    }),
  }
}

export const hydraulicRules = (build: Build) => ({ ...flowRules(build), ...pressureRules(build) })
