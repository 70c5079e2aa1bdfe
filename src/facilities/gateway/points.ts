import { analog, digital, text } from '../../telemetry/point.ts'
import type { RatedRanges } from '../rated-range.ts'

export const points = {
  uptime: analog(text('Uptime', '连续运行时间'), 'h', [0, 200_000]),
  restarts: analog(text('Restarts', '重启次数'), '', [0, 1e6], { digits: 0, counter: 'running' }),
  devices: analog(text('Connected devices', '在线终端数'), '', [0, 10_000], { digits: 0 }),
  backlog: analog(text('Reports waiting', '待发数据条数'), '', [0, 1e7], { digits: 0 }),
  signal: analog(text('Backhaul signal', '回传信号强度'), 'dBm', [-140, 0], { normal: [-105, -40], digits: 0 }),
  radio: digital(text('Lamp radio', '单灯无线模块'), text('failed', '故障'), text('working', '正常')),
  temperature: analog(text('Temperature', '温度'), '°C', [-40, 120], { normal: [-30, 65] }),
  'on-battery': digital(text('Supply', '供电方式'), text('mains', '市电'), text('battery', '电池')),
  battery: analog(text('Battery charge', '电池电量'), '%', [0, 100], { normal: [30, 100], digits: 0 }),
} as const

/** Devices it serves when all are well; the interval between two reports at most, in seconds. */
export const rated = { devices: 50, 'report-interval': 300 } as const

export type GatewayPoint = keyof typeof points
export type GatewayRated = keyof typeof rated

export const ratedRanges: RatedRanges<GatewayRated> = {
  devices: { least: 1, greatest: 100_000, isWhole: true, why: 'a radio gateway serves one device at least, and some thousand at most' },
  'report-interval': { least: 1, greatest: 1800, why: 'a gateway reports every 5 min, and twice an hour at least' },
}
