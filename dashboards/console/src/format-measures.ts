import { dateFormat, kept } from './format.ts'

/** What only some pages write, loaded with them. */

/** Bytes in the unit that leaves up to three digits, 1 kB being 1000. */
export function formatBytes(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const unit = units[step] as (typeof units)[number]
  const value = bytes / 1000 ** step
  const format = kept(
    `bytes ${unit} ${value < 10 && step > 0}`,
    (locale) => new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: value < 10 && step > 0 ? 1 : 0 }),
  )
  return format.format(value)
}

/** A date of the calendar, YYYY-MM-DD, with its day of the week. */
export const formatDate = (date: string): string =>
  dateFormat('date', { weekday: 'short', year: 'numeric', month: '2-digit', day: '2-digit', timeZone: 'UTC' }).format(Date.parse(date))

/** A length as clocks and calendars have it: 30 s, 15 min, 8 h, 1 day. */
export function formatLength(ms: number): string {
  const [unit, length] = (
    [
      ['day', 86_400_000],
      ['hour', 3_600_000],
      ['minute', 60_000],
      ['second', 1000],
    ] as const
  ).find(([, of]) => ms % of === 0) ?? ['second', 1000]
  return kept(`length ${unit}`, (locale) => new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' })).format(ms / length)
}
