import type { RuleBuilders } from '../../detection/builders.ts'
import { above, all, below, certainly, is, not } from '../../detection/expression.ts'
import { minutes, seconds } from '../../telemetry/duration.ts'
import { advise } from '../writing.ts'
import { turning } from './flow-rules.ts'
import type { PumpPoint, PumpRated } from './points.ts'

type Build = RuleBuilders<PumpPoint, PumpRated>

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
  ['Burst main, sudden large draught.', '爆管或突发大流量用水。'],
  ['Streets flood, districts lose their water.', '路面积水，片区停水。'],
  ['Look at flow: rising flow means a burst. Tell the repair line and the road police.', '查看流量：上升即爆管，通知抢修热线和交警。'],
  ['Close the district valves around the place; send the burst crew.', '关闭相关区域阀门，派出抢修队。'],
)
const pressureStuck = advise(
  ['Outlet pressure reading does not move', '出口压力读数不变'],
  120,
  ['Transmitter hangs, impulse line blocked or frozen.', '变送器死机、引压管堵塞或冻结。'],
  ['The drive follows a wrong pressure; a burst would go unseen.', '变频按错误压力运行，爆管将无法发现。'],
  ['Compare with the gauge on site and with the end of the network.', '与就地压力表及管网末端压力比对。'],
  ['Set the speed by hand; order a check of the transmitter.', '改手动调速，派单检查变送器。'],
)
const networkLow = advise(
  ['Pressure at the end of the network low', '管网末端压力低'],
  30,
  ['Demand peak, leak, closed valve in the network.', '用水高峰、漏损或管网阀门关闭。'],
  ['Upper floors without water; pressure below the standard of 0.14 MPa.', '高层无水，低于 0.14 MPa 服务标准。'],
  ['Raise the setpoint by 0.02 MPa.', '提高压力设定 0.02 MPa。'],
  ['If it does not follow, look for a leak.', '无改善则查漏。'],
)
const passRateLow = advise(
  ['Network pressure missed its standard today', '管网压力合格率不达标'],
  1440,
  ['Pressure at the end of the network was low for more than 3 % of the day.', '近一日末端压力不足的时间超过 3%。'],
  ['The service standard of 97 % is missed in the monthly report.', '月报合格率将低于 97% 的服务标准。'],
  [
    'Look when it was low: every peak calls for a higher setpoint, once for the repair behind it.',
    '查看不足时段：逐日高峰应提高设定，单次则核对抢修情况。',
  ],
)

function inletRules(build: Build) {
  return {
    cavitation: build.condition({
      ...cavitation,
      priority: 'high',
      when: all(below('inlet-pressure', 'inletBelow'), above('vibration', { rated: 'vibration-high', times: 'vibrationShare' }), turning),
      onDelay: seconds(20),
      offDelay: seconds(20),
      parameters: { inletBelow: 0.05, vibrationShare: 0.8 },
      consequenceOf: ['dry-running'],
    }),
    'suction-low': build.limit({
      ...suctionLow,
      priority: 'high',
      point: 'inlet-pressure',
      low: 0.05,
      deadband: 0.01,
      onDelay: seconds(10),
      consequenceOf: ['dry-running', 'cavitation'],
    }),
  }
}

function outletRules(build: Build) {
  return {
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
      when: ([pressure, setpoint, isRunning], _rated, { share }) => isRunning === 1 && Math.abs(pressure! - setpoint!) > share * setpoint!,
      expected: ([, setpoint]) => setpoint!,
      onDelay: minutes(3),
      offDelay: seconds(30),
      parameters: { share: 0.1 },
      expects: true,
      consequenceOf: [
        'burst',
        'outlet-pressure-high',
        'no-flow',
        'dry-running',
        'cavitation',
        'suction-low',
        'flow-below-curve',
        'network-pressure-low',
      ],
    }),
    burst: build.rate({
      ...burst,
      version: 2,
      priority: 'critical',
      point: 'outlet-pressure',
      perMinute: -0.05,
      window: minutes(1),
      // Where less stands than half of what the pump adds, nothing is supplied that could be lost.
      from: (rated) => 0.5 * rated.head,
      // The fall lasts a minute, the burst does not: what follows from it stays behind this alarm while the crew is on its way.
      offDelay: minutes(30),
      // A stopped pump, a pump without water and the end of an overpressure let the pressure fall too.
      only: all(
        below('outlet-pressure', { rated: 'outlet-pressure', times: 0.95 }),
        not(certainly(is('running', 0))),
        not(certainly(below('flow', { rated: 'flow', times: 0.2 }))),
      ),
    }),
    'outlet-pressure-stuck': build.stuck({
      ...pressureStuck,
      priority: 'medium',
      point: 'outlet-pressure',
      period: minutes(30),
      tolerance: 0,
      only: is('running', 1),
    }),
  }
}

function networkRules(build: Build) {
  return {
    'network-pressure-low': build.limit({
      ...networkLow,
      priority: 'high',
      point: 'network-pressure',
      low: 0.14,
      deadband: 0.01,
      onDelay: seconds(60),
      consequenceOf: ['burst', 'no-flow', 'dry-running', 'start-failure', 'suction-low', 'cavitation'],
    }),
    'pressure-pass-rate-low': build.limit({
      ...passRateLow,
      priority: 'low',
      point: 'pressure-pass-rate',
      low: 97,
      deadband: 0.5,
      onDelay: minutes(10),
      consequenceOf: ['network-pressure-low', 'burst', 'no-flow', 'dry-running', 'start-failure', 'suction-low', 'cavitation'],
    }),
  }
}

export const pressureRules = (build: Build) => ({ ...inletRules(build), ...outletRules(build), ...networkRules(build) })
