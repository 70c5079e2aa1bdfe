import { matchesFacility, parseFacilityQuery } from '../facilities/facility-query.ts'
import type { Facility } from '../facilities/plant.ts'
import type { RoundStop } from './round.ts'
import { MOST_STOPS, type PlannedStop, type RoundPlan } from './round-plan.ts'

interface Known extends Iterable<Facility> {
  get(id: string): Facility | undefined
}

const stopOf = (stop: PlannedStop, facility: Facility | undefined, district: string): RoundStop => ({
  key: stop.key,
  name: {
    zh: stop.name || facility?.name || stop.key,
    en: stop.nameEn || stop.name || facility?.nameEn || facility?.name || stop.key,
  },
  facility: stop.facility,
  position: stop.position ?? facility?.position ?? null,
  district: facility?.district || district,
  road: facility?.road ?? '',
  keyArea: facility?.keyArea ?? false,
  readings: stop.readings,
})

const plannedAt = ({ id }: Facility): PlannedStop => ({
  ...{ key: id, name: '', nameEn: '', facility: id, position: null, readings: [] },
})

/** The stops of a plan as the plant is now: its own that are still there, then what its area has besides, by road and id. */
export function stopsOf(plan: Pick<RoundPlan, 'stops' | 'area' | 'district'>, plant: Known): RoundStop[] {
  const own = plan.stops.flatMap((stop) => {
    const facility = stop.facility === null ? undefined : plant.get(stop.facility)
    if (facility?.mode === 'out-of-service' || (stop.facility !== null && !facility)) return []
    return [stopOf(stop, facility, plan.district)]
  })
  if (plan.area === null) return own
  const known = new Set(plan.stops.map(({ facility }) => facility))
  const query = parseFacilityQuery(plan.area)
  const found = [...plant].filter(
    (facility) =>
      !facility.kind.reportsItself && facility.mode !== 'out-of-service' && !known.has(facility.id) && matchesFacility(query, facility),
  )
  found.sort((a, b) => a.road.localeCompare(b.road) || a.id.localeCompare(b.id, undefined, { numeric: true }))
  return [...own, ...found.map((facility) => stopOf(plannedAt(facility), facility, plan.district))].slice(0, MOST_STOPS)
}
