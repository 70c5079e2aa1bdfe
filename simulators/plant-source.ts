import { readFileSync } from 'node:fs'
import type { FacilityKind } from '../src/facilities/facility-kind.ts'
import { CITY_CENTRE, type CityFacility, generateCity } from './city.ts'
import type { SimulatedFacilityInput } from './device.ts'

/** What the simulators read of a plant file: {"facilities": [...]}. */
export type PlantEntry = Pick<CityFacility, 'id' | 'kind'> &
  Partial<Omit<CityFacility, 'position'>> & { position?: [number, number] | null }

/** A city with about `size` times the default: 2,000 lamps, 40 cabinets, 12 pump and 4 gas stations at size 2000. */
export function cityOfLamps(lamps: number, seed: string): CityFacility[] {
  const share = lamps / 2000
  const scaled = (count: number) => Math.max(1, Math.round(count * share))
  return generateCity({ seed, lamps, cabinets: scaled(40), pumpStations: scaled(12), gasStations: scaled(4) })
}

/** Reads a plant file. Throws with what is wrong with it. */
export function readPlantFile(file: string): PlantEntry[] {
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'))
  const facilities = (content as { facilities?: unknown } | null)?.facilities
  if (!Array.isArray(facilities)) throw new Error('is not {"facilities": [...]}')
  const wrong = facilities.findIndex((entry) => typeof entry?.id !== 'string' || typeof entry?.kind !== 'string')
  if (wrong >= 0) throw new Error(`facility ${wrong + 1} has no id or no kind`)
  return facilities as PlantEntry[]
}

/** Gives each entry its kind. `unknown` lists the kinds that do not exist. */
export function resolveKinds(
  entries: readonly PlantEntry[],
  kinds: readonly FacilityKind[],
): { facilities: SimulatedFacilityInput[]; unknown: string[] } {
  const byKey = new Map(kinds.map((kind) => [kind.key, kind]))
  const unknown = [...new Set(entries.map(({ kind }) => kind).filter((key) => !byKey.has(key)))]
  const facilities = entries.flatMap(({ id, kind: key, gateway = null, rated = {} }): SimulatedFacilityInput[] => {
    const kind = byKey.get(key)
    return kind ? [{ id, kind, gateway, rated }] : []
  })
  return { facilities, unknown }
}

/** Where the sun stands for all of them: the mean of the known positions. */
export function middleOf(entries: readonly PlantEntry[]): readonly [number, number] {
  const known = entries.flatMap(({ position }) => (position ? [position] : []))
  if (known.length === 0) return CITY_CENTRE
  const mean = (i: 0 | 1) => known.reduce((sum, position) => sum + position[i], 0) / known.length
  return [mean(0), mean(1)]
}
