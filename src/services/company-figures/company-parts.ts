import type { Facility } from '../../facilities/plant.ts'
import type { CompanyCurve, CompanyFigure, CompanyTable, CompanyView } from '../../operations/company-view.ts'
import type { ReportCell, ReportColumn } from '../../operations/duty-report.ts'
import { countKnown, type Slots } from '../../operations/slots.ts'
import { hours, minutes } from '../../telemetry/duration.ts'
import { type Text, text } from '../../telemetry/point.ts'
import { latestReading, newest, type Parts, partsOf, type ReadingParts, type SlotReadings, slotReadings } from './company-readings.ts'

export const QUARTER = minutes(15)

/** What is asked: of these facilities, from one time to another, ms; `now` is the end of what there can be. */
export interface Asked {
  parts: ReadingParts
  facilities: readonly Facility[]
  from: number
  to: number
  now: number
}

/** Figures and tables of a time; the same for a page, a day of history and a report. */
export interface Over {
  figures: CompanyFigure[]
  table: CompanyTable
  /** Share of the time of which its main reading is known, 0 to 1; NaN where there is nothing. */
  known: number
}

export interface Timed {
  parts: Parts
  readings: SlotReadings
  /** Of each part, as far as it has passed. */
  hours: Slots
  /** Beginning of each part, ms. */
  at: number[]
}

/** What points said in the parts of the time that have begun. */
export async function timed({ parts, facilities, from, to, now }: Asked, points: readonly string[], length = QUARTER): Promise<Timed> {
  const end = Math.min(to, now)
  const grid = partsOf(from, end, length, parts.gridOrigin)
  const at = Array.from({ length: grid.count }, (_, i) => grid.from + i * length)
  return {
    parts: grid,
    readings: await slotReadings(parts, facilities, points, grid),
    hours: at.map((begin) => Math.min(length, end - begin) / hours(1)),
    at,
  }
}

/** Until when something is known of a facility, ms: a part that still runs is known as far as something was read in it. */
export function knownUntil(
  { parts, now }: Pick<Asked, 'parts' | 'now'>,
  facility: Facility,
  time: Timed,
  points: readonly string[],
  of: SlotReadings['mean'] = time.readings.mean,
): number | null {
  const end = lastKnown(
    time,
    points.map((point) => of(facility, point)),
    now,
  )
  if (end === null || end < now) return end
  const read = newest(points.map((point) => latestReading(parts, facility, point).at))
  return read === null ? end : Math.min(end, read)
}

/** End of the last part of which something is known, ms. */
function lastKnown({ at, parts }: Pick<Timed, 'at' | 'parts'>, all: readonly Slots[], now: number): number | null {
  return newest(
    all.map((values) => {
      for (let i = at.length - 1; i >= 0; i--)
        if (!Number.isNaN(values[i] as number)) return Math.min(now, (at[i] as number) + parts.length)
      return null
    }),
  )
}

export const nameOf = ({ name, nameEn, id }: Facility): Text => ({ zh: name || nameEn || id, en: nameEn || name || id })

/** How much of a time is known, where each of these points should have said something in every part of it. */
export function coverage(all: readonly Slots[]): Text {
  const due = all.reduce((sum, { length }) => sum + length, 0)
  const read = all.reduce((sum, values) => sum + countKnown(values), 0)
  const missing = read < due ? text(`; what was then is not in it`, '；缺失部分不计入') : text('', '')
  return text(`${read} of ${due} parts of the time are known${missing.en}.`, `应有 ${due} 个时段，有数据 ${read} 个${missing.zh}。`)
}

/** Share of the parts of a time that are known. */
export function knownShare(all: readonly Slots[]): number {
  const due = all.reduce((sum, { length }) => sum + length, 0)
  return all.reduce((sum, values) => sum + countKnown(values), 0) / (due || Number.NaN)
}

/** One after the other. */
export const both = (a: Text, b: Text): Text => text(`${a.en} ${b.en}`, `${a.zh}${b.zh}`)

/** The value of a cell: nothing where nobody knows. */
export const cell = (value: number): ReportCell => (Number.isFinite(value) ? value : null)

export const STATION: ReportColumn = { key: 'station', title: text('Station', '站点') }
export const AS_OF: ReportColumn = { key: 'at', title: text('As of', '数据时间'), format: 'time' }

export type { CompanyCurve, CompanyFigure, CompanyTable, CompanyView }
