import { setImmediate as breathe } from 'node:timers/promises'
import type { Scope } from '../access/scope.ts'
import { dateOf } from '../control/calendar-day.ts'
import type { DateRange, DayFigures } from '../edges/day-figures.ts'
import type { EnergyGrouping, EnergyRow, LampHistory, LampMoment } from '../edges/lamp-history.ts'
import type { LampGrouping, LampOnRates, LampOnRow } from '../edges/lamp-on-rates.ts'
import { LamplighterError } from '../errors.ts'
import {
  addLight,
  integrityOf,
  type LampDays,
  type LampPeriod,
  type LampPlace,
  lightEnergy,
  type PlacedLight,
  placeKey,
  rateOf,
  SLOT,
  slotOf,
  sumOfLight,
  tallyOf,
} from '../operations/lamp-history.ts'
import { lampOnRate } from '../operations/lamp-on-rate.ts'
import type { LampDay } from '../storage/lamp-history-store.ts'
import { days, hours, minutes } from '../telemetry/duration.ts'
import type { ServiceParts } from './parts.ts'

type Parts = Pick<ServiceParts, 'plant' | 'state' | 'utcOffset' | 'now'> & {
  lampOnRates: Pick<LampOnRates, 'places'>
  dayFigures: DayFigures
}

/** Longer times are told by days. */
export const MOST_SLOT_TIME = days(8)
/** Slots read at once, so that nobody else has to wait. */
const SLOTS_AT_ONCE = 5
const METER = 'energy'
/** A slot is looked at so soon after it begins, ms. */
const SEEN_WITHIN = minutes(1)
/** After a stop of so long what was known is old, and devices take so long until all have been heard again, ms. */
const MISSED = 3 * SLOT
const SETTLED_WITHIN = minutes(15)
/** While at least this part of the most lamps of a night should be lit, it is night everywhere. */
const NEARLY_ALL = 0.9

/** Writes down how lamps are lit, and tells it. */
export function lampHistory({ plant, state, utcOffset, now, lampOnRates, dayFigures }: Parts): LampHistory {
  const store = state.lampHistory
  let written = Number.NEGATIVE_INFINITY
  /** When slots begin to be written down; undefined before the first look. */
  let begins: number | undefined

  /** What a start found half over, or what devices have still to tell after a long stop, is filled in afterwards. */
  function beginOf(at: number): number {
    const last = store.times(at - days(2), at).at(-1)
    if (last !== undefined && at - last > MISSED) return at + SETTLED_WITHIN
    return at - slotOf(at) > SEEN_WITHIN ? slotOf(at) + SLOT : at
  }

  async function* slots({ from, to }: { from: number; to: number }) {
    if (!(to > from) || to - from > MOST_SLOT_TIME)
      throw new LamplighterError(
        'invalid-request',
        `Give a time of ${MOST_SLOT_TIME / hours(24)} days at most, its begin first; longer ones are told by days.`,
      )
    let read = 0
    for (const slot of store.slots(from, to)) {
      yield slot
      if (++read % SLOTS_AT_ONCE === 0) await breathe()
    }
  }

  async function daysOf(range: DateRange, scope: Scope): Promise<LampDay[]> {
    const isOf = inScope(scope)
    const found: LampDay[] = []
    for (const { date } of dayFigures.days(range)) {
      for (const day of store.days(date, date)) if (isOf(day)) found.push(day)
      await breathe()
    }
    return found
  }

  /** Rises of the meters of feeders by date, kWh. */
  async function metersOf(feeders: readonly string[], range: DateRange): Promise<Map<string, Map<string, number>>> {
    const metered = feeders.flatMap((id) => {
      const facility = plant.get(id)
      return facility?.kind.table.index.has(METER) ? [facility] : []
    })
    return new Map(
      [...(await dayFigures.increases(metered, METER, range))].map(([id, own]) => [id, new Map(own.map((day) => [day.date, day.total]))]),
    )
  }

  return {
    tick() {
      const at = now()
      const slot = slotOf(at)
      begins ??= beginOf(at)
      if (slot === written || at < begins) return
      store.add(slot, dateOf(slot, utcOffset), merged(lampOnRates.places()))
      written = slot
    },
    async moments({ by, key, ...span }, scope) {
      const isOf = inScope(scope)
      const found: LampMoment[] = []
      for await (const { at, places, late } of slots(span)) {
        const own = places.filter((one) => isOf(one) && (key === undefined || groupOf[by](one.place) === key))
        found.push({ at, late, light: sumOfLight(own), rate: rateOf(own) })
      }
      return found
    },
    async lastNight(by, scope) {
      const isOf = inScope(scope)
      const span = { from: now() - hours(24), to: now() }
      const due: { at: number; lamps: number }[] = []
      for await (const { at, places } of slots(span)) due.push({ at, lamps: tallyDue(places.filter(isOf)) })
      const most = Math.max(0, ...due.map(({ lamps }) => lamps))
      const at = due.findLast(({ lamps }) => lamps > 0 && lamps >= NEARLY_ALL * most)?.at
      const [slot] = at === undefined ? [] : store.slots(at, at + 1)
      return { at: at ?? now(), ...momentRows(by, slot?.places.filter(isOf) ?? []) }
    },
    async over(by, span, scope) {
      const isOf = inScope(scope)
      const sums = new Map<string, PlacedLight>()
      for await (const { places } of slots(span)) for (const one of places) if (isOf(one)) addTo(sums, one)
      const all = [...sums.values()]
      return { total: periodOf(all), rows: rowsOf(by, all, () => []) }
    },
    async days(by, range, scope) {
      const all = await daysOf(range, scope)
      const slotsOf = (own: readonly LampDay[]) => Math.max(...own.map((day) => day.slots))
      return {
        total: periodOf(all),
        days: byDate(all).map(([date, own]) => ({ date, slots: slotsOf(own), ...periodOf(own) })),
        rows: rowsOf(by, all, (own) => byDate(own).map(([date, ofDay]) => ({ date, ...periodOf(ofDay) }))),
      }
    },
    async energy(by, range, scope) {
      const all = await daysOf(range, scope)
      const groups = [...Map.groupBy(all, ({ place }) => groupOf[by](place))].sort(byKey)
      const meters =
        by === 'feeder'
          ? await metersOf(
              groups.map(([id]) => id),
              range,
            )
          : new Map<string, Map<string, number>>()
      return {
        total: lightEnergy(sumOfLight(all)),
        days: byDate(all).map(([date, own]) => ({ date, ...lightEnergy(sumOfLight(own)) })),
        rows: groups.map(([key, own]): EnergyRow => {
          const meter = meters.get(key)
          const metered = meter && meter.size > 0 ? [...meter.values()].reduce((sum, kwh) => sum + kwh, 0) : null
          const ofDays = byDate(own).map(([date, ofDay]) => ({
            date,
            ...lightEnergy(sumOfLight(ofDay)),
            metered: meter?.get(date) ?? null,
          }))
          return { key, ...lightEnergy(sumOfLight(own)), metered, days: ofDays }
        }),
      }
    },
  }
}

/** Lighting is of one domain, and where it lies says the district. */
const inScope =
  ({ districts, domains }: Scope) =>
  ({ place }: PlacedLight): boolean =>
    (domains === 'all' || domains.includes('lighting')) && (districts === 'all' || districts.includes(place.district))

const groupOf: Readonly<Record<LampGrouping | EnergyGrouping, (place: LampPlace) => string>> = {
  road: ({ road }) => road,
  district: ({ district }) => district,
  class: ({ roadClass }) => roadClass ?? '',
  'key-area': ({ keyArea }) => (keyArea ? 'yes' : 'no'),
  feeder: ({ feeder }) => feeder,
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1)
/** In order of the dates, as days come. */
const byDate = (all: readonly LampDay[]) => [...Map.groupBy(all, ({ date }) => date)]

const periodOf = (all: readonly PlacedLight[]): LampPeriod => ({ light: sumOfLight(all), rate: rateOf(all), integrity: integrityOf(all) })

/** Where nothing but a cabinet stands there is no rate. */
const hasLamps = ({ light }: PlacedLight) => light.lit + light.dark + light.unknown + light.estimated + light.wasted > 0

function rowsOf<T extends PlacedLight>(by: LampGrouping, all: readonly T[], daysOf: (own: readonly T[]) => LampDays['days']): LampDays[] {
  const groups = [...Map.groupBy(all, ({ place }) => groupOf[by](place))].filter(([, own]) => own.some(hasLamps))
  return groups.sort(byKey).map(([key, own]) => {
    const classes = new Set(own.filter(hasLamps).map(({ place }) => place.roadClass))
    return { key, roadClass: classes.size === 1 ? ([...classes][0] ?? null) : null, ...periodOf(own), days: daysOf(own) }
  })
}

const tallyDue = (places: readonly PlacedLight[]): number => lampOnRate(tallyOf(places)).due

/** Rows of one moment, as those of now are. */
function momentRows(by: LampGrouping, places: readonly PlacedLight[]): { total: LampOnRow; rows: LampOnRow[] } {
  const row = (key: string, own: readonly PlacedLight[]): LampOnRow => {
    const classes = new Set(own.map(({ place }) => place.roadClass))
    const tally = tallyOf(own)
    return { key, roadClass: classes.size === 1 ? ([...classes][0] ?? null) : null, tally, rate: lampOnRate(tally), integrity: null }
  }
  const groups = [...Map.groupBy(places.filter(hasLamps), ({ place }) => groupOf[by](place))].sort(byKey)
  return { total: row('', places), rows: groups.map(([key, own]) => row(key, own)) }
}

function addTo(sums: Map<string, PlacedLight>, { place, light }: PlacedLight): void {
  const key = placeKey(place)
  const known = sums.get(key)
  if (known) addLight(known.light, light)
  else sums.set(key, { place, light: { ...light } })
}

/** Lamps of several kinds, and the cabinet beside them, as one. */
export function merged(all: readonly PlacedLight[]): PlacedLight[] {
  const sums = new Map<string, PlacedLight>()
  for (const one of all) addTo(sums, one)
  return [...sums.values()]
}
