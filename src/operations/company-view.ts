import type { Text } from '../telemetry/point.ts'
import { text } from '../telemetry/point.ts'
import type { ReportCell, ReportColumn, ReportFigure } from './duty-report.ts'

/** Where a figure comes from: readings of devices, readings of people, readings with something assumed, or what is expected to come. */
export const origins = {
  measured: text('measured', '实测'),
  entered: text('entered', '录入'),
  estimated: text('estimated', '估算'),
  forecast: text('forecast', '预测'),
} as const satisfies Record<string, Text>
export type Origin = keyof typeof origins

/** Of how many of the facilities that belong in a number something is known in it. */
export interface Covers {
  known: number
  of: number
}

export function covers<T>(all: readonly T[], isKnown: (one: T) => boolean): Covers {
  return { known: all.filter(isKnown).length, of: all.length }
}

/** A number by which a company is judged, with its age and what it was made from. */
export interface CompanyFigure extends ReportFigure {
  /** What is said in place of a value that there is none of, because there is nothing to come; where absent nobody knows it. */
  word?: Text
  covers: Covers
  /** Of the newest reading it rests on, ms; null where there is none. */
  at: number | null
  origin: Origin
  /** What it was made from, what is assumed or missing. */
  basis: Text
}

/** How something stands against what is asked of it. */
export const verdicts = ['good', 'near', 'bad', 'unknown', 'none'] as const
export type Verdict = (typeof verdicts)[number]

export interface CompanyRow {
  /** Id of what the row is about; null where that is no facility. */
  facility: string | null
  /** Of the newest reading it rests on, ms. */
  at: number | null
  verdict: Verdict
  /** As many as columns. */
  cells: readonly ReportCell[]
}

export interface CompanyTable {
  key: string
  title: Text
  columns: readonly ReportColumn[]
  rows: readonly CompanyRow[]
  /** How it was counted, what is estimated or missing. */
  note: Text
}

/** A line over time; null where nothing is known. */
export interface CompanyLine {
  key: string
  title: Text
  origin: Origin
  values: readonly (number | null)[]
}

export interface CompanyCurve {
  key: string
  title: Text
  unit: string
  digits: number
  /** ms, the same for all lines. */
  at: readonly number[]
  lines: readonly CompanyLine[]
  limits: readonly { title: Text; value: number }[]
}

/** What a company's page shows of one moment. */
export interface CompanyView {
  /** When it was looked at, ms. */
  at: number
  figures: readonly CompanyFigure[]
  tables: readonly CompanyTable[]
  curves: readonly CompanyCurve[]
}

/** NaN is what nobody knows. */
export const known = (value: number): number | null => (Number.isFinite(value) ? value : null)

/** The worst of several. */
export function worst(all: Iterable<Verdict>): Verdict {
  const rank: readonly Verdict[] = ['bad', 'near', 'unknown', 'good', 'none']
  const found = new Set(all)
  return rank.find((verdict) => found.has(verdict)) ?? 'none'
}

/** Against a least value; unknown where there is none. */
export const atLeast = (value: number, least: number): Verdict => (Number.isNaN(value) ? 'unknown' : value >= least ? 'good' : 'bad')
