import { hours } from '../telemetry/duration.ts'
import { type Text, text } from '../telemetry/point.ts'
import { meanOf, type Slots } from './slots.ts'

/** Days by their mean temperature, °C: use of gas for heating goes with the cold. */
export const weatherClasses = {
  freezing: { below: 0, title: text('freezing, below 0 °C', '严寒（低于 0 °C）') },
  cold: { below: 8, title: text('cold, 0 to 8 °C', '寒冷（0～8 °C）') },
  cool: { below: 18, title: text('cool, 8 to 18 °C', '凉爽（8～18 °C）') },
  warm: { below: Number.POSITIVE_INFINITY, title: text('warm, 18 °C and above', '温暖（18 °C 及以上）') },
} as const satisfies Record<string, { below: number; title: Text }>
export type WeatherClass = keyof typeof weatherClasses

/** Undefined where the temperature is not known. */
export function weatherClassOf(temperature: number): WeatherClass | undefined {
  return (Object.keys(weatherClasses) as WeatherClass[]).find((key) => temperature < weatherClasses[key].below)
}

/** What stations are for. */
export const gasSorts = {
  storage: text('storage', '储配站'),
  gate: text('gate', '门站'),
  regulating: text('regulating', '调压站'),
  metering: text('metering', '计量站'),
} as const satisfies Record<string, Text>
export type GasSort = keyof typeof gasSorts

/** t/Nm³ of natural gas taken as methane: 0.717 kg at 0 °C and 101.325 kPa. */
export const GAS_DENSITY = 0.000_717

/** Days of a class that must be known before they speak for it. */
export const LEAST_DAYS = 3

/** A day of the past: means of its 24 hours, Nm³/h, its mean temperature, °C, and whether it was a working day. */
export interface PastDay {
  flow: Slots
  temperature: number
  isWorkday: boolean
}

/** The sort of day whose use is asked for; undefined: of any weather, or working day or not. */
export interface SortOfDay {
  weather: WeatherClass | undefined
  isWorkday?: boolean | undefined
}

/** Of which days a forecast was made: of that weather and sort, of that weather, of any, or of none: then the planned use, spread evenly. */
export const forecastSources = ['like', 'class', 'all-days', 'plan'] as const
export type ForecastSource = (typeof forecastSources)[number]

export interface DemandForecast {
  /** Nm³/h in each hour of a day. */
  hourly: readonly number[]
  from: ForecastSource
  /** How many days. */
  days: number
}

/**
 * What a day of a sort uses hour by hour: the mean of the same hour of past days like it; where there are too few of them of those of its weather,
 * then of all, and the planned use, t a day, where an hour was never read.
 */
export function demandForecast(past: readonly PastDay[], { weather, isWorkday }: SortOfDay, plannedUse: number): DemandForecast {
  const all = past.filter(({ flow }) => !Number.isNaN(meanOf(flow)))
  const ofClass = weather === undefined ? [] : all.filter((day) => weatherClassOf(day.temperature) === weather)
  const like = isWorkday === undefined ? [] : ofClass.filter((day) => day.isWorkday === isWorkday)
  const [from, days] = (
    [
      ['like', like],
      ['class', ofClass],
    ] as const
  ).find(([, some]) => some.length >= LEAST_DAYS) ?? [all.length > 0 ? 'all-days' : 'plan', all]
  const planned = plannedUse / GAS_DENSITY / 24
  const hourly = Array.from({ length: 24 }, (_, hour) => {
    const mean = meanOf(days.map(({ flow }) => flow[hour] ?? Number.NaN))
    return Number.isNaN(mean) ? planned : mean
  })
  return { hourly, from, days: days.length }
}

/** A day that was forecast, and what it then used, t, of the hours that are known of it. */
export interface ForecastDay {
  forecast: number
  used: number
}

/** Share by which a forecast was wrong, above 0 where it was too high; NaN where nothing is known. */
export const forecastError = ({ forecast, used }: ForecastDay): number => (used > 0 ? forecast / used - 1 : Number.NaN)

/** Mean absolute percentage error, as a share. */
export const meanError = (days: readonly ForecastDay[]): number => meanOf(days.map((day) => Math.abs(forecastError(day))))

/** t a day */
export const dailyUse = ({ hourly }: Pick<DemandForecast, 'hourly'>): number => hourly.reduce((sum, flow) => sum + flow, 0) * GAS_DENSITY

/** Days that are warned of and that are an alarm (the rules of the stations say the same). */
export const RESERVE_WARNING = 7
export const RESERVE_ALARM = 3

export interface ReserveState {
  /** t that can be drawn. */
  usable: number
  /** t a day */
  use: number
}

export const reserveDays = ({ usable, use }: ReserveState): number => usable / use

/** A delivery on its way; `at` in ms. */
export interface PlannedDelivery {
  at: number
  tonnes: number
}

export interface ReserveCourse {
  /** ms, each hour. */
  at: number[]
  /** Usable t at each of them, with what is to be delivered. */
  usable: number[]
  /** The same without any delivery. */
  alone: number[]
  /** When the reserve falls below so many days, and when it ends, ms; null within this course. */
  warning: number | null
  alarm: number | null
  empty: number | null
  /** Deliveries for which there would be no room, by their place in the list. */
  tooMuch: number[]
}

/** What is not in the tanks any more cannot be drawn, and what has no room is not taken. */
export function reserveCourse(
  state: { usable: number; room: number; hourlyUse: (at: number) => number },
  deliveries: readonly PlannedDelivery[],
  span: { from: number; hours: number },
): ReserveCourse {
  const course: ReserveCourse = { at: [], usable: [], alone: [], warning: null, alarm: null, empty: null, tooMuch: [] }
  const most = state.usable + state.room
  let [usable, alone] = [state.usable, state.usable]
  const daily =
    (24 * Array.from({ length: span.hours }, (_, i) => state.hourlyUse(span.from + i * hours(1))).reduce((a, b) => a + b, 0)) / span.hours
  for (let hour = 0; hour <= span.hours; hour++) {
    const at = span.from + hour * hours(1)
    course.at.push(at)
    course.usable.push(usable)
    course.alone.push(alone)
    const days = usable / daily
    if (days < RESERVE_WARNING) course.warning ??= at
    if (days < RESERVE_ALARM) course.alarm ??= at
    if (usable <= 0) course.empty ??= at
    const use = state.hourlyUse(at)
    usable = Math.max(0, usable - use)
    alone = Math.max(0, alone - use)
    for (const [i, delivery] of deliveries.entries()) {
      if (delivery.at < at || delivery.at >= at + hours(1)) continue
      if (usable + delivery.tonnes > most) course.tooMuch.push(i)
      usable = Math.min(most, usable + delivery.tonnes)
    }
  }
  return course
}
