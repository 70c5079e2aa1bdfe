import type { RuleBuilders } from '../../detection/builders.ts'
import { above, all, below, certainly, is, not } from '../../detection/expression.ts'
import { minutes, seconds } from '../../telemetry/duration.ts'
import { advise, resetByTwo } from '../writing.ts'
import type { GasPoint, GasRated } from './points.ts'

const inletOff = advise(
  ['Inlet pressure out of range', '进口压力越限'],
  30,
  ['Disturbance upstream: compressor, gate station, great draught.', '上游门站、压缩机异常或用气骤增。'],
  ['Regulators leave their range; supply may fail.', '调压器超出工作范围，供气可能中断。'],
  ['Call the dispatcher upstream.', '联系上游调度。'],
  ['Low: limit large customers. High: watch the outlet pressure closely.', '偏低时限制大用户；偏高时密切监视出口压力。'],
)
const outletLow = advise(
  ['Outlet pressure low', '出口压力低'],
  15,
  ['Regulator or filter blocked, demand above capacity, leak downstream.', '调压器或过滤器堵塞、用气超能力或下游泄漏。'],
  ['Flames go out at customers; gas may escape when pressure returns.', '用户火焰熄灭，恢复供气时可能漏气。'],
  ['Compare flow: high flow means a leak or great demand.', '查看流量：偏大为泄漏或用气高峰。'],
  ['Open the standby line.', '开启备用调压路。'],
)
const outletHigh = advise(
  ['Outlet pressure high', '出口压力高'],
  10,
  ['Regulator does not close tightly, pilot dirty.', '调压器关闭不严或指挥器脏堵。'],
  ['Shut-off valve will trip; overpressure at customers.', '切断阀将动作，用户超压。'],
  ['Change to the standby line.', '切换备用调压路。'],
  ['Send two people to the regulator.', '派两人检查调压器。'],
)
const outletTooHigh = advise(
  ['Outlet pressure above shut-off', '出口压力超过切断值'],
  2,
  ['Regulator failed open and the shut-off valve did not act.', '调压器失效全开且切断阀未动作。'],
  ['Gas appliances leak and burn; explosion in homes.', '用户燃具泄漏燃烧，可能引发室内爆炸。'],
  ['Close the outlet valve now.', '立即关闭出站阀。'],
  ['Tell the emergency crew of the district.', '通知片区抢险队。'],
  resetByTwo('the regulator was mended and customers were checked', '调压器修复且用户安全检查合格'),
)
const pressureFalls = advise(
  ['Outlet pressure falls fast', '出口压力快速下降'],
  5,
  ['Pipe broken downstream, often by digging.', '下游管道破裂，常见于施工挖断。'],
  ['Gas escapes in the street.', '燃气在街道泄漏。'],
  ['Look at flow and the digging permits of the district.', '查看流量及片区施工许可。'],
  ['Close the section valve; send the emergency crew.', '关闭分段阀，派出抢险队。'],
  resetByTwo('the pipe was found sound or mended', '确认管道完好或修复'),
)
const pressureStuck = advise(
  ['Outlet pressure reading does not move', '出口压力读数冻结'],
  60,
  ['Transmitter hangs, impulse line blocked or shut.', '变送器死机、引压管堵塞或关闭。'],
  ['Over- and underpressure go unseen.', '超压、欠压无法发现。'],
  ['Compare with the local gauge by telephone.', '电话核对就地压力表。'],
  ['Order a check of the transmitter.', '派单检查变送器。'],
)
const flowStuck = advise(
  ['Flow reading does not move', '流量读数冻结'],
  480,
  ['Meter or flow computer hangs.', '流量计或流量积算仪死机。'],
  ['Gas is not accounted for, and a broken pipe goes unseen.', '计量失准，管道破裂无法发现。'],
  ['Compare with the reading on site by telephone.', '电话核对就地示值。'],
  ['Order a check of the meter.', '派单检查流量计。'],
)

export function pressureRules(build: RuleBuilders<GasPoint, GasRated>) {
  const outlet = { point: 'outlet-pressure', deadband: 0.005 } as const
  return {
    'inlet-pressure-off': build.limit({
      ...inletOff,
      priority: 'medium',
      point: 'inlet-pressure',
      low: (rated) => rated['inlet-low'],
      high: (rated) => rated['inlet-high'],
      deadband: 0.01,
      onDelay: seconds(30),
    }),
    'outlet-pressure-low': build.limit({
      ...outletLow,
      ...outlet,
      priority: 'high',
      low: (rated) => rated['outlet-low'],
      onDelay: seconds(10),
      consequenceOf: ['shut-off-tripped', 'esd', 'outlet-pressure-falling', 'closed-valve-flow', 'filter-blocked'],
    }),
    ...build.levels({
      ...outlet,
      highHigh: {
        key: 'outlet-overpressure',
        ...outletTooHigh,
        priority: 'critical',
        latching: true,
        shelvable: false,
        limit: (rated) => rated['shut-off'],
      },
      high: {
        key: 'outlet-pressure-high',
        ...outletHigh,
        priority: 'high',
        limit: (rated) => rated['outlet-high'],
        onDelay: seconds(5),
        consequenceOf: ['shut-off-tripped'],
      },
    }),
    'outlet-pressure-falling': build.rate({
      ...pressureFalls,
      priority: 'critical',
      latching: true,
      shelvable: false,
      point: 'outlet-pressure',
      perMinute: -0.03,
      window: minutes(1),
      // The fall lasts a minute, the broken pipe does not: what follows from it stays behind this alarm.
      offDelay: minutes(30),
      // The end of an overpressure is a fast fall too, and so is what users draw from behind closed valves.
      only: all(
        below('outlet-pressure', { rated: 'outlet-low', times: 1.1 }),
        not(certainly(is('shut-off-tripped', 1))),
        not(certainly(is('esd', 1))),
        not(certainly(is('inlet-valve', 0))),
        not(certainly(is('outlet-valve', 0))),
      ),
    }),
    'outlet-pressure-stuck': build.stuck({
      ...pressureStuck,
      priority: 'high',
      point: 'outlet-pressure',
      period: minutes(30),
      tolerance: 0,
    }),
    'flow-stuck': build.stuck({
      ...flowStuck,
      priority: 'medium',
      point: 'flow',
      period: minutes(30),
      tolerance: 0,
      only: above('flow', { rated: 'flow', times: 0.01 }),
    }),
  }
}
