import type { FacilityKind } from './facility-kind.ts'
import type { ImportRow } from './import-mapping.ts'
import type { ImportReason } from './import-problem.ts'

/** Looks at measured values that came with a row; the plant takes none of them, but who sent them should know that they cannot be. */
export function lookAtMeasured(
  { measured }: ImportRow,
  kind: FacilityKind,
  found: (point: string, value: string, reason: ImportReason, about: string) => void,
): void {
  for (const [key, value] of measured ?? []) {
    const point = kind.table.points[kind.table.index.get(key) ?? -1]
    if (point?.type !== 'number') continue
    const range = ([low, high]: readonly [number, number]) => `${low}…${high} ${point.unit}`.trimEnd()
    const isIn = ([low, high]: readonly [number, number]) => value >= low && value <= high
    if (!isIn(point.plausible)) found(key, String(value), 'value-impossible', range(point.plausible))
    else if (point.normal && !isIn(point.normal)) found(key, String(value), 'value-unusual', range(point.normal))
  }
}
