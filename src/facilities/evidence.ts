import type { Evidence } from '../alarms/alarm.ts'
import type { Rule, RuleSetting, RuleTexts } from '../detection/rule.ts'
import type { Detection } from '../detection/state.ts'
import { asFedAt } from '../detection/supply.ts'
import { decodeValue, type Point, type PointValue, text } from '../telemetry/point.ts'
import type { ToldCondition } from '../telemetry/report.ts'
import type { Facility } from './plant.ts'

/** What an alarm freezes of a facility and rule: the limits and texts in force, the values seen, and what the rule figured out. */
export function evidenceOf(facility: Facility, rule: Rule, setting: RuleSetting, at: number, detection: Detection): Evidence {
  const { table, rules } = facility.kind
  // A rule about the facility as a whole names no point: then the impossible values are the proof, if there are any.
  const points = rule.points.length > 0 ? rule.points : [...(detection.bad?.keys() ?? [])]
  const values: Record<string, PointValue | null> = {}
  for (const point of points) {
    const value = detection.bad?.get(point) ?? (detection.values[point] as number)
    values[table.keys[point] as string] = decodeValue(table.points[point] as Point, value)
  }
  const { type: ruleType } = rule
  const { onDelay, offDelay, parameters, texts, version: ruleVersion } = setting
  const memory = detection.layout.memories[rules.indexOf(rule)] as number
  const figures = asFedAt(detection, at, () => rule.figures?.(detection, at, parameters, detection.values, memory)) ?? {}
  return { ruleType, ruleVersion, parameters, onDelay, offDelay, values, figures, mode: facility.mode, texts }
}

/** What an operator is told of a condition that another system has judged: its words in both languages, where it says something, for nobody can translate them. */
export function toldTexts(texts: RuleTexts, { title, cause, response }: Pick<ToldCondition, 'title' | 'cause' | 'response'>): RuleTexts {
  const same = (words: string) => text(words, words)
  return {
    ...texts,
    ...(title && { title: same(title) }),
    ...(cause && { cause: same(cause) }),
    ...(response && { response: [...texts.response, same(response)] }),
  }
}
