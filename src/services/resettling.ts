import type { InForce } from '../detection/detection.ts'
import type { Facility } from '../facilities/plant.ts'
import type { ServiceParts } from './parts.ts'

/** Lets the settings and modes in force now count at once for those facilities that had others before. */
export function resettle(
  { detector, pipeline }: Pick<ServiceParts, 'detector' | 'pipeline'>,
  facilities: Iterable<Facility>,
  before: ReadonlyMap<number, InForce | undefined>,
  now: number,
): void {
  const changed = new Map<number, InForce>()
  for (const { number, mode } of facilities) {
    const known = before.get(number)
    if (known && (known.mode !== mode || known.settings !== detector.state(number)?.settings)) changed.set(number, known)
  }
  if (changed.size > 0) pipeline.resettle(changed, now)
}
