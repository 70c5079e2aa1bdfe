import type { Evidence } from '../alarms/alarm.ts'
import type { Detection } from '../detection/detection.ts'
import type { Rule } from '../detection/rule.ts'
import { decodeValue, type Point, type PointValue } from '../telemetry/point.ts'
import type { Facility } from './plant.ts'

/** What an alarm freezes of a facility and rule: the limits in force and the values seen. */
export function evidenceOf(facility: Facility, rule: Rule, detection: Detection): Evidence {
  const { table } = facility.kind
  // A rule about the facility as a whole names no point: then the impossible values are the proof, if there are any.
  const points = rule.points.length > 0 ? rule.points : badPoints(detection)
  const values: Record<string, PointValue | null> = {}
  for (const point of points) {
    const good = detection.latest.values[point] as number
    const value = Number.isNaN(good) ? (detection.latest.bad[point] as number) : good
    values[table.keys[point] as string] = decodeValue(table.points[point] as Point, value)
  }
  const { type: ruleType, onDelay, offDelay } = rule
  const parameters = { ...rule.parameters, ...rule.ratedParameters(detection.rated) }
  return { ruleType, parameters, onDelay, offDelay, values, mode: facility.mode }
}

function badPoints({ latest }: Detection): number[] {
  const points: number[] = []
  if (latest.badPoints === 0) return points
  latest.bad.forEach((value, point) => {
    if (!Number.isNaN(value)) points.push(point)
  })
  return points
}
