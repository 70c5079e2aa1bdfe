import { minutes } from '../telemetry/duration.ts'
import type { Activation } from './activation.ts'
import { Heap } from './heap.ts'

/** How an alarm that both rule sets give differs under the second. */
export type Shift = 'earlier' | 'later' | 'longer' | 'shorter' | 'other-priority'

/**
 * One alarm that people would see differently. `lost`: no longer, `added`: newly, `moved`: at another time, for another time or as urgent as
 * another. `before` and `after` are what each rule set makes of it; of a lost or added one the other side is there when the alarm is only
 * hidden, such as suppressed by design, and null when the rule does not fire at all.
 */
export interface AlarmChange {
  type: 'added' | 'lost' | 'moved'
  shifts: readonly Shift[]
  before: Activation | null
  after: Activation | null
}

export interface ChangeCounts {
  /** Alarms people see under each rule set. */
  before: number
  after: number
  same: number
  added: number
  lost: number
  earlier: number
  later: number
  longer: number
  shorter: number
  otherPriority: number
}

export interface RuleCounts extends ChangeCounts {
  kind: string
  rule: string
}

export interface AlarmDifference {
  counts: ChangeCounts
  /** Rules that people hear of under either rule set, those with the most added and lost alarms first. */
  byRule: RuleCounts[]
  /** The most telling first: lost, then added, then moved ones by how far; each in order of priority. */
  changes: AlarmChange[]
}

export interface DifferenceOptions {
  /** Alarms that begin before / at or after count for nothing, event time, ms. */
  from: number
  to: number
  /** Two stays of a fault at most this far apart are one, ms. */
  near?: number
}

export const NEAR = minutes(10)
const priorityOrder = { critical: 0, high: 1, medium: 2, low: 3 } as const

/** Compares what two rule sets make of the same history. */
export function compareAlarms(
  before: readonly Activation[],
  after: readonly Activation[],
  { from, to, near = NEAR }: DifferenceOptions,
): AlarmDifference {
  const counts = noCounts()
  const byRule = new Map<string, RuleCounts>()
  const changes: AlarmChange[] = []
  for (const [a, b] of pairs(before, after, near)) {
    const began = Math.max(a?.started ?? Number.NEGATIVE_INFINITY, b?.started ?? Number.NEGATIVE_INFINITY)
    const seen = { before: a !== null && a.toldAt !== null, after: b !== null && b.toldAt !== null }
    if (began < from || began >= to || !(seen.before || seen.after)) continue
    const { kind, rule } = (a ?? b) as Activation
    const ofRule = byRule.get(`${kind}/${rule}`) ?? { kind, rule, ...noCounts() }
    byRule.set(`${kind}/${rule}`, ofRule)
    const change = changeOf(a, b, seen)
    for (const each of [counts, ofRule]) count(each, seen, change)
    if (change) changes.push(change)
  }
  const rules = [...byRule.values()].sort((a, b) => b.added + b.lost - a.added - a.lost || (ruleName(a) < ruleName(b) ? -1 : 1))
  return { counts, byRule: rules, changes: changes.sort(byWeight) }
}

const ruleName = ({ kind, rule }: RuleCounts) => `${kind}/${rule}`

const noCounts = (): ChangeCounts => ({
  before: 0,
  after: 0,
  same: 0,
  added: 0,
  lost: 0,
  earlier: 0,
  later: 0,
  longer: 0,
  shorter: 0,
  otherPriority: 0,
})

function changeOf(before: Activation | null, after: Activation | null, seen: { before: boolean; after: boolean }): AlarmChange | null {
  if (!seen.after) return { type: 'lost', shifts: [], before, after }
  if (!seen.before) return { type: 'added', shifts: [], before, after }
  const [a, b] = [before as Activation, after as Activation]
  const shifts: Shift[] = []
  if (b.started !== a.started) shifts.push(b.started < a.started ? 'earlier' : 'later')
  const [endA, endB] = [a.ended ?? Number.POSITIVE_INFINITY, b.ended ?? Number.POSITIVE_INFINITY]
  if (endA !== endB) shifts.push(endB > endA ? 'longer' : 'shorter')
  if (a.priority !== b.priority) shifts.push('other-priority')
  return shifts.length > 0 ? { type: 'moved', shifts, before, after } : null
}

function count(counts: ChangeCounts, seen: { before: boolean; after: boolean }, change: AlarmChange | null): void {
  if (seen.before) counts.before++
  if (seen.after) counts.after++
  if (!change) counts.same++
  else if (change.type !== 'moved') counts[change.type]++
  else for (const shift of change.shifts) counts[shift === 'other-priority' ? 'otherPriority' : shift]++
}

function byWeight(a: AlarmChange, b: AlarmChange): number {
  const types = ['lost', 'added', 'moved']
  const [one, other] = [a, b].map(({ before, after }) => (before ?? after) as Activation) as [Activation, Activation]
  return (
    types.indexOf(a.type) - types.indexOf(b.type) ||
    priorityOrder[one.priority] - priorityOrder[other.priority] ||
    distance(b) - distance(a) ||
    one.started - other.started ||
    (one.facility < other.facility ? -1 : 1)
  )
}

/** How far an alarm moved, ms. */
export function distance({ before, after }: AlarmChange): number {
  return before && after ? Math.abs(after.started - before.started) : 0
}

/** Matches activations of the same facility and rule one to one: those that overlap longest first, then those nearest to each other. */
function* pairs(
  before: readonly Activation[],
  after: readonly Activation[],
  near: number,
): Generator<[Activation | null, Activation | null]> {
  const others = Map.groupBy(after, ruleOf)
  for (const [key, ofRule] of Map.groupBy(before, ruleOf)) {
    yield* pairsOfRule(ofRule, others.get(key) ?? [], near)
    others.delete(key)
  }
  for (const ofRule of others.values()) for (const each of ofRule) yield [null, each]
}

const ruleOf = ({ facility, rule }: Activation) => `${facility}/${rule}`
const endOf = ({ ended }: Activation) => ended ?? Number.POSITIVE_INFINITY
const byStart = (a: Activation, b: Activation) => a.started - b.started

function* pairsOfRule(
  before: readonly Activation[],
  after: readonly Activation[],
  near: number,
): Generator<[Activation | null, Activation | null]> {
  const [as, bs] = [before.toSorted(byStart), after.toSorted(byStart)]
  const firsts = firstsNear(as, bs, near)
  const taken = new Set<Activation>()
  const matched = new Map<Activation, Activation>()
  // Of each only the nearest that is left, as there may be very many near ones.
  const best = new Heap<Pair>(isNearer)
  const propose = (a: number) => {
    const pair = nearestOf(a, firsts[a] as number, as, bs, near, taken)
    if (pair) best.add(pair)
  }
  for (const a of as.keys()) propose(a)
  for (let pair = best.first; pair; pair = best.first) {
    best.removeFirst()
    const [a, b] = [as[pair.a] as Activation, bs[pair.b] as Activation]
    if (taken.has(b)) propose(pair.a)
    else {
      matched.set(a, b)
      taken.add(b)
    }
  }
  for (const a of as) yield [a, matched.get(a) ?? null]
  for (const b of bs) if (!taken.has(b)) yield [null, b]
}

/** Places of two activations in their lists; `overlap` and `apart` in ms. */
interface Pair {
  a: number
  b: number
  overlap: number
  apart: number
}

/** Of two that last for ever the overlap is infinite, so only the distance of their beginnings tells them apart. */
function isNearer(x: Pair, y: Pair): boolean {
  if (x.overlap !== y.overlap) return x.overlap > y.overlap
  return (x.apart - y.apart || x.a - y.a || x.b - y.b) < 0
}

/** Where in `bs` begins what may be near each of `as`: stays of one list follow each other, so what ended long before one ended long before all later ones. */
function firstsNear(as: readonly Activation[], bs: readonly Activation[], near: number): number[] {
  let first = 0
  return as.map((a) => {
    while (first < bs.length && endOf(bs[first] as Activation) + near < a.started) first++
    return first
  })
}

function nearestOf(
  a: number,
  first: number,
  as: readonly Activation[],
  bs: readonly Activation[],
  near: number,
  taken: ReadonlySet<Activation>,
): Pair | null {
  const one = as[a] as Activation
  let nearest: Pair | null = null
  for (let b = first; b < bs.length && (bs[b] as Activation).started <= endOf(one) + near; b++) {
    const other = bs[b] as Activation
    if (taken.has(other)) continue
    const overlap = Math.min(endOf(one), endOf(other)) - Math.max(one.started, other.started)
    const pair = { a, b, overlap, apart: Math.abs(one.started - other.started) }
    if (!nearest || isNearer(pair, nearest)) nearest = pair
  }
  return nearest
}
