type Part = Readonly<Record<string, unknown>>

const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null && !Array.isArray(value)
const hasIds = (value: unknown): value is readonly (Part & { id: string })[] =>
  Array.isArray(value) && value.length > 0 && value.every((one) => isPart(one) && typeof one.id === 'string')
const named = (list: readonly (Part & { id: string })[]): Part => Object.fromEntries(list.map((one) => [one.id, one]))
const idsOf = (list: readonly { id: string }[]): string => list.map(({ id }) => id).join(', ')

/** What of a document is otherwise than before, one line for each value: `quiet.from: 1320 -> 0`. Things with an id are told by it, wherever they stand. */
export function changedParts(before: unknown, after: unknown, path = ''): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  if (hasIds(before) && hasIds(after)) {
    const moved = idsOf(before) === idsOf(after) ? [] : [`${path}: order ${idsOf(before)} -> ${idsOf(after)}`]
    return [...moved, ...changedParts(named(before), named(after), path)]
  }
  if (isPart(before) && isPart(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    return keys.flatMap((key) => changedParts(before[key], after[key], path ? `${path}.${key}` : key))
  }
  return [`${path}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`]
}
