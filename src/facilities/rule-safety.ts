import type { Expression } from '../detection/expression.ts'
import { facilityModes } from '../detection/facility-mode.ts'
import { coversHours } from '../detection/hours.ts'
import { priorities, type Rule, type RuleParameters, type RuleType } from '../detection/rule.ts'
import { usualParameters } from '../detection/settings.ts'
import { minutes, seconds } from '../telemetry/duration.ts'
import type { AnalogPoint } from '../telemetry/point.ts'
import type { FacilityKind } from './facility-kind.ts'
import type { RuleChanges } from './rule-settings.ts'

/**
 * What a parameter of a rule that protects lives may become, so that no fault is seen later than usual, or never. It has a far end too: what
 * healthy readings pass keeps the alarm active, and the fault behind it would be no news.
 */
type Way = 'at-most' | 'at-least' | 'high' | 'low' | 'towards-half' | 'towards-nothing' | 'tolerance' | 'fixed'

const ofSilence: Readonly<Record<string, Way>> = { period: 'towards-half', shortestShare: 'towards-nothing', longestShare: 'towards-half' }

/**
 * By type of rule and name; what is not named, and is in no condition written as data, stays as it is. A wider deadband holds an alarm
 * beyond its fault, and the next fault would be no news. With too short a period everything is silent, and of what reports more seldom
 * nothing is stuck; too short a window sees no fall.
 */
const ways: { readonly [T in RuleType]?: Readonly<Record<string, Way>> } = {
  limit: { high: 'high', low: 'low', deadband: 'towards-nothing' },
  rate: { perMinute: 'towards-half' },
  silence: ofSilence,
  loss: ofSilence,
  stuck: { period: 'towards-half', tolerance: 'tolerance' },
}

/** Fewer of more reports find a fault sooner. */
const ofDebounce: Readonly<Record<string, Way>> = { n: 'at-most', m: 'at-least' }

/** How a condition written as data becomes true sooner by a parameter: each place it has there says one way. */
function waysIn(expression: Expression, name: string, isNegated = false): Way[] {
  if ('all' in expression) return expression.all.flatMap((term) => waysIn(term, name, isNegated))
  if ('any' in expression) return expression.any.flatMap((term) => waysIn(term, name, isNegated))
  if ('not' in expression) return waysIn(expression.not, name, !isNegated)
  if ('certainly' in expression) return waysIn(expression.certainly, name, isNegated)
  const operand = 'above' in expression ? expression.above : 'below' in expression ? expression.below : expression.is
  if (operand !== name && !(typeof operand === 'object' && operand.times === name)) return []
  if ('is' in expression) return ['fixed']
  return ['above' in expression !== isNegated ? 'at-most' : 'at-least']
}

function wayOf({ type, of, condition, only }: Rule, name: string): Way {
  const named = ways[type]?.[name] ?? (of ? ofDebounce[name] : undefined)
  const all = [...(named ? [named] : []), ...[condition, only].flatMap((each) => (each ? waysIn(each, name) : []))]
  return new Set(all).size === 1 ? (all[0] as Way) : 'fixed'
}

type Range = readonly [least: number, greatest: number]

/** From what to what each parameter of a rule that protects lives may be changed for a facility of these rated values. */
export function safeRanges(kind: FacilityKind, rule: Rule, rated: RuleParameters): Readonly<Record<string, Range>> {
  const usual = usualParameters(kind, rule, rated)
  return Object.fromEntries(Object.entries(usual).map(([name, value]) => [name, rangeOf(kind, rule, rated, name, value)]))
}

function rangeOf(kind: FacilityKind, rule: Rule, rated: RuleParameters, name: string, usual: number): Range {
  const half = Math.abs(usual) / 2
  switch (wayOf(rule, name)) {
    case 'at-most':
      return [usual - half, usual]
    case 'at-least':
      return [usual, usual + half]
    case 'high':
      return [Math.max(usual - half, ...boundsOfHealth(kind, rule, rated, 'high').filter((bound) => bound <= usual)), usual]
    case 'low':
      return [usual, Math.min(usual + half, ...boundsOfHealth(kind, rule, rated, 'low').filter((bound) => bound >= usual))]
    case 'towards-half':
      // Its sign says which way it looks.
      return usual < 0 ? [usual, usual / 2] : [usual / 2, usual]
    case 'towards-nothing':
      return [0, usual]
    case 'tolerance':
      return [usual, Math.max(2 * usual, lastDigit(kind, rule))]
    case 'fixed':
      return [usual, usual]
  }
}

/**
 * What a limit stays beyond so that its alarm returns in health: by its deadband the normal band of its point and the limits inside of its
 * own. A low limit may lie where the band begins, like that of oxygen: half the way to the middle is left to it.
 */
function boundsOfHealth(kind: FacilityKind, rule: Rule, rated: RuleParameters, side: 'high' | 'low'): number[] {
  const usual = usualParameters(kind, rule, rated)
  const margin = side === 'high' ? (usual.deadband as number) : -(usual.deadband as number)
  const [point] = rule.points as readonly [number]
  const { normal } = kind.table.points[point] as AnalogPoint
  const within = kind.rules
    .filter(({ type, points, consequenceOf }) => type === 'limit' && points[0] === point && consequenceOf.includes(rule.key))
    .flatMap((inner) => usualParameters(kind, inner, rated)[side] ?? [])
  const bounds = [...within, ...(normal ? [normal[side === 'high' ? 1 : 0]] : [])].map((bound) => exact(bound + margin))
  return side === 'low' && normal ? [...bounds, ((usual.low as number) + (normal[0] + normal[1]) / 2) / 2] : bounds
}

/** The smallest step its point is shown in: what moves by less does not move. */
function lastDigit(kind: FacilityKind, { points }: Rule): number {
  const point = kind.table.points[points[0] as number] as AnalogPoint
  return 10 ** -point.digits
}

/** Sums as people would write them: 0.455, not 0.45500000000000002. */
const exact = (value: number) => Number(value.toPrecision(12))

/** GB/T 50493 wants a gas alarm at once; what takes longer by design may keep its own delay, ms. */
const longestSafeDelay = (rule: Rule) => Math.max(rule.onDelay, seconds(2))

/** An alarm that outlives its fault for long hides the next one; a minute is what holds together what comes and goes (ISA-18.2), ms. */
const longestSafeHold = (rule: Rule) => Math.max(rule.offDelay, minutes(1))

type Field = 'enabled' | 'priority' | 'modes' | 'hours'

/** The fields by which a rule that protects lives would be judged less or be less urgent, each with why it stays as it is. */
function unsafeFields(rule: Rule, { enabled, priority, modes, hours }: RuleChanges): { field: Field; why: string }[] {
  const isLessUrgent = priority !== undefined && priorities.indexOf(priority) > priorities.indexOf(rule.priority)
  const isInFewerModes = modes && (rule.modes ?? facilityModes).some((mode) => !modes.includes(mode))
  const found: [isUnsafe: boolean | null | undefined, field: Field, why: string][] = [
    [enabled === false, 'enabled', 'cannot be switched off'],
    [isLessUrgent, 'priority', `stays at least ${rule.priority}`],
    [isInFewerModes, 'modes', `is judged in ${rule.modes ? rule.modes.join(', ') : 'every mode'}`],
    [hours && !coversHours(hours, rule.hours), 'hours', 'is judged at all its hours'],
  ]
  return found.flatMap(([isUnsafe, field, why]) => (isUnsafe ? [{ field, why }] : []))
}

/** What changes would take from a rule that protects lives, in words; `rated` are the rated values of the facilities where they hold. */
export function safetyProblems(kind: FacilityKind, rule: Rule, changes: RuleChanges, rated: RuleParameters): string[] {
  const { onDelay = 0, offDelay = 0, parameters = {} } = changes
  const problems: string[] = []
  if (onDelay > longestSafeDelay(rule)) problems.push(`waits at most ${longestSafeDelay(rule)} ms`)
  if (offDelay > longestSafeHold(rule))
    problems.push(`outlasts its fault by at most ${longestSafeHold(rule)} ms, or the next one would be no news`)
  problems.push(...unsafeFields(rule, changes).map(({ why }) => why))
  const ranges = safeRanges(kind, rule, rated)
  for (const [name, value] of Object.entries(parameters)) {
    const range = ranges[name]
    if (range && !(value >= range[0] && value <= range[1])) problems.push(`has a ${name} ${inWords(range)}`)
  }
  return problems.map((problem) => `it protects lives and ${problem}`)
}

const inWords = ([least, greatest]: Range) => (least === greatest ? `of ${least}, which stays` : `from ${least} to ${greatest}`)

/**
 * The part of changes that takes nothing from a rule that protects lives: they may have been made for another version of the program, or
 * for facilities of other rated values.
 */
export function safePart(kind: FacilityKind, rule: Rule, changes: RuleChanges, rated: RuleParameters): RuleChanges {
  const { onDelay, offDelay, parameters, ...others } = changes
  const unsafe = new Set<string>(unsafeFields(rule, changes).map(({ field }) => field))
  return {
    ...Object.fromEntries(Object.entries(others).filter(([field]) => !unsafe.has(field))),
    ...(onDelay !== undefined && { onDelay: Math.min(onDelay, longestSafeDelay(rule)) }),
    ...(offDelay !== undefined && { offDelay: Math.min(offDelay, longestSafeHold(rule)) }),
    ...(parameters && { parameters: safeParameters(parameters, safeRanges(kind, rule, rated)) }),
  }
}

function safeParameters(parameters: RuleParameters, ranges: Readonly<Record<string, Range>>): RuleParameters {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => {
      const range = ranges[name]
      return [name, range ? Math.min(Math.max(value, range[0]), range[1]) : value]
    }),
  )
}
