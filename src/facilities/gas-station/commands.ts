import { seconds } from '../../telemetry/duration.ts'
import { text } from '../../telemetry/point.ts'
import type { CommandTable } from '../commands.ts'
import { detectors, type GasPoint, type GasRated, type Valve } from './points.ts'

const MOVED_WITHIN = seconds(30)
/** %LEL at which the fan must run. */
const FAN_LEVEL = 20

/** A valve is only ever closed from afar: whoever opens one has looked at the district behind it. */
export const commands: CommandTable<GasPoint, GasRated> = {
  'close-valve': {
    title: text('Close a valve', '关闭阀门'),
    parameter: {
      type: 'choice',
      title: text('Valve', '阀门'),
      choices: { inlet: text('Inlet', '进站阀'), outlet: text('Outlet', '出站阀') },
    },
    danger: 'second-person',
    channels: (value) => ({ [`${value}-valve`]: 0 }),
    effect: (value) => ({ point: `${value as Valve}-valve`, shows: false, within: MOVED_WITHIN }),
  },
  fan: {
    title: text('Switch the fan', '风机控制'),
    parameter: {
      type: 'choice',
      title: text('Fan', '风机'),
      choices: { on: text('on', '启动'), off: text('off', '停止') },
    },
    // Off leaves it to the detectors, which start it by themselves.
    channels: (value) => ({ fan: value === 'on' ? 1 : null }),
    effect: (value) => ({ point: 'fan', shows: value === 'on', within: MOVED_WITHIN }),
    interlock: (read, value) =>
      value === 'off' && detectors.some((n) => !(read(`ch4-${n}`) < FAN_LEVEL))
        ? text('a detector shows gas, or nothing', '探测器显示有燃气或无读数')
        : null,
  },
}
