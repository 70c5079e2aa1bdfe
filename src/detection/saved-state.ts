import type { Detection } from './state.ts'
import { LAST_REPORT } from './state-layout.ts'

/** The numbers of a state, and behind them point and value of each impossible latest value. Their meaning is named by the layout. */
export function saveDetection({ values, bad, layout }: Detection): Uint8Array {
  const numbers = new Float64Array(layout.size + 2 * (bad?.size ?? 0))
  numbers.set(values)
  let next = layout.size
  for (const [point, value] of bad ?? []) {
    numbers[next++] = point
    numbers[next++] = value
  }
  return new Uint8Array(numbers.buffer)
}

/** Puts what `saveDetection` wrote under the layout `name`, maybe by another version, into a new state: points and rules are found by name. */
export function loadDetection(state: Detection, bytes: Uint8Array, name: string): Detection {
  const numbers = new Float64Array(bytes.slice().buffer)
  const { layout } = state
  if (name === layout.name) {
    state.values.set(numbers.subarray(0, layout.size))
    takeBad(state, numbers.subarray(layout.size), (point) => point)
  } else translate(state, numbers, name)
  state.activeCount = 0
  for (let i = 0; i < layout.rules; i++) if ((state.values[layout.falseFrom + i] as number) > Number.NEGATIVE_INFINITY) state.activeCount++
  return state
}

function takeBad(state: Detection, pairs: Float64Array, pointOf: (saved: number) => number | undefined): void {
  for (let i = 0; i < pairs.length; i += 2) {
    const point = pointOf(pairs[i] as number)
    if (point === undefined) continue
    state.bad ??= new Map()
    state.bad.set(point, pairs[i + 1] as number)
  }
}

function translate(state: Detection, numbers: Float64Array, name: string): void {
  const { layout, facility, values } = state
  const [version, kind, points = '', rules = '', circuits = '0'] = name.split('|')
  if (version !== '2' || kind !== facility.kind.key) return
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
  const singles = layout.trueFrom - layout.header
  values.set(numbers.subarray(header + LAST_REPORT, header + singles), layout.header)
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
  takeBad(state, numbers.subarray(memoryAt + Number(circuits)), pointOf)
}
