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

/** What is wanted of the point comes from what was downloaded to the device, and from nothing else. */
export const tableRule = {
  ...programmeDiffers,
  priority: 'medium',
  point: 'programme-table',
  expected: () => Number.NaN,
  tolerance: 0.5,
  onDelay: minutes(15),
} as const
