import type { Facility, Plant } from '../facilities/plant.ts'

/** Facilities and all that feeds them or reports for them, in order of number: what is wrong there explains their alarms. */
export function withCauses(facilities: Iterable<Facility>, plant: Plant): Facility[] {
  const found = new Set(facilities)
  for (const { fedBy, gateway } of found) {
    for (const id of [fedBy, gateway]) {
      const cause = id === null ? undefined : plant.get(id)
      if (cause) found.add(cause)
    }
  }
  return [...found].sort((a, b) => a.number - b.number)
}
