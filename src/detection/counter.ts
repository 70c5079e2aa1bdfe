import { draft, NEVER, UNKNOWN } from './draft.ts'
import type { Judge, RuleDraft, RuleOptions } from './rule.ts'

export interface CounterOptions<P extends string> {
  point: P
  /** What is counted: times the point comes into a state, or what a counting point counts up. */
  counts: 'rises' | 'increments'
  /** The state whose rises are counted; that of a digital point that is true when absent. */
  state?: number
  /** More events than these within the window are a fault. */
  most: number
  /** Length of the sliding window that ends at the report judged, ms. */
  window: number
}

// Places in a rule's memory: time and value of the latest reading, then the times of the latest events, the newest first.
const TAKEN = 0
const VALUE = 1
const EVENTS = 2

/** Engineers may raise what is counted to about double. */
const capacityOf = (most: number) => Math.max(8, 2 * most + 2)

/** Keeps the times of so many events; older ones cannot matter. */
function remember(memory: Float64Array, base: number, capacity: number, events: number, at: number): void {
  const first = base + EVENTS
  const count = Math.min(events, capacity)
  memory.copyWithin(first + count, first, first + capacity - count)
  memory.fill(at, first, first + count)
}

/**
 * Counts events within a sliding window, exactly, however reports come. What happened in a gap longer than the window happened nobody
 * knows when and counts nothing, nor does a counter that is smaller than before: its meter was changed or began anew.
 */
export function counter<P extends string>(options: RuleOptions & CounterOptions<P>): RuleDraft<P> {
  const { point, counts, state = 1, most, window } = options
  const capacity = capacityOf(most)
  const happened =
    counts === 'rises'
      ? (_before: number, value: number) => (value === state ? 1 : 0)
      : (before: number, value: number) => Math.max(0, Math.round(value - before))
  return draft('counter', options, {
    points: [point],
    parameters: { most, window },
    ranges: { most: [0, capacity - 1] },
    slots: EVENTS + capacity,
    timeSlots: [TAKEN, ...Array.from({ length: capacity }, (_, i) => EVENTS + i)],
    judge([index]): Judge {
      return (view, at, _wasTrue, parameters, memory, base) => {
        const value = view.values[index as number] as number
        if (Number.isNaN(value)) return UNKNOWN
        const { most, window } = parameters as { most: number; window: number }
        const taken = view.times[index as number] as number
        const gap = taken - (memory[base + TAKEN] as number)
        const before = memory[base + VALUE] as number
        if (gap !== 0) {
          memory[base + TAKEN] = taken
          memory[base + VALUE] = value
        }
        // Before the first reading the gap is unknown.
        if (gap > 0 && gap <= window && value !== before) {
          const events = happened(before, value)
          if (events > 0) remember(memory, base, capacity, events, taken)
        }
        return (memory[base + EVENTS + most] as number) > at - window ? at : NEVER
      }
    },
    figures: () => (_view, at, parameters, memory, base) => {
      const since = at - (parameters.window as number)
      let events = 0
      while (events < capacity && (memory[base + EVENTS + events] as number) > since) events++
      return { events }
    },
  })
}
