import { text } from '../../telemetry/point.ts'
import type { Mimic, MimicElement } from '../mimic.ts'
import { blowers, liftPumps, qualities, qualityName, type SewagePoint, type SewageRated, tanks } from './points.ts'

type Element = MimicElement<SewagePoint, SewageRated>

const none = text('', '')
const short = { current: text('I', 'I'), vibration: text('vib.', '振动') }
const tankTitle = { pac: text('PAC', 'PAC'), carbon: text('Carbon source', '碳源'), disinfectant: text('Disinfectant', '消毒剂') } as const

/** Height of the stream; symbols of elements that begin two rows higher lie on it. */
const STREAM = 8.15

/** From the sewer over screen and lift pumps through the basin to the river, with the air and the chemicals it takes. */
export const mimic: Mimic<SewagePoint, SewageRated> = {
  columns: 48,
  rows: 18,
  elements: [
    {
      key: 'influent',
      symbol: 'analyser',
      title: text('Influent', '进水'),
      at: [0, 0],
      size: [12, 6],
      beside: true,
      values: [
        ['influent-flow', text('flow', '流量')],
        ['influent-cod', text('COD', 'COD')],
        ['influent-nh3-n', text('NH₃-N', '氨氮')],
        ['influent-ph', text('pH', 'pH')],
      ],
    },
    {
      key: 'screen',
      symbol: 'filter',
      title: text('Screen', '格栅'),
      at: [0, 6],
      size: [5, 5],
      values: [['screen-head', none]],
    },
    {
      key: 'well',
      symbol: 'well',
      title: text('Wet well', '集水井'),
      at: [6, 6],
      size: [6, 6],
      level: 'wet-well-level',
      values: [['wet-well-level', none]],
    },
    ...liftPumps.map(
      (m, i): Element => ({
        key: m,
        symbol: 'pump',
        title: text(`Lift pump ${i + 1}`, `${i + 1} 号提升泵`),
        at: [13, 6 * i],
        size: [7, 6],
        state: m,
        command: `${m}-command`,
        values: [[`${m}-current`, short.current]],
      }),
    ),
    {
      key: 'basin',
      symbol: 'basin',
      title: text('Aeration basin', '生物池'),
      at: [21, 0],
      size: [13, 12],
      values: [
        ['do', text('DO', '溶解氧')],
        ['mlss', text('MLSS', 'MLSS')],
        ['orp', text('ORP', 'ORP')],
        ['water-temperature', text('water', '水温')],
      ],
    },
    {
      key: 'effluent',
      symbol: 'analyser',
      title: text('Effluent', '出水水质'),
      at: [36, 0],
      size: [12, 7],
      beside: true,
      values: qualities.map(
        (q) =>
          [
            `effluent-${q}` as const,
            q === 'tn' ? text('TN', '总氮') : q === 'tp' ? text('TP', '总磷') : q === 'ss' ? text('SS', '悬浮物') : qualityName[q],
          ] as const,
      ),
    },
    {
      key: 'effluent-flow',
      symbol: 'instrument',
      letters: 'FI',
      title: text('Outflow', '出水流量'),
      at: [36, 7],
      size: [7, 5],
      values: [['effluent-flow', none]],
    },
    { key: 'river', symbol: 'network', title: text('River', '受纳水体'), at: [44, 7], size: [4, 5] },
    ...tanks.map(
      (t, i): Element => ({
        key: t,
        symbol: 'tank',
        title: tankTitle[t],
        at: [7 * i, 12],
        size: [7, 6],
        beside: true,
        state: `${t}-dosing`,
        level: `${t}-level`,
        values: [
          [`${t}-level`, none],
          [`${t}-use`, none],
        ],
      }),
    ),
    ...blowers.map(
      (m, i): Element => ({
        key: m,
        symbol: 'fan',
        title: text(`Blower ${i + 1}`, `${i + 1} 号鼓风机`),
        at: [21 + 8 * i, 12],
        size: [8, 6],
        beside: true,
        state: m,
        command: `${m}-command`,
        values: [
          [`${m}-current`, short.current],
          [`${m}-pressure`, text('p', '风压')],
          [`${m}-vibration`, short.vibration],
        ],
      }),
    ),
    {
      key: 'sludge',
      symbol: 'tank',
      title: text('Sludge store', '污泥料仓'),
      at: [39, 12],
      size: [9, 6],
      beside: true,
      level: 'sludge-store',
      values: [
        ['sludge-store', none],
        ['sludge-produced', none],
      ],
    },
  ],
  lines: [
    {
      medium: 'pipe',
      path: [
        [2.5, STREAM],
        [6.6, STREAM],
      ],
      arrow: true,
    },
    {
      medium: 'pipe',
      path: [
        [11.4, STREAM],
        [12.6, STREAM],
        [12.6, 2.15],
        [15.1, 2.15],
      ],
      arrow: true,
    },
    {
      medium: 'pipe',
      path: [
        [12.6, STREAM],
        [15.1, STREAM],
      ],
      arrow: true,
    },
    {
      medium: 'pipe',
      path: [
        [17.9, 2.15],
        [21.6, 2.15],
      ],
      arrow: true,
    },
    {
      medium: 'pipe',
      path: [
        [17.9, STREAM],
        [20.4, STREAM],
        [20.4, 2.15],
      ],
    },
    {
      medium: 'pipe',
      path: [
        [33.4, 5],
        [35, 5],
        [35, 9.15],
        [44.6, 9.15],
      ],
      arrow: true,
    },
    {
      medium: 'pipe',
      path: [
        [22.6, 12.9],
        [22.6, 12],
      ],
      arrow: true,
    },
    {
      medium: 'pipe',
      path: [
        [30.6, 12.9],
        [30.6, 12],
      ],
      arrow: true,
    },
  ],
}
