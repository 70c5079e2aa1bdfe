import type { FacilityDescription } from './plant.ts'

const isSameRecord = (a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>) => {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key])
}

/** The fields in which two descriptions differ. */
export function changedFields(before: FacilityDescription, after: FacilityDescription): (keyof FacilityDescription)[] {
  return (Object.keys(after) as (keyof FacilityDescription)[]).filter((field) => {
    const [a, b] = [before[field], after[field]]
    if (a === b) return false
    // Positions, labels and rated values are small records.
    return !(typeof a === 'object' && a !== null && typeof b === 'object' && b !== null && isSameRecord({ ...a }, { ...b }))
  })
}
