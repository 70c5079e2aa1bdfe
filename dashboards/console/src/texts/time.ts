import { language } from '../settings.ts'

/** Texts of the bar that chooses the time of the plots, loaded with it. */
const en = {
  bar: 'Time shown',
  live: 'LIVE',
  fixed: 'FIXED',
  upToNow: 'up to now',
  notLive: 'a window of the past, does not go on',
  standsStill: (time: string) => `no connection: stands still since ${time}`,
  spans: { '15m': '15 min', '1h': '1 h', '6h': '6 h', '24h': '24 h', '7d': '7 days', '30d': '30 days', '90d': '90 days', '365d': '1 year' },
  spanNames: 'Length of time',
  earlier: 'Half a window earlier',
  later: 'Half a window later',
  closer: 'Half as long',
  wider: 'Twice as long',
  now: 'Back to now',
  zoomBack: 'Back from the zoom',
  dates: 'From – to',
  from: 'From',
  to: 'To',
  show: 'Show',
  wrongOrder: 'The end lies before the beginning.',
  tooShort: 'At least one minute and at most five years can be shown.',
  strip: (from: string, to: string, alarms: string) => `Where the window lies in ${from} to ${to}; alarms in that time: ${alarms}`,
  keys: 'Shift + ← → half a window, + − zoom, n now; drag in a plot zooms, double click or Esc leads back.',
}

export type TimeTexts = typeof en

const zh: TimeTexts = {
  bar: '显示时段',
  live: '实时',
  fixed: '固定时段',
  upToNow: '至当前',
  notLive: '历史时段，不随时间推进',
  standsStill: (time) => `连接中断：自 ${time} 起停止更新`,
  spans: {
    '15m': '15 分钟',
    '1h': '1 小时',
    '6h': '6 小时',
    '24h': '24 小时',
    '7d': '7 天',
    '30d': '30 天',
    '90d': '90 天',
    '365d': '1 年',
  },
  spanNames: '时段长度',
  earlier: '前移半个时段',
  later: '后移半个时段',
  closer: '时段缩短一半',
  wider: '时段加长一倍',
  now: '回到当前',
  zoomBack: '退出放大',
  dates: '起止时间',
  from: '自',
  to: '至',
  show: '显示',
  wrongOrder: '结束时间早于开始时间。',
  tooShort: '可显示的时段最短一分钟，最长五年。',
  strip: (from, to, alarms) => `当前时段在 ${from} 至 ${to} 中的位置；其间告警：${alarms}`,
  keys: 'Shift + ← → 平移半个时段，+ − 缩放，n 回到当前；在图中拖动可放大，双击或 Esc 退回。',
}

const catalogues = { en, zh }

/** Like `t`, for the time bar. */
export const timeTexts = (): TimeTexts => catalogues[language.value]
