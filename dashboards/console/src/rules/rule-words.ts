import { findRule as ruleOfKey } from '../../../../src/detection/rule-key.ts'
import type { KindView, PointView, RuleView } from '../../../../src/edges/http/schemas.ts'
import { formatParameter } from '../alarm/parameter-format.ts'
import { formatDuration, formatMinutes } from '../format.ts'
import { kinds } from '../live/live.ts'
import { language, say, t } from '../settings.ts'
import { a } from '../texts/alarm.ts'
import { p } from '../texts/plant.ts'
import { type InForce, usualOf } from './in-force.ts'
import { type Draft, languages, type RuleChanges, sentences } from './rule-draft.ts'
import { endsNextDay, formatMinuteOfDay, runsOf, weekdays } from './time-of-day.ts'

/** Where a change of a rule holds. */
interface Place {
  kind: string
  group: string | null
  facility: string | null
}

export function scopeWords({ kind, group, facility }: Place): string {
  if (facility !== null) return p().forFacility(facility)
  const title = kinds.value.get(kind)?.title
  const words = title ? say(title) : kind
  return group === null ? p().forKind(words) : p().forGroup(words, group)
}

export interface KnownRule {
  kind: KindView
  rule: RuleView
}

/** Null for a rule that another version of the program had. */
export function findRule(kindKey: string, ruleKey: string): KnownRule | null {
  const kind = kinds.value.get(kindKey)
  const rule = kind && ruleOfKey(kind.rules, ruleKey)
  return kind && rule ? { kind, rule } : null
}

/** The point whose unit the rule's limits have. */
export const pointOf = ({ kind, rule }: KnownRule): PointView | undefined => kind.points.find(({ key }) => key === rule.points[0])

export const modesWords = (modes: InForce['modes']): string =>
  modes === null ? p().everyMode : modes.map((mode) => t().modes[mode]).join(p().comma)

export function hoursWords(hours: InForce['hours']): string {
  if (hours === null) return p().always
  const { from, until } = hours
  const times = p().fromUntil(formatMinuteOfDay(from), formatMinuteOfDay(until), endsNextDay(hours))
  return p().onDays(times, weekdaysWords(hours.weekdays))
}

function weekdaysWords(days: readonly number[]): string {
  if (days.length === weekdays.length) return p().everyDay
  const name = (day: number) => p().weekdays[day - 1] ?? `${day}`
  const words = ([first, last]: [number, number]) =>
    last - first > 1 ? p().toDay(name(first), name(last)) : [...new Set([first, last])].map(name).join(p().comma)
  return runsOf(days).map(words).join(p().comma)
}

const isLimit = (name: string) => name === 'high' || name === 'low'

/** The limit is what an engineer looks for. */
export const limitsFirst = <T>(parameters: readonly (readonly [name: string, value: T])[]) =>
  parameters.toSorted(([a], [b]) => Number(isLimit(b)) - Number(isLimit(a)))

export const stepsWords = (steps: readonly string[]): string => steps.map((step, i) => `${i + 1}. ${step}`).join('\n')

/** One thing that is changed of a rule, in words; texts are one of each language. */
interface Field {
  key: string
  name: string
  value: string
}

/** What changes say, in the order of the form. */
export function fieldsOf(changes: RuleChanges, point: PointView | undefined): Field[] {
  const { enabled, priority, onDelay, offDelay, modes, hours, parameters = {}, texts = {} } = changes
  const fields: (Field | false)[] = [
    ...limitsFirst(Object.entries(parameters)).map(([name, value]) => ({
      key: `parameter.${name}`,
      name: a().parameters[name] ?? name,
      value: formatParameter(name, value, point),
    })),
    onDelay !== undefined && { key: 'onDelay', name: p().effectiveColumns[3] ?? '', value: formatDuration(onDelay) },
    offDelay !== undefined && { key: 'offDelay', name: p().effectiveColumns[4] ?? '', value: formatDuration(offDelay) },
    priority !== undefined && { key: 'priority', name: p().priority, value: t().priorities[priority] },
    enabled !== undefined && { key: 'enabled', name: p().enabled, value: enabled ? t().yes : t().no },
    modes !== undefined && { key: 'modes', name: p().inModes, value: modesWords(modes) },
    hours !== undefined && { key: 'hours', name: p().inHours, value: hoursWords(hours) },
    ...sentences.flatMap((name) => {
      const text = texts[name]
      return text ? languages.map((spoken) => inLanguage(name, spoken, text[spoken])) : []
    }),
    ...(texts.response
      ? languages.map((spoken) => inLanguage('response', spoken, stepsWords(texts.response?.map((step) => step[spoken]) ?? [])))
      : []),
    texts.timeToAct !== undefined && { key: 'timeToAct', name: t().timeToAct, value: formatMinutes(texts.timeToAct) },
  ]
  return fields.filter((field) => field !== false)
}

export const textName = (name: (typeof sentences)[number] | 'response'): string => (name === 'title' ? p().faultTitle : t()[name])

const inLanguage = (name: (typeof sentences)[number] | 'response', spoken: (typeof languages)[number], value: string): Field => ({
  key: `${name}.${spoken}`,
  name: p().inLanguage[spoken](textName(name)),
  value,
})

/** What differs between two states of the changes made at one place, in words; null where nothing is changed there. */
export interface Difference {
  key: string
  name: string
  before: string | null
  after: string | null
  /** What is there instead of null; null when nobody knows, as it follows from the rated values of a facility. */
  otherwise: string | null
  /** The same in the other language stands beside it. */
  isRepeated: boolean
}

/** `otherwise` is what is in force where nothing is changed: by default what the kind has. */
export function differences(
  before: RuleChanges | null,
  after: RuleChanges | null,
  known: KnownRule | null,
  otherwise?: InForce,
): Difference[] {
  const point = known ? pointOf(known) : undefined
  const [old, now] = [fieldsOf(before ?? {}, point), fieldsOf(after ?? {}, point)]
  const fallback = otherwise ?? (known && { ...usualOf(known.rule), parameters: known.rule.parameters })
  const rest = fallback ? fieldsOf(asChanges(fallback), point) : []
  const valueIn = (fields: readonly Field[], key: string) => fields.find((field) => field.key === key)?.value ?? null
  const found = [...now, ...old.filter(({ key }) => valueIn(now, key) === null)]
    .map(({ key, name }) => ({ key, name, before: valueIn(old, key), after: valueIn(now, key), otherwise: valueIn(rest, key) }))
    .filter((one) => one.before !== one.after)
  return found.map((one) => ({ ...one, isRepeated: isOfOtherLanguage(one.key) && found.some(({ key }) => key === inOwnLanguage(one.key)) }))
}

const isOfOtherLanguage = (key: string) => languages.some((spoken) => spoken !== language.value && key.endsWith(`.${spoken}`))
const inOwnLanguage = (key: string) => key.replace(/[^.]+$/, language.value)

/** As if somebody had changed everything to that. */
const asChanges = ({ texts: { title, cause, consequence, response, timeToAct }, ...rest }: InForce): RuleChanges => ({
  ...rest,
  texts: { title, cause, consequence, response: [...response], timeToAct },
})

/** Why a draft cannot be saved or tried out; '' when it can. */
export function draftWords(draft: Draft): string {
  if ('problem' in draft) return p().draftProblems[draft.problem]
  return Object.keys(draft.changes).length === 0 ? p().nothingChanged : ''
}
