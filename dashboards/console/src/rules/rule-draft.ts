import { facilityModes } from '../../../../src/detection/facility-mode.ts'
import { type Hours, MINUTES_A_DAY } from '../../../../src/detection/hours.ts'
import type { OverrideView } from '../../../../src/edges/http/rule-schemas.ts'
import type { RuleView } from '../../../../src/edges/http/schemas.ts'
import type { Text } from '../../../../src/telemetry/point.ts'
import { sortOf } from '../alarm/parameter-format.ts'
import type { InForce } from './in-force.ts'
import { readMinuteOfDay } from './time-of-day.ts'

export type RuleChanges = OverrideView['changes']
export type TextChanges = NonNullable<RuleChanges['texts']>

export const languages = ['zh', 'en'] as const
/** The texts of a rule that are one sentence. */
export const sentences = ['title', 'cause', 'consequence'] as const

/** How many of a parameter's own unit one unit is that a person types: seconds for ms, percent for shares. */
export function scaleOf(name: string): number {
  const sort = sortOf(name)
  return sort === 'duration' ? 1000 : sort === 'share' ? 0.01 : 1
}

const SECOND = 1000
/** Scaling leaves no trailing digits of binary fractions. */
const clean = (value: number) => Number(value.toPrecision(12))

/** A stored number as it stands in the form. */
export const typedOf = (value: number | undefined, scale: number): string => (value === undefined ? '' : String(clean(value / scale)))

/** Why the form cannot be read. */
export type DraftProblem = 'no-modes' | 'no-times' | 'no-weekdays' | 'steps-differ'
export type Draft = { changes: RuleChanges } | { problem: DraftProblem }

const textIn = (form: FormData, name: string) => String(form.get(name) ?? '').trim()

/**
 * What the form says, in the units of the API; an empty field changes nothing. `known` is what is changed there now: a text that only
 * repeats what is `inForce` is a change when it was one before.
 */
export function readChanges(form: FormData, inForce: InForce, known: RuleChanges | undefined): Draft {
  const problem = problemOf(form, inForce)
  if (problem) return { problem }
  const text = (name: string) => textIn(form, name)
  const given = (name: string, scale: number) => (text(name) === '' ? undefined : clean(Number(text(name)) * scale))
  const changed = Object.keys(inForce.parameters).flatMap((name): [string, number][] => {
    const value = given(`parameter.${name}`, scaleOf(name))
    return value === undefined ? [] : [[name, value]]
  })
  const [onDelay, offDelay] = [given('onDelay', SECOND), given('offDelay', SECOND)]
  const texts = textsIn(form, inForce.texts, known?.texts ?? {})
  return {
    changes: {
      ...(text('enabled') !== '' && { enabled: text('enabled') === 'on' }),
      ...(text('priority') !== '' && { priority: text('priority') as RuleView['priority'] }),
      ...(onDelay !== undefined && { onDelay }),
      ...(offDelay !== undefined && { offDelay }),
      ...(text('modes') !== '' && { modes: text('modes') === 'only' ? modesIn(form) : null }),
      ...(text('hours') !== '' && { hours: text('hours') === 'only' ? hoursIn(form) : null }),
      ...(changed.length > 0 && { parameters: Object.fromEntries(changed) }),
      ...(Object.keys(texts).length > 0 && { texts }),
    },
  }
}

function problemOf(form: FormData, { texts }: InForce): DraftProblem | null {
  if (textIn(form, 'modes') === 'only' && modesIn(form).length === 0) return 'no-modes'
  if (textIn(form, 'hours') === 'only') {
    const { from, until, weekdays } = hoursIn(form)
    if (Number.isNaN(from) || Number.isNaN(until)) return 'no-times'
    if (weekdays.length === 0) return 'no-weekdays'
  }
  const [zh, en] = stepsIn(form, texts.response)
  return zh.length === en.length ? null : 'steps-differ'
}

const modesIn = (form: FormData) => facilityModes.filter((mode) => form.getAll('mode').includes(mode))

/** A time that is missing or cannot be read is NaN. */
function hoursIn(form: FormData): Hours & { weekdays: number[] } {
  const [from = Number.NaN, until = Number.NaN] = [readMinuteOfDay(textIn(form, 'from')), readMinuteOfDay(textIn(form, 'until'))]
  // A day begins at 00:00 and ends at 24:00.
  return { from: from % MINUTES_A_DAY, until: until === 0 ? MINUTES_A_DAY : until, weekdays: form.getAll('weekday').map(Number) }
}

/** Steps in both languages, one a line; of a language that is left empty they stay. */
function stepsIn(form: FormData, inForce: readonly Text[]): [zh: string[], en: string[]] {
  const typed = languages.map((language) =>
    textIn(form, `response.${language}`)
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
  )
  const isGiven = typed.some((lines) => lines.length > 0)
  const [zh = [], en = []] = languages.map((language, i) =>
    isGiven && typed[i]?.length === 0 ? inForce.map((step) => step[language]) : (typed[i] ?? []),
  )
  return [zh, en]
}

function textsIn(form: FormData, inForce: InForce['texts'], known: TextChanges): TextChanges {
  const texts: TextChanges = {}
  for (const name of sentences) {
    const [zh, en] = languages.map((language) => textIn(form, `${name}.${language}`))
    if (!zh && !en) continue
    const given = { zh: zh || inForce[name].zh, en: en || inForce[name].en }
    if (known[name] || !isSame(given, inForce[name])) texts[name] = given
  }
  const [zh, en] = stepsIn(form, inForce.response)
  const steps = zh.map((step, i) => ({ zh: step, en: en[i] as string }))
  const repeats = steps.length === inForce.response.length && steps.every((step, i) => isSame(step, inForce.response[i] as Text))
  if (steps.length > 0 && (known.response || !repeats)) texts.response = steps
  const timeToAct = textIn(form, 'timeToAct')
  if (timeToAct !== '' && (known.timeToAct !== undefined || Number(timeToAct) !== inForce.timeToAct)) texts.timeToAct = Number(timeToAct)
  return texts
}

const isSame = (a: Text, b: Text) => a.zh === b.zh && a.en === b.en
