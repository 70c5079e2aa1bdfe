import type { RuleSetting } from '../detection/rule.ts'
import type { Facility } from '../facilities/plant.ts'
import type { ServiceParts } from './parts.ts'

/** Lets the settings in force now count at once for those facilities that had others before. */
export function resettle(
  { detector, pipeline }: Pick<ServiceParts, 'detector' | 'pipeline'>,
  facilities: Iterable<Facility>,
  before: ReadonlyMap<number, readonly RuleSetting[] | undefined>,
  now: number,
): void {
  const changed = new Map<number, readonly RuleSetting[]>()
  for (const { number } of facilities) {
    const settings = before.get(number)
    if (settings && settings !== detector.state(number)?.settings) changed.set(number, settings)
  }
  if (changed.size > 0) pipeline.resettle(changed, now)
}
