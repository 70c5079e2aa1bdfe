import { addDays, dateOf } from '../control/calendar-day.ts'
import { shiftTimes } from '../dispatch/duty.ts'
import type { Text } from '../telemetry/point.ts'
import type { Company } from './company.ts'

export const roundKinds = {
  patrol: { zh: '巡查', en: 'Patrol' },
  disinfection: { zh: '消杀', en: 'Disinfection' },
  inspection: { zh: '检查', en: 'Inspection' },
  maintenance: { zh: '保养', en: 'Maintenance' },
} as const satisfies Record<string, Text>
export type RoundKind = keyof typeof roundKinds

/** By what somebody may show that they were at a stop. */
export const proofs = {
  either: { zh: '扫码或定位', en: 'Code or position' },
  code: { zh: '扫码', en: 'Code' },
  position: { zh: '定位', en: 'Position' },
} as const satisfies Record<string, Text>
export type Proof = keyof typeof proofs

/** WGS-84 longitude and latitude, degrees. */
export type Place = readonly [number, number]

/** What is read at a stop and entered by hand. */
export interface StopReading {
  facility: string
  point: string
}

/** A place of a round: a facility, or a position where none stands. */
export interface PlannedStop {
  /** Unique within the plan; of a facility its id. */
  key: string
  name: string
  nameEn: string
  facility: string | null
  /** That of the facility where null. */
  position: Place | null
  readings: readonly StopReading[]
}

/** Minutes after midnight of the clock on the wall; one that ends at or before its begin ends on the next day. */
export interface RoundWindow {
  from: number
  to: number
}

/** What is walked again and again. Lengths in minutes. */
export interface RoundPlan {
  /** Of the facility that stands for it, too. */
  id: string
  name: string
  nameEn: string
  kind: RoundKind
  company: Company
  /** Where it is told as one; empty: in several. */
  district: string
  /** In the order in which they are walked. */
  stops: readonly PlannedStop[]
  /** Facilities that are stops too, by a query that is asked anew for each round; null: none. */
  area: string | null
  windows: readonly RoundWindow[]
  /** 1 Monday to 7 Sunday; a window belongs to the day on which it begins. */
  weekdays: readonly number[]
  /** Who walks it; null: whoever may. */
  crew: string | null
  proof: Proof
  /** How far from a stop somebody may be, m. */
  radius: number
  /** Part of the stops without which a round is not done, 0 to 1. */
  share: number
  /** After the end of its window a round is late, and then missed. */
  lateAfter: number
  missedAfter: number
  disabled: boolean
  /** When it was made as it is, ms. */
  since: number
}

/** That an emergency plan has rounds walked more often in its area. */
export interface Tightening {
  /** Of the activation. */
  plan: string
  query: string
  /** A whole number: how many rounds there are for one. */
  factor: number
  by: string
  at: number
}

/** Stops of one round. */
export const MOST_STOPS = 200
export const MOST_WINDOWS = 48

/** When a round of a plan is due, ms. */
export interface Occurrence {
  /** The same for the same window of the same day, whatever the plan becomes. */
  key: string
  begins: number
  due: number
  /** The activation that brought it; null: the plan itself. */
  emergency: string | null
}

type UtcOffset = (at: number) => number

const weekdayOf = (date: string): number => ((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7) + 1

const clock = (minute: number): string => [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':')

/** Days without a round that are looked over for the next one: a week has one of each weekday. */
const DAYS_AHEAD = 8

/** The rounds of a plan that begin from `from` to before `to`, ms, in order. */
export function occurrences(plan: Pick<RoundPlan, 'windows' | 'weekdays'>, from: number, to: number, utcOffset: UtcOffset): Occurrence[] {
  const found: Occurrence[] = []
  const last = dateOf(to, utcOffset)
  for (let date = dateOf(from, utcOffset); date <= last; date = addDays(date, 1)) {
    if (!plan.weekdays.includes(weekdayOf(date))) continue
    for (const window of plan.windows) {
      const times = shiftTimes(window, date, utcOffset)
      found.push({ key: `${date} ${clock(window.from)}`, begins: times.from, due: times.to, emergency: null })
    }
  }
  return found.filter(({ begins }) => begins >= from && begins < to).sort((a, b) => a.begins - b.begins)
}

/**
 * The same with those that the sharpest of some tightenings brings: between two rounds as many more as make `factor` of one, evenly apart, none
 * of them longer than what is left of time until the next. The rounds of the plan itself stay as they are, so that nothing is to be mended when it is over.
 */
export function tightened(
  plan: Pick<RoundPlan, 'windows' | 'weekdays'>,
  tightenings: readonly Tightening[],
  from: number,
  to: number,
  utcOffset: UtcOffset,
): Occurrence[] {
  const sharpest = sharpestOf(tightenings)
  if (!sharpest) return occurrences(plan, from, to, utcOffset)
  const day = 24 * 60 * 60_000
  const around = occurrences(plan, from - DAYS_AHEAD * day, to + DAYS_AHEAD * day, utcOffset)
  const all = around.flatMap((one, i) => {
    const next = around[i + 1]
    if (!next) return [one]
    const apart = (next.begins - one.begins) / sharpest.factor
    const length = Math.min(one.due - one.begins, apart)
    const more = Array.from({ length: sharpest.factor - 1 }, (_, k): Occurrence => {
      const begins = Math.round(one.begins + (k + 1) * apart)
      return {
        key: `${one.key} +${k + 1}/${sharpest.factor} ${sharpest.plan}`,
        begins,
        due: Math.round(begins + length),
        emergency: sharpest.plan,
      }
    })
    // What was due before it was tightened is not asked for afterwards.
    return [one, ...more.filter(({ begins }) => begins >= sharpest.at)]
  })
  return all.filter(({ begins }) => begins >= from && begins < to)
}

/** Of several that count at once the one that asks for most, the first of equals. */
export function sharpestOf(tightenings: readonly Tightening[]): Tightening | undefined {
  return tightenings.reduce<Tightening | undefined>((most, one) => (most && most.factor >= one.factor ? most : one), undefined)
}

/** What stands against a plan, in words; empty when nothing does. `isCrew` and `isFacility` know what there is. */
export function planProblems(
  plan: RoundPlan,
  isCrew: (id: string) => boolean,
  pointProblem: (reading: StopReading) => string | null,
): string[] {
  const problems: string[] = []
  const { stops, area, windows, weekdays, crew, proof } = plan
  if (stops.length === 0 && area === null) problems.push('Give it stops, or an area whose facilities are its stops.')
  if (new Set(stops.map(({ key }) => key)).size < stops.length) problems.push('Two stops have the same key.')
  for (const { key, facility, position, readings } of stops) {
    if (facility === null && position === null) problems.push(`Stop ${key} is neither a facility nor a position.`)
    for (const reading of readings) problems.push(...[pointProblem(reading) ?? []].flat().map((words) => `Stop ${key}: ${words}`))
    if (proof === 'code' && readings.length > 0 && facility === null && position === null) problems.push(`Stop ${key} cannot be shown.`)
  }
  if (windows.length === 0 || weekdays.length === 0) problems.push('Give it a window and a day.')
  const sorted = [...windows].sort((a, b) => a.from - b.from)
  sorted.forEach(({ from, to }, i) => {
    const end = to > from ? to : to + 1440
    const next = sorted[i + 1]?.from ?? (sorted[0]?.from ?? 0) + 1440
    if (end > next) problems.push(`The window from ${clock(from)} lasts into the one after it.`)
  })
  if (plan.missedAfter <= plan.lateAfter) problems.push('A round is late before it is missed: give missedAfter more than lateAfter.')
  if (crew !== null && !isCrew(crew)) problems.push(`There is no crew ${crew}.`)
  return problems
}
