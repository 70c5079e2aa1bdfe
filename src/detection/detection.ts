import { createLatest, type Latest } from '../telemetry/latest.ts'
import type { PointTable } from '../telemetry/point.ts'
import type { ReportingFacility } from '../telemetry/report.ts'
import type { FacilityView, Rule } from './rule.ts'

/** A facility as detection needs it. */
export interface DetectedFacility extends ReportingFacility {
  readonly rated: Readonly<Record<string, number>>
  readonly kind: {
    readonly key: string
    readonly table: PointTable
    readonly rules: readonly Rule[]
    readonly rated: Readonly<Record<string, number>>
  }
}

/** A rule became active or normal, at an event time of the facility's own clock, ms. */
export interface ConditionChange {
  facility: DetectedFacility
  rule: Rule
  active: boolean
  at: number
}

export type Emit = (change: ConditionChange) => void

/** Per rule: whether its alarm condition is on, since when the fault is (or will be) there, since when it is gone. */
const ACTIVE = 0
const TRUE_FROM = 1
const FALSE_FROM = 2
const PER_RULE = 3

/** Everything detection remembers of one facility. Steps change it in place and read no clock. */
export interface Detection extends FacilityView {
  facility: DetectedFacility
  readonly latest: Latest
  lastReport: number
  /** When the latest report came in, by our clock; moved up after a restart, so that downtime is not silence. */
  lastReceived: number
  /** Nothing was heard of it since the program last began to listen. */
  isResumed: boolean
  /** Facility time up to which delays and silence have been judged. */
  clock: number
  rated: Readonly<Record<string, number>>
  offlineSince: number
  badPoints: number
  readonly conditions: Float64Array
  readonly memories: readonly Float64Array[]
}

const NO_MEMORY = new Float64Array(0)

export function createDetection(facility: DetectedFacility): Detection {
  const { rules, table } = facility.kind
  const latest = createLatest(table.keys.length)
  const conditions = new Float64Array(rules.length * PER_RULE)
  for (let rule = 0; rule < rules.length; rule++) {
    conditions[rule * PER_RULE + TRUE_FROM] = Number.POSITIVE_INFINITY
    conditions[rule * PER_RULE + FALSE_FROM] = Number.NEGATIVE_INFINITY
  }
  return {
    facility,
    latest,
    values: latest.values,
    times: latest.times,
    lastReport: Number.NaN,
    lastReceived: Number.NaN,
    isResumed: false,
    clock: Number.NEGATIVE_INFINITY,
    rated: { ...facility.kind.rated, ...facility.rated },
    offlineSince: Number.NaN,
    badPoints: 0,
    conditions,
    memories: rules.map((rule) => (rule.slots > 0 ? new Float64Array(rule.slots).fill(Number.NaN) : NO_MEMORY)),
  }
}

/** Takes note of an admitted report with something new in it and judges all rules at its time. */
export function observe(state: Detection, at: number, received: number, emit: Emit): void {
  const now = Math.max(at, state.clock)
  // After a pause only the time in which we listened counts as silence.
  const heardUntil = state.isResumed ? Math.min(at, facilityTime(state, received)) : at
  if (at > state.clock) settle(state, at, false, emit, heardUntil)
  state.isResumed = false
  // The first report after an offline will proves the link, whatever became of the greeting.
  state.offlineSince = Number.NaN
  if (!(at <= state.lastReport)) {
    state.lastReport = at
    state.lastReceived = received
  }
  state.badPoints = state.latest.badPoints
  judge(state, now, emit)
}

/** Takes note of what a will or greeting said. */
export function observeLink(state: Detection, online: boolean, received: number, emit: Emit): void {
  if (Number.isNaN(state.lastReport) || Number.isNaN(state.offlineSince) === online) return
  const now = facilityTime(state, received)
  settle(state, now, true, emit)
  state.offlineSince = online ? Number.NaN : now
  judge(state, Math.max(now, state.clock), emit)
}

function judge(state: Detection, at: number, emit: Emit): void {
  state.clock = at
  const { conditions } = state
  const { rules } = state.facility.kind
  for (let i = 0; i < rules.length; i++) {
    const base = i * PER_RULE
    const rule = rules[i] as Rule
    const wasTrue = (conditions[base + TRUE_FROM] as number) <= at
    const trueFrom = rule.judge(state, at, wasTrue, state.memories[i] as Float64Array)
    if (trueFrom <= at) {
      if (!wasTrue) conditions[base + TRUE_FROM] = trueFrom
      conditions[base + FALSE_FROM] = Number.POSITIVE_INFINITY
    } else if (trueFrom > at) {
      if (wasTrue) conditions[base + FALSE_FROM] = at
      conditions[base + TRUE_FROM] = trueFrom
    }
    if (conditions[base + ACTIVE] === 1 || trueFrom <= at || (conditions[base + TRUE_FROM] as number) <= at)
      settleRule(state, i, at, true, emit)
  }
}

/** Lets delays run to facility time `until`, those of silence to `heardUntil`; a condition is as long as the last report left it. */
export function settle(state: Detection, until: number, inclusive: boolean, emit: Emit, heardUntil = until): void {
  if (until < state.clock) return
  const { rules } = state.facility.kind
  for (let i = 0; i < rules.length; i++) {
    const { type } = rules[i] as Rule
    settleRule(state, i, type === 'silence' || type === 'loss' ? heardUntil : until, inclusive, emit)
  }
  state.clock = until
}

function settleRule(state: Detection, index: number, until: number, inclusive: boolean, emit: Emit): void {
  const { conditions, facility } = state
  const base = index * PER_RULE
  const rule = facility.kind.rules[index] as Rule
  const passed = (due: number) => due < until || (inclusive && due === until)
  if (conditions[base + ACTIVE] === 1) {
    const due = (conditions[base + FALSE_FROM] as number) + rule.offDelay
    const back = conditions[base + TRUE_FROM] as number
    if (back <= due && passed(back)) conditions[base + FALSE_FROM] = Number.POSITIVE_INFINITY
    else if (passed(due)) {
      conditions[base + ACTIVE] = 0
      emit({ facility, rule, active: false, at: due })
    }
  }
  if (conditions[base + ACTIVE] === 0) {
    const due = (conditions[base + TRUE_FROM] as number) + rule.onDelay
    if (passed(due)) {
      conditions[base + ACTIVE] = 1
      conditions[base + FALSE_FROM] = Number.POSITIVE_INFINITY
      emit({ facility, rule, active: true, at: due })
    }
  }
}

/** The facility's own time when our clock shows `now`: its last report's time plus what has passed since it came in. */
export function facilityTime(state: Detection, now: number): number {
  return state.lastReport + (now - state.lastReceived)
}

/** Our time at which the next delay or silence runs out, Infinity when nothing is pending. */
export function nextDue(state: Detection): number {
  const { conditions } = state
  let due = Number.POSITIVE_INFINITY
  for (let i = 0; i < state.facility.kind.rules.length; i++) {
    const base = i * PER_RULE
    const rule = state.facility.kind.rules[i] as Rule
    const candidate =
      conditions[base + ACTIVE] === 0
        ? (conditions[base + TRUE_FROM] as number) + rule.onDelay
        : Math.min((conditions[base + FALSE_FROM] as number) + rule.offDelay, pendingBack(conditions, base))
    if (candidate < due) due = candidate
  }
  return state.lastReceived + (due - state.lastReport)
}

function pendingBack(conditions: Float64Array, base: number): number {
  return conditions[base + FALSE_FROM] === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : (conditions[base + TRUE_FROM] as number)
}

export function isActive(state: Detection, rule: number): boolean {
  return state.conditions[rule * PER_RULE + ACTIVE] === 1
}

/** Makes the first judgement of a rule start from an alarm that is known to be active since `since`. */
export function assumeActive(state: Detection, rule: number, since: number): void {
  state.conditions.set([1, since, Number.POSITIVE_INFINITY], rule * PER_RULE)
}

/** Names the meaning of each number of a saved state. */
export function detectionLayout(kind: DetectedFacility['kind']): string {
  const rules = kind.rules.map((rule) => `${rule.key}/${rule.slots}`)
  return `1|${kind.key}|${kind.table.keys.join(',')}|${rules.join(',')}`
}

const HEADER = 5

export function saveDetection(state: Detection): Uint8Array {
  const parts = [state.latest.values, state.latest.times, state.latest.bad, state.conditions, ...state.memories]
  const numbers = new Float64Array(HEADER + parts.reduce((sum, part) => sum + part.length, 0))
  numbers.set([state.lastReport, state.lastReceived, state.clock, state.offlineSince])
  let offset = HEADER
  for (const part of parts) {
    numbers.set(part, offset)
    offset += part.length
  }
  return new Uint8Array(numbers.buffer)
}

/** Reads what `saveDetection` wrote in `layout`, maybe by another version: points and rules are found by name, what is new starts anew. */
export function loadDetection(facility: DetectedFacility, bytes: Uint8Array, layout: string): Detection {
  const state = createDetection(facility)
  const [version, kind, points = '', rules = ''] = layout.split('|')
  if (version !== '1' || kind !== facility.kind.key) return state
  const numbers = new Float64Array(bytes.slice().buffer)
  const pointKeys = points.split(',')
  const ruleKeys = rules.split(',').map((entry) => entry.split('/') as [string, string])
  state.lastReport = numbers[0] as number
  state.lastReceived = numbers[1] as number
  state.clock = numbers[2] as number
  state.offlineSince = numbers[3] as number
  const { values, times, bad } = state.latest
  for (const [i, column] of [values, times, bad].entries()) {
    for (const [j, key] of pointKeys.entries()) {
      const point = facility.kind.table.index.get(key)
      if (point !== undefined) column[point] = numbers[HEADER + i * pointKeys.length + j] as number
    }
  }
  state.latest.badPoints = bad.reduce((count, value) => (Number.isNaN(value) ? count : count + 1), 0)
  state.badPoints = state.latest.badPoints
  const conditionsAt = HEADER + 3 * pointKeys.length
  let memoryAt = conditionsAt + ruleKeys.length * PER_RULE
  for (const [i, [key, slots]] of ruleKeys.entries()) {
    const index = facility.kind.rules.findIndex((rule) => rule.key === key)
    const memory = numbers.subarray(memoryAt, memoryAt + Number(slots))
    memoryAt += memory.length
    if (index < 0) continue
    state.conditions.set(numbers.subarray(conditionsAt + i * PER_RULE, conditionsAt + (i + 1) * PER_RULE), index * PER_RULE)
    if (memory.length === state.memories[index]?.length) state.memories[index].set(memory)
  }
  return state
}
