import type { ControlStep } from '../../../../src/control/control-programme.ts'
import type { CalendarLine } from '../../../../src/control/programme-calendar.ts'
import { nameOf } from '../facility/field-names.ts'
import { formatNumber } from '../format.ts'
import { formatMinuteOfDay, runsOf } from '../rules/time-of-day.ts'
import { pr } from '../texts/programmes.ts'

export { nameOf } from '../facility/field-names.ts'

export const percent = (level: number): string => `${formatNumber(level, Number.isInteger(level) ? 0 : 1)} %`

interface Named {
  id: string
  name: string
  nameEn: string
}

/** The name of what an id stands for; the id where that is not known. */
export function nameIn(list: readonly Named[] | undefined, id: string | null): string {
  const found = list?.find((one) => one.id === id)
  return found ? nameOf(found) : (id ?? '')
}

/** When a step begins: dusk, dawn + 30 min, 23:00. */
export function whenWords({ anchor, minutes }: Pick<ControlStep, 'anchor' | 'minutes'>): string {
  if (anchor === 'clock') return formatMinuteOfDay(minutes)
  if (minutes === 0) return pr()[anchor]
  return `${pr()[anchor]} ${minutes < 0 ? '−' : '+'} ${pr().minutes(formatNumber(Math.abs(minutes)))}`
}

export const stepsWords = (steps: readonly ControlStep[]): string =>
  steps.map((step) => `${whenWords(step)} → ${percent(step.level)}`).join('  ·  ')

/** Which nights a line of a calendar is for. */
export function lineWords(line: CalendarLine): string {
  if (line.on === 'holidays') return pr().holidays
  if (line.on === 'dates') return line.from === line.to ? line.from : `${line.from} – ${line.to}`
  if (line.on === 'yearly') return pr().everyYear(line.from === line.to ? line.from : `${line.from} – ${line.to}`)
  const names = pr().weekdays
  const name = (day: number) => names[day - 1] ?? ''
  return runsOf(line.weekdays)
    .map(([first, last]) => (first === last ? name(first) : `${name(first)} – ${name(last)}`))
    .join(', ')
}
