import { cityDate, formatCityExact } from '../city-time.ts'
import { formatClock, formatFull, formatHour } from '../format.ts'

const SHORT = 10 * 60_000
const two = (n: number) => String(n).padStart(2, '0')

/** What local time is ahead of UTC, ms, as ISO 8601 has it: `+08:00`. */
export function offsetText(offset: number): string {
  const minutes = Math.abs(Math.round(offset / 60_000))
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** From and to by the clock of the city; the day is said once where both lie on it, seconds where they matter. */
export function formatRange(from: number, to: number): string {
  const isOneDay = cityDate(from) === cityDate(to)
  if (to - from < SHORT) return `${formatCityExact(from)} – ${isOneDay ? formatClock(to) : formatCityExact(to)}`
  return `${formatFull(from)} – ${isOneDay ? formatHour(to) : formatFull(to)}`
}
