import type { Rule } from './rule.ts'

/** What the places of a facility's numbers mean: values, times, some single numbers, conditions, memories, circuits. */
export interface StateLayout {
  points: number
  rules: number
  /** First of the single numbers. */
  header: number
  /** Per rule since when the fault is, or will be, there; Infinity when it is not. */
  trueFrom: number
  /** Per rule -Infinity while its alarm condition is off, Infinity while it is on, a time while it is on and the fault gone. */
  falseFrom: number
  /** Per rule the first number of its memory. */
  memories: readonly number[]
  /** Per circuit since when it is on, by our clock; Infinity while it is off. */
  circuits: number
  size: number
  /** The rule that judges silence, -1 when there is none. */
  silence: number
  /** Rules that look at whether the facility is fed. */
  fedRules: readonly number[]
  /** Points that rules of samples judge: their times are those of the city's clock. */
  samples: ReadonlySet<number>
  /** Rules whose fault leaves others without something. */
  depriving: readonly number[]
  name: string
}

// Places of the single numbers, `Detection` says what they mean.
export const LAST_REPORT = 0
export const LAST_RECEIVED = 1
export const CLOCK = 2
export const OFFLINE_SINCE = 3
export const LAST_HEARD = 4
export const TOLD_UNTIL = 5
export const SILENCE_TOLD_UNTIL = 6
export const CLOCK_OFFSET = 7
export const BEHIND = 8
export const USUAL_INTERVAL = 9
export const REPORTING_SINCE = 10
export const CLOCK_SET = 11
/** How many there are. */
export const SINGLES = 12

export interface LaidOutKind {
  readonly key: string
  readonly table: { readonly keys: readonly string[] }
  readonly rules: readonly Rule[]
  readonly circuits?: readonly number[]
}

const layouts = new WeakMap<readonly Rule[], StateLayout>()

export function layoutOf(kind: LaidOutKind): StateLayout {
  const known = layouts.get(kind.rules)
  if (known) return known
  const { rules, circuits = [] } = kind
  const points = kind.table.keys.length
  const header = 2 * points
  const trueFrom = header + SINGLES
  const falseFrom = trueFrom + rules.length
  let next = falseFrom + rules.length
  const memories = rules.map(({ slots }) => {
    next += slots
    return next - slots
  })
  const silence = rules.findIndex(({ type }) => type === 'silence')
  const fedRules = rules.flatMap(({ whileFed }, i) => (whileFed || i === silence ? [i] : []))
  const depriving = rules.flatMap(({ deprives }, i) => (deprives ? [i] : []))
  const samples = new Set(rules.flatMap(({ ofSamples, points: [point] }) => (ofSamples && point !== undefined ? [point] : [])))
  const size = next + circuits.length
  const name = nameOf(kind)
  const places = { header, trueFrom, falseFrom, memories, circuits: next, size }
  const layout = { points, rules: rules.length, ...places, silence, fedRules, samples, depriving, name }
  layouts.set(rules, layout)
  return layout
}

/** Names the meaning of each number of a saved state, so that another version finds what it still knows. */
function nameOf({ key, table, rules, circuits = [] }: LaidOutKind): string {
  return `4|${key}|${table.keys.join(',')}|${rules.map((rule) => `${rule.key}/${rule.slots}`).join(',')}|${circuits.length}`
}

/** Fills numbers with what is known of a facility that never reported. */
export function clearNumbers(numbers: Float64Array, layout: StateLayout): void {
  numbers.fill(Number.NaN)
  for (const place of [CLOCK, TOLD_UNTIL, SILENCE_TOLD_UNTIL]) numbers[layout.header + place] = Number.NEGATIVE_INFINITY
  for (const place of [BEHIND, CLOCK_SET]) numbers[layout.header + place] = 0
  numbers.fill(Number.POSITIVE_INFINITY, layout.trueFrom, layout.falseFrom)
  numbers.fill(Number.NEGATIVE_INFINITY, layout.falseFrom, layout.falseFrom + layout.rules)
}

const CHUNK_BYTES = 1_048_576

/** Numbers of many facilities of one layout side by side: a report touches few cache lines, and no facility costs a buffer of its own. */
export class Slabs {
  readonly #free = new Map<StateLayout, Float64Array[]>()

  take(layout: StateLayout): Float64Array {
    const free = this.#free.get(layout) ?? []
    this.#free.set(layout, free)
    if (free.length === 0) {
      const count = Math.max(1, Math.floor(CHUNK_BYTES / (layout.size * Float64Array.BYTES_PER_ELEMENT)))
      const chunk = new Float64Array(count * layout.size)
      // The last is taken first, so neighbours in the plant become neighbours in memory.
      for (let i = count - 1; i >= 0; i--) free.push(chunk.subarray(i * layout.size, (i + 1) * layout.size))
    }
    return free.pop() as Float64Array
  }

  give(layout: StateLayout, numbers: Float64Array): void {
    this.#free.get(layout)?.push(numbers)
  }
}
