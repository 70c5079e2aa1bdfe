import type { Text } from '../../../../src/telemetry/point.ts'
import { alarmKeys, pickKeys } from '../alarms/alarm-keys.ts'

export interface KeyHelp {
  /** As `KeyboardEvent.key`; several with blanks between them do the same or go together. */
  keys: string
  does: Text
}

export interface KeySection {
  title: Text
  /** Pages on which they work; absent: on all. */
  paths?: RegExp
  keys: readonly KeyHelp[]
}

const everywhere: readonly KeyHelp[] = [
  { keys: 'm', does: { en: 'silence the console for two minutes', zh: '消音两分钟' } },
  { keys: 'g', does: { en: 'to the map', zh: '进入地图' } },
  { keys: 't', does: { en: 'take down a report by telephone, where you may', zh: '登记电话报修（有权限时）' } },
  { keys: 'f', does: { en: 'kiosk and full screen, and back', zh: '进入或退出大屏全屏' } },
  { keys: '?', does: { en: 'this help', zh: '本帮助' } },
  { keys: 'Escape', does: { en: 'back; close what is open', zh: '返回；关闭打开的窗口' } },
]

const wall: readonly KeyHelp[] = [
  { keys: 'j ArrowDown', does: { en: 'next alarm', zh: '下一条告警' } },
  { keys: 'k ArrowUp', does: { en: 'previous alarm', zh: '上一条告警' } },
  { keys: 'Enter', does: { en: 'to the details of the alarm', zh: '进入告警详情' } },
  { keys: 'd', does: { en: 'make or open its repair order', zh: '生成或打开其工单' } },
  { keys: 'c', does: { en: 'command its facility', zh: '遥控其设施' } },
  ...pickKeys,
  { keys: '/', does: { en: 'filter the list', zh: '筛选列表' } },
  { keys: 'Escape', does: { en: 'clear the filter, then let the alarm go', zh: '清除筛选，再取消选择' } },
]

const map: readonly KeyHelp[] = [
  { keys: 'ArrowLeft ArrowUp ArrowDown ArrowRight', does: { en: 'move the map once it has the focus', zh: '地图获得焦点后移动地图' } },
  { keys: '+ -', does: { en: 'zoom', zh: '缩放' } },
]

const choosing: readonly KeyHelp[] = [
  { keys: 'l', does: { en: 'lasso on and off', zh: '打开或收起套索' } },
  { keys: 'c', does: { en: 'command those selected', zh: '遥控所选设施' } },
  { keys: 'Delete', does: { en: 'take the facility of the list out of the selection', zh: '将列表中的设施移出选择' } },
  { keys: 'Escape', does: { en: 'put the lasso away, then clear the selection', zh: '先收起套索，再清除选择' } },
]

const lists: readonly KeyHelp[] = [{ keys: '/', does: { en: 'search', zh: '搜索' } }]

const commanding: readonly KeyHelp[] = [{ keys: 'c', does: { en: 'command it', zh: '遥控该设施' } }]

const time: readonly KeyHelp[] = [
  { keys: 'Shift+ArrowLeft Shift+ArrowRight', does: { en: 'earlier, later', zh: '向前、向后移动时间窗' } },
  { keys: '+ -', does: { en: 'a shorter, a longer time', zh: '缩短、延长时间窗' } },
  { keys: 'n', does: { en: 'back to now', zh: '回到当前' } },
]

/** Every key with what it does, by page; the help sheet is made of it. */
export const keyTable: readonly KeySection[] = [
  { title: { en: 'Everywhere', zh: '所有页面' }, keys: everywhere },
  { title: { en: 'Fault wall', zh: '故障墙' }, paths: /^\/($|alarms\/\d)/, keys: wall },
  { title: { en: 'Alarms', zh: '告警' }, paths: /^\/alarms$/, keys: alarmKeys },
  { title: { en: 'Map', zh: '地图' }, paths: /^\/(map$|$|alarms\/\d)/, keys: map },
  { title: { en: 'Selection on the map', zh: '地图上的选择' }, paths: /^\/map$/, keys: choosing },
  { title: { en: 'Facilities', zh: '设施' }, paths: /^\/facilities$/, keys: lists },
  { title: { en: 'A facility', zh: '单个设施' }, paths: /^\/facilities\/[^/]+\/?$/, keys: commanding },
  { title: { en: 'Plots and values over time', zh: '曲线与历史' }, paths: /^\/(plots|facilities\/.)/, keys: time },
]

const glyphs: Readonly<Record<string, string>> = { ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→', Escape: 'Esc', '-': '−' }

/** As it is written on the key. */
export const keyGlyph = (key: string): string =>
  key.length > 1 && key.includes('+') ? key.split('+').map(keyGlyph).join(' + ') : (glyphs[key] ?? key)

/** Sections of a page, and those of the others. */
export function keysOfPage(path: string): { here: readonly KeySection[]; elsewhere: readonly KeySection[] } {
  const isHere = ({ paths }: KeySection) => !paths || paths.test(path)
  return { here: keyTable.filter(isHere), elsewhere: keyTable.filter((section) => !isHere(section)) }
}
