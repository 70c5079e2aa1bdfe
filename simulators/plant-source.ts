import { readFileSync } from 'node:fs'
import type { FacilityKind } from '../src/facilities/facility-kind.ts'
import { Plant } from '../src/facilities/plant.ts'
import { describeFacilities, type Registration } from '../src/facilities/registration.ts'
import { CITY_CENTRE, type CityFacility, generateCity } from './city.ts'
import type { SimulatedFacilityInput } from './device.ts'

/** A city with about `size` times the default: 2,000 lamps, 40 cabinets, 14 gateways, 12 pump and 6 gas stations, 3 sewage works and a waste centre at size 2000. */
export function cityOfLamps(lamps: number, seed: string): CityFacility[] {
  const scaled = (count: number) => Math.max(1, Math.round((count * lamps) / 2000))
  const [pumpStations, gasStations, sewagePlants] = [scaled(12), scaled(6), scaled(3)]
  return generateCity({ seed, lamps, cabinets: scaled(40), pumpStations, gasStations, sewagePlants, wastePlants: scaled(1) })
}

/** Reads a plant file. Throws with what is wrong with it. */
export function readPlantFile(file: string): Registration[] {
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'))
  const facilities = (content as { facilities?: unknown } | null)?.facilities
  if (!Array.isArray(facilities)) throw new Error('is not {"facilities": [...]}')
  const wrong = facilities.findIndex((entry) => typeof entry?.id !== 'string' || typeof entry?.kind !== 'string')
  if (wrong >= 0) throw new Error(`facility ${wrong + 1} has no id or no kind`)
  return facilities as Registration[]
}

/** Facilities as a fleet takes them. Throws with all that is wrong with them. */
export function simulatedFacilities(
  registrations: readonly Registration[],
  kinds: ReadonlyMap<string, FacilityKind>,
): SimulatedFacilityInput[] {
  return describeFacilities(registrations, new Plant(), kinds).map((description) => ({
    ...description,
    kind: kinds.get(description.kind) as FacilityKind,
  }))
}

/** Where the sun stands for all of them: the mean of the known positions. */
export function middleOf(entries: readonly Registration[]): readonly [number, number] {
  const known = entries.flatMap(({ position }) => (position ? [position] : []))
  if (known.length === 0) return CITY_CENTRE
  const mean = (i: 0 | 1) => known.reduce((sum, position) => sum + position[i], 0) / known.length
  return [mean(0), mean(1)]
}
