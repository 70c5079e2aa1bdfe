import type { ReadingsTexts } from './readings-en.ts'

export const readingsZh: ReadingsTexts = {
  title: '历史数据',
  points: '测点',
  addPoint: '添加测点…',
  removePoint: (name) => `移除${name}`,
  mostPoints: (count) => `最多 ${count} 个测点。`,
  byDay: '按日统计',
  csv: '导出所示 CSV',
  day: '日期',
  figures: { increase: '增量', integral: '累计', mean: '均值' },
  lowToHigh: '最低至最高',
  last: '末值',
  received: '接收率',
  receivedOf: (received, expected) => `${received} / ${expected}`,
  incomplete: '不完整',
  nothingExpected: '无应收',
  allDays: '全部日期',
  dayKey:
    '各项数值仅覆盖已收到的数据，接收率低于 95% 时予以标明。应收数按通常上报间隔计算；受控回路下的设施仅在回路应通电时计。设备在数值变化时也会立即上报，实收可多于应收，但不抵补其他时段的缺失。',
}
