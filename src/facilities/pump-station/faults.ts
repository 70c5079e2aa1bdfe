import { hours, minutes, seconds } from '../../telemetry/duration.ts'
import { text } from '../../telemetry/point.ts'
import type { SimulatedFault } from '../facility-kind.ts'

const supply = { drainage: 0 } as const
const drainage = { drainage: 1 } as const

/** The pump of a wet well stands still this long at most, and shows its faults only when it runs. */
const STANDSTILL = minutes(30)
/** What a network without its pump shows. */
const unsupplied = ['pressure-off-setpoint', 'network-pressure-low', 'pressure-pass-rate-low'] as const
/** What a wet well without its pump shows. */
const undrained = ['overflow', 'level-high', 'long-run'] as const
/** What is unlike itself in several points may be noticed before a limit is passed. */
const learned = 'out-of-pattern'

export const faults = {
  'no-flow': {
    title: text('Valve closed', '阀门关闭'),
    raises: ['no-flow', 'flow-below-curve', ...unsupplied, ...undrained, learned],
    within: STANDSTILL + minutes(5),
  },
  blockage: {
    title: text('Impeller clogs up', '叶轮逐渐堵塞'),
    raises: ['flow-below-curve', ...unsupplied, ...undrained, learned],
    within: STANDSTILL + minutes(30),
  },
  'valve-closing': {
    title: text('Valve a little closed', '阀门略微关小'),
    raises: ['flow-below-usual', learned],
    learning: hours(6),
    needs: { ...drainage, 'steady-duty': 1 },
    within: hours(2),
  },
  'dry-running': {
    title: text('No water at the inlet', '进口无水'),
    raises: ['dry-running', 'no-flow', 'flow-below-curve', 'suction-low', ...unsupplied, ...undrained, learned],
    within: STANDSTILL + minutes(1),
  },
  cavitation: {
    title: text('Strainer clogs up', '吸入滤网逐渐堵塞'),
    raises: ['cavitation', 'suction-low', 'vibration-high', 'vibration-trip', 'flow-below-curve', ...unsupplied, learned],
    needs: supply,
    within: minutes(25),
  },
  'suction-low': {
    title: text('Main in front is weak', '上游来水压力不足'),
    raises: ['suction-low', learned],
    needs: supply,
    within: minutes(5),
  },
  burst: { title: text('Burst main', '爆管'), raises: ['burst', ...unsupplied, learned], needs: supply, within: minutes(3) },
  'network-valve-closed': {
    title: text('Valve closed in the network', '管网阀门误关'),
    raises: ['network-pressure-low', 'pressure-pass-rate-low', learned],
    needs: supply,
    within: minutes(20),
  },
  overpressure: {
    title: text('Controller runs away', '变频失控'),
    raises: ['outlet-pressure-high', 'pressure-off-setpoint', learned],
    needs: supply,
    within: minutes(3),
  },
  overload: {
    title: text('Impeller drags', '叶轮卡滞'),
    raises: ['overload-trip', 'overload', 'behaviour-unusual', 'winding-warm', 'winding-overheated', ...undrained, learned],
    within: STANDSTILL + minutes(1),
  },
  'phase-unbalance': {
    title: text('Terminal burnt', '接线端子烧损'),
    raises: ['current-unbalance', learned],
    within: STANDSTILL + minutes(2),
  },
  'start-failure': {
    title: text('Pump does not run', '水泵停转'),
    raises: ['start-failure', 'overflow', 'level-high', 'network-pressure-low', 'pressure-pass-rate-low', learned],
    within: STANDSTILL + seconds(30),
  },
  overheating: {
    title: text('Cooling failed', '冷却失效'),
    raises: ['winding-overheated', 'winding-warm', learned],
    within: hours(2),
  },
  'bearing-wear': {
    title: text('Bearing worn', '轴承磨损'),
    raises: ['vibration-trip', 'vibration-high', 'bearing-overheated', 'bearing-warm', learned],
    within: STANDSTILL + minutes(1),
  },
  'bearing-dry': {
    title: text('Bearing without grease', '轴承缺脂'),
    raises: ['bearing-overheated', 'bearing-warm', learned],
    within: hours(2),
  },
  'worn-impeller': {
    title: text('Impeller worn', '叶轮磨损'),
    raises: ['behaviour-unusual', learned],
    learning: hours(30),
    within: hours(3),
  },
  imbalance: { title: text('Impeller out of balance', '叶轮不平衡'), raises: ['vibration-high', learned], within: STANDSTILL + minutes(2) },
  'short-cycling': {
    title: text('Stop level set too high', '停泵液位设定过高'),
    raises: ['starts-too-often', 'starts-far-too-often'],
    needs: drainage,
    within: minutes(75),
  },
  'long-run': {
    title: text('Second pump out, sewer full', '备用泵停用且来水满负荷'),
    raises: ['long-run', 'overflow', 'level-high', learned],
    needs: drainage,
    within: hours(2) + STANDSTILL,
  },
  overflow: {
    title: text('Cloudburst', '特大暴雨'),
    raises: ['overflow', 'level-high', 'long-run', learned],
    needs: drainage,
    within: minutes(30),
  },
  'seal-leak': { title: text('Seal worn', '机封磨损'), raises: ['seal-leak'], within: minutes(1) },
  'gas-in-well': {
    title: text('Hydrogen sulphide in the well', '井内硫化氢'),
    raises: ['h2s-high', 'oxygen-low'],
    needs: drainage,
    within: minutes(1),
  },
  'screen-blocked': { title: text('Rubbish at the screen', '格栅垃圾'), raises: ['screen-blocked'], needs: drainage, within: minutes(4) },
  'chlorine-low': { title: text('Dosing failed', '加氯失效'), raises: ['chlorine-low'], needs: supply, within: minutes(4) },
  'turbid-water': { title: text('Turbid water', '水质浑浊'), raises: ['turbidity-high'], needs: supply, within: minutes(4) },
  'acid-water': { title: text('Acid water', '水质偏酸'), raises: ['ph-out-of-range'], needs: supply, within: minutes(4) },
  'stuck-flow': {
    title: text('Flow meter frozen', '流量计冻结'),
    raises: ['flow-stuck', 'flow-below-curve', 'behaviour-unusual', learned],
    needs: supply,
    within: minutes(35),
  },
  'stuck-pressure': {
    title: text('Pressure transmitter frozen', '压力变送器冻结'),
    raises: ['outlet-pressure-stuck', ...unsupplied, 'flow-below-curve', 'burst', learned],
    needs: supply,
    within: minutes(35),
  },
  'stuck-level': {
    title: text('Level sensor silted', '液位计淤积'),
    raises: ['level-stuck', 'overflow', 'level-high', 'long-run', 'level-low', 'dry-running', 'no-flow', 'flow-below-curve', learned],
    needs: drainage,
    within: minutes(20),
  },
  'impossible-temperature': { title: text('Winding sensor broken', '绕组温度传感器断线'), raises: ['sensor-fault'], within: minutes(1) },
  'communication-loss': { title: text('No reports', '通信中断'), raises: ['communication-loss', 'long-run'], within: minutes(5) },
} as const satisfies Record<string, SimulatedFault>

export type PumpFault = keyof typeof faults
/** Size of a fault now, 0 while it is absent. */
export type FaultSize = (name: PumpFault) => number
