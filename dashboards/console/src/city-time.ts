import { dateOf } from '../../../src/control/calendar-day.ts'
import { utcOffsets } from '../../../src/control/local-time.ts'
import { formatClock, formatFull } from './format.ts'
import { session } from './live/api.ts'

/** What local time is ahead of UTC at a time, ms. */
export type UtcOffset = (at: number) => number

const ownZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone

const known = new Map<string, UtcOffset>()
function offsetsOf(zone: string): UtcOffset {
  const offsets = known.get(zone) ?? utcOffsets(zone)
  known.set(zone, offsets)
  return offsets
}

export const cityZone = (): string => session.peek()?.timeZone ?? ownZone()
export const cityOffset = (): UtcOffset => offsetsOf(cityZone())

/** The date in the city, YYYY-MM-DD. */
export const cityDate = (at: number): string => dateOf(at, cityOffset())

/** The zone of this computer where its clock shows another time than the city's at `at`; null where both are the same. */
export function strangeZone(at: number, city = cityZone(), own = ownZone()): string | null {
  return offsetsOf(city)(at) === offsetsOf(own)(at) ? null : own
}

/**
 * Times at which the clock of this computer shows what the city's shows at the given ones, rising as they do: whatever writes them as local
 * writes the time of the city. An hour that one of the clocks shows twice or never is squeezed.
 */
export function shownTimes(times: readonly number[], city = cityZone(), own = ownZone()): readonly number[] {
  if (city === own) return times
  const [ofCity, ofOwn] = [offsetsOf(city), offsetsOf(own)]
  let latest = Number.NEGATIVE_INFINITY
  return times.map((at) => {
    const wall = at + ofCity(at)
    latest = Math.max(latest, wall - ofOwn(wall - ofOwn(wall)))
    return latest
  })
}

const shownAt = (at: number): number => shownTimes([at])[0] as number

/** With the year, as the clock of the city shows it. */
export const formatCityFull = (at: number): string => formatFull(shownAt(at))

/** Date and time to the second, as the clock of the city shows them. */
export const formatCityExact = (at: number): string => `${cityDate(at)} ${formatClock(shownAt(at))}`
