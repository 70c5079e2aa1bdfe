import type { FacilityMode } from '../detection/facility-mode.ts'
import type { Hours } from '../detection/hours.ts'
import type { Priority, Rule, RuleParameters, RuleSetting, RuleTexts } from '../detection/rule.ts'
import { defaultSettings } from '../detection/settings.ts'
import type { FacilityKind } from './facility-kind.ts'
import { applyRaises, type PriorityRaise, strongestRaise } from './priority-raise.ts'
import { safePart } from './rule-safety.ts'

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
  /** The newest version of the rule there, which this change made; null while it is only proposed. */
  readonly version: number | null
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

/** In the order of precedence, the strongest last. */
export const settingSources = ['default', 'rated', 'kind', 'group', 'facility', 'plan'] as const

/** Where a value in force comes from: the override that says so, the group it was made for, the activation of the emergency plan. */
export interface SettingSource {
  readonly from: (typeof settingSources)[number]
  readonly override: number | null
  readonly group: string | null
  readonly activation: number | null
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
  readonly version: string
  readonly enabled: EffectiveValue<boolean>
  readonly priority: EffectiveValue<Priority>
  readonly onDelay: EffectiveValue<number>
  readonly offDelay: EffectiveValue<number>
  readonly modes: EffectiveValue<RuleSetting['modes']>
  readonly hours: EffectiveValue<Hours | null>
  readonly parameters: Readonly<Record<string, EffectiveValue<number>>>
  readonly texts: { readonly [K in keyof RuleTexts]: EffectiveValue<RuleTexts[K]> }
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
    if (own.length === 0) return setting
    const safe = ({ changes }: RuleOverride) => (rule.shelvable ? changes : safePart(kind, rule, changes, rated))
    const changed = own.reduce((before, override) => applyChanges(before, safe(override)), setting)
    return { ...changed, version: `${setting.version}+${newestVersion(own)}` }
  })
}

const newestVersion = (overrides: readonly RuleOverride[]) =>
  overrides.some(({ version }) => version === null) ? 'proposed' : Math.max(...overrides.map(({ version }) => version as number))

/** An override may have been made for another version of the program: what is no parameter now has no effect. */
function applyChanges(setting: RuleSetting, changes: RuleChanges): RuleSetting {
  const { parameters: changed, texts: said, ...fields } = changes
  const parameters = { ...setting.parameters, ...known(setting.parameters, changed) }
  const texts = said ? { ...setting.texts, ...said } : setting.texts
  return { ...setting, ...fields, parameters, texts }
}

function known(parameters: RuleParameters, changes: RuleParameters | undefined): RuleParameters {
  return Object.fromEntries(Object.entries(changes ?? {}).filter(([name]) => Object.hasOwn(parameters, name)))
}

/** The same as `applyOverrides`, with where each value comes from. */
export function effectiveSettings(
  kind: FacilityKind,
  rated: Readonly<Record<string, number>>,
  overrides: readonly RuleOverride[],
  raises: readonly PriorityRaise[] = [],
): EffectiveRule[] {
  const unraised = applyOverrides(kind, rated, overrides)
  const settings = applyRaises(unraised, kind, raises)
  const usual = defaultSettings(kind, rated)
  return kind.rules.map((rule, i) => {
    const own = overrides.filter((override) => override.rule === rule.key)
    const [setting, before] = [settings[i] as RuleSetting, usual[i] as RuleSetting]
    const effective = <K extends 'enabled' | 'priority' | 'onDelay' | 'offDelay' | 'modes' | 'hours'>(
      field: K,
    ): EffectiveValue<RuleSetting[K]> => ({
      value: setting[field],
      usual: before[field],
      source: sourceOf(own, ({ changes }) => changes[field] !== undefined, DEFAULT),
    })
    const raised = (priority: EffectiveValue<Priority>): EffectiveValue<Priority> => {
      const raise = strongestRaise(raises, kind.key, rule, (unraised[i] as RuleSetting).priority)
      return raise ? { ...priority, source: { ...DEFAULT, from: 'plan', activation: raise.activation } } : priority
    }
    const said = <K extends keyof RuleTexts>(field: K): EffectiveValue<RuleTexts[K]> => ({
      value: setting.texts[field],
      usual: before.texts[field],
      source: sourceOf(own, ({ changes }) => changes.texts?.[field] !== undefined, DEFAULT),
    })
    const ofRated = rule.ratedParameters({ ...kind.rated, ...rated })
    const parameters = Object.entries(setting.parameters).map(([name, value]): [string, EffectiveValue<number>] => {
      const isChanged = ({ changes }: RuleOverride) => changes.parameters !== undefined && Object.hasOwn(changes.parameters, name)
      const source = sourceOf(own, isChanged, Object.hasOwn(ofRated, name) ? RATED : DEFAULT)
      return [name, { value, usual: before.parameters[name] as number, source }]
    })
    return {
      rule,
      version: setting.version,
      enabled: effective('enabled'),
      priority: raised(effective('priority')),
      onDelay: effective('onDelay'),
      offDelay: effective('offDelay'),
      modes: effective('modes'),
      hours: effective('hours'),
      parameters: Object.fromEntries(parameters),
      texts: {
        title: said('title'),
        timeToAct: said('timeToAct'),
        response: said('response'),
        cause: said('cause'),
        consequence: said('consequence'),
      },
    }
  })
}

const DEFAULT: SettingSource = { from: 'default', override: null, group: null, activation: null }
const RATED: SettingSource = { ...DEFAULT, from: 'rated' }

function sourceOf(
  overrides: readonly RuleOverride[],
  isChanged: (override: RuleOverride) => boolean,
  otherwise: SettingSource,
): SettingSource {
  const last = overrides.findLast(isChanged)
  if (!last) return otherwise
  const from = last.facility !== null ? 'facility' : last.group !== null ? 'group' : 'kind'
  return { ...DEFAULT, from, override: last.id, group: last.group }
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
