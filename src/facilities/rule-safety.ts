import type { Expression } from '../detection/expression.ts'
import { facilityModes } from '../detection/facility-mode.ts'
import { coversHours } from '../detection/hours.ts'
import { priorities, type Rule, type RuleParameters, type RuleType } from '../detection/rule.ts'
import { minutes, seconds } from '../telemetry/duration.ts'
import type { RuleChanges } from './rule-settings.ts'

/** What a parameter of a rule that protects lives may become, so that no fault is seen later than usual, or never. */
type Way = 'at-most' | 'at-least' | 'down-to-half' | 'towards-nothing' | 'fixed'

const ofSilence: Readonly<Record<string, Way>> = { period: 'down-to-half', shortestShare: 'at-most', longestShare: 'down-to-half' }

/**
 * By type of rule and name; what is not named, and is in no condition written as data, stays as it is. A wider deadband holds an alarm
 * beyond its fault, and the next fault would be no news. With too short a period everything is silent, and of what reports more seldom
 * nothing is stuck; too short a window sees no fall.
 */
const ways: { readonly [T in RuleType]?: Readonly<Record<string, Way>> } = {
  limit: { high: 'at-most', low: 'at-least', deadband: 'at-most' },
  rate: { perMinute: 'towards-nothing' },
  silence: ofSilence,
  loss: ofSilence,
  stuck: { period: 'down-to-half', tolerance: 'at-least' },
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

/** From what to what a parameter of a rule that protects lives may be changed where it is `usual` for the facility. */
export function safeRange(rule: Rule, name: string, usual: number): readonly [least: number, greatest: number] {
  switch (wayOf(rule, name)) {
    case 'at-most':
      return [Number.NEGATIVE_INFINITY, usual]
    case 'at-least':
      return [usual, Number.POSITIVE_INFINITY]
    case 'down-to-half':
      return [usual / 2, usual]
    case 'towards-nothing':
      // Its sign says which way it looks, and nothing counts as upwards.
      return usual < 0 ? [usual, -Number.MIN_VALUE] : [0, usual]
    case 'fixed':
      return [usual, usual]
  }
}

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

/** What changes would take from a rule that protects lives, in words; `usual` are the parameters it comes with where the change holds. */
export function safetyProblems(rule: Rule, changes: RuleChanges, usual: RuleParameters): string[] {
  const { onDelay = 0, offDelay = 0, parameters = {} } = changes
  const problems: string[] = []
  if (onDelay > longestSafeDelay(rule)) problems.push(`waits at most ${longestSafeDelay(rule)} ms`)
  if (offDelay > longestSafeHold(rule))
    problems.push(`outlasts its fault by at most ${longestSafeHold(rule)} ms, or the next one would be no news`)
  problems.push(...unsafeFields(rule, changes).map(({ why }) => why))
  for (const [name, value] of Object.entries(parameters)) {
    const known = usual[name]
    if (known === undefined) continue
    const range = safeRange(rule, name, known)
    if (!(value >= range[0] && value <= range[1])) problems.push(`has a ${name} ${inWords(range)}`)
  }
  return problems.map((problem) => `it protects lives and ${problem}`)
}

function inWords([least, greatest]: readonly [number, number]): string {
  if (least === greatest) return `of ${least}, which stays`
  if (least === Number.NEGATIVE_INFINITY) return `of ${greatest} at most`
  if (greatest === Number.POSITIVE_INFINITY) return `of ${least} at least`
  return greatest === -Number.MIN_VALUE ? `from ${least} to below 0` : `from ${least} to ${greatest}`
}

/**
 * The part of changes that takes nothing from a rule that protects lives: they may have been made for another version of the program, or
 * for facilities of other rated values.
 */
export function safePart(rule: Rule, changes: RuleChanges, usual: RuleParameters): RuleChanges {
  const { onDelay, offDelay, parameters, ...others } = changes
  const unsafe = new Set<string>(unsafeFields(rule, changes).map(({ field }) => field))
  return {
    ...Object.fromEntries(Object.entries(others).filter(([field]) => !unsafe.has(field))),
    ...(onDelay !== undefined && { onDelay: Math.min(onDelay, longestSafeDelay(rule)) }),
    ...(offDelay !== undefined && { offDelay: Math.min(offDelay, longestSafeHold(rule)) }),
    ...(parameters && { parameters: safeParameters(rule, parameters, usual) }),
  }
}

function safeParameters(rule: Rule, parameters: RuleParameters, usual: RuleParameters): RuleParameters {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => {
      const known = usual[name]
      if (known === undefined) return [name, value]
      const [least, greatest] = safeRange(rule, name, known)
      return [name, Math.min(Math.max(value, least), greatest)]
    }),
  )
}
