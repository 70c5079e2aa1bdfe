import { text } from '../../telemetry/point.ts'
import type { Mimic, MimicCondition, MimicElement } from '../mimic.ts'
import { detectors, type GasPoint, type GasRated } from './points.ts'

const regulated: MimicCondition<GasRated> = { rated: 'regulator', atLeast: 1 }
const stored: MimicCondition<GasRated> = { rated: 'tank', atLeast: 1 }
const none = text('', '')

/** Height of the gas line; symbols of elements that begin two rows higher lie on it. */
const LINE = 8.15

/** From the main in front through filter and regulator to the district, the tank, and the room with its detectors. */
export const mimic: Mimic<GasPoint, GasRated> = {
  columns: 48,
  rows: 17,
  elements: [
    { key: 'source', symbol: 'network', title: text('Supply', '气源'), at: [0, 6], size: [4, 5] },
    {
      key: 'inlet-valve',
      symbol: 'valve',
      title: text('Inlet valve', '进站阀'),
      at: [4, 6],
      size: [5, 5],
      state: 'inlet-valve',
      command: 'inlet-valve-command',
    },
    {
      key: 'inlet-pressure',
      symbol: 'instrument',
      letters: 'PI',
      title: text('Inlet', '进口压力'),
      at: [6, 0],
      size: [7, 5],
      values: [['inlet-pressure', none]],
    },
    {
      key: 'filter',
      symbol: 'filter',
      title: text('Filter', '过滤器'),
      at: [10, 6],
      size: [5, 5],
      values: [['filter-differential', none]],
    },
    {
      key: 'temperature',
      symbol: 'instrument',
      letters: 'TI',
      title: text('Gas', '燃气温度'),
      at: [13, 0],
      size: [5, 5],
      values: [['temperature', none]],
    },
    { key: 'regulator', symbol: 'regulator', title: text('Regulator', '调压器'), at: [16, 6], size: [5, 5], only: regulated },
    {
      key: 'shut-off',
      symbol: 'valve',
      title: text('Shut-off valve', '切断阀'),
      at: [21, 6],
      size: [6, 5],
      trip: 'shut-off-tripped',
      only: regulated,
    },
    {
      key: 'outlet-pressure',
      symbol: 'instrument',
      letters: 'PI',
      title: text('Outlet', '出口压力'),
      at: [24, 0],
      size: [7, 5],
      values: [['outlet-pressure', none]],
    },
    {
      key: 'flow',
      symbol: 'instrument',
      letters: 'FI',
      title: text('Flow', '流量'),
      at: [28, 6],
      size: [6, 5],
      values: [['flow', none]],
    },
    {
      key: 'odoriser',
      symbol: 'odoriser',
      title: text('Odoriser', '加臭'),
      at: [34, 6],
      size: [5, 5],
      values: [['odorant', none]],
    },
    {
      key: 'outlet-valve',
      symbol: 'valve',
      title: text('Outlet valve', '出站阀'),
      at: [39, 6],
      size: [5, 5],
      state: 'outlet-valve',
      command: 'outlet-valve-command',
    },
    { key: 'network', symbol: 'network', title: text('District', '管网'), at: [44, 6], size: [4, 5] },
    { key: 'esd', symbol: 'flag', title: text('Shutdown', '紧急停车'), at: [32, 0], size: [4, 5], state: 'esd' },
    { key: 'flame', symbol: 'flag', title: text('Flame', '火焰'), at: [36, 0], size: [4, 5], state: 'flame' },
    { key: 'battery', symbol: 'battery', title: text('Battery', '电池供电'), at: [40, 0], size: [4, 5], state: 'on-battery' },
    { key: 'door', symbol: 'door', title: text('Door', '站门'), at: [44, 0], size: [4, 5], state: 'door' },
    ...detectors.map(
      (n): MimicElement<GasPoint, GasRated> => ({
        key: `detector-${n}`,
        symbol: 'detector',
        letters: 'CH₄',
        title: text(`Methane ${n}`, `甲烷 ${n}`),
        at: [5 * (n - 1), 12],
        size: [5, 5],
        values: [[`ch4-${n}`, none]],
      }),
    ),
    { key: 'fan', symbol: 'fan', title: text('Fan', '风机'), at: [20, 12], size: [5, 5], state: 'fan' },
    {
      key: 'tank',
      symbol: 'tank',
      title: text('Tank', '储罐'),
      at: [26, 12],
      size: [22, 5],
      beside: true,
      level: 'tank-level',
      values: [
        ['tank-level', text('level', '液位')],
        ['tank-pressure', text('pressure', '压力')],
        ['inventory', text('inventory', '库存')],
      ],
      only: stored,
    },
  ],
  lines: [
    {
      medium: 'pipe',
      path: [
        [3.2, LINE],
        [44.6, LINE],
      ],
      arrow: true,
    },
    {
      medium: 'pipe',
      path: [
        [27.5, 12.8],
        [27.5, LINE],
      ],
      arrow: true,
      only: stored,
    },
    {
      medium: 'signal',
      path: [
        [9.5, 5],
        [9.5, LINE],
      ],
    },
    {
      medium: 'signal',
      path: [
        [15.5, 5],
        [15.5, LINE],
      ],
    },
    {
      medium: 'signal',
      path: [
        [27.5, 5],
        [27.5, LINE],
      ],
    },
  ],
}
