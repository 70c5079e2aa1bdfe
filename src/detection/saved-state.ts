import { longestKept } from './fork.ts'
import { Detection, isActive } from './state.ts'
import { SINGLES } from './state-layout.ts'

/** The numbers of a state, whose meaning is named by the layout, and behind them what few facilities have. */
export function saveDetection(state: Detection): Uint8Array {
  return new Uint8Array(numbersOf(state).buffer)
}

function numbersOf(state: Detection): Float64Array<ArrayBuffer> {
  const { values, layout } = state
  const rare = rareOf(state)
  const numbers = new Float64Array(layout.size + rare.length)
  numbers.set(values)
  numbers.set(rare, layout.size)
  return numbers
}

/**
 * Each part with its length before it: impossible latest values (point, value); the step of the clock that is suspected; rules that came
 * lately (rule, last, since, delay, number of times, times); what was known before a gap (its end, number of rules that became active
 * within it, rule and time of each, a state like this one); 1 while `isResumed`; until when a gap is waited for.
 */
function rareOf({ bad, step, restless, fork, isResumed }: Detection): number[] {
  if (!bad && !step && !restless && !fork && !isResumed) return []
  const parts = [
    [...(bad ?? [])].flat(),
    step ? [step.reports, step.first, step.last, step.offset] : [],
    [...(restless ?? [])].flatMap(([rule, { last, since, delay, times }]) => [rule, last, since, delay, times.length, ...times]),
    fork ? [fork.until, fork.past.opened?.size ?? 0, ...[...(fork.past.opened ?? [])].flat(), ...numbersOf(fork.past)] : [],
    isResumed ? [1] : [],
    fork ? [fork.keptUntil] : [],
  ]
  return parts.flatMap((part) => [part.length, ...part])
}

/** Puts what `saveDetection` wrote under the layout `name`, maybe by another version, into a new state: points and rules are found by name. */
export function loadDetection(state: Detection, bytes: Uint8Array, name: string): Detection {
  return loadNumbers(state, new Float64Array(bytes.slice().buffer), name)
}

function loadNumbers(state: Detection, numbers: Float64Array, name: string): Detection {
  const { layout } = state
  if (name === layout.name) {
    state.values.set(numbers.subarray(0, layout.size))
    takeRare(state, numbers.subarray(layout.size), { point: (saved) => saved, rule: (saved) => saved }, name)
  } else translate(state, numbers, name)
  state.activeCount = 0
  for (let i = 0; i < layout.rules; i++) if (isActive(state, i)) state.activeCount++
  return state
}

/** Places of points and rules in a saved state, as they are now; undefined for what is no more. */
interface Places {
  point: (saved: number) => number | undefined
  rule: (saved: number) => number | undefined
}

function takeRare(state: Detection, rare: Float64Array, places: Places, name: string): void {
  const parts: Float64Array[] = []
  for (let at = 0; at < rare.length; at += 1 + (rare[at] as number)) parts.push(rare.subarray(at + 1, at + 1 + (rare[at] as number)))
  const [bad, step, restless, fork, resumed, kept] = parts
  if (bad) takeBad(state, bad, places.point)
  if (step && step.length > 0) {
    const [reports, first, last, offset] = step as unknown as [number, number, number, number]
    state.step = { reports, first, last, offset }
  }
  if (restless) takeRestless(state, restless, places)
  if (fork && fork.length > 0) takeFork(state, fork, kept?.[0], places, name)
  state.isResumed = resumed?.[0] === 1
}

function takeRestless(state: Detection, saved: Float64Array, { rule }: Places): void {
  for (let at = 0; at < saved.length; ) {
    const [place, last, since, delay, count] = saved.subarray(at) as unknown as [number, number, number, number, number]
    const index = rule(place)
    const times = [...saved.subarray(at + 5, at + 5 + count)]
    at += 5 + count
    if (index === undefined) continue
    state.restless ??= new Map()
    state.restless.set(index, { times, last, since, delay })
  }
}

function takeFork(state: Detection, saved: Float64Array, keptUntil: number | undefined, { rule }: Places, name: string): void {
  const [until, count] = saved as unknown as [number, number]
  const past = loadNumbers(new Detection(state.facility, state.surroundings), saved.slice(2 + 2 * count), name)
  past.opened = new Map()
  for (let i = 2; i < 2 + 2 * count; i += 2) {
    const index = rule(saved[i] as number)
    if (index !== undefined) past.opened.set(index, saved[i + 1] as number)
  }
  // Another version waited as long as possible.
  state.fork = { past, until, keptUntil: keptUntil ?? longestKept(until) }
}

function takeBad(state: Detection, pairs: Float64Array, pointOf: (saved: number) => number | undefined): void {
  for (let i = 0; i < pairs.length; i += 2) {
    const point = pointOf(pairs[i] as number)
    if (point === undefined) continue
    state.bad ??= new Map()
    state.bad.set(point, pairs[i + 1] as number)
  }
}

/** How many of today's single numbers the versions had: the first ones. */
const SINGLES_OF: Readonly<Record<string, number>> = { 2: 4, 3: 11, 4: SINGLES }

function translate(state: Detection, numbers: Float64Array, name: string): void {
  const { layout, facility, values } = state
  const [version, kind, points = '', rules = '', circuits = '0'] = name.split('|')
  const singles = SINGLES_OF[version as string]
  if (singles === undefined || kind !== facility.kind.key) return
  const pointKeys = points.split(',')
  const ruleKeys = rules.split(',').map((entry) => entry.split('/') as [string, string])
  const pointOf = (saved: number) => facility.kind.table.index.get(pointKeys[saved] ?? '')
  const ruleOf = (saved: number) => {
    const index = facility.kind.rules.findIndex(({ key }) => key === ruleKeys[saved]?.[0])
    return index < 0 ? undefined : index
  }
  for (let i = 0; i < pointKeys.length; i++) {
    const point = pointOf(i)
    if (point === undefined) continue
    values[point] = numbers[i] as number
    state.times[point] = numbers[pointKeys.length + i] as number
  }
  const header = 2 * pointKeys.length
  values.set(numbers.subarray(header, header + singles), layout.header)
  if (version === '2') completeHeader(state)
  const trueFrom = header + singles
  const falseFrom = trueFrom + ruleKeys.length
  let memoryAt = falseFrom + ruleKeys.length
  for (const [i, [, slots]] of ruleKeys.entries()) {
    const memory = numbers.subarray(memoryAt, memoryAt + Number(slots))
    memoryAt += memory.length
    const index = ruleOf(i)
    if (index === undefined) continue
    values[layout.trueFrom + index] = numbers[trueFrom + i] as number
    values[layout.falseFrom + index] = numbers[falseFrom + i] as number
    if (memory.length === facility.kind.rules[index]?.slots) values.set(memory, layout.memories[index])
  }
  const known = facility.kind.circuits?.length ?? 0
  values.set(numbers.subarray(memoryAt, memoryAt + Math.min(known, Number(circuits))), layout.circuits)
  const rare = numbers.subarray(memoryAt + Number(circuits))
  if (version === '2') takeBad(state, rare, pointOf)
  else takeRare(state, rare, { point: pointOf, rule: ruleOf }, name)
}

/** Version 2 told nothing later than it had judged, and kept the time it had let pass as the time judged. */
function completeHeader(state: Detection): void {
  state.lastHeard = state.lastReport
  state.reportingSince = state.lastReport
  state.toldUntil = state.clock
  state.silenceToldUntil = state.clock
  if (!Number.isNaN(state.lastReport)) state.clock = Math.min(state.clock, state.lastReport)
}
