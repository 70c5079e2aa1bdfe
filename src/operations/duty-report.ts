import type { Scope } from '../access/scope.ts'
import type { Text } from '../telemetry/point.ts'
import type { Company } from './company.ts'

export const reportPeriods = {
  shift: { zh: '班报', en: 'Shift report' },
  day: { zh: '日报', en: 'Day report' },
  month: { zh: '月报', en: 'Month report' },
} as const satisfies Record<string, Text>
export type ReportPeriod = keyof typeof reportPeriods

/** What a report is about, ms, `to` exclusive. Days and months are those of the city's calendar. */
export interface ReportSpan {
  period: ReportPeriod
  from: number
  to: number
}

/** The part of the city a report is about. Two companies share a domain: whose a facility is, `companyOf` says. */
export interface ReportScope extends Scope {
  company: Company
}

/** How numbers of a column read: a share from 0 to 1 as percent, a time (ms) by the city's clock, a length of time (ms) in hours and minutes. */
export type ReportFormat = 'number' | 'share' | 'time' | 'length'

export interface ReportColumn {
  key: string
  title: Text
  unit?: string
  /** Decimal places; of a share those of the percentage. 0 where absent. */
  digits?: number
  /** `number` where absent; text stays text. */
  format?: ReportFormat
}

/** Null: there is no such value. */
export type ReportCell = string | number | null | Text

/** One of the few numbers by which a time is judged; they stand on top of a report and in what is sent of it. */
export interface ReportFigure {
  key: string
  title: Text
  value: number | null
  unit?: string
  digits?: number
  format?: ReportFormat
  /** What it must reach, or must not exceed. */
  target?: { atLeast: number } | { atMost: number }
}

export interface ReportTable {
  /** Unique within a report: begins with the key of the part. */
  key: string
  title: Text
  columns: readonly ReportColumn[]
  /** As many cells as columns; beyond `MOST_ROWS` they are only counted. */
  rows: readonly (readonly ReportCell[])[]
  /** How it was counted, and what is estimated or missing. */
  note?: Text
  figures?: readonly ReportFigure[]
}

/** What somebody knows of a time. It stands in the reports of its company, and all parts stand in the bureau's. */
export interface ReportPart {
  key: string
  /** `all`: of each company in turn, and of all together for the bureau: `scope` says of whom. */
  company: Company | 'all'
  /**
   * Called when a report is made, which nobody waits for: what takes long lets others in between (`nextTurn`), and takes no memory that grows
   * with the city times the time. It may fail; then the report says so and has the other parts.
   */
  tables(span: ReportSpan, scope: ReportScope): Promise<ReportTable[]>
}

/** Rows of one table. */
export const MOST_ROWS = 500

/** The parts a report of a company is made of, in their order. */
export const partsOf = (parts: readonly ReportPart[], company: Company): ReportPart[] =>
  parts.filter((part) => part.company === 'all' || part.company === company || company === 'bureau')

/** What parts are called; a part that is new is called by its key. */
const partTitles: Readonly<Record<string, Text>> = {
  lamps: { zh: '亮灯率与能耗', en: 'Lamp-on rate and energy' },
  programmes: { zh: '照明方案', en: 'Lighting programmes' },
  water: { zh: '供水', en: 'Water' },
  drainage: { zh: '排水', en: 'Drainage' },
  sewage: { zh: '污水处理', en: 'Sewage' },
  gas: { zh: '燃气', en: 'Gas' },
  waste: { zh: '垃圾处理', en: 'Waste' },
  rounds: { zh: '巡查', en: 'Rounds' },
  alarms: { zh: '告警', en: 'Alarms' },
  orders: { zh: '维修', en: 'Repairs' },
  citizens: { zh: '市民报修', en: 'Citizens' },
  standing: { zh: '遗留问题与重要事项', en: 'What stands and what happened' },
  duty: { zh: '值班', en: 'Duty' },
  emergency: { zh: '应急预案', en: 'Emergency plans' },
  completeness: { zh: '数据完整性', en: 'Completeness of data' },
}
export const partTitle = (key: string): Text => partTitles[key] ?? { zh: key, en: key }

/** Figures by the part they come from, whose key theirs begin with, in their order. */
export function figuresByPart<F extends Pick<ReportFigure, 'key'>>(figures: readonly F[]): { part: string; figures: F[] }[] {
  return [...Map.groupBy(figures, ({ key }) => key.split('.', 1)[0] as string)].map(([part, own]) => ({ part, figures: own }))
}
