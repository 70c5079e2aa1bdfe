import type { Text } from '../telemetry/point.ts'
import { type Order, orderClasses } from './order.ts'

/** What somebody is to be told of an order. */
export type OrderNoticeType =
  /** Crews are asked to take it. */
  | 'offered'
  /** Another crew has taken it. */
  | 'taken'
  /** It is theirs no more: recalled, merged, rejected, or closed. */
  | 'withdrawn'
  /** Telemetry says it is not mended. */
  | 'refuted'
  | 'verified'
  /** The fault came back after its repair. */
  | 'relapsed'
  /** Nobody has taken it. */
  | 'unanswered'
  /** A crew is not there, or it is not mended, by the time it should be. */
  | 'arrival-overdue'
  | 'repair-overdue'
  /** An emergency plan asks for measures at its place, and none were taken in time. */
  | 'measures-overdue'

export interface OrderNotice {
  type: OrderNoticeType
  order: number
  /** Crews that are told; the desk where it is empty. */
  crews: readonly string[]
  at: number
}

/** What each of them is called. */
export const orderNoticeTitles: Readonly<Record<OrderNoticeType, Text>> = {
  offered: { zh: '新工单', en: 'New order' },
  taken: { zh: '工单已被其他班组接走', en: 'Order taken by another crew' },
  withdrawn: { zh: '工单已撤回', en: 'Order withdrawn' },
  refuted: { zh: '遥测显示尚未修复', en: 'Not mended, says telemetry' },
  verified: { zh: '修复已核实', en: 'Repair verified' },
  relapsed: { zh: '故障复发', en: 'Fault came back' },
  unanswered: { zh: '工单无人接', en: 'Nobody has taken the order' },
  'arrival-overdue': { zh: '到场超时', en: 'Arrival overdue' },
  'repair-overdue': { zh: '修复超时', en: 'Repair overdue' },
  'measures-overdue': { zh: '应急处置超时', en: 'Emergency measures overdue' },
}

/** Kinds of notices that wake people, where the order is dangerous or a promise is broken. */
const waking: ReadonlySet<OrderNoticeType> = new Set([
  'offered',
  'relapsed',
  'unanswered',
  'arrival-overdue',
  'repair-overdue',
  'measures-overdue',
])

/** Goes out alone and at once, in quiet hours too. */
export const isUrgent = (type: OrderNoticeType, { class: of }: Pick<Order, 'class'>): boolean => of === 'danger' && waking.has(type)

/** How many facilities a message names. */
const NAMED = 3

/** What a person reads of it, in both languages. `time`: how a moment is written in the city. */
export function noticeText({ type }: Pick<OrderNotice, 'type'>, order: Order, time: (at: number) => string): { title: Text; text: Text } {
  const { id, facilities, title, class: of, district, arriveBy, repairBy, holder, reason } = order
  const write = (language: 'zh' | 'en') => {
    const isChinese = language === 'zh'
    const more = facilities.length - NAMED
    const named = `${facilities.slice(0, NAMED).join(isChinese ? '、' : ', ')}${more > 0 ? (isChinese ? ` 等 ${facilities.length} 处` : ` and ${more} more`) : ''}`
    const lines = [
      `${named}${district ? ` · ${district}` : ''}`,
      type === 'offered' || type === 'relapsed' || type.endsWith('overdue')
        ? isChinese
          ? `${time(arriveBy)} 前到场，${time(repairBy)} 前修复`
          : `Be there by ${time(arriveBy)}, mended by ${time(repairBy)}`
        : '',
      holder && type !== 'offered' ? (isChinese ? `班组：${holder.crew}` : `Crew: ${holder.crew}`) : '',
      reason && (type === 'withdrawn' || type === 'taken') ? reason : '',
    ]
    return lines.filter(Boolean).join('\n')
  }
  const head = (language: 'zh' | 'en') => {
    const separator = language === 'zh' ? '：' : ': '
    return `[${orderClasses[of][language]}] ${orderNoticeTitles[type][language]} #${id}${separator}${title[language] || title.en}`
  }
  return { title: { zh: head('zh'), en: head('en') }, text: { zh: write('zh'), en: write('en') } }
}

/** Many notices in one message: how many of each sort, and the first of them. */
export function digestText(titles: readonly Text[], shown = 10): { title: Text; text: Text } {
  const count = titles.length
  const list = (language: 'zh' | 'en') => {
    const rest = count - shown
    const tail = language === 'zh' ? `……另有 ${rest} 条` : `… and ${rest} more`
    return [...titles.slice(0, shown).map((title) => `• ${title[language]}`), ...(rest > 0 ? [tail] : [])].join('\n')
  }
  return { title: { zh: `${count} 条消息`, en: `${count} messages` }, text: { zh: list('zh'), en: list('en') } }
}
