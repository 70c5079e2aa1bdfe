import { text } from '../../telemetry/point.ts'
import type { Mimic, MimicCondition } from '../mimic.ts'
import { phases } from '../writing.ts'
import type { PumpPoint, PumpRated } from './points.ts'

const supply: MimicCondition<PumpRated> = { rated: 'drainage', atMost: 0 }
const drainage: MimicCondition<PumpRated> = { rated: 'drainage', atLeast: 1 }
const none = text('', '')

/** Height of the main; symbols of elements that begin two rows higher lie on it. */
const MAIN = 8.15

/** From the main or the wet well through the pump to the network or the outfall. */
export const mimic: Mimic<PumpPoint, PumpRated> = {
  columns: 48,
  rows: 17,
  elements: [
    { key: 'source', symbol: 'network', title: text('Main in front', '上游干管'), at: [0, 6], size: [6, 5], only: supply },
    {
      key: 'inlet',
      symbol: 'instrument',
      letters: 'PI',
      title: text('Inlet', '进口压力'),
      at: [9, 1],
      size: [6, 5],
      values: [['inlet-pressure', none]],
      only: supply,
    },
    {
      key: 'screen',
      symbol: 'filter',
      title: text('Screen', '格栅'),
      at: [0, 6],
      size: [6, 5],
      values: [['screen-head', none]],
      only: drainage,
    },
    {
      key: 'well',
      symbol: 'well',
      title: text('Wet well', '集水井'),
      at: [7, 5],
      size: [10, 12],
      level: 'wet-well-level',
      values: [['wet-well-level', none]],
      only: drainage,
    },
    {
      key: 'h2s',
      symbol: 'detector',
      letters: 'H₂S',
      title: text('H₂S', '硫化氢'),
      at: [7, 0],
      size: [5, 5],
      values: [['h2s', none]],
      only: drainage,
    },
    {
      key: 'o2',
      symbol: 'detector',
      letters: 'O₂',
      title: text('Oxygen', '氧气'),
      at: [12, 0],
      size: [5, 5],
      values: [['o2', none]],
      only: drainage,
    },
    {
      key: 'motor-supply',
      symbol: 'meter',
      letters: 'A',
      title: text('Motor current', '电机电流'),
      at: [19, 0],
      size: [10, 5],
      beside: true,
      values: phases.map((p) => [`current-${p}`, text(p.toUpperCase(), p.toUpperCase())] as const),
    },
    {
      key: 'pump',
      symbol: 'pump',
      title: text('Pump', '水泵'),
      at: [19, 6],
      size: [10, 11],
      state: 'running',
      command: 'run-command',
      alarmsOf: ['current-a', 'current-b', 'current-c'],
      values: [
        ['power', text('power', '功率')],
        ['speed', text('speed', '转速')],
        ['vibration', text('vibration', '振动')],
        ['winding-temperature', text('winding', '绕组')],
        ['bearing-temperature', text('bearing', '轴承')],
      ],
    },
    {
      key: 'outlet',
      symbol: 'instrument',
      letters: 'PI',
      title: text('Outlet', '出口压力'),
      at: [30, 0],
      size: [7, 6],
      values: [
        ['outlet-pressure', none],
        ['pressure-setpoint', text('set', '设定')],
      ],
    },
    {
      key: 'flow',
      symbol: 'instrument',
      letters: 'FI',
      title: text('Flow', '流量'),
      at: [37, 0],
      size: [6, 6],
      values: [['flow', none]],
    },
    {
      key: 'network',
      symbol: 'network',
      title: text('Network', '管网末端'),
      at: [41, 6],
      size: [7, 6],
      values: [
        ['network-pressure', none],
        ['pressure-pass-rate', text('24 h', '24 h')],
      ],
      only: supply,
    },
    { key: 'outfall', symbol: 'network', title: text('Outfall', '排放口'), at: [41, 6], size: [7, 6], only: drainage },
    {
      key: 'controller',
      symbol: 'controller',
      title: text('Controller', '控制器'),
      at: [0, 12],
      size: [7, 5],
      beside: false,
      state: 'mode',
      values: [
        ['starts-per-hour', text('starts', '启动')],
        ['run-hours', text('run', '累计')],
      ],
    },
    { key: 'seal', symbol: 'flag', title: text('Seal leak', '机封泄漏'), at: [30, 12], size: [5, 5], state: 'seal-leak' },
    {
      key: 'chlorine',
      symbol: 'instrument',
      letters: 'AI',
      title: text('Chlorine', '余氯'),
      at: [35, 12],
      size: [5, 5],
      values: [['chlorine', none]],
      only: supply,
    },
    {
      key: 'turbidity',
      symbol: 'instrument',
      letters: 'AI',
      title: text('Turbidity', '浊度'),
      at: [40, 12],
      size: [4, 5],
      values: [['turbidity', none]],
      only: supply,
    },
    {
      key: 'ph',
      symbol: 'instrument',
      letters: 'AI',
      title: text('pH', 'pH'),
      at: [44, 12],
      size: [4, 5],
      values: [['ph', none]],
      only: supply,
    },
  ],
  lines: [
    {
      medium: 'pipe',
      path: [
        [4.2, MAIN],
        [23, MAIN],
      ],
      arrow: true,
      only: supply,
    },
    {
      medium: 'pipe',
      path: [
        [3, MAIN],
        [7.7, MAIN],
      ],
      arrow: true,
      only: drainage,
    },
    {
      medium: 'pipe',
      path: [
        [16.3, MAIN],
        [22.5, MAIN],
      ],
      arrow: true,
      only: drainage,
    },
    {
      medium: 'pipe',
      path: [
        [25, MAIN],
        [42.5, MAIN],
      ],
      arrow: true,
    },
    {
      medium: 'signal',
      path: [
        [12, 6],
        [12, MAIN],
      ],
      only: supply,
    },
    {
      medium: 'signal',
      path: [
        [24, 5],
        [24, 6],
      ],
    },
    {
      medium: 'signal',
      path: [
        [33.5, 6],
        [33.5, MAIN],
      ],
    },
    {
      medium: 'signal',
      path: [
        [40, 6],
        [40, MAIN],
      ],
    },
    {
      medium: 'signal',
      path: [
        [37.5, 12],
        [37.5, MAIN],
      ],
      only: supply,
    },
  ],
}
