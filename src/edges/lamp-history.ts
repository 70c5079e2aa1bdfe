import type { Scope } from '../access/scope.ts'
import type { LampDays, LampPeriod, LightEnergy, LightFigures } from '../operations/lamp-history.ts'
import type { LampOnRate } from '../operations/lamp-on-rate.ts'
import type { DateRange } from './day-figures.ts'
import type { LampGrouping, LampOnPage } from './lamp-on-rates.ts'

/** One moment of some lamps. */
export interface LampMoment {
  /** Begin of the slot for which it stands, ms. */
  at: number
  /** Worked out afterwards from what devices sent late: the program was not running then. */
  late: boolean
  /** Lamps and W. */
  light: LightFigures
  rate: LampOnRate
}

export interface LampPeriods {
  total: LampPeriod
  days: readonly (LampPeriod & { date: string; slots: number })[]
  /** In order of their keys. */
  rows: readonly LampDays[]
}

export const energyGroupings = ['road', 'district', 'class', 'key-area', 'feeder'] as const
/** As `LampGrouping`, or by what feeds the lamps. */
export type EnergyGrouping = (typeof energyGroupings)[number]

export interface EnergyRow extends LightEnergy {
  /** As in `LampDays`; of a feeder its id. */
  key: string
  /** What the meter of a feeder rose by, kWh, with all that hangs on it; null where it has none or said nothing, and for other groups. */
  metered: number | null
  days: readonly (LightEnergy & { date: string; metered: number | null })[]
}

export interface EnergyPeriods {
  total: LightEnergy
  days: readonly (LightEnergy & { date: string })[]
  rows: readonly EnergyRow[]
}

/** How lamps were lit, as it was written down while it was so. Only lamps in scope are counted. */
export interface LampHistory {
  /** Writes all lamps down as they are, once in each slot. */
  tick(): void
  /** Slots in a time, ms, `to` exclusive; of the lamps of one key, else of all. Throws `invalid-request` for more than `MOST_SLOT_TIME`. */
  moments(question: { by: LampGrouping; key?: string | undefined; from: number; to: number }, scope: Scope): Promise<LampMoment[]>
  /** All lamps as the newest night ended of the last 24 hours: as they will be tonight if nothing is mended and nothing breaks. No rows where it is not known. */
  lastNight(by: LampGrouping, scope: Scope): Promise<Omit<LampOnPage, 'next'>>
  /** What was added up over a time, from its slots, ms; the same limit. */
  over(by: LampGrouping, span: { from: number; to: number }, scope: Scope): Promise<Omit<LampPeriods, 'days'>>
  /** By days of the city's calendar. Throws `invalid-request` for dates that are none, and for too many. */
  days(by: LampGrouping, range: DateRange, scope: Scope): Promise<LampPeriods>
  energy(by: EnergyGrouping, range: DateRange, scope: Scope): Promise<EnergyPeriods>
}
