import { minutes } from '../telemetry/duration.ts'
import { analog, text } from '../telemetry/point.ts'
import type { RatedRange } from './rated-range.ts'
import { advise } from './writing.ts'

/** Fingerprint of the table by which a device switches; 0 while it goes by its own dusk and dawn. */
export const tablePoint = analog(text('Programme table', '运行方案表'), '', [0, 0xffff_ffff], { digits: 0, occasional: true })

export const runsAloneRange: RatedRange<never> = {
  least: 0,
  greatest: 1,
  isWhole: true,
  why: 'a device can switch by a table of its own (1) or has to be told each time (0)',
}

const programmeDiffers = advise(
  ['Runs another programme than it should', '运行方案与下发不一致'],
  480,
  ['The table did not arrive, the device refused it, or somebody set it on site.', '方案表未送达、设备拒收或现场改动。'],
  ['It switches and dims at other times than planned.', '开关灯与调光时间与计划不符。'],
  ['Send its table again, from the list of devices that differ.', '在不一致设备列表中重新下发。'],
  ['If it goes on differing, look at the controller on site.', '仍不一致则现场检查控制器。'],
)

const programmeUnanswered = advise(
  ['Programme not acknowledged', '未确认运行方案'],
  480,
  [
    'The table did not arrive, or the device takes none: old firmware, or no subscription for it.',
    '方案表未送达，或设备不支持方案表（固件过旧、未订阅）。',
  ],
  ['It goes by its own dusk and dawn, whatever is planned.', '按自身日出日落开关灯，不执行计划方案。'],
  ['Send its table again, from the list of devices that differ.', '在不一致设备列表中重新下发。'],
  [
    'If it cannot switch by a table, set its rated value runs-alone to 0: then a cabinet is switched from here.',
    '若设备不支持方案表，将额定值 runs-alone 设为 0，控制柜改由平台逐次控制。',
  ],
  ['If it can, look at its controller and subscription on site.', '若支持，现场检查控制器及其订阅。'],
)

/**
 * What is wanted of the point comes from what was downloaded to the device, and from nothing else. A report may have been under way when the
 * table came, and the next one may be a quarter of an hour off.
 */
const ofTable = {
  point: 'programme-table',
  expected: () => Number.NaN,
  of: { n: 2, m: 2 },
  onDelay: minutes(15),
  whileFed: true,
} as const

export const tableRule = { ...programmeDiffers, priority: 'medium', tolerance: 0.5, ...ofTable } as const

/** One that never told what it runs is taken to go by its own dusk and dawn. */
export const unansweredTableRule = { ...programmeUnanswered, priority: 'medium', assumed: 0, ...ofTable } as const

/** Keys of the rules that look at the table of a device, in every kind that takes one. */
export const tableRules: readonly string[] = ['programme-differs', 'programme-unanswered']
