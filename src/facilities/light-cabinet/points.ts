import { analog, digital, state, text } from '../../telemetry/point.ts'
import { runsAloneRange, tablePoint } from '../programme-table.ts'
import type { RatedRanges } from '../rated-range.ts'
import { type Phase, perItem, phases } from '../writing.ts'

export const circuits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] as const
export type Circuit = (typeof circuits)[number]

/** Circuits are spread over the phases in turn. */
export const phaseOf = (n: Circuit): Phase => phases[(n - 1) % phases.length] as Phase
export const circuitsOf = (phase: Phase): readonly Circuit[] => circuits.filter((n) => phaseOf(n) === phase)

const phaseName = { a: text('A', 'A'), b: text('B', 'B'), c: text('C', 'C') } as const
const open = text('open', '断开')
const closed = text('closed', '闭合')
const no = text('no', '否')
const yes = text('yes', '是')

export const points = {
  ...perItem('voltage-', phases, '', (p) =>
    analog(text(`Voltage ${phaseName[p].en}`, `${phaseName[p].zh}相电压`), 'V', [0, 300], { normal: [205, 235] }),
  ),
  ...perItem('current-', phases, '', (p) => analog(text(`Current ${phaseName[p].en}`, `${phaseName[p].zh}相电流`), 'A', [0, 100])),
  'neutral-current': analog(text('Neutral current', '零线电流'), 'A', [0, 100]),
  'active-power': analog(text('Active power', '有功功率'), 'W', [0, 80_000], { digits: 0 }),
  'reactive-power': analog(text('Reactive power', '无功功率'), 'var', [-80_000, 80_000], { digits: 0 }),
  'power-factor': analog(text('Power factor', '功率因数'), '', [0, 1], { normal: [0.9, 1], digits: 2 }),
  energy: analog(text('Energy', '电能'), 'kWh', [0, 1e9], { counter: 'running' }),
  frequency: analog(text('Frequency', '频率'), 'Hz', [40, 60], { normal: [49.5, 50.5], digits: 2 }),
  ...perItem('circuit-', circuits, '-current', (n) => analog(text(`Circuit ${n} current`, `${n} 号回路电流`), 'A', [0, 63], { digits: 2 })),
  ...perItem('circuit-', circuits, '-command', (n) => digital(text(`Circuit ${n} command`, `${n} 号回路指令`), open, closed)),
  ...perItem('circuit-', circuits, '-contactor', (n) => digital(text(`Circuit ${n} contactor`, `${n} 号回路接触器`), open, closed)),
  ...perItem('circuit-', circuits, '-tripped', (n) => digital(text(`Circuit ${n} breaker tripped`, `${n} 号回路断路器跳闸`), no, yes)),
  ...perItem('circuit-', circuits, '-leakage', (n) =>
    analog(text(`Circuit ${n} leakage`, `${n} 号回路漏电流`), 'mA', [0, 2000], { normal: [0, 100], digits: 0 }),
  ),
  dimming: analog(text('Dimming step', '调光档位'), '%', [0, 100], { digits: 0 }),
  door: digital(text('Door', '柜门'), text('shut', '关闭'), text('open', '打开')),
  water: digital(text('Water in cabinet', '柜内进水'), no, yes),
  smoke: digital(text('Smoke', '烟雾'), no, yes),
  temperature: analog(text('Cabinet temperature', '柜内温度'), '°C', [-40, 120], { normal: [-30, 55] }),
  mode: state(text('Mode', '运行模式'), {
    auto: text('automatic', '自动'),
    manual: text('manual', '手动'),
    remote: text('remote', '远程'),
  }),
  battery: analog(text('Battery', '蓄电池电压'), 'V', [0, 20], { normal: [11.5, 13.8] }),
  'clock-drift': analog(text('Clock drift', '时钟偏差'), 's', [-86_400, 86_400], { normal: [-30, 30], digits: 0 }),
  'programme-table': tablePoint,
} as const

/** While a command holds one of its circuits, what is usual says nothing of the load. */
export const unlessRemote = { unless: { point: 'mode', is: points.mode.states.findIndex(({ key }) => key === 'remote') } } as const

/**
 * Circuits in use; current of one circuit and of one lamp on it at full light, A; length (m) and conductor section (mm2) of a
 * circuit's cable; the interval between two reports at most, s; 0 where it cannot switch by a table of its own.
 */
export const rated = {
  circuits: 6,
  'circuit-current': 12,
  'lamp-current': 0.57,
  'cable-length': 500,
  'cable-section': 25,
  'report-interval': 300,
  'runs-alone': 1,
} as const

export type CabinetPoint = keyof typeof points
export type CabinetRated = keyof typeof rated

export const ratedRanges: RatedRanges<CabinetRated> = {
  circuits: { least: 1, greatest: 12, isWhole: true, why: 'a cabinet reports up to twelve circuits' },
  'circuit-current': { least: 0.1, greatest: 400, why: 'no lighting circuit is fused for more than 400 A' },
  'lamp-current': { least: 0.01, greatest: 10, why: 'a lamp of 2000 W draws some 10 A' },
  'cable-length': { least: 1, greatest: 10_000, why: 'over more than 10 km no lamp would light' },
  'cable-section': { least: 0.5, greatest: 400, why: 'conductors have 0.5 to 400 mm²' },
  'report-interval': { least: 1, greatest: 1800, why: 'a cabinet reports every 1 to 5 min, and twice an hour at least' },
  'runs-alone': runsAloneRange,
}
