import { signal } from '@preact/signals'
import { may } from '../shell/access.ts'

/** Alarms chosen to be acted on together, by id. */
export const picked = signal<ReadonlySet<number>>(new Set())
/** From which one a range begins. */
let anchor: number | null = null

export const mayAct = (): boolean => may('alarm.answer') || may('alarm.shelve') || may('facility.mode')

/** Ids from one to another, both included, in the order of the list; the second alone where the first is not in it. */
export function rangeOf(ids: readonly number[], from: number | null, to: number): readonly number[] {
  const [first, last] = [from === null ? -1 : ids.indexOf(from), ids.indexOf(to)]
  return first < 0 || last < 0 ? [to] : ids.slice(Math.min(first, last), Math.max(first, last) + 1)
}

/** Chooses one, or takes it back; with `range` chooses all from the one chosen before. */
export function pick(id: number, ids: () => readonly number[], range = false): void {
  if (!mayAct()) return
  const next = new Set(picked.peek())
  if (range) for (const one of rangeOf(ids(), anchor, id)) next.add(one)
  else if (!next.delete(id)) next.add(id)
  anchor = id
  picked.value = next
}

export function pickOnly(ids: Iterable<number>): void {
  picked.value = new Set(ids)
  anchor = null
}
