import { MOST_LINES } from '../plots/series.ts'

/** The points in the address, `points=flow,power`; those the kind has not are left out, and `headline` is shown where none is left. */
export function pointsOf(query: URLSearchParams, known: readonly string[], headline: string): string[] {
  const wanted = new Set((query.get('points') ?? '').split(',').filter((point) => known.includes(point)))
  return wanted.size > 0 ? [...wanted].slice(0, MOST_LINES) : [headline]
}
