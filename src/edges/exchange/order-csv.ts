import { stringify } from 'csv-stringify/sync'
import { orderClasses, orderStates } from '../../dispatch/order.ts'
import type { Text } from '../../telemetry/point.ts'
import type { OrderView } from '../http/order-schemas.ts'
import { csvFormat } from './csv-writing.ts'
import { guardFormula } from './formula-guard.ts'

interface Parts {
  language: 'en' | 'zh'
  timeZone: string
  /** What its time is ahead of UTC, ms. */
  utcOffset: (at: number) => number
}

type Cell = string | number | null
type Reader = (order: OrderView, parts: Parts) => Cell

const at = (time: number | null | undefined, { utcOffset }: Parts) =>
  time == null ? null : new Date(time + utcOffset(time)).toISOString().slice(0, 19).replace('T', ' ')

const columns: readonly [title: Text, read: Reader][] = [
  [{ en: 'id', zh: '编号' }, ({ id }) => id],
  [{ en: 'class', zh: '等级' }, (order, { language }) => orderClasses[order.class][language]],
  [{ en: 'state', zh: '状态' }, ({ state }, { language }) => orderStates[state][language]],
  [{ en: 'made', zh: '生成时间' }, ({ created }, parts) => at(created, parts)],
  [{ en: 'made by', zh: '生成人' }, ({ createdBy }) => createdBy],
  [{ en: 'title', zh: '标题' }, ({ title }, { language }) => title[language]],
  [{ en: 'facilities', zh: '设施' }, ({ facilities }) => facilities.join(' ')],
  [{ en: 'district', zh: '区域' }, ({ district }) => district],
  [{ en: 'arrive by', zh: '应到场时间' }, ({ arriveBy }, parts) => at(arriveBy, parts)],
  [{ en: 'repair by', zh: '应修复时间' }, ({ repairBy }, parts) => at(repairBy, parts)],
  [{ en: 'crew', zh: '班组' }, ({ holder }) => holder?.crew ?? ''],
  [{ en: 'person', zh: '接单人' }, ({ holder }) => holder?.person ?? ''],
  [{ en: 'dispatched', zh: '派单时间' }, ({ times }, parts) => at(times.dispatched, parts)],
  [{ en: 'accepted', zh: '接单时间' }, ({ times }, parts) => at(times.accepted, parts)],
  [{ en: 'arrived', zh: '到场时间' }, ({ times }, parts) => at(times.arrived, parts)],
  [{ en: 'repaired', zh: '修复时间' }, ({ repair }, parts) => at(repair?.at, parts)],
  [{ en: 'cause', zh: '故障原因' }, ({ repair }) => repair?.cause ?? ''],
  [{ en: 'minutes', zh: '工时（分钟）' }, ({ repair }) => repair?.minutes ?? null],
  [{ en: 'parts', zh: '用料' }, ({ repair }) => repair?.parts.map(({ name, count }) => `${count} ${name}`).join('; ') ?? ''],
  [{ en: 'verified', zh: '核实时间' }, ({ verification }, parts) => at(verification?.at, parts)],
  [{ en: 'verified by', zh: '核实人' }, ({ verification }) => verification?.by ?? ''],
  [{ en: 'closed', zh: '结单时间' }, ({ closed }, parts) => at(closed, parts)],
  [{ en: 'reason', zh: '原因' }, ({ reason }) => reason],
  [{ en: 'relapses', zh: '复发次数' }, ({ relapses }) => relapses],
]

/** Orders as CSV with their titles. Texts of people are guarded, so that no spreadsheet runs them. */
export function orderCsv(orders: readonly OrderView[], parts: Parts): string {
  const made = 3
  const head = columns.map(([title], i) => (i === made ? `${title[parts.language]} (${parts.timeZone})` : title[parts.language]))
  const rows = orders.map((order) =>
    columns.map(([, read]) => {
      const cell = read(order, parts)
      return typeof cell === 'string' ? guardFormula(cell) : cell
    }),
  )
  return stringify([head, ...rows], csvFormat)
}
