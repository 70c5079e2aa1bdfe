import type { CheckIn, Round, RoundStop } from './round.ts'

/** How often an area is walked; times in ms. */
export interface AreaCoverage {
  area: string
  /** Stops of rounds, and those of them that somebody was at. */
  planned: number
  visited: number
  /** Different places among them. */
  places: number
  seen: number
  /** By the phones; null: never. */
  last: number | null
}

export const coverageGroupings = ['district', 'road', 'key-area', 'plan'] as const
export type CoverageGrouping = (typeof coverageGroupings)[number]

const areaOf: Readonly<Record<CoverageGrouping, (stop: RoundStop, round: Round) => string>> = {
  district: ({ district }) => district,
  road: ({ road }) => road,
  'key-area': ({ keyArea }) => (keyArea ? 'yes' : 'no'),
  plan: (_, { plan }) => plan,
}

/** Counts the rounds that it is given. `sees` says of which facilities (null: a mere position) it may tell. */
export function coverageCounter(
  checkInsOf: (round: number) => readonly CheckIn[],
  by: CoverageGrouping,
  sees: (facility: string | null) => boolean,
): { add(round: Round): void; areas(): AreaCoverage[] } {
  const areas = new Map<string, Omit<AreaCoverage, 'area' | 'places' | 'seen'> & { places: Set<string>; seen: Set<string> }>()
  return {
    add(round) {
      const visits = new Map<string, number>()
      if (round.visited > 0) for (const { stop, at } of checkInsOf(round.id)) if (!visits.has(stop)) visits.set(stop, at)
      for (const stop of round.stops) {
        if (!sees(stop.facility)) continue
        const name = areaOf[by](stop, round)
        const area = areas.get(name) ?? { planned: 0, visited: 0, places: new Set(), seen: new Set(), last: null }
        areas.set(name, area)
        const place = stop.facility ?? `${round.plan}:${stop.key}`
        const at = visits.get(stop.key)
        area.planned++
        area.places.add(place)
        if (at === undefined) continue
        area.visited++
        area.seen.add(place)
        area.last = Math.max(area.last ?? at, at)
      }
    },
    areas: () =>
      [...areas]
        .map(([area, { places, seen, ...rest }]) => ({ area, ...rest, places: places.size, seen: seen.size }))
        .sort((a, b) => (a.area < b.area ? -1 : 1)),
  }
}

/** By area, in the order of their names. */
export function coverageOf(rounds: Iterable<Round>, ...how: Parameters<typeof coverageCounter>): AreaCoverage[] {
  const counter = coverageCounter(...how)
  for (const round of rounds) counter.add(round)
  return counter.areas()
}
