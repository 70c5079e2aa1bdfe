import { analog, digital, text } from '../../telemetry/point.ts'
import type { RatedRanges } from '../rated-range.ts'
import { perItem } from '../writing.ts'

export const machines = ['crane', 'conveyor', 'leachate-pump', 'fan-1', 'fan-2'] as const
export type Machine = (typeof machines)[number]

export const machineName = {
  crane: text('Grab crane', '抓斗起重机'),
  conveyor: text('Conveyor', '输送机'),
  'leachate-pump': text('Leachate pump', '渗滤液泵'),
  'fan-1': text('Exhaust fan 1', '1 号排风机'),
  'fan-2': text('Exhaust fan 2', '2 号排风机'),
} as const

export const fenceGases = ['nh3', 'h2s'] as const
export type FenceGas = (typeof fenceGases)[number]

export const gasName = { nh3: text('Ammonia', '氨'), h2s: text('Hydrogen sulphide', '硫化氢') } as const

const stopped = text('stopped', '停止')
const running = text('running', '运行')

/** Counters named "today" begin at 0 at local midnight; what "cleared" counts was treated or taken away. */
export const points = {
  'weighbridge-in-today': analog(text('Received today', '今日进场量'), 't', [0, 10_000], { counter: 'today' }),
  'weighbridge-in-rate': analog(text('Receiving rate', '进场速率'), 't/h', [0, 1000]),
  'weighbridge-out-today': analog(text('Taken away today', '今日出场量'), 't', [0, 10_000], { counter: 'today' }),
  'weighbridge-out-rate': analog(text('Taking-away rate', '出场速率'), 't/h', [0, 1000]),
  'planned-today': analog(text('Planned for today', '今日计划量'), 't', [0, 10_000]),
  'cleared-today': analog(text('Cleared today', '今日清运处理量'), 't', [0, 10_000], { counter: 'today' }),
  'clearing-rate': analog(text('Clearing rate', '清运处理速率'), 't/h', [0, 1000]),
  'minutes-to-closing': analog(text('Time to closing', '距收班时间'), 'min', [0, 1440], { digits: 0 }),
  'pit-fill': analog(text('Pit fill', '料坑料位'), '%', [0, 110], { normal: [0, 80] }),
  'pit-temperature': analog(text('Hottest place in the pit', '料坑最高温度'), '°C', [-50, 600], { normal: [-20, 65] }),
  'pit-pressure': analog(text('Hall pressure against outside', '卸料厅负压'), 'Pa', [-500, 500], { normal: [-40, -3] }),
  flame: digital(text('Flame seen', '火焰探测'), text('no', '否'), text('yes', '是')),
  'leachate-level': analog(text('Leachate level', '渗滤液液位'), '%', [0, 110], { normal: [0, 80] }),
  nh3: analog(text('Ammonia at the fence', '厂界氨'), 'mg/m³', [0, 100], { normal: [0, 1.5], digits: 2 }),
  h2s: analog(text('Hydrogen sulphide at the fence', '厂界硫化氢'), 'mg/m³', [0, 20], { normal: [0, 0.06], digits: 3 }),
  ...perItem('', machines, '-command', (m) => digital(text(`${machineName[m].en} command`, `${machineName[m].zh}指令`), stopped, running)),
  ...perItem('', machines, '', (m) => digital(machineName[m], stopped, running)),
  'rounds-done': analog(text('Disinfection rounds done today', '今日消杀完成次数'), '', [0, 48], { digits: 0, counter: 'today' }),
  'minutes-since-round': analog(text('Since the last round', '距上次消杀'), 'min', [0, 100_000], { digits: 0 }),
  'minutes-to-round': analog(text('To the next round (negative: overdue)', '距下次消杀（负值为超时）'), 'min', [-10_000, 1440], {
    normal: [-30, 480],
    digits: 0,
  }),
  'round-litres': analog(text('Disinfectant of the last round', '上次消杀用药量'), 'L', [0, 10_000], { digits: 0 }),
} as const

/**
 * daily-intake: t on a usual day, where no plan is reported; pit-capacity in t; clearing-capacity in t/h; round-litres: L of
 * disinfectant a round needs. nh3-limit and h2s-limit: mg/m³ at the fence (GB 14554-93, table 1, level 2, new plants).
 * report-interval in seconds.
 */
export const rated = {
  'daily-intake': 500,
  'pit-capacity': 600,
  'clearing-capacity': 45,
  'round-litres': 200,
  'nh3-limit': 1.5,
  'h2s-limit': 0.06,
  'report-interval': 300,
} as const

export type WastePoint = keyof typeof points
export type WasteRated = keyof typeof rated

export const ratedRanges: RatedRanges<WasteRated> = {
  'daily-intake': { least: 1, greatest: 10_000, why: 't; a city of millions has some 500 to 5000 a day' },
  'pit-capacity': { least: 1, greatest: 100_000, why: 't; a pit holds some days of intake' },
  'clearing-capacity': { least: 0.1, greatest: 1000, why: 't/h; what comes in a day is cleared the same day' },
  'round-litres': { least: 1, greatest: 10_000, why: 'the meter of disinfectant reads up to 10 000 L' },
  'nh3-limit': { least: 1, greatest: 5, why: 'mg/m³ by level 1 to 3 of GB 14554' },
  'h2s-limit': { least: 0.03, greatest: 0.6, why: 'mg/m³ by level 1 to 3 of GB 14554' },
  'report-interval': { least: 1, greatest: 1800, why: 'a plant with a fire detector reports every 5 min, and twice an hour at least' },
}
