import { hours, minutes, seconds } from '../../telemetry/duration.ts'
import { text } from '../../telemetry/point.ts'
import type { SimulatedFault } from '../facility-kind.ts'

const withTank = { tank: 1 } as const
const withRegulator = { regulator: 1 } as const
/** What is unlike itself in several points may be noticed before a limit is passed. */
const learned = 'out-of-pattern'

export const faults = {
  leak: {
    title: text('Gas leak at the filter', '过滤器大量漏气'),
    raises: ['ch4-cut-off-1', 'ch4-alarm-1', 'ch4-alarm-2', learned],
    within: minutes(2),
  },
  'small-leak': { title: text('Small gas leak', '轻微漏气'), raises: ['ch4-alarm-1', learned], within: minutes(5) },
  'leak-without-fan': {
    title: text('Leak and fan failed', '漏气且风机故障'),
    raises: ['fan-not-running', 'ch4-alarm-1', learned],
    within: minutes(30),
  },
  'detector-dead': { title: text('Detector 3 dead', '3 号探测器无信号'), raises: ['ch4-lost-3'], within: minutes(1) },
  'detector-impossible': {
    title: text('Detector 3 impossible', '3 号探测器读数不可能'),
    raises: ['ch4-lost-3', 'sensor-fault'],
    within: seconds(30),
  },
  'detector-frozen': { title: text('Detector 4 frozen', '4 号探测器冻结'), raises: ['ch4-frozen-4', learned], within: minutes(62) },
  flame: { title: text('Flame', '火焰'), raises: ['flame'], within: seconds(30) },
  'regulator-open': {
    title: text('Regulator fails open', '调压器失效全开'),
    raises: ['shut-off-tripped', 'outlet-pressure-high', 'outlet-pressure-low', learned],
    needs: withRegulator,
    within: minutes(3),
  },
  'shut-off-failed': {
    title: text('Regulator fails open, shut-off valve too', '调压器失效且切断阀未动作'),
    raises: ['outlet-overpressure', 'outlet-pressure-high', learned],
    needs: withRegulator,
    within: minutes(3),
  },
  'regulator-creeping': {
    title: text('Regulator does not close tightly', '调压器关闭不严'),
    raises: ['outlet-pressure-high', learned],
    needs: withRegulator,
    within: minutes(5),
  },
  'regulator-drifting': {
    title: text('Regulator loses its adjustment', '调压器设定漂移'),
    raises: [learned],
    learning: hours(36),
    needs: withRegulator,
    within: hours(3),
  },
  'regulator-iced': {
    title: text('Regulator iced up', '调压器冰堵'),
    raises: ['outlet-pressure-low', learned],
    needs: withRegulator,
    within: minutes(15),
  },
  'shut-off': {
    title: text('Shut-off valve trips', '切断阀误动作'),
    raises: ['shut-off-tripped', 'outlet-pressure-low', learned],
    needs: withRegulator,
    within: seconds(30),
  },
  'emergency-shutdown': {
    title: text('Emergency shutdown pressed', '按下急停'),
    raises: ['esd', 'outlet-pressure-low', learned],
    within: seconds(30),
  },
  'pipe-broken': {
    title: text('Pipe dug through', '管道被挖断'),
    raises: ['outlet-pressure-falling', 'outlet-pressure-low', 'filter-dirty', learned],
    needs: withRegulator,
    within: minutes(3),
  },
  'inlet-low': { title: text('Little gas upstream', '上游压力低'), raises: ['inlet-pressure-off', learned], within: minutes(2) },
  'stuck-pressure': {
    title: text('Pressure reading frozen', '压力读数冻结'),
    raises: ['outlet-pressure-stuck', learned],
    needs: withRegulator,
    within: minutes(32),
  },
  'stuck-flow': { title: text('Flow reading frozen', '流量读数冻结'), raises: ['flow-stuck', learned], within: minutes(32) },
  'inlet-valve-stuck': { title: text('Inlet valve does not close', '进站阀关不上'), raises: ['inlet-valve-stuck'], within: minutes(1) },
  'outlet-valve-stuck': { title: text('Outlet valve does not close', '出站阀关不上'), raises: ['outlet-valve-stuck'], within: minutes(1) },
  'leaking-valves': {
    title: text('Closed valves leak', '阀门全关仍内漏'),
    raises: ['closed-valve-flow', 'outlet-pressure-low', learned],
    within: minutes(2),
  },
  'filter-dirty': { title: text('Filter fills with dust', '过滤器积尘'), raises: ['filter-dirty', learned], within: minutes(3) },
  'filter-blocked': {
    title: text('Filter blocked', '过滤器堵塞'),
    raises: ['filter-blocked', 'filter-dirty', learned],
    within: minutes(3),
  },
  cold: {
    title: text('Vaporiser iced up', '气化器结冰'),
    raises: ['temperature-out-of-range', learned],
    needs: withTank,
    within: minutes(15),
  },
  'odorant-low': { title: text('Odorant pump weak', '加臭泵出力不足'), raises: ['odorant-low', learned], within: minutes(15) },
  'odorant-missing': {
    title: text('Odorant injection stopped', '加臭中断'),
    raises: ['odorant-missing', 'odorant-low', learned],
    within: minutes(15),
  },
  'tank-empty': {
    title: text('Deliveries fail, tank pumped over to another station', '停止来车且储罐倒罐外调'),
    raises: ['tank-nearly-empty', 'tank-low', 'reserve-low', 'reserve-warning', learned],
    needs: withTank,
    within: hours(2),
  },
  'reserve-low': {
    title: text('Most tanks out for inspection', '多数储罐停用检验'),
    raises: ['reserve-low', 'reserve-warning'],
    needs: withTank,
    within: minutes(15),
  },
  'tank-overfull': {
    title: text('Filling not stopped', '充装未停'),
    raises: ['tank-overfull', 'tank-full'],
    needs: withTank,
    within: hours(2),
  },
  'tank-pressure': {
    title: text('Vacuum of the tank lost', '储罐真空失效'),
    raises: ['tank-pressure-high', learned],
    needs: withTank,
    within: hours(2),
  },
  'mains-lost': { title: text('Mains failed', '市电中断'), raises: ['on-battery'], within: minutes(1) },
  'door-open': { title: text('Door open', '站门打开'), raises: ['door-open'], within: minutes(1) },
  'impossible-temperature': {
    title: text('Temperature reading impossible', '温度读数不可能'),
    raises: ['sensor-fault'],
    within: seconds(30),
  },
  'communication-loss': { title: text('No reports', '通信中断'), raises: ['communication-loss'], within: minutes(1) },
} as const satisfies Record<string, SimulatedFault>

export type GasFault = keyof typeof faults
/** Size of a fault now, 0 while it is absent. */
export type FaultSize = (name: GasFault) => number
