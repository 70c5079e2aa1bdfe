import type { RuleTexts } from '../detection/rule.ts'
import { type Text, text } from '../telemetry/point.ts'

/** A text as a kind's files write it. */
export type Both = readonly [en: string, zh: string]

export const both = ([en, zh]: Both): Text => text(en, zh)

/** The texts of a rule; `timeToAct` in minutes, `response` in the order of the steps. */
export function advise(title: Both, timeToAct: number, cause: Both, consequence: Both, ...response: Both[]): RuleTexts {
  return { title: both(title), timeToAct, cause: both(cause), consequence: both(consequence), response: response.map(both) }
}

/** The last step of an alarm that latches because lives hang on it: two people reset it once it is safe. */
export const resetByTwo = (after: string, afterZh: string): Both => [
  `Reset only by two people, after ${after}.`,
  `${afterZh}后由两人复位。`,
]

/** A record with one entry per item, keyed `{before}{item}{after}`; the keys stay literal types, so that naming a wrong one does not compile. */
export function perItem<const B extends string, const I extends string | number, const A extends string, V>(
  before: B,
  items: readonly I[],
  after: A,
  make: (item: I) => V,
): Record<`${B}${I}${A}`, V> {
  return Object.fromEntries(items.map((item) => [`${before}${item}${after}`, make(item)])) as Record<`${B}${I}${A}`, V>
}

/** The records made for each item as one. */
export const inEach = <I, K extends string, V>(items: readonly I[], make: (item: I) => Record<K, V>): Record<K, V> =>
  Object.assign({}, ...items.map(make))

export const phases = ['a', 'b', 'c'] as const
export type Phase = (typeof phases)[number]
