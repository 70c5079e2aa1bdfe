import { addDays, type CalendarDay, calendarDays, dateOf } from '../../control/calendar-day.ts'
import { isWorkingDay, type WorkCalendar } from '../../dispatch/order-clock.ts'
import type { Facility } from '../../facilities/plant.ts'
import type { GasDelivery } from '../../operations/gas-delivery.ts'
import {
  type DemandForecast,
  dailyUse,
  demandForecast,
  type ForecastDay,
  GAS_DENSITY,
  type GasSort,
  type PastDay,
  type WeatherClass,
  weatherClassOf,
} from '../../operations/gas-figures.ts'
import { countKnown, meanOf, type Slots, sumOf } from '../../operations/slots.ts'
import { days, hours } from '../../telemetry/duration.ts'
import { type Asked, timed } from './company-parts.ts'

export interface GasAsked extends Asked {
  utcOffset: (at: number) => number
  /** Days that are not worked. */
  calendar: WorkCalendar
  /** Of the coming days; the weather of the last day goes on where nobody says. */
  weather: WeatherClass | undefined
  deliveries: readonly GasDelivery[]
}

/** Days of the past that speak for those to come, and days of which the forecast is looked at afterwards. */
export const HISTORY_DAYS = 28
export const CHECKED_DAYS = 7
/** Days to come whose mean is the use that is expected. */
export const AHEAD_DAYS = 7
/** Share of the hours of a day that must be known, so that its forecast can be looked at. */
const LEAST_KNOWN = 0.75

export const ratedOf = ({ kind, rated }: Facility) => ({ ...kind.rated, ...rated }) as Readonly<Record<string, number>>

/** MPa; only mains of other companies have more at the inlet. */
const GATE_INLET = 1.6

export function sortOf(facility: Facility): GasSort {
  const rated = ratedOf(facility)
  if (rated.tank === 1) return 'storage'
  if ((rated['inlet-low'] as number) >= GATE_INLET) return 'gate'
  return rated.regulator === 1 ? 'regulating' : 'metering'
}

/** Gas comes into the network of the city here; the others pass it on. */
export const isSource = (facility: Facility) => sortOf(facility) === 'storage' || sortOf(facility) === 'gate'

interface Day extends CalendarDay {
  isWorkday: boolean
  /** °C */
  temperature: number
}

/** What stations gave in the hours of the past weeks, and how cold it was. */
export interface GasHistory {
  today: { isWorkday: boolean }
  /** Days that are over, the last one last. */
  days: readonly Day[]
  /** Beginning of each hour up to now, ms. */
  at: readonly number[]
  flow(facility: Facility): Slots
  /** Of the day before a time, °C. */
  temperatureBefore(time: number): number
  within(values: Slots, day: Pick<CalendarDay, 'from' | 'to'>): number[]
}

export async function gasHistory(asked: GasAsked): Promise<GasHistory> {
  const { now, utcOffset, facilities, calendar } = asked
  const today = dateOf(now, utcOffset)
  const past = calendarDays(addDays(today, -HISTORY_DAYS - CHECKED_DAYS), addDays(today, -1), utcOffset)
  const time = await timed({ ...asked, from: past[0]?.from ?? now, to: now }, ['flow', 'air-temperature'], hours(1))
  const { mean } = time.readings
  const air = facilities.map((facility) => mean(facility, 'air-temperature'))
  const temperatures = time.at.map((_, i) => meanOf(air.map((values) => values[i] as number)))
  const within = (values: Slots, { from, to }: Pick<CalendarDay, 'from' | 'to'>) =>
    time.at.flatMap((at, i) => (at >= from && at < to ? [values[i] as number] : []))
  return {
    today: { isWorkday: isWorkingDay(today, calendar) },
    days: past.map((day) => ({
      ...{ ...day, isWorkday: isWorkingDay(day.date, calendar) },
      temperature: meanOf(within(temperatures, day)),
    })),
    at: time.at,
    flow: (facility) => mean(facility, 'flow'),
    temperatureBefore: (end) => meanOf(within(temperatures, { from: end - days(1), to: end })),
    within,
  }
}

/** The days before one of a history, by its place. */
function pastOf({ days: all, within }: GasHistory, flow: Slots, place: number): PastDay[] {
  return all
    .slice(Math.max(0, place - HISTORY_DAYS), place)
    .map((day) => ({ flow: within(flow, day), temperature: day.temperature, isWorkday: day.isWorkday }))
}

/** What a station is expected to give. */
export interface UseForecast {
  /** Of today, or of the weather asked for. */
  today: DemandForecast
  /** t a day, mean of the coming days. */
  daily: number
  /** Nm³/h at a time to come, ms. */
  at(time: number): number
  past: readonly PastDay[]
}

export const hourOf = (at: number, utcOffset: (at: number) => number) => Math.floor((at + utcOffset(at)) / hours(1)) % 24

export function useForecast(
  { now, utcOffset, calendar }: Pick<GasAsked, 'now' | 'utcOffset' | 'calendar'>,
  history: GasHistory,
  facility: Facility,
  weather: WeatherClass | undefined,
): UseForecast {
  const past = pastOf(history, history.flow(facility), history.days.length)
  const planned = ratedOf(facility)['daily-use'] as number
  const [worked, free] = [true, false].map((isWorkday) => demandForecast(past, { weather, isWorkday }, planned)) as [
    DemandForecast,
    DemandForecast,
  ]
  const on = (date: string) => (isWorkingDay(date, calendar) ? worked : free)
  const today = dateOf(now, utcOffset)
  return {
    today: on(today),
    daily: meanOf(Array.from({ length: AHEAD_DAYS }, (_, i) => dailyUse(on(addDays(today, i))))),
    at: (time) => on(dateOf(time, utcOffset)).hourly[hourOf(time, utcOffset)] as number,
    past,
  }
}

/** A past day as it was forecast when it began, and what it used. */
export interface CheckedDay extends ForecastDay {
  date: string
  from: number
  isWorkday: boolean
  /** That of the day before, which was taken to go on. */
  weather: WeatherClass | undefined
  /** Share of the hours that are known. */
  known: number
}

/** The forecasts of the last days as they were made then, against what came; days that were not seen, or were forecast by the plan, are left out. */
export function checkedDays(history: GasHistory, sources: readonly Facility[]): CheckedDay[] {
  const first = Math.max(0, history.days.length - CHECKED_DAYS)
  return history.days.slice(first).flatMap((day, i): CheckedDay[] => {
    const weather = weatherClassOf(history.temperatureBefore(day.from))
    const checked = sources.map((facility) => {
      const flow = history.flow(facility)
      const own = history.within(flow, day)
      const forecast = demandForecast(pastOf(history, flow, first + i), { weather, isWorkday: day.isWorkday }, Number.NaN)
      const isKnown = (hour: number) => !Number.isNaN(own[hour] as number)
      return {
        known: countKnown(own) / own.length,
        used: sumOf(own) * GAS_DENSITY,
        forecast: sumOf(forecast.hourly.map((use, hour) => (isKnown(hour) ? use : Number.NaN))) * GAS_DENSITY,
      }
    })
    const known = meanOf(checked.map((one) => one.known))
    const [forecast, used] = [sumOf(checked.map((one) => one.forecast)), sumOf(checked.map((one) => one.used))]
    const isForecast = checked.every((one) => Number.isNaN(one.used) || !Number.isNaN(one.forecast))
    if (!(known >= LEAST_KNOWN) || !isForecast || Number.isNaN(forecast)) return []
    return [{ date: day.date, from: day.from, isWorkday: day.isWorkday, weather, known, forecast, used }]
  })
}
