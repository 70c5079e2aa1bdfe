import { analog, digital, text } from '../../telemetry/point.ts'
import type { RatedRanges } from '../rated-range.ts'
import { perItem } from '../writing.ts'

/** What analysers measure in the effluent and the standard limits. */
export const qualities = ['cod', 'nh3-n', 'tn', 'tp', 'ss'] as const
export type Quality = (typeof qualities)[number]

export const qualityName = {
  cod: text('COD', 'COD'),
  'nh3-n': text('NH3-N', '氨氮'),
  tn: text('Total nitrogen', '总氮'),
  tp: text('Total phosphorus', '总磷'),
  ss: text('Suspended solids', '悬浮物'),
} as const

/** Coagulant against phosphorus, carbon source for denitrification, disinfectant. */
export const tanks = ['pac', 'carbon', 'disinfectant'] as const
export type Tank = (typeof tanks)[number]

export const tankName = {
  pac: text('PAC', 'PAC 除磷剂'),
  carbon: text('Carbon source', '碳源'),
  disinfectant: text('Disinfectant', '消毒剂'),
} as const

export const blowers = ['blower-1', 'blower-2'] as const
export const liftPumps = ['lift-pump-1', 'lift-pump-2'] as const
export const machines = [...blowers, ...liftPumps] as const
export type Blower = (typeof blowers)[number]
export type LiftPump = (typeof liftPumps)[number]
export type Machine = (typeof machines)[number]

export const machineName = {
  'blower-1': text('Blower 1', '1 号鼓风机'),
  'blower-2': text('Blower 2', '2 号鼓风机'),
  'lift-pump-1': text('Lift pump 1', '1 号提升泵'),
  'lift-pump-2': text('Lift pump 2', '2 号提升泵'),
} as const

const off = text('off', '停')
const on = text('on', '开')
const stopped = text('stopped', '停止')
const running = text('running', '运行')
const mg = 'mg/L'

const effluent = {
  'effluent-flow': analog(text('Effluent flow', '出水流量'), 'm³/h', [0, 50_000], { digits: 0 }),
  'effluent-cod': analog(text('Effluent COD', '出水 COD'), mg, [0, 1000], { normal: [0, 50] }),
  'effluent-bod5': analog(text('Effluent BOD5 (laboratory)', '出水 BOD5（化验）'), mg, [0, 500], { normal: [0, 10], occasional: true }),
  'effluent-nh3-n': analog(text('Effluent NH3-N', '出水氨氮'), mg, [0, 150], { normal: [0, 5], digits: 2 }),
  'effluent-tn': analog(text('Effluent total nitrogen', '出水总氮'), mg, [0, 150], { normal: [0, 15], digits: 2 }),
  'effluent-tp': analog(text('Effluent total phosphorus', '出水总磷'), mg, [0, 30], { normal: [0, 0.5], digits: 3 }),
  'effluent-ss': analog(text('Effluent suspended solids', '出水悬浮物'), mg, [0, 1000], { normal: [0, 10] }),
  'effluent-ph': analog(text('Effluent pH', '出水 pH'), '', [0, 14], { normal: [6, 9], digits: 2 }),
  'effluent-turbidity': analog(text('Effluent turbidity', '出水浊度'), 'NTU', [0, 1000], { normal: [0, 10] }),
} as const

/** What the laboratory finds in the mixed sample of a day; it stands beside what the analysers say, and is entered. */
export const laboratory = {
  ...perItem('lab-', qualities, '', (q) =>
    analog(text(`${qualityName[q].en} (laboratory)`, `${qualityName[q].zh}（化验）`), mg, [0, 1000], {
      digits: q === 'tp' ? 3 : q === 'tn' || q === 'nh3-n' ? 2 : 1,
      occasional: true,
    }),
  ),
  'lab-ph': analog(text('pH (laboratory)', 'pH（化验）'), '', [0, 14], { digits: 2, occasional: true }),
  'lab-coliforms': analog(text('Faecal coliforms (laboratory)', '粪大肠菌群（化验）'), '1/L', [0, 1e9], { digits: 0, occasional: true }),
  'sludge-moisture': analog(text('Moisture of the dewatered sludge (laboratory)', '脱水污泥含水率（化验）'), '%', [0, 100], {
    normal: [0, 80],
    occasional: true,
  }),
} as const

/** A lift pump that measures more than stands here is a pump station of its own, fed by the plant. */
export const points = {
  'influent-flow': analog(text('Influent flow', '进水流量'), 'm³/h', [0, 50_000], { digits: 0 }),
  'influent-cod': analog(text('Influent COD', '进水 COD'), mg, [0, 5000], { normal: [0, 600], digits: 0 }),
  'influent-nh3-n': analog(text('Influent NH3-N', '进水氨氮'), mg, [0, 300], { normal: [0, 60] }),
  'influent-ph': analog(text('Influent pH', '进水 pH'), '', [0, 14], { normal: [6, 9], digits: 2 }),
  'wet-well-level': analog(text('Wet well level', '集水井液位'), 'm', [0, 10], { normal: [0.8, 3.5], digits: 2 }),
  'screen-head': analog(text('Head over the screen', '格栅前后液位差'), 'm', [0, 3], { normal: [0, 0.3], digits: 2 }),
  do: analog(text('Dissolved oxygen', '溶解氧'), mg, [0, 20], { normal: [1.5, 3], digits: 2 }),
  mlss: analog(text('MLSS', '污泥浓度 MLSS'), mg, [0, 20_000], { normal: [2000, 5000], digits: 0 }),
  orp: analog(text('ORP of the anoxic zone', '缺氧区 ORP'), 'mV', [-1000, 1000], { normal: [-200, 50], digits: 0 }),
  'water-temperature': analog(text('Water temperature', '水温'), '°C', [-5, 60], { normal: [8, 30] }),
  ...effluent,
  ...laboratory,
  ...perItem('', tanks, '-dosing', (t) => digital(text(`${tankName[t].en} dosing`, `${tankName[t].zh}投加指令`), off, on)),
  ...perItem('', tanks, '-use', (t) => analog(text(`${tankName[t].en} use`, `${tankName[t].zh}投加量`), 'L/h', [0, 10_000])),
  ...perItem('', tanks, '-level', (t) =>
    analog(text(`${tankName[t].en} tank level`, `${tankName[t].zh}罐液位`), '%', [0, 105], { normal: [15, 95] }),
  ),
  'sludge-produced': analog(text('Sludge produced', '产泥量'), 't/d', [0, 10_000]),
  'sludge-store': analog(text('Sludge store fill', '污泥料仓料位'), '%', [0, 110], { normal: [0, 80] }),
  ...perItem('', machines, '-command', (m) => digital(text(`${machineName[m].en} command`, `${machineName[m].zh}指令`), stopped, running)),
  ...perItem('', machines, '', (m) => digital(machineName[m], stopped, running)),
  ...perItem('', machines, '-current', (m) => analog(text(`${machineName[m].en} current`, `${machineName[m].zh}电流`), 'A', [0, 2000])),
  ...perItem('', machines, '-vibration', (m) =>
    analog(text(`${machineName[m].en} vibration`, `${machineName[m].zh}振动`), 'mm/s', [0, 50], { normal: [0, 4.5], digits: 2 }),
  ),
  ...perItem('', machines, '-bearing-temperature', (m) =>
    analog(text(`${machineName[m].en} bearing temperature`, `${machineName[m].zh}轴承温度`), '°C', [-40, 200], { normal: [-20, 75] }),
  ),
  ...perItem('', blowers, '-pressure', (m) => analog(text(`${machineName[m].en} pressure`, `${machineName[m].zh}风压`), 'kPa', [0, 250])),
} as const

/**
 * flow: m³/h on a dry day's peak. Limits of the daily mean in mg/L (GB 18918-2002, table 1, plants built since 2006); NH3-N has
 * one for water above 12 °C and one at 12 °C or below; that of faecal coliforms is per litre. influent-cod: mg/L the plant was designed for. Tanks in L, their use in
 * L/h as planned; currents in A, pressure in kPa, vibration in mm/s. report-interval in seconds.
 */
export const rated = {
  flow: 4000,
  'influent-cod': 400,
  'cod-limit': 50,
  'bod5-limit': 10,
  'ss-limit': 10,
  'tn-limit': 15,
  'nh3-n-limit': 5,
  'nh3-n-limit-cold': 8,
  'tp-limit': 0.5,
  'coliforms-limit': 1000,
  'pac-tank': 30_000,
  'carbon-tank': 50_000,
  'disinfectant-tank': 20_000,
  'pac-use': 60,
  'carbon-use': 100,
  'disinfectant-use': 40,
  'blower-current': 180,
  'blower-pressure': 70,
  'lift-pump-current': 120,
  'vibration-high': 4.5,
  'vibration-trip': 7.1,
  'report-interval': 120,
} as const

export type SewagePoint = keyof typeof points
export type SewageRated = keyof typeof rated

export const ratedRanges: RatedRanges<SewageRated> = {
  flow: { least: 1, greatest: 40_000, why: '120 % of it, where its alarm is, must be within what the meters read, 50 000 m³/h' },
  'influent-cod': { least: 50, greatest: 3000, why: 'sewage has some 100 to 1000 mg/L, that of industry up to some 3000' },
  'cod-limit': { least: 10, greatest: 120, why: 'mg/L by GB 18918, from special limits of protected waters to class 3' },
  'bod5-limit': { least: 2, greatest: 60, why: 'mg/L by GB 18918, from special limits of protected waters to class 3' },
  'ss-limit': { least: 2, greatest: 50, why: 'mg/L by GB 18918, from special limits of protected waters to class 3' },
  'tn-limit': {
    least: 5,
    greatest: 150,
    why: 'mg/L by GB 18918, from special limits of protected waters to class 3; 150, all that is measured, where there is none',
  },
  'nh3-n-limit': { least: 0.5, greatest: 30, why: 'mg/L by GB 18918, from special limits of protected waters to class 3' },
  'nh3-n-limit-cold': {
    least: { rated: 'nh3-n-limit', times: 1 },
    greatest: { rated: 'nh3-n-limit', times: 2.5 },
    why: 'in cold water more is allowed than in warm, about 1.2 to 2 times (GB 18918)',
  },
  'coliforms-limit': { least: 100, greatest: 1_000_000, why: 'per litre; 1000 or 10 000 by GB 18918, more where nothing is disinfected' },
  'tp-limit': { least: 0.05, greatest: 5, why: 'mg/L by GB 18918, from special limits of protected waters to class 3' },
  'pac-tank': { least: 100, greatest: 1_000_000, why: 'L; days left are counted by it' },
  'carbon-tank': { least: 100, greatest: 1_000_000, why: 'L; days left are counted by it' },
  'disinfectant-tank': { least: 100, greatest: 1_000_000, why: 'L; days left are counted by it' },
  'pac-use': { least: 0.1, greatest: 10_000, why: 'L/h; days left are counted by it' },
  'carbon-use': { least: 0.1, greatest: 10_000, why: 'L/h; days left are counted by it' },
  'disinfectant-use': { least: 0.1, greatest: 10_000, why: 'L/h; days left are counted by it' },
  'blower-current': { least: 1, greatest: 1500, why: '115 % of it, where its alarm is, must be within what is measured, 2000 A' },
  'blower-pressure': { least: 5, greatest: 200, why: 'blowers of basins press with 30 to 100 kPa, and the sensor reads up to 250' },
  'lift-pump-current': { least: 1, greatest: 1500, why: '115 % of it, where its alarm is, must be within what is measured, 2000 A' },
  'vibration-high': { least: 0.5, greatest: 20, why: 'zone limits of machines lie between 0.7 and 18 mm/s (ISO 10816)' },
  'vibration-trip': {
    least: { rated: 'vibration-high', times: 1 },
    greatest: { rated: 'vibration-high', times: 2.5 },
    why: 'the zone limits of a machine lie next to each other, 1.6 times apart (ISO 10816)',
  },
  'report-interval': { least: 1, greatest: 3600, why: 'on-line analysers report every 1 to 15 min, and once an hour at least' },
}

/** Rated limits of a class of GB 18918-2002. Class 2 sets none for total nitrogen: it gets one no analyser can reach. */
const limits = (cod: number, bod5: number, ss: number, tn: number, nh3n: number, nh3nCold: number, tp: number, coliforms: number) => ({
  'cod-limit': cod,
  'bod5-limit': bod5,
  'ss-limit': ss,
  'tn-limit': tn,
  'nh3-n-limit': nh3n,
  'nh3-n-limit-cold': nh3nCold,
  'tp-limit': tp,
  'coliforms-limit': coliforms,
})

export const variants = {
  'class-1a': { title: text('Discharge class 1A', '一级 A 标准'), rated: limits(50, 10, 10, 15, 5, 8, 0.5, 1000) },
  'class-1b': { title: text('Discharge class 1B', '一级 B 标准'), rated: limits(60, 20, 20, 20, 8, 15, 1, 10_000) },
  'class-2': {
    title: text('Discharge class 2', '二级标准'),
    rated: limits(100, 30, 30, effluent['effluent-tn'].plausible[1], 25, 30, 3, 10_000),
  },
} as const

/** Limits of a daily mean by the classes of GB 18918-2002 that a plant may be judged by. */
export const sewageLimits = { '1a': variants['class-1a'].rated, '1b': variants['class-1b'].rated } as const

/** FIWARE: WasteWaterPlant, for pH and temperature WasteWaterJunction, for turbidity WaterQualityObserved, for pressure Blower. */
export const terms = {
  'influent-flow': { fiware: 'inFlow' },
  'effluent-flow': { fiware: 'outFlow' },
  'effluent-cod': { fiware: 'cod' },
  'effluent-bod5': { fiware: 'bod' },
  'effluent-nh3-n': { fiware: 'nh4' },
  'effluent-tn': { fiware: 'tn' },
  'effluent-ss': { fiware: 'tss' },
  'effluent-ph': { fiware: 'pH' },
  'effluent-turbidity': { fiware: 'turbidity' },
  'water-temperature': { fiware: 'temperature' },
  do: { fiware: 'do' },
  orp: { fiware: 'redox' },
  ...perItem('', blowers, '-pressure', () => ({ fiware: 'pressure' })),
  ...perItem('', machines, '-bearing-temperature', () => ({ opcua: 'BearingTemperature' })),
} as const
