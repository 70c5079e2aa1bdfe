import type { LampOnRowView } from '../../../../../src/edges/http/lamp-on-schemas.ts'

type Standing = Pick<LampOnRowView, 'key' | 'verdict' | 'margin'>

const rank = { missed: 0, open: 1, met: 2, none: 3 } as const

/** What fails first stands first: what is missed by most lamps, what is uncertain, then what bears the fewest more dark lamps; by name where equal. */
export const byBudget = (a: Standing, b: Standing): number =>
  rank[a.verdict] - rank[b.verdict] ||
  (a.margin ?? Number.POSITIVE_INFINITY) - (b.margin ?? Number.POSITIVE_INFINITY) ||
  a.key.localeCompare(b.key)

/** How many rows stand how; `near`: of those that are met, the ones that fail with the next dark lamp. */
export function countVerdicts(rows: readonly Standing[]) {
  const count = (of: (row: Standing) => boolean) => rows.filter(of).length
  return {
    missed: count(({ verdict }) => verdict === 'missed'),
    open: count(({ verdict }) => verdict === 'open'),
    met: count(({ verdict }) => verdict === 'met'),
    near: count(({ verdict, margin }) => verdict === 'met' && margin === 0),
  }
}
