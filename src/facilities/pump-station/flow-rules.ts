import type { RuleBuilders } from '../../detection/builders.ts'
import { above, all, below, isRated } from '../../detection/expression.ts'
import { minutes, seconds } from '../../telemetry/duration.ts'
import { advise } from '../writing.ts'
import type { PumpPoint, PumpRated, Rated } from './points.ts'
import { flowAt, speedShare } from './pump-curve.ts'

/** A motor that draws more than this share of its rated current turns, whatever its contactor says. */
const TURNING_SHARE = 0.1
/** Flow a meter may show while none passes. */
const NO_FLOW_SHARE = 0.02

export const isTurning = (current: number, rated: Rated) => current > TURNING_SHARE * rated.current
export const turning = above('current-a', { rated: 'current', times: TURNING_SHARE })

const noFlow = advise(
  ['Pump runs without flow', '水泵运行但无流量'],
  5,
  ['Closed valve, broken coupling, air lock, check valve stuck.', '阀门关闭、联轴器断裂、泵内存气或止回阀卡死。'],
  ['Pump overheats and its seal is destroyed within minutes; no water.', '数分钟内泵体过热、机封损坏，供（排）水中断。'],
  ['Stop the pump and start the standby pump.', '停泵并启动备用泵。'],
  ['Check the valve positions; vent the pump before it starts again.', '检查阀位，重新启动前排气。'],
)
const belowCurve = advise(
  ['Pump blocked: flow below its curve', '水泵堵塞，流量低于特性曲线'],
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
const flowStuck = advise(
  ['Flow reading does not move', '流量读数不变'],
  480,
  ['Flow meter hangs or its signal is held.', '流量计死机或信号被保持。'],
  ['Loss of flow would go unseen.', '断流将无法发现。'],
  ['Compare with current and pressure; order a check of the meter.', '与电流、压力比对，派单检查流量计。'],
)

/**
 * Flow the pump should give, m³/h: by its curve against the measured rise of pressure. Where pressures are not measured, a well's
 * rising main or another fixed circuit lets pass what goes with the speed (affinity laws), and of a network nobody can say: NaN.
 */
function dueFlow(speed: number, inlet: number, outlet: number, rated: Rated): number {
  const rise = outlet - inlet
  if (!Number.isNaN(rise)) return rated.flow * flowAt(rise, speed, rated)
  return rated.drainage === 1 || rated['steady-duty'] === 1 ? rated.flow * speed : Number.NaN
}

export function flowRules(build: RuleBuilders<PumpPoint, PumpRated>) {
  return {
    'no-flow': build.condition({
      ...noFlow,
      priority: 'high',
      when: all(below('flow', { rated: 'flow', times: 'flowShare' }), turning),
      onDelay: seconds(15),
      offDelay: seconds(10),
      parameters: { flowShare: NO_FLOW_SHARE },
      consequenceOf: ['dry-running'],
    }),
    'flow-below-curve': build.condition({
      ...belowCurve,
      priority: 'medium',
      points: ['flow', 'current-a'],
      optional: ['speed', 'inlet-pressure', 'outlet-pressure'],
      when: ([flow, current, speed, inlet, outlet], rated, { flowShare, leastShare }) => {
        const due = dueFlow(speedShare(speed!), inlet!, outlet!, rated)
        // Near shut-off the curve is flat, and a little noise of the pressure is much flow.
        return isTurning(current!, rated) && due > leastShare * rated.flow && flow! < flowShare * due
      },
      expected: ([, , speed, inlet, outlet], rated) => dueFlow(speedShare(speed!), inlet!, outlet!, rated),
      onDelay: seconds(60),
      offDelay: seconds(30),
      parameters: { flowShare: 0.8, leastShare: 0.2 },
      consequenceOf: ['no-flow', 'dry-running', 'cavitation', 'flow-stuck', 'outlet-pressure-stuck'],
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
      only: all(isRated('steady-duty', 1), turning),
      offDelay: seconds(60),
      consequenceOf: ['flow-below-curve', 'no-flow', 'dry-running', 'cavitation'],
    }),
    'dry-running': build.condition({
      ...dryRunning,
      priority: 'high',
      points: ['current-a', 'flow'],
      optional: ['speed'],
      when: ([current, flow, speed], rated, { currentShare, flowShare }) => {
        const share = speedShare(speed!)
        return (
          isTurning(current!, rated) && current! < currentShare * rated.current * share * share && flow! < flowShare * rated.flow * share
        )
      },
      onDelay: seconds(10),
      offDelay: seconds(10),
      parameters: { currentShare: 0.5, flowShare: 0.5 },
    }),
    'flow-stuck': build.stuck({
      ...flowStuck,
      priority: 'low',
      point: 'flow',
      period: minutes(30),
      tolerance: 0,
      only: all(turning, above('flow', { rated: 'flow', times: NO_FLOW_SHARE })),
    }),
  }
}
