import type { FacilityDescription } from './plant.ts'

/** What one field of a facility can hold; null = nothing. Labels and rated values are fields of their own: `label.pole`, `rated.power`. */
export type FieldValue = string | number | boolean | readonly number[] | null

export interface FieldChange {
  field: string
  before: FieldValue
  after: FieldValue
}

export const versionActions = ['put', 'import', 'mode', 'remove'] as const
export type VersionAction = (typeof versionActions)[number]

/** One change of a facility: who made it of what it was what it is. Versions are never changed and outlive the facility. */
export interface FacilityVersion {
  facility: string
  /** ms */
  at: number
  by: string
  action: VersionAction
  reason: string
  /** Empty at the registration, which makes everything, and at the removal, which leaves nothing. */
  changes: readonly FieldChange[]
  /** The facility afterwards; null when it was removed. */
  description: FacilityDescription | null
}

const plainFields = [
  'kind', 'name', 'nameEn', 'district', 'road', 'roadClass', 'keyArea', 'owner', 'position', 'fedBy', 'circuit', 'gateway', 'mode',
] as const satisfies readonly (keyof FacilityDescription)[] // biome-ignore format: a list

/** The fields that differ between two descriptions of one facility. */
export function changedFields(before: FacilityDescription, after: FacilityDescription): FieldChange[] {
  const changes: FieldChange[] = []
  for (const field of plainFields) {
    if (!isSame(before[field], after[field])) changes.push({ field, before: before[field], after: after[field] })
  }
  addChanges(changes, 'label.', before.labels, after.labels)
  addChanges(changes, 'rated.', before.rated, after.rated)
  return changes
}

const suppressing: ReadonlySet<string> = new Set(['mode', 'fedBy', 'circuit', 'gateway'])

/** Whether the change can alter what explains an alarm of the facility. */
export const decidesSuppression = ({ field }: Pick<FieldChange, 'field'>) => suppressing.has(field)

type Entries = Readonly<Record<string, string | number>>

function addChanges(changes: FieldChange[], prefix: string, before: Entries, after: Entries): void {
  const of = (entries: Entries, key: string) => (Object.hasOwn(entries, key) ? (entries[key] as string | number) : null)
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [was, is] = [of(before, key), of(after, key)]
    if (was !== is) changes.push({ field: prefix + key, before: was, after: is })
  }
}

function isSame(a: FieldValue, b: FieldValue): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b
  return a.length === b.length && a.every((value, i) => value === b[i])
}
