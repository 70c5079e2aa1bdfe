import { analog, digital, text } from '../../telemetry/point.ts'

export const points = {
  'journal-writable': digital(text('Journal', '日志队列写入'), text('takes nothing', '无法写入'), text('writes', '正常')),
  'journal-fill': analog(text('Journal used by what waits', '日志队列占用率'), '%', [0, 1000], { normal: [0, 50] }),
  'given-up': analog(text('Messages given up, in total', '累计放弃的报文'), '', [0, 1e15], { digits: 0 }),
  'given-up-hour': analog(text('Messages given up in the last hour', '近一小时放弃的报文'), '', [0, 1e12], { normal: [0, 1], digits: 0 }),
  'store-reachable': digital(text('Time series database', '时序数据库'), text('takes nothing', '无法写入'), text('takes readings', '正常')),
  'storage-lag': analog(text('Oldest reading not stored yet', '最早未入库数据的等待时间'), 's', [0, 1e9], { normal: [0, 60], digits: 0 }),
  'storage-backlog': analog(text('Messages not stored yet', '待入库报文'), '', [0, 1e12], { digits: 0 }),
  'set-aside': analog(text('Values set aside', '被数据库拒收而搁置的数值'), '', [0, 1e12], { normal: [0, 1], digits: 0 }),
  'left-out-hour': analog(text('Rows too old for the database in the last hour', '近一小时因过旧未入库的数据'), '', [0, 1e12], {
    normal: [0, 1],
    digits: 0,
  }),
  'disk-free': analog(text('Disk free', '磁盘剩余空间'), 'GB', [0, 1e6], { digits: 2 }),
  'disk-free-share': analog(text('Disk free, of its size', '磁盘剩余比例'), '%', [0, 100], { normal: [15, 100] }),
  'backup-age': analog(text('Age of the last backup', '距上次备份'), 'h', [0, 1e6], { normal: [0, 30] }),
  'certificate-days': analog(text('Until a certificate ends', '证书剩余有效期'), 'd', [-1e5, 1e5], { normal: [30, 1e5] }),
  memory: analog(text('Memory', '内存占用'), 'MB', [0, 1e7], { digits: 0 }),
  'memory-share': analog(text('Memory, of what it may use', '内存占用率'), '%', [0, 1000], { normal: [0, 85] }),
  'loop-delay': analog(text('Event loop delay, 99th percentile', '事件循环延迟（99 分位）'), 'ms', [0, 1e6], { normal: [0, 100] }),
  cpu: analog(text('Processor, 100 % is one core', '处理器占用（100% 为单核）'), '%', [0, 1e5], { digits: 0 }),
  'messages-rate': analog(text('Messages', '报文速率'), '/s', [0, 1e7]),
  'rejected-rate': analog(text('Refused messages', '拒收报文速率'), '/s', [0, 1e7], { normal: [0, 5] }),
  'mqtt-clients': analog(text('Connected devices', '在线连接数'), '', [0, 1e7], { digits: 0 }),
} as const

export type ServerPoint = keyof typeof points
