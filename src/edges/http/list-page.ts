/** A page of a list by index: `after` items were there before, and `next` is what to ask for after this one, null at the end. */
export function listPage<T>(list: readonly T[], after = 0, limit = 100): { items: readonly T[]; next: number | null } {
  const end = after + limit
  return { items: list.slice(after, end), next: end < list.length ? end : null }
}
