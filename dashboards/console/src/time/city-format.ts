import { cityDate, cityZone } from '../city-time.ts'
import { dateFormat } from '../format.ts'

/** Times as the clock of the city shows them, in the form that the place has room for. */
const inCity = (name: string, options: Intl.DateTimeFormatOptions) => (at: number) => {
  const timeZone = cityZone()
  return dateFormat(`city ${name} ${timeZone}`, { timeZone, ...options })
    .format(at)
    .replace(',', '')
}

const minute = { hour: '2-digit', minute: '2-digit' } as const
const day = { month: '2-digit', day: '2-digit' } as const

export const formatCityMinute = inCity('minute', minute)
export const formatCitySecond = inCity('second', { ...minute, second: '2-digit' })
export const formatCityDayMinute = inCity('day minute', { ...day, ...minute })
export const formatCityDaySecond = inCity('day second', { ...day, ...minute, second: '2-digit' })
export const formatCityYearMinute = inCity('year minute', { year: 'numeric', ...day, ...minute })

const two = (n: number) => String(n).padStart(2, '0')

/** What the city is ahead of UTC at a time, `+08:00`. */
export function offsetText(offset: number): string {
  const minutes = Math.abs(Math.round(offset / 60_000))
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** From and to, the day said once where both lie on it. */
export function formatCityRange(from: number, to: number): string {
  const sameDay = cityDate(from) === cityDate(to)
  const isShort = to - from < 10 * 60_000
  if (sameDay)
    return `${formatCityYearMinute(from).slice(0, -5)}${(isShort ? formatCitySecond : formatCityMinute)(from)} – ${(isShort ? formatCitySecond : formatCityMinute)(to)}`
  return `${formatCityYearMinute(from)} – ${formatCityYearMinute(to)}`
}
