import { type Detection, isActive } from './state.ts'
import { SINGLES } from './state-layout.ts'

/**
 * The numbers of a state, whose meaning is named by the layout, and behind them what few facilities have: number of impossible latest
 * values and point and value of each; then the step of the clock that is suspected, if any.
 */
export function saveDetection({ values, bad, step, layout }: Detection): Uint8Array {
  const rare: number[] = []
  if (bad || step) rare.push(bad?.size ?? 0)
  for (const pair of bad ?? []) rare.push(...pair)
  if (step) rare.push(step.reports, step.first, step.last, step.offset)
  const numbers = new Float64Array(layout.size + rare.length)
  numbers.set(values)
  numbers.set(rare, layout.size)
  return new Uint8Array(numbers.buffer)
}

/** Puts what `saveDetection` wrote under the layout `name`, maybe by another version, into a new state: points and rules are found by name. */
export function loadDetection(state: Detection, bytes: Uint8Array, name: string): Detection {
  const numbers = new Float64Array(bytes.slice().buffer)
  const { layout } = state
  if (name === layout.name) {
    state.values.set(numbers.subarray(0, layout.size))
    takeRare(state, numbers.subarray(layout.size), (point) => point)
  } else translate(state, numbers, name)
  state.activeCount = 0
  for (let i = 0; i < layout.rules; i++) if (isActive(state, i)) state.activeCount++
  return state
}

function takeRare(state: Detection, rare: Float64Array, pointOf: (saved: number) => number | undefined): void {
  const [count = 0] = rare
  takeBad(state, rare.subarray(1, 1 + 2 * count), pointOf)
  const [reports, first, last, offset] = rare.subarray(1 + 2 * count)
  if (offset !== undefined) state.step = { reports: reports as number, first: first as number, last: last as number, offset }
}

function takeBad(state: Detection, pairs: Float64Array, pointOf: (saved: number) => number | undefined): void {
  for (let i = 0; i < pairs.length; i += 2) {
    const point = pointOf(pairs[i] as number)
    if (point === undefined) continue
    state.bad ??= new Map()
    state.bad.set(point, pairs[i + 1] as number)
  }
}

/** Single numbers of version 2: the first ones of today. */
const HEADER_OF_2 = 4

function translate(state: Detection, numbers: Float64Array, name: string): void {
  const { layout, facility, values } = state
  const [version, kind, points = '', rules = '', circuits = '0'] = name.split('|')
  if ((version !== '2' && version !== '3') || kind !== facility.kind.key) return
  const pointKeys = points.split(',')
  const ruleKeys = rules.split(',').map((entry) => entry.split('/') as [string, string])
  const pointOf = (saved: number) => facility.kind.table.index.get(pointKeys[saved] ?? '')
  for (let i = 0; i < pointKeys.length; i++) {
    const point = pointOf(i)
    if (point === undefined) continue
    values[point] = numbers[i] as number
    state.times[point] = numbers[pointKeys.length + i] as number
  }
  const header = 2 * pointKeys.length
  const singles = version === '2' ? HEADER_OF_2 : SINGLES
  values.set(numbers.subarray(header, header + singles), layout.header)
  if (version === '2') completeHeader(state)
  const trueFrom = header + singles
  const falseFrom = trueFrom + ruleKeys.length
  let memoryAt = falseFrom + ruleKeys.length
  for (const [i, [key, slots]] of ruleKeys.entries()) {
    const memory = numbers.subarray(memoryAt, memoryAt + Number(slots))
    memoryAt += memory.length
    const index = facility.kind.rules.findIndex((rule) => rule.key === key)
    if (index < 0) continue
    values[layout.trueFrom + index] = numbers[trueFrom + i] as number
    values[layout.falseFrom + index] = numbers[falseFrom + i] as number
    if (memory.length === facility.kind.rules[index]?.slots) values.set(memory, layout.memories[index])
  }
  const known = facility.kind.circuits?.length ?? 0
  values.set(numbers.subarray(memoryAt, memoryAt + Math.min(known, Number(circuits))), layout.circuits)
  const rare = numbers.subarray(memoryAt + Number(circuits))
  if (version === '2') takeBad(state, rare, pointOf)
  else takeRare(state, rare, pointOf)
}

/** Version 2 told nothing later than it had judged, and kept the time it had let pass as the time judged. */
function completeHeader(state: Detection): void {
  state.lastHeard = state.lastReport
  state.toldUntil = state.clock
  state.silenceToldUntil = state.clock
  if (!Number.isNaN(state.lastReport)) state.clock = Math.min(state.clock, state.lastReport)
}
