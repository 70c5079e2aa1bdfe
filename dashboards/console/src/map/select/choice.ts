import type { WallFacility } from '../../live/live-state.ts'

/** What somebody chose, in words that hold for whoever opens the address. */
export type Choice =
  | { by: 'road' | 'district'; text: string }
  | { by: 'query'; text: string }
  | { by: 'feeder'; id: string; circuit: number | null }
  | { by: 'ids'; ids: readonly string[] }
  /** Too many to be named: known to this page only, by a number. */
  | { by: 'kept'; key: number }

/** Facilities that an address can name. */
export const MOST_NAMED = 60

/** Facilities that are chosen at most; more are no choice. */
export const MOST_CHOSEN = 20_000

/** As the address holds a choice, such as `road:Main Road`, `feeder:LC-001/3` or `ids:SL-1,SL-2`. */
export function textOfChoice(choice: Choice): string {
  if (choice.by === 'feeder') return `feeder:${choice.id}${choice.circuit === null ? '' : `/${choice.circuit}`}`
  if (choice.by === 'ids') return `ids:${choice.ids.join(',')}`
  return choice.by === 'kept' ? `kept:${choice.key}` : `${choice.by}:${choice.text}`
}

/** Null where the text is none. */
export function choiceOf(text: string | null): Choice | null {
  const [, by, rest] = /^(\w+):(.+)$/s.exec(text ?? '') ?? []
  if (!by || !rest) return null
  if (by === 'road' || by === 'district' || by === 'query') return { by, text: rest }
  if (by === 'ids') return { by, ids: rest.split(',').slice(0, MOST_NAMED) }
  if (by === 'kept') return Number.isInteger(Number(rest)) ? { by, key: Number(rest) } : null
  if (by !== 'feeder') return null
  const [, id, circuit] = /^([^/]+)(?:\/(\d+))?$/.exec(rest) ?? []
  return id ? { by, id, circuit: circuit ? Number(circuit) : null } : null
}

/** The facilities of a choice that needs nobody to be asked. What feeds the others is among them, unless it is one circuit. */
export function facilitiesOf(choice: Exclude<Choice, { by: 'query' | 'kept' }>, all: readonly WallFacility[]): WallFacility[] {
  if (choice.by === 'ids') {
    const wanted = new Set(choice.ids)
    return all.filter(({ id }) => wanted.has(id))
  }
  if (choice.by !== 'feeder') return all.filter((facility) => facility[choice.by] === choice.text)
  const { id, circuit } = choice
  return all.filter((one) => (one.fedBy === id && (circuit === null || one.circuit === circuit)) || (circuit === null && one.id === id))
}

/** What a new choice does with the one before. */
export const hows = ['replace', 'add', 'remove', 'toggle'] as const
export type How = (typeof hows)[number]

export function combined(before: ReadonlySet<number>, given: Iterable<number>, how: How): ReadonlySet<number> {
  if (how === 'replace') return new Set(given)
  const next = new Set(before)
  for (const number of given) {
    if (how === 'remove' || (how === 'toggle' && before.has(number))) next.delete(number)
    else next.add(number)
  }
  return next
}

/** How a pointer with these keys chooses: Ctrl takes one in or out, Shift adds, alone it begins anew. */
export const howOf = ({ ctrlKey, metaKey, shiftKey }: Pick<MouseEvent, 'ctrlKey' | 'metaKey' | 'shiftKey'>): How =>
  ctrlKey || metaKey ? 'toggle' : shiftKey ? 'add' : 'replace'

export interface Spot {
  x: number
  y: number
}

/** Whether a point lies inside a closed line: a ray from it crosses the line an odd number of times. */
export function isInside(line: readonly Spot[], x: number, y: number): boolean {
  let inside = false
  let from = line.at(-1)
  for (const to of line) {
    if (from && from.y > y !== to.y > y && x < from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x)) inside = !inside
    from = to
  }
  return inside
}

/** The corners of the rectangle between two points. */
export const rectangle = (a: Spot, b: Spot): Spot[] => [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }]

/** How many of the chosen are of each kind and state: rows by kind, the most first, with counts by state code. */
export function countKinds(
  chosen: readonly WallFacility[],
  states: Uint8Array,
  codes: number,
): { kind: string; total: number; counts: number[] }[] {
  const kinds = new Map<string, number[]>()
  for (const { kind, number } of chosen) {
    const counts = kinds.get(kind) ?? Array.from({ length: codes }, () => 0)
    const code = states[number] ?? 0
    counts[code] = (counts[code] ?? 0) + 1
    kinds.set(kind, counts)
  }
  return [...kinds]
    .map(([kind, counts]) => ({ kind, counts, total: counts.reduce((sum, count) => sum + count, 0) }))
    .sort((a, b) => b.total - a.total)
}
