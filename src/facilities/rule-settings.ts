import type { FacilityMode } from '../detection/facility-mode.ts'
import type { Hours } from '../detection/hours.ts'
import { type Priority, priorities, type Rule, type RuleParameters, type RuleSetting, type RuleTexts } from '../detection/rule.ts'
import { defaultSettings } from '../detection/settings.ts'
import { days, seconds } from '../telemetry/duration.ts'
import type { FacilityKind } from './facility-kind.ts'

/** What engineers change of a rule; what is left out stays as it is. Delays in ms. */
export interface RuleChanges {
  readonly enabled?: boolean
  readonly priority?: Priority
  readonly onDelay?: number
  readonly offDelay?: number
  /** Null: in every mode. */
  readonly modes?: readonly FacilityMode[] | null
  /** Null: always. */
  readonly hours?: Hours | null
  readonly parameters?: RuleParameters
  readonly texts?: Partial<RuleTexts>
}

/** Where a change holds: for the whole kind, for those of the kind in a group, or for one facility. */
export interface RuleScope {
  readonly kind: string
  readonly group: string | null
  readonly facility: string | null
}

/** A change of a rule that somebody made for a reason. There is one per scope and rule. */
export interface RuleOverride extends RuleScope {
  readonly id: number
  readonly rule: string
  readonly changes: RuleChanges
  readonly reason: string
  readonly by: string
  /** ms */
  readonly at: number
}

/** Facilities named by a query, for rules that differ among them. */
export interface FacilityGroup {
  readonly name: string
  /** Where groups overlap the higher rank wins, and of equal ones the later name. */
  readonly rank: number
  /** Text form of `parseFacilityQuery`. */
  readonly query: string
  readonly reason: string
  readonly by: string
  /** ms */
  readonly at: number
}

export const MAX_DELAY = days(7)
/** Of a rule's texts, in UTF-16 code units and steps, and of its time to act, in minutes: a lamp that fades may wait for a month. */
export const LONGEST_TITLE = 80
export const LONGEST_TEXT = 500
export const MOST_STEPS = 10
export const SHORTEST_TIME_TO_ACT = 0.5
export const LONGEST_TIME_TO_ACT = 30 * 24 * 60

/** In the order of precedence, the strongest last. */
export const settingSources = ['default', 'rated', 'kind', 'group', 'facility'] as const

/** Where a value in force comes from; `override` is the one that says so, `group` the one it was made for. */
export interface SettingSource {
  readonly from: (typeof settingSources)[number]
  readonly override: number | null
  readonly group: string | null
}

export interface EffectiveValue<T> {
  readonly value: T
  /** What would be in force without overrides. */
  readonly usual: T
  readonly source: SettingSource
}

/** What is in force of one rule for one facility, and where each value comes from. */
export interface EffectiveRule {
  readonly rule: Rule
  readonly enabled: EffectiveValue<boolean>
  readonly priority: EffectiveValue<Priority>
  readonly onDelay: EffectiveValue<number>
  readonly offDelay: EffectiveValue<number>
  readonly parameters: Readonly<Record<string, EffectiveValue<number>>>
}

/** The settings in force, one per rule of the kind: `overrides` are those that hold for the facility, the weakest first. */
export function applyOverrides(
  kind: FacilityKind,
  rated: Readonly<Record<string, number>>,
  overrides: readonly RuleOverride[],
): readonly RuleSetting[] {
  const usual = defaultSettings(kind, rated)
  return usual.map((setting, i) => {
    const rule = kind.rules[i] as Rule
    const own = overrides.filter((override) => override.rule === rule.key)
    return own.reduce((before, { changes }) => applyChanges(rule, before, changes), setting)
  })
}

/** An override may have been made for another version of the program: what is no parameter now has no effect, and safety comes first. */
function applyChanges(rule: Rule, setting: RuleSetting, changes: RuleChanges): RuleSetting {
  const parameters = { ...setting.parameters, ...known(setting.parameters, changes.parameters) }
  const { enabled = setting.enabled, priority = setting.priority, onDelay = setting.onDelay, offDelay = setting.offDelay } = changes
  if (!rule.shelvable && safetyProblems(rule, changes).length > 0) {
    return { ...setting, onDelay: Math.min(onDelay, longestSafeDelay(rule)), offDelay, parameters }
  }
  return { ...setting, enabled, priority, onDelay, offDelay, parameters }
}

function known(parameters: RuleParameters, changes: RuleParameters | undefined): RuleParameters {
  return Object.fromEntries(Object.entries(changes ?? {}).filter(([name]) => Object.hasOwn(parameters, name)))
}

/** The same as `applyOverrides`, with where each value comes from. */
export function effectiveSettings(
  kind: FacilityKind,
  rated: Readonly<Record<string, number>>,
  overrides: readonly RuleOverride[],
): EffectiveRule[] {
  const settings = applyOverrides(kind, rated, overrides)
  const usual = defaultSettings(kind, rated)
  return kind.rules.map((rule, i) => {
    const own = overrides.filter((override) => override.rule === rule.key)
    const [setting, before] = [settings[i] as RuleSetting, usual[i] as RuleSetting]
    const effective = <K extends 'enabled' | 'priority' | 'onDelay' | 'offDelay'>(field: K): EffectiveValue<RuleSetting[K]> => ({
      value: setting[field],
      usual: before[field],
      source: sourceOf(own, ({ changes }) => changes[field] !== undefined, DEFAULT),
    })
    const ofRated = rule.ratedParameters({ ...kind.rated, ...rated })
    const parameters = Object.entries(setting.parameters).map(([name, value]): [string, EffectiveValue<number>] => {
      const isChanged = ({ changes }: RuleOverride) => changes.parameters !== undefined && Object.hasOwn(changes.parameters, name)
      const source = sourceOf(own, isChanged, Object.hasOwn(ofRated, name) ? RATED : DEFAULT)
      return [name, { value, usual: before.parameters[name] as number, source }]
    })
    return {
      rule,
      enabled: effective('enabled'),
      priority: effective('priority'),
      onDelay: effective('onDelay'),
      offDelay: effective('offDelay'),
      parameters: Object.fromEntries(parameters),
    }
  })
}

const DEFAULT: SettingSource = { from: 'default', override: null, group: null }
const RATED: SettingSource = { from: 'rated', override: null, group: null }

function sourceOf(
  overrides: readonly RuleOverride[],
  isChanged: (override: RuleOverride) => boolean,
  otherwise: SettingSource,
): SettingSource {
  const last = overrides.findLast(isChanged)
  if (!last) return otherwise
  return { from: last.facility !== null ? 'facility' : last.group !== null ? 'group' : 'kind', override: last.id, group: last.group }
}

/** Lengths of time and counts among the parameters make no sense below nothing; 0 takes some of them out of force. */
const neverNegative = ['limit', 'deadband', 'deadbandShare', 'tolerance', 'period', 'shift', 'settling', 'samples', 'days']
const alwaysPositive = ['window', 'short', 'long']
/** They are looked through bin by bin at each report, or keep a fault from being seen. */
const atMostAWeek = ['period', 'window', 'shift', 'settling', 'short']

/** All that is wrong with changes of a rule, in words. */
export function changeProblems(kind: FacilityKind, ruleKey: string, changes: RuleChanges): string[] {
  const rule = kind.rules.find(({ key }) => key === ruleKey)
  if (!rule) return [`a ${kind.key} has no rule ${ruleKey}; it has ${kind.rules.map(({ key }) => key).join(', ')}`]
  const problems: string[] = []
  const { parameters = {} } = changes
  if (!Object.values({ ...changes, parameters: undefined, ...parameters }).some((value) => value !== undefined))
    problems.push('nothing is changed; give enabled, priority, onDelay, offDelay or parameters, or remove the override')
  for (const field of ['onDelay', 'offDelay'] as const) {
    const delay = changes[field]
    if (delay !== undefined && !(delay >= 0 && delay <= MAX_DELAY))
      problems.push(`${field} is ${delay} ms; give 0 to ${MAX_DELAY} (7 days)`)
  }
  if (changes.priority !== undefined && !priorities.includes(changes.priority))
    problems.push(`priority is ${changes.priority}; give ${priorities.join(', ')}`)
  const names = Object.keys({ ...rule.parameters, ...rule.ratedParameters(kind.rated) })
  for (const [name, value] of Object.entries(parameters)) {
    const problem = names.includes(name)
      ? valueProblem(name, value, rule.ranges[name])
      : `is no parameter of it; ${names.length > 0 ? `there are ${names.join(', ')}` : 'it has none'}`
    if (problem) problems.push(`${name} ${problem}`)
  }
  if (!rule.shelvable) problems.push(...safetyProblems(rule, changes))
  return problems
}

function valueProblem(name: string, value: number, range: readonly [number, number] | undefined): string | undefined {
  if (!Number.isFinite(value)) return `is ${value}; give a number`
  if (range && !(Number.isInteger(value) && value >= range[0] && value <= range[1]))
    return `is ${value}; give a whole number from ${range[0]} to ${range[1]}`
  if (alwaysPositive.includes(name) && value <= 0) return `is ${value}; give a number above 0`
  if (neverNegative.includes(name) && value < 0) return `is ${value}; give a number from 0 up`
  if (atMostAWeek.includes(name) && value > MAX_DELAY) return `is ${value} ms; give at most ${MAX_DELAY} (7 days)`
  return undefined
}

/** GB/T 50493 wants a gas alarm at once; what takes longer by design may keep its own delay, ms. */
const longestSafeDelay = (rule: Rule) => Math.max(rule.onDelay, seconds(2))

function safetyProblems(rule: Rule, { enabled, priority, onDelay }: RuleChanges): string[] {
  const problems: string[] = []
  if (onDelay !== undefined && onDelay > longestSafeDelay(rule))
    problems.push(`it protects lives and waits at most ${longestSafeDelay(rule)} ms`)
  if (enabled === false) problems.push('it protects lives and cannot be switched off')
  if (priority !== undefined && priorities.indexOf(priority) > priorities.indexOf(rule.priority))
    problems.push(`it protects lives and stays at least ${rule.priority}`)
  return problems
}

/** What cannot be in force together for one facility, in words. */
export function settingProblems(kind: FacilityKind, settings: readonly RuleSetting[]): string[] {
  return settings.flatMap(({ enabled, parameters: { low, high, n, m } }, i) => {
    if (!enabled) return []
    const { key } = kind.rules[i] as Rule
    const problems: string[] = []
    if (low !== undefined && high !== undefined && low > high)
      problems.push(`${key} would have its low limit ${low} above its high limit ${high}`)
    if (n !== undefined && m !== undefined && n > m) problems.push(`${key} would ask for ${n} of ${m} reports`)
    return problems
  })
}
