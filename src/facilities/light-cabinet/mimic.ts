import { text } from '../../telemetry/point.ts'
import type { Mimic, MimicCondition, MimicElement, MimicLine } from '../mimic.ts'
import { phases } from '../writing.ts'
import { type CabinetPoint, type CabinetRated, type Circuit, circuits, phaseOf } from './points.ts'

/** So many circuits fit with their full names; more stand closer. */
const WIDE = 6
/** Cells that all circuits share. */
const WIDTH = 36
const BAR = { a: 5.5, b: 6, c: 6.5 } as const
const TOP = 7

type Element = MimicElement<CabinetPoint, CabinetRated>

/** A circuit where there are up to six of them, and where there are more. */
const arrangements = [
  {
    key: '',
    columns: WIDTH / WIDE,
    has: WIDE,
    only: (n: Circuit): MimicCondition<CabinetRated> => ({ rated: 'circuits', atLeast: n, atMost: WIDE }),
  },
  {
    key: '-close',
    columns: WIDTH / circuits.length,
    has: circuits.length,
    only: (n: Circuit): MimicCondition<CabinetRated> => ({ rated: 'circuits', atLeast: Math.max(n, WIDE + 1) }),
  },
] as const

const circuitElements = arrangements.flatMap(({ key, columns, has, only }) =>
  circuits.slice(0, has).map((n): Element => {
    const phase = phaseOf(n).toUpperCase()
    return {
      key: `circuit-${n}${key}`,
      symbol: 'circuit',
      title: has === WIDE ? text(`Circuit ${n} (${phase})`, `${n} 号回路（${phase}）`) : text(`${n} (${phase})`, `${n}（${phase}）`),
      at: [(n - 1) * columns, TOP],
      size: [columns, 10],
      state: `circuit-${n}-contactor`,
      command: `circuit-${n}-command`,
      trip: `circuit-${n}-tripped`,
      values: [
        [`circuit-${n}-current`, text('', '')],
        [`circuit-${n}-leakage`, text('', '')],
      ],
      only: only(n),
    }
  }),
)

const circuitLines = arrangements.flatMap(({ columns, has, only }) =>
  circuits.slice(0, has).map((n): MimicLine<CabinetRated> => {
    const middle = (n - 0.5) * columns
    return {
      medium: 'wire',
      path: [
        [middle, BAR[phaseOf(n)]],
        [middle, TOP + 0.75],
      ],
      only: only(n),
    }
  }),
)

/** Supply above, three busbars, and what each circuit gets from its phase. */
export const mimic: Mimic<CabinetPoint, CabinetRated> = {
  columns: 48,
  rows: 17,
  elements: [
    ...phases.map(
      (p, i): Element => ({
        key: `phase-${p}`,
        symbol: 'phase',
        title: text(`Phase ${p.toUpperCase()}`, `${p.toUpperCase()} 相`),
        at: [6 * i, 0],
        size: [6, 5],
        values: [
          [`voltage-${p}`, text('U', 'U')],
          [`current-${p}`, text('I', 'I')],
        ],
      }),
    ),
    {
      key: 'neutral',
      symbol: 'phase',
      title: text('Neutral', '零线'),
      at: [18, 0],
      size: [6, 5],
      values: [['neutral-current', text('I', 'I')]],
    },
    {
      key: 'meter',
      symbol: 'meter',
      title: text('Meter', '电表'),
      at: [25, 0],
      size: [11, 5],
      beside: true,
      letters: 'kWh',
      values: [
        ['active-power', text('P', 'P')],
        ['power-factor', text('cos φ', 'cos φ')],
        ['frequency', text('f', 'f')],
      ],
    },
    {
      key: 'controller',
      symbol: 'controller',
      title: text('Controller', '控制器'),
      at: [37, 0],
      size: [11, 5],
      beside: true,
      state: 'mode',
      values: [
        ['dimming', text('light', '调光')],
        ['clock-drift', text('clock', '时钟')],
        ['battery', text('battery', '电池')],
      ],
    },
    { key: 'door', symbol: 'door', title: text('Door', '柜门'), at: [37, 7], size: [5, 5], state: 'door' },
    { key: 'water', symbol: 'flag', title: text('Water', '进水'), at: [43, 7], size: [5, 5], state: 'water' },
    { key: 'smoke', symbol: 'flag', title: text('Smoke', '烟雾'), at: [37, 12], size: [5, 5], state: 'smoke' },
    {
      key: 'temperature',
      symbol: 'instrument',
      letters: 'TI',
      title: text('Inside', '柜内温度'),
      at: [43, 12],
      size: [5, 5],
      values: [['temperature', text('', '')]],
    },
    ...circuitElements,
  ],
  lines: [
    ...phases.map(
      (p, i): MimicLine<CabinetRated> => ({
        medium: 'wire',
        path: [
          [6 * i + 3, 5],
          [6 * i + 3, BAR[p]],
        ],
      }),
    ),
    ...phases.map(
      (p): MimicLine<CabinetRated> => ({
        medium: 'wire',
        title: text(p.toUpperCase(), p.toUpperCase()),
        path: [
          [0.6, BAR[p]],
          [WIDTH, BAR[p]],
        ],
      }),
    ),
    ...circuitLines,
  ],
}
