import { language } from './preferences.ts'
import { session } from './session.ts'

const locales = { en: 'en-GB', zh: 'zh-CN' } as const
const formats = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>()

/** A format made once for each language and name. */
export function kept<F extends Intl.DateTimeFormat | Intl.NumberFormat>(name: string, make: (locale: string) => F): F {
  const key = `${language.value} ${name}`
  const format = (formats.get(key) as F | undefined) ?? make(locales[language.value])
  formats.set(key, format)
  return format
}

export const ownZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone
/** The server fills it into pages built apart, which may have no session or no network; another server of files does not. */
const zoneOfPage = (): string | undefined => globalThis.document?.documentElement.dataset.timeZone?.replace(/^\{\{.*/, '')
/** The time zone of the city; nobody's, and so this computer's, on the console before somebody is signed in. */
export const cityZone = (): string => session.value?.timeZone ?? (zoneOfPage() || ownZone())

/** A format of times as the clock of the city shows them, unless `options` name another zone. */
export const dateFormat = (name: string, options: Intl.DateTimeFormatOptions) => {
  const timeZone = cityZone()
  return kept(`${name} ${timeZone}`, (locale) => new Intl.DateTimeFormat(locale, { hourCycle: 'h23', timeZone, ...options }))
}
const numberFormat = (digits: number) =>
  kept(
    `${digits} digits`,
    (locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: digits, minimumFractionDigits: digits, signDisplay: 'negative' }),
  )

export const formatNumber = (value: number, digits = 0): string => numberFormat(digits).format(value)

export const formatClock = (at: number): string => dateFormat('clock', { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at)
export const formatHour = (at: number): string => dateFormat('hour', { hour: '2-digit', minute: '2-digit' }).format(at)

export const formatDateTime = (at: number): string =>
  dateFormat('full', { month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' })
    .format(at)
    .replace(',', '')

/** With the year, for what is kept for years. */
export const formatFull = (at: number): string =>
  dateFormat('year', { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }).format(at).replace(',', '')

/** The clock time for today, else the day too. */
export const formatWhen = (at: number, now: number): string => (isSameDay(at, now) ? formatClock(at) : formatDayHour(at))

/** Like `formatWhen`, to the minute: for what was set for a time. */
export const formatDue = (at: number, now: number): string => (isSameDay(at, now) ? formatHour(at) : formatDayHour(at))

function isSameDay(a: number, b: number): boolean {
  const day = dateFormat('date only', { year: 'numeric', month: '2-digit', day: '2-digit' })
  return day.format(a) === day.format(b)
}
const formatDayHour = (at: number): string =>
  dateFormat('day', { month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }).format(at).replace(',', '')

const units = [
  ['day', 1440],
  ['hour', 60],
] as const

/** A span somebody chose, in whole minutes, or in hours or days from two of them. */
export function formatMinutes(minutes: number): string {
  const [unit, length] = units.find(([, of]) => minutes >= 2 * of && minutes % of === 0) ?? (['minute', 1] as const)
  return kept(unit, (locale) => new Intl.NumberFormat(locale, { style: 'unit', unit })).format(minutes / length)
}

/** How long, in the two largest units; `ms` below zero counts as zero. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const [d, h, m, s] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
  const two = (n: number) => String(n).padStart(2, '0')
  if (language.value === 'zh') {
    if (d > 0) return `${d}天${h}小时`
    if (h > 0) return `${h}小时${two(m)}分`
    return m > 0 ? `${m}分${two(s)}秒` : `${s}秒`
  }
  if (d > 0) return `${d}d ${two(h)}h`
  if (h > 0) return `${h}h ${two(m)}m`
  if (m > 0) return `${m}m ${two(s)}s`
  return `${s}s`
}
