import { dateOf } from '../src/control/calendar-day.ts'
import { duskToDawn } from '../src/control/lighting-programme.ts'
import { type LampPlace, noLight, type PlacedLight, placeKey, SLOT, slotOf } from '../src/operations/lamp-history.ts'
import type { LampHistoryStore } from '../src/storage/lamp-history-store.ts'
import { days, hours } from '../src/telemetry/duration.ts'
import type { CityFacility } from './city.ts'
import { seededRandom } from './random.ts'

/** So much of the past is made up. */
const PAST = days(9)
const FULL = 120
const DIMMED = 0.7
/** Once in so many hours a lamp goes out, and so long it takes until it is mended. */
const HOURS_TO_FAULT = 3000
const MENDED_IN = hours(30)
/** A road without light for a while, on the last night but one. */
const OUTAGE = { begin: days(1.6), length: hours(2) }

interface LitPlace {
  place: LampPlace
  lamps: number
  /** When each dark lamp is mended, ms. */
  dark: number[]
}

function placesOf(city: readonly CityFacility[]): LitPlace[] {
  const places = new Map<string, LitPlace>()
  for (const { kind, district = '', road = '', roadClass = null, keyArea = false, fedBy } of city) {
    if (kind !== 'street-light') continue
    const place: LampPlace = { district, road, roadClass, keyArea, feeder: fedBy ?? '' }
    const key = placeKey(place)
    const known = places.get(key)
    if (known) known.lamps++
    else places.set(key, { place, lamps: 1, dark: [] })
  }
  return [...places.values()]
}

interface MadePast {
  city: readonly CityFacility[]
  position: readonly [number, number]
  seed: string
  end: number
  utcOffset: (at: number) => number
}

/** How the lamps of a new demo were lit in the last days: lamps go out and are mended, dimmed from 23:00 to 05:00, and one road had an outage. */
export function* pastOfLamps({
  city,
  position,
  seed,
  end,
  utcOffset,
}: MadePast): Generator<{ at: number; date: string; places: PlacedLight[] }> {
  const random = seededRandom(`${seed}:lamps`)
  const all = placesOf(city)
  const unlucky = all[Math.floor(random() * all.length)]
  for (let at = slotOf(end - PAST); at < slotOf(end); at += SLOT) {
    const isNight = duskToDawn([position[0], position[1]], at).level > 0
    const hour = new Date(at + utcOffset(at)).getUTCHours()
    const level = hour >= 23 || hour < 5 ? DIMMED : 1
    const places = all.map((one): PlacedLight => {
      one.dark = one.dark.filter((mended) => mended > at)
      if (random() < (one.lamps * SLOT) / hours(HOURS_TO_FAULT)) one.dark.push(at + MENDED_IN * (0.3 + random()))
      const isOut = one === unlucky && end - at <= OUTAGE.begin && end - at > OUTAGE.begin - OUTAGE.length
      const dark = isOut ? one.lamps : Math.min(one.lamps, one.dark.length)
      const lit = one.lamps - dark
      const light = { ...noLight(), facilities: one.lamps, intact: one.lamps - Math.min(one.lamps, one.dark.length) }
      if (!isNight) return { place: one.place, light }
      const [full, due] = [lit * FULL, one.lamps * FULL]
      return { place: one.place, light: { ...light, lit, dark, drawn: full * level * (0.98 + 0.03 * random()), full, due, night: due } }
    })
    yield { at, date: dateOf(at, utcOffset), places }
  }
}

/** Writes it down. */
export function keepPast(store: LampHistoryStore, transaction: (work: () => void) => void, past: MadePast): void {
  transaction(() => {
    for (const { at, date, places } of pastOfLamps(past)) store.add(at, date, places)
  })
}
