import { language } from '../settings.ts'

const en = {
  title: 'Lamp-on rate',
  views: { live: 'Now', history: 'History', energy: 'Energy and savings' },
  lastNight: (time: string) => `Tonight, if nothing is mended and nothing breaks: as last night ended at ${time}`,
  noNight: 'Nothing is known of last night; the budget for tonight shows after the first one.',
  repairQueue: 'Repair queue',
  search: 'Search',
  counts: (missed: string, near: string, open: string, met: string) =>
    `${missed} missed · ${near} fail with one more dark lamp · ${open} uncertain · ${met} met`,
  columns: ['Rate', 'Budget', 'Lit / due', 'Dark', 'Unknown', 'Target', 'Facilities whole'],
  actions: 'Go to',
  toMap: 'Map',
  toOrders: 'Repairs',
  of: (row: string) => `of ${row}`,
  spare: (lamps: number, text: string) => (lamps === 1 ? '1 more dark lamp and it fails' : `${text} more dark lamps and it fails`),
  missing: (lamps: number, text: string) => (lamps === 1 ? '1 lamp must be lit again' : `${text} lamps must be lit again`),
  order: 'What fails first stands first: targets that are missed, then uncertain ones, then those that bear the fewest dark lamps.',
  more: (shown: string, total: string) => `${shown} of ${total}; search for the others`,
  none: 'Nothing has such a name.',
}
const zh: typeof en = {
  title: '亮灯率',
  views: { live: '当前', history: '历史', energy: '电能与节电' },
  lastNight: (time) => `今晚预计（若无修复、无新故障）：同昨夜 ${time} 结束时`,
  noNight: '尚无昨夜记录，首个夜晚之后显示今晚余量。',
  repairQueue: '维修排序',
  search: '查找',
  counts: (missed, near, open, met) => `未达标 ${missed} · 再灭一盏即不达标 ${near} · 待定 ${open} · 达标 ${met}`,
  columns: ['亮灯率', '余量', '已亮 / 应亮', '未亮', '不明', '目标', '设施完好率'],
  actions: '前往',
  toMap: '地图',
  toOrders: '维修',
  of: (row) => `（${row}）`,
  spare: (_, text) => `再灭 ${text} 盏即不达标`,
  missing: (_, text) => `需恢复 ${text} 盏`,
  order: '按紧迫程度排列：先未达标，再待定，最后按可再熄灭的盏数由少到多。',
  more: (shown, total) => `共 ${total} 项，显示前 ${shown} 项，其余请查找`,
  none: '没有符合的名称。',
}
const catalogues = { en, zh }

/** Like `t`, for the lamp-on rate. */
export const l = () => catalogues[language.value]
