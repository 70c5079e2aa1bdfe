import { language } from '../settings.ts'

const en = {
  ranges: { '2d': 'Yesterday and today', '7d': '7 days', '30d': '30 days', '90d': '90 days' },
  range: 'Days',
  from: 'From',
  to: 'Until',
  show: 'Show',
  wrongDates: 'Give two days, the first one first, at most 400 apart.',
  csv: 'As CSV',
  all: 'All lamps',
  plotOf: (what: string) => `Lamp-on rate: ${what}`,
  powerOf: (what: string) => `Power: ${what}`,
  energyOf: 'Energy by days',
  backToAll: 'All lamps',
  seen: (share: string) =>
    `Only ${share} of this time was counted; the service was not running, or not yet. What it missed in the last two days is worked out half an hour after it is back.`,
  late: (time: string) => `${time} of this were worked out afterwards, from what devices sent when the service was running again.`,
  nothing:
    'Nothing was written down in this time. How lamps are lit is written down every five minutes, from when the service was first started.',
  columns: ['Rate', 'Target', 'Days missed', 'Due', 'Dark', 'Unknown', 'Facilities whole'],
  hours: (count: string) => `${count} h`,
  missedOf: (missed: string, days: string) => `${missed} of ${days}`,
  show1: (what: string) => `Show ${what} in the plot`,
  how: 'By lamp-hours: every five minutes all lamps are looked at and judged by the programme in force then. The band of the curve: were all unknown lamps dark, and were they all lit. Facilities whole: lamps and cabinets in service without a fault of their own.',
  by: { road: 'Road', district: 'District', class: 'Road class', 'key-area': 'Key area', feeder: 'Cabinet' },
  taken: 'Taken',
  energyColumns: ['Taken', 'of it estimated', 'Meter', 'Full power', 'Dimming saved', 'Programme saved', 'Saved', 'Not lit', 'Wasted'],
  energyHow:
    'kWh. Taken: the power that lit lamps reported, and for lamps without a controller their rated power. Meter: counter of the cabinet, with all that hangs on it. Full power: all lamps in service from dusk to dawn. Not lit: lamps that should have been lit; no saving. Wasted: lamps that burned when they should not.',
  saved: (share: string) => `${share} saved against full power`,
  takenOf: (taken: string, full: string) => `${taken} of ${full} kWh`,
  notLit: (kwh: string) => `${kwh} kWh not taken by lamps that should have been lit, which is no saving`,
  wasted: (kwh: string) => `${kwh} kWh by lamps that burned when they should not`,
  noFeeder: 'no cabinet',
  wholeNow: (share: string, target: string) => `Facilities whole: ${share} (target ${target})`,
  rateCsv: [
    ...['name', 'date', 'rate %', 'least %', 'most %', 'target %', 'verdict', 'due lamp-h', 'lit lamp-h', 'dark lamp-h', 'unknown lamp-h'],
    ...['estimated lamp-h', 'whole %', 'whole target %'],
  ],
  energyCsv: [
    ...['name', 'date', 'measured kWh', 'measured at full power kWh', 'estimated kWh', 'estimated at full power kWh', 'whole night kWh'],
    ...['saved by dimming kWh', 'saved by programme kWh', 'saved %', 'not lit kWh', 'wasted kWh', 'meter kWh'],
  ],
}
const zh: typeof en = {
  ranges: { '2d': '昨天与今天', '7d': '7 天', '30d': '30 天', '90d': '90 天' },
  range: '日期',
  from: '起',
  to: '止',
  show: '查看',
  wrongDates: '请填写两个日期，先起后止，相距不超过 400 天。',
  csv: '导出 CSV',
  all: '全部路灯',
  plotOf: (what) => `亮灯率：${what}`,
  powerOf: (what) => `功率：${what}`,
  energyOf: '逐日电能',
  backToAll: '全部路灯',
  seen: (share) => `本时段仅统计到 ${share}；其余时间系统未运行或尚未启用。近两日的缺失在系统恢复半小时后补算。`,
  late: (time) => `其中 ${time} 为系统恢复后依据设备补传数据补算。`,
  nothing: '本时段没有记录。系统自首次启动起每五分钟记录一次亮灯情况。',
  columns: ['亮灯率', '目标', '未达标天数', '应亮', '未亮', '不明', '设施完好率'],
  hours: (count) => `${count} 灯时`,
  missedOf: (missed, days) => `${missed} / ${days}`,
  show1: (what) => `在曲线中显示${what}`,
  how: '按灯时计：每五分钟统计全部路灯，按当时执行的方案判断应亮与否。曲线的阴影：不明路灯全灭与全亮时的范围。设施完好率：在用且自身无故障的路灯与控制柜所占比例。',
  by: { road: '道路', district: '区域', class: '道路等级', 'key-area': '重点区域', feeder: '控制柜' },
  taken: '用电',
  energyColumns: ['用电', '其中估算', '电表', '全功率', '调光节电', '方案节电', '节电率', '未亮少用', '误亮用电'],
  energyHow:
    '单位 kWh。用电：亮灯上报的功率；无单灯控制器的路灯按额定功率估算。电表：控制柜电表，含其全部负载。全功率：在用路灯自黄昏至黎明全功率。未亮少用：应亮未亮的路灯，不计节电。误亮用电：不应亮而亮的路灯。',
  saved: (share) => `较全功率节电 ${share}`,
  takenOf: (taken, full) => `${taken} / ${full} kWh`,
  notLit: (kwh) => `应亮未亮少用 ${kwh} kWh，不计节电`,
  wasted: (kwh) => `不应亮而亮用电 ${kwh} kWh`,
  noFeeder: '无控制柜',
  wholeNow: (share, target) => `设施完好率 ${share}（目标 ${target}）`,
  rateCsv: [
    ...['名称', '日期', '亮灯率%', '最低%', '最高%', '目标%', '达标情况', '应亮灯时', '已亮灯时', '未亮灯时', '不明灯时'],
    ...['估算灯时', '完好率%', '完好率目标%'],
  ],
  energyCsv: [
    ...['名称', '日期', '实测kWh', '实测全功率kWh', '估算kWh', '估算全功率kWh', '整夜全功率kWh'],
    ...['调光节电kWh', '方案节电kWh', '节电率%', '未亮少用kWh', '误亮用电kWh', '电表kWh'],
  ],
}
const catalogues = { en, zh }

/** Like `t`, for the history of the lamp-on rate and the energy of lighting. */
export const lh = () => catalogues[language.value]
