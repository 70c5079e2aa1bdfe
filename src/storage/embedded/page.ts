import type { Page } from '../state-store.ts'

/** Cuts a list that was asked for with one row too many. */
export function page<T extends { id: number }>(rows: T[], limit: number): Page<T> {
  const items = rows.slice(0, limit)
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
}
