import type { FacilityKind } from './facility-kind.ts'
import type { ImportReason } from './import-problem.ts'
import type { FacilityDescription, Plant } from './plant.ts'
import type { PlantField } from './plant-fields.ts'
import type { ImportedFacility } from './plant-import.ts'

export interface LinkChecks {
  imported: ReadonlyMap<string, ImportedFacility>
  /** Ids of rows that could not be read. */
  unfinished: ReadonlySet<string>
  plant: Plant
  kinds: ReadonlyMap<string, FacilityKind>
  found: (row: number, field: PlantField, value: string, reason: ImportReason, about: string) => void
}

/** Checks what feeds what and who stands where, as it would be after the import. Yields after every facility. */
export function* checkLinks(checks: LinkChecks): Generator<void> {
  yield* checkPlaces(checks)
  const seen = new Set<string>()
  for (const imported of checks.imported.values()) {
    checkParent(imported, checks)
    checkCycle(imported, checks, seen)
    yield
  }
}

type Node = Pick<FacilityDescription, 'fedBy' | 'rated'> & { kind: FacilityKind | undefined }

function nodeOf(id: string, { imported, plant, kinds }: LinkChecks): Node | undefined {
  const description = imported.get(id)?.description
  return description ? { ...description, kind: kinds.get(description.kind) } : plant.get(id)
}

/** Circuits in use where the kind counts them, else all it has. */
function circuitsOf({ kind, rated }: Node): number {
  return rated.circuits ?? kind?.rated.circuits ?? kind?.circuits.length ?? 0
}

/** Only what the row changes is judged, so that an old slip blocks no other change. */
function checkParent({ row, description: { id, fedBy, circuit, gateway }, known }: ImportedFacility, checks: LinkChecks): void {
  if (gateway === id && known?.gateway !== gateway) checks.found(row, 'gateway', gateway, 'gateway-itself', '')
  if (known && known.fedBy === fedBy && known.circuit === circuit) return
  if (fedBy !== null && checks.unfinished.has(fedBy)) return
  const parent = fedBy === null ? undefined : nodeOf(fedBy, checks)
  if (fedBy !== null && !parent) checks.found(row, 'fedBy', fedBy, 'parent-unknown', '')
  else if (circuit !== null) {
    const circuits = parent ? circuitsOf(parent) : 0
    if (circuit > circuits) checks.found(row, 'circuit', String(circuit), 'circuit-unknown', String(circuits))
  }
}

const MAX_SHOWN = 8

/** Follows the feeders up; `seen` holds those that have been followed, so that every way is gone once. */
function checkCycle({ description: { id } }: ImportedFacility, checks: LinkChecks, seen: Set<string>): void {
  const way: string[] = []
  const onWay = new Set<string>()
  let at: string | null = id
  for (; at !== null && !seen.has(at) && !onWay.has(at); at = nodeOf(at, checks)?.fedBy ?? null) {
    way.push(at)
    onWay.add(at)
  }
  if (at !== null && onWay.has(at)) {
    const ring = way.slice(way.indexOf(at))
    const about = ring.length > MAX_SHOWN ? [...ring.slice(0, MAX_SHOWN), '…'] : [...ring, at]
    for (const member of ring) {
      const imported = checks.imported.get(member)
      if (imported) checks.found(imported.row, 'fedBy', imported.description.fedBy as string, 'cycle', about.join(' → '))
    }
  }
  for (const member of way) seen.add(member)
}

/** About 0.1 m. */
const placeOf = ([lon, lat]: readonly [number, number]) => `${lon.toFixed(6)},${lat.toFixed(6)}`

function* checkPlaces({ imported, plant, found }: LinkChecks): Generator<void> {
  const taken = new Map<string, string>()
  for (const { id, position } of plant) {
    if (position && !imported.has(id)) taken.set(placeOf(position), id)
    yield
  }
  for (const { row, description, changed, known } of imported.values()) {
    const { id, position } = description
    if (position) {
      const place = placeOf(position)
      const other = taken.get(place)
      // Where two registered ones have long stood together there is no news.
      if (other !== undefined && (!known || changed.some(({ field }) => field === 'position')))
        found(row, 'lon', position.join(', '), 'same-place', other)
      else if (other === undefined) taken.set(place, id)
    }
    yield
  }
}
