import { analog, digital, state, text } from '../../telemetry/point.ts'
import { runsAloneRange, tablePoint } from '../programme-table.ts'
import type { RatedRanges } from '../rated-range.ts'

export const points = {
  voltage: analog(text('Voltage', '电压'), 'V', [0, 300], { normal: [205, 235] }),
  current: analog(text('Current', '电流'), 'A', [0, 5], { digits: 2 }),
  power: analog(text('Power', '功率'), 'W', [0, 400]),
  'power-factor': analog(text('Power factor', '功率因数'), '', [0, 1], { normal: [0.85, 1], digits: 2 }),
  energy: analog(text('Energy', '电能'), 'kWh', [0, 1e7], { digits: 2, counter: 'running' }),
  'dim-command': analog(text('Dimming command', '调光指令'), '%', [0, 100], { digits: 0 }),
  'dim-actual': analog(text('Dimming level', '实际亮度'), '%', [0, 100], { digits: 0 }),
  'on-hours': analog(text('Burning hours', '累计亮灯时间'), 'h', [0, 200_000], { digits: 0, counter: 'running' }),
  'switch-count': analog(text('Switching count', '开关次数'), '', [0, 1e7], { digits: 0, counter: 'running' }),
  'driver-temperature': analog(text('Driver temperature', '驱动器温度'), '°C', [-40, 120], { normal: [-20, 75] }),
  'leakage-current': analog(text('Leakage current', '漏电流'), 'mA', [0, 500], { normal: [0, 15] }),
  tilt: analog(text('Pole tilt', '灯杆倾角'), '°', [0, 90], { normal: [0, 5] }),
  relay: digital(text('Relay', '继电器'), text('open', '断开'), text('closed', '闭合')),
  rssi: analog(text('Signal strength', '信号强度'), 'dBm', [-140, 0], { normal: [-105, -40], digits: 0 }),
  control: state(text('Run by', '控制来源'), {
    programme: text('programme', '方案'),
    command: text('command', '遥控'),
  }),
  'programme-table': tablePoint,
} as const

/** Power in W; the interval between two reports at most, in seconds; 0 where it has no controller of its own and says nothing; 0 where it cannot dim by a table of its own. */
export const rated = { power: 120, 'report-interval': 900, controller: 1, 'runs-alone': 1 } as const

export type LampPoint = keyof typeof points
export type LampRated = keyof typeof rated

export const ratedRanges: RatedRanges<LampRated> = {
  power: { least: 1, greatest: 400, why: 'the controller measures up to 400 W' },
  'report-interval': { least: 1, greatest: 3600, why: 'a lamp reports every 5 to 15 min, and once an hour at least' },
  controller: { least: 0, greatest: 1, isWhole: true, why: 'a lamp has a controller of its own (1) or none (0)' },
  'runs-alone': runsAloneRange,
}
