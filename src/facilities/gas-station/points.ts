import { analog, digital, text } from '../../telemetry/point.ts'
import { hasIt, type RatedRanges } from '../rated-range.ts'
import { perItem } from '../writing.ts'

export const detectors = [1, 2, 3, 4] as const
export type GasDetector = (typeof detectors)[number]

export const valves = ['inlet', 'outlet'] as const
export type Valve = (typeof valves)[number]

const no = text('no', '否')
const yes = text('yes', '是')
const shut = text('shut', '关闭')
const open = text('open', '打开')
const valveName = { inlet: text('Inlet', '进站'), outlet: text('Outlet', '出站') } as const

export const points = {
  ...perItem('ch4-', detectors, '', (n) => analog(text(`Methane ${n}`, `${n} 号甲烷探测器`), '%LEL', [-5, 110], { normal: [-2, 20] })),
  'inlet-pressure': analog(text('Inlet pressure', '进口压力'), 'MPa', [-0.1, 6], { normal: [0.35, 0.45], digits: 3 }),
  'outlet-pressure': analog(text('Outlet pressure', '出口压力'), 'MPa', [-0.1, 2.5], { normal: [0.18, 0.25], digits: 3 }),
  'filter-differential': analog(text('Filter differential pressure', '过滤器差压'), 'MPa', [-0.01, 0.5], { normal: [0, 0.03], digits: 4 }),
  temperature: analog(text('Gas temperature', '燃气温度'), '°C', [-60, 90], { normal: [-10, 40] }),
  'air-temperature': analog(text('Air temperature', '气温'), '°C', [-60, 60]),
  flow: analog(text('Flow', '流量'), 'Nm³/h', [0, 8000], { digits: 0 }),
  odorant: analog(text('Odorant', '加臭剂浓度'), 'mg/m³', [0, 100], { normal: [12, 30] }),
  'tank-level': analog(text('Tank level', '储罐液位'), '%', [0, 100], { normal: [20, 90] }),
  'tank-pressure': analog(text('Tank pressure', '储罐压力'), 'MPa', [-0.1, 3], { normal: [0.1, 0.7], digits: 3 }),
  inventory: analog(text('Inventory', '库存'), 't', [0, 100_000]),
  'expected-use': analog(text('Use expected of the coming days', '未来日均预测用量'), 't/d', [0, 100_000], { occasional: true }),
  ...perItem('', valves, '-valve-command', (v) =>
    digital(text(`${valveName[v].en} valve command`, `${valveName[v].zh}阀指令`), shut, open),
  ),
  ...perItem('', valves, '-valve', (v) => digital(text(`${valveName[v].en} valve`, `${valveName[v].zh}阀`), shut, open)),
  'shut-off-tripped': digital(text('Shut-off valve tripped', '切断阀动作'), no, yes),
  esd: digital(text('Emergency shutdown', '紧急停车'), no, yes),
  fan: digital(text('Fan', '风机'), text('stopped', '停止'), text('running', '运行')),
  'on-battery': digital(text('Running on battery', 'UPS 电池供电'), no, yes),
  door: digital(text('Door', '站门'), shut, open),
  flame: digital(text('Flame seen', '火焰探测'), no, yes),
} as const

/**
 * Pressures in MPa; flow in Nm³/h at the peak; daily-use: planned use in t a day, which counts until a use is forecast (`expected-use`); usable-share: part of the inventory
 * that can be drawn; tank, regulator: 1 where the station has one. report-interval in seconds.
 */
export const rated = {
  'inlet-low': 0.35,
  'inlet-high': 0.45,
  'outlet-low': 0.18,
  'outlet-high': 0.26,
  'shut-off': 0.3,
  flow: 5000,
  tank: 1,
  regulator: 1,
  'daily-use': 25,
  'usable-share': 0.9,
  'report-interval': 10,
} as const

export type GasPoint = keyof typeof points
export type GasRated = keyof typeof rated
export type Rated = Readonly<Record<GasRated, number>>

export const ratedRanges: RatedRanges<GasRated> = {
  'inlet-low': {
    least: 0.05,
    greatest: { rated: 'inlet-high', times: 1 },
    why: 'it lies below inlet-high, and no station is fed by less than 0.05 MPa',
  },
  'inlet-high': { least: 0.1, greatest: 4, why: 'high-pressure mains of class A, the highest of a city, have up to 4.0 MPa (GB 50028)' },
  'outlet-low': {
    least: { rated: 'outlet-high', times: 0.5 },
    greatest: { rated: 'outlet-high', times: 1 },
    why: 'a regulator holds its outlet within half of outlet-high; a broken pipe is seen near outlet-low',
  },
  'outlet-high': { least: 0.1, greatest: 0.5, why: 'medium-pressure mains, which stations feed, have up to 0.4 MPa (GB 50028)' },
  'shut-off': {
    least: { rated: 'outlet-high', times: 1 },
    greatest: { rated: 'outlet-high', times: 1.4 },
    why: 'a shut-off valve acts between outlet-high and 1.4 times of it (EN 12186)',
  },
  flow: {
    least: 100,
    greatest: 8000,
    why: 'the flow meter reads up to 8000 Nm³/h, and flow with all valves shut is seen as a share of the peak',
  },
  tank: hasIt,
  regulator: hasIt,
  'daily-use': { least: 0.1, greatest: 5000, why: 'days of reserve are counted by it' },
  'usable-share': { least: 0.1, greatest: 1, why: 'some of the inventory can be drawn, and no more than all of it' },
  'report-interval': { least: 1, greatest: 60, why: 'after three missed reports there must be time to act on what is unseen, 5 min' },
}

export const variants = {
  storage: { title: text('Storage station', '储配站'), rated: { tank: 1, regulator: 1 } },
  regulating: { title: text('Regulating station', '调压站'), rated: { tank: 0, regulator: 1 } },
  metering: { title: text('Metering station', '计量站'), rated: { tank: 0, regulator: 0 } },
  gate: {
    title: text('Gate station', '门站'),
    rated: {
      tank: 0,
      regulator: 1,
      'inlet-low': 1.6,
      'inlet-high': 2.5,
      'outlet-low': 0.35,
      'outlet-high': 0.45,
      'shut-off': 0.5,
    },
  },
} as const
