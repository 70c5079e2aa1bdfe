import { days, hours, minutes } from '../../telemetry/duration.ts'
import { text } from '../../telemetry/point.ts'
import type { SimulatedFault } from '../facility-kind.ts'
import { circuits } from './points.ts'

/** Nights the rules must have seen before they know what is usual. */
const learning = days(4)

function perPhase<B extends string>(rule: B): [`${B}a`, `${B}b`, `${B}c`] {
  return [`${rule}a`, `${rule}b`, `${rule}c`]
}

const perCircuit = <B extends string>(rule: B) => circuits.map((n) => `${rule}${n}` as const)

const circuitGone = ['power-deviation', 'unbalance', 'strong-unbalance', 'neutral-high'] as const

/** Durations of `within` hold for a report a minute. */
export const faults = {
  'power-cut': {
    title: text('Power cut and modem battery dead', '停电且通信电池失效'),
    raises: ['communication-loss'],
    within: minutes(17),
  },
  'mains-lost': {
    title: text('Power cut', '停电'),
    raises: ['mains-lost', ...perPhase('phase-loss-'), ...perCircuit('contactor-open-'), 'unlit', 'battery-low', 'schedule-deviation'],
    within: minutes(2),
  },
  'communication-loss': { title: text('Modem dead', '通信模块损坏'), raises: ['communication-loss'], within: minutes(17) },
  'circuit-lost': {
    title: text('Cable of circuit 1 stolen', '1 号回路电缆被盗'),
    raises: ['open-circuit-1', ...circuitGone],
    shows: 'by-night',
    within: minutes(2),
  },
  'breaker-tripped': {
    title: text('Breaker of circuit 2 trips', '2 号回路跳闸'),
    raises: ['breaker-tripped-2', ...circuitGone],
    within: minutes(2),
  },
  'contactor-welded': {
    title: text('Contactor of circuit 3 welded', '3 号回路接触器粘连'),
    raises: ['contactor-welded-3', 'day-burner', 'strong-unbalance', 'unbalance', 'schedule-deviation'],
    shows: 'by-day',
    within: minutes(2),
  },
  'contactor-dead': {
    title: text('Contactor of circuit 3 does not close', '3 号回路接触器拒合'),
    raises: ['contactor-open-3', ...circuitGone],
    shows: 'by-night',
    within: minutes(2),
  },
  'unexpected-load': {
    title: text('Circuit 4 fed from elsewhere', '4 号回路外部反送电'),
    raises: ['unexpected-load-4', 'day-burner', 'strong-unbalance', 'unbalance', 'power-deviation', 'schedule-deviation'],
    shows: 'by-day',
    within: minutes(2),
  },
  leakage: { title: text('Circuit 1 leaks', '1 号回路漏电'), raises: ['leakage-1', 'leakage-rising-1'], within: minutes(2) },
  'insulation-damp': { title: text('Damp joint on circuit 1', '1 号回路接头受潮'), raises: ['leakage-rising-1'], within: minutes(2) },
  'lamps-out': {
    title: text('Lamps of circuit 1 out (size: their share)', '1 号回路部分灯具熄灭（大小为占比）'),
    raises: ['few-lamps-out-1', 'many-lamps-out-1', 'power-deviation'],
    learning,
    shows: 'by-night',
    within: minutes(25),
  },
  'branch-lost': {
    title: text('Branch of circuit 1 lost', '1 号回路支线断电'),
    raises: ['many-lamps-out-1', 'few-lamps-out-1', ...circuitGone],
    learning,
    shows: 'by-night',
    within: minutes(25),
  },
  'lamps-scattered': {
    title: text('Single lamps out on every circuit', '各回路零星灭灯'),
    raises: ['power-deviation'],
    learning,
    shows: 'by-night',
    within: minutes(50),
  },
  'day-burner': {
    title: text('Lit by day', '白天亮灯'),
    raises: ['day-burner', 'local-override', 'schedule-deviation'],
    learning,
    shows: 'by-day',
    within: minutes(30),
  },
  'phase-loss': {
    title: text('Phase B lost', 'B 相缺相'),
    raises: ['phase-loss-b', 'open-circuit-2', 'open-circuit-5', 'open-circuit-8', 'open-circuit-11', ...circuitGone],
    within: minutes(2),
  },
  'over-voltage': { title: text('Mains voltage high', '电网电压高'), raises: perPhase('voltage-high-'), within: minutes(3) },
  'under-voltage': { title: text('Mains voltage low', '电网电压低'), raises: perPhase('voltage-low-'), within: minutes(3) },
  unbalance: {
    title: text('Foreign load on phase A', 'A 相私接负载'),
    raises: ['strong-unbalance', 'unbalance', 'power-deviation', 'day-burner', 'schedule-deviation'],
    within: minutes(4),
  },
  harmonics: {
    title: text('Drivers distort the current', '驱动器谐波过大'),
    raises: ['neutral-high'],
    shows: 'by-night',
    within: minutes(7),
  },
  'low-power-factor': {
    title: text('Capacitors failed', '补偿电容失效'),
    raises: ['low-power-factor'],
    shows: 'by-night',
    within: minutes(20),
  },
  'frequency-low': { title: text('Grid disturbed', '电网扰动'), raises: ['frequency'], within: minutes(2) },
  'door-open': { title: text('Door open', '柜门打开'), raises: ['door-open'], within: minutes(2) },
  water: { title: text('Flooded', '进水'), raises: ['water'], within: minutes(2) },
  fire: {
    title: text('Joint burns', '接头起火'),
    raises: ['smoke', 'overheated', 'heating-fast', 'temperature-unusual'],
    within: minutes(2),
  },
  'fan-failed': {
    title: text('Fan failed', '风扇故障'),
    raises: ['temperature-unusual', 'overheated'],
    within: hours(4),
  },
  'local-override': {
    title: text('Left in manual', '未恢复自动'),
    raises: ['local-override'],
    within: hours(4) + minutes(2),
  },
  'battery-weak': { title: text('Battery old', '蓄电池老化'), raises: ['battery-low'], within: minutes(7) },
  'battery-overcharged': { title: text('Charger fails', '充电器失控'), raises: ['battery-high'], within: minutes(7) },
  'clock-wrong': { title: text('Clock wrong', '时钟错误'), raises: ['clock-wrong'], within: minutes(2) },
  'stuck-voltage': { title: text('Meter hangs', '电表死机'), raises: ['voltage-stuck'], within: hours(2) + minutes(3) },
  'impossible-temperature': {
    title: text('Temperature reading impossible', '温度读数不可能'),
    raises: ['sensor-fault'],
    within: minutes(2),
  },
} as const satisfies Record<string, SimulatedFault>

export type FaultName = keyof typeof faults
