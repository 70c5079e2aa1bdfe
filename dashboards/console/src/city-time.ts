import { dateOf } from '../../../src/control/calendar-day.ts'
import { utcOffsets } from '../../../src/control/local-time.ts'
import { cityZone, formatClock, ownZone } from './format.ts'

export { cityZone } from './format.ts'

/** What local time is ahead of UTC at a time, ms. */
export type UtcOffset = (at: number) => number

const known = new Map<string, UtcOffset>()
function offsetsOf(zone: string): UtcOffset {
  const offsets = known.get(zone) ?? utcOffsets(zone)
  known.set(zone, offsets)
  return offsets
}

export const cityOffset = (): UtcOffset => offsetsOf(cityZone())

/** The date in the city, YYYY-MM-DD. */
export const cityDate = (at: number): string => dateOf(at, cityOffset())

/** The zone of this computer where its clock shows another time than the city's at `at`; null where both are the same. */
export function strangeZone(at: number, city = cityZone(), own = ownZone()): string | null {
  return offsetsOf(city)(at) === offsetsOf(own)(at) ? null : own
}

/** Date and time to the second, for tables of records. */
export const formatCityExact = (at: number): string => `${cityDate(at)} ${formatClock(at)}`
