import type { MimicElementView } from '../../../../src/edges/http/mimic-schemas.ts'
import type { AlarmView, LatestView, RuleView } from '../../../../src/edges/http/schemas.ts'
import { pointsOf } from './layout.ts'

/** The alarms at the elements of a mimic, by element, and those of what it does not show; each list in the order given. */
export interface PlacedAlarms {
  byElement: ReadonlyMap<string, readonly AlarmView[]>
  elsewhere: readonly AlarmView[]
}

/**
 * Places each alarm at the element that shows the first of the points that raised it. One that judges impossible values is placed
 * by the points whose latest value is one.
 */
export function placeAlarms(
  elements: readonly MimicElementView[],
  alarms: readonly AlarmView[],
  rules: readonly RuleView[],
  latest: ReadonlyMap<string, LatestView>,
): PlacedAlarms {
  const byPoint = new Map<string, string>()
  for (const element of elements) for (const point of pointsOf(element)) if (!byPoint.has(point)) byPoint.set(point, element.key)
  for (const { key, alarmsOf = [] } of elements) for (const point of alarmsOf) byPoint.set(point, key)
  const bad = [...latest.values()].filter(({ good }) => !good).map(({ point }) => point)
  const byElement = new Map<string, AlarmView[]>()
  const elsewhere: AlarmView[] = []
  for (const alarm of alarms) {
    const judged = rules.find(({ key }) => key === alarm.rule)?.points ?? []
    const points = alarm.evidence.ruleType === 'sensor-fault' ? bad : judged
    const element = points.map((point) => byPoint.get(point)).find((key) => key !== undefined)
    if (element === undefined) elsewhere.push(alarm)
    else byElement.set(element, [...(byElement.get(element) ?? []), alarm])
  }
  return { byElement, elsewhere }
}
