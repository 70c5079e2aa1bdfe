import { type FacilityMode, facilityModes } from '../detection/facility-mode.ts'
import { type Hours, MINUTES_A_DAY } from '../detection/hours.ts'
import { priorities, type RuleParameters, type RuleTexts } from '../detection/rule.ts'
import { usualParameters } from '../detection/settings.ts'
import { days } from '../telemetry/duration.ts'
import type { Text } from '../telemetry/point.ts'
import type { FacilityKind } from './facility-kind.ts'
import { limitProblem } from './plausible-limit.ts'
import { safetyProblems } from './rule-safety.ts'
import type { RuleChanges } from './rule-settings.ts'

export const MAX_DELAY = days(7)
/** Of a rule's texts, in UTF-16 code units, and of the steps of its response. */
export const LONGEST_TITLE = 80
export const LONGEST_TEXT = 500
export const MOST_STEPS = 10
/** Time to act, in minutes: what wears out slowly may wait for a month. */
export const SHORTEST_TIME_TO_ACT = 0.5
export const LONGEST_TIME_TO_ACT = 30 * 24 * 60

/** Lengths of time and counts among the parameters make no sense below nothing; 0 takes some of them out of force. */
const neverNegative = ['limit', 'deadband', 'deadbandShare', 'tolerance', 'period', 'shift', 'settling', 'samples', 'days']
const alwaysPositive = ['window', 'short', 'long']
/** They are looked through bin by bin at each report, or keep a fault from being seen. */
const atMostAWeek = ['period', 'window', 'shift', 'settling', 'short']

/** All that is wrong with changes of a rule, in words; `rated` are the rated values of the facility, where they are for one. */
export function changeProblems(kind: FacilityKind, ruleKey: string, changes: RuleChanges, rated: RuleParameters = {}): string[] {
  const rule = kind.rules.find(({ key }) => key === ruleKey)
  if (!rule) return [`a ${kind.key} has no rule ${ruleKey}; it has ${kind.rules.map(({ key }) => key).join(', ')}`]
  const problems: string[] = []
  const { parameters = {}, texts = {}, modes, hours, ...others } = changes
  if (![modes, hours, ...Object.values({ ...others, ...parameters }), ...Object.values(texts)].some((value) => value !== undefined))
    problems.push(
      'nothing is changed; give enabled, priority, onDelay, offDelay, modes, hours, parameters or texts, or remove the override',
    )
  for (const field of ['onDelay', 'offDelay'] as const) {
    const delay = changes[field]
    if (delay !== undefined && !(delay >= 0 && delay <= MAX_DELAY))
      problems.push(`${field} is ${delay} ms; give 0 to ${MAX_DELAY} (7 days)`)
  }
  if (changes.priority !== undefined && !priorities.includes(changes.priority))
    problems.push(`priority is ${changes.priority}; give ${priorities.join(', ')}`)
  if (modes) problems.push(...modeProblems(modes))
  if (hours) problems.push(...hoursProblems(hours))
  problems.push(...textProblems(texts))
  const usual = usualParameters(kind, rule, rated)
  const names = Object.keys(usual)
  for (const [name, value] of Object.entries(parameters)) {
    const problem = names.includes(name)
      ? (valueProblem(name, value, rule.ranges[name], Number.isInteger(usual[name])) ?? limitProblem(kind, rule, name, value))
      : `is no parameter of it; ${names.length > 0 ? `there are ${names.join(', ')}` : 'it has none'}`
    if (problem) problems.push(`${name} ${problem}`)
  }
  if (!rule.shelvable) problems.push(...safetyProblems(kind, rule, changes, rated))
  return problems
}

function valueProblem(name: string, value: number, range: readonly [number, number] | undefined, isWhole: boolean): string | undefined {
  if (!Number.isFinite(value)) return `is ${value}; give a number`
  if (range && !(value >= range[0] && value <= range[1] && (!isWhole || Number.isInteger(value))))
    return `is ${value}; give a ${isWhole ? 'whole ' : ''}number from ${range[0]} to ${range[1]}`
  if (alwaysPositive.includes(name) && value <= 0) return `is ${value}; give a number above 0`
  if (neverNegative.includes(name) && value < 0) return `is ${value}; give a number from 0 up`
  if (atMostAWeek.includes(name) && value > MAX_DELAY) return `is ${value} ms; give at most ${MAX_DELAY} (7 days)`
  return undefined
}

const isRepeated = (value: unknown, i: number, all: readonly unknown[]) => all.indexOf(value) !== i

function modeProblems(modes: readonly FacilityMode[]): string[] {
  const problems: string[] = []
  const unknown = modes.filter((mode) => !facilityModes.includes(mode))
  if (modes.length === 0) problems.push('modes is empty; give at least one, or null for every mode')
  if (unknown.length > 0) problems.push(`there is no mode ${unknown.join(', ')}; there are ${facilityModes.join(', ')}`)
  if (modes.some(isRepeated)) problems.push('modes names one of them twice')
  return problems
}

const isWithin = (value: number, least: number, greatest: number) => Number.isInteger(value) && value >= least && value <= greatest

function hoursProblems({ from, until, weekdays }: Hours): string[] {
  const problems: string[] = []
  if (!isWithin(from, 0, MINUTES_A_DAY - 1)) problems.push(`hours begin at ${from}; give whole minutes from 0 to ${MINUTES_A_DAY - 1}`)
  if (!isWithin(until, 1, MINUTES_A_DAY)) problems.push(`hours end at ${until}; give whole minutes from 1 to ${MINUTES_A_DAY}`)
  if (weekdays.length === 0 || weekdays.some(isRepeated) || !weekdays.every((day) => isWithin(day, 1, 7)))
    problems.push(`hours are on the weekdays ${weekdays.join(', ') || '(none)'}; give some of 1 (Monday) to 7 (Sunday), each once`)
  return problems
}

function textProblems({ title, cause, consequence, response, timeToAct }: Partial<RuleTexts>): string[] {
  const problems: string[] = []
  const check = (name: string, text: Text | undefined, longest: number) => {
    for (const language of ['zh', 'en'] as const) {
      const words = text?.[language].trim()
      if (words === '') problems.push(`${name} says nothing in ${language}`)
      if (words !== undefined && words.length > longest)
        problems.push(`${name} has ${words.length} characters in ${language}; give at most ${longest}`)
    }
  }
  check('title', title, LONGEST_TITLE)
  check('cause', cause, LONGEST_TEXT)
  check('consequence', consequence, LONGEST_TEXT)
  for (const [i, step] of (response ?? []).entries()) check(`step ${i + 1} of the response`, step, LONGEST_TEXT)
  if (response && (response.length === 0 || response.length > MOST_STEPS))
    problems.push(`response has ${response.length} steps; give 1 to ${MOST_STEPS}`)
  if (timeToAct !== undefined && !(timeToAct >= SHORTEST_TIME_TO_ACT && timeToAct <= LONGEST_TIME_TO_ACT))
    problems.push(`timeToAct is ${timeToAct} min; give ${SHORTEST_TIME_TO_ACT} to ${LONGEST_TIME_TO_ACT} (30 days)`)
  return problems
}
