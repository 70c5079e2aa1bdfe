import type { LampOnRowView } from '../../../../../src/edges/http/lamp-on-schemas.ts'
import { formatNumber } from '../../format.ts'

/** Worst first: those that miss their target by most lamps, then those of which nobody knows, then the others; by name where equal. */
export function byNeed(a: LampOnRowView, b: LampOnRowView): number {
  const rank = { missed: 0, open: 1, met: 2, none: 3 }
  return (
    rank[a.verdict] - rank[b.verdict] || (a.rate ?? 2) - (b.rate ?? 2) || (a.margin ?? 0) - (b.margin ?? 0) || a.key.localeCompare(b.key)
  )
}

/** A share from 0 to 1 in percent, rounded down: 97.96 % is not 98 %. */
export const percent = (share: number | null, digits = 1): string =>
  share === null ? '–' : `${formatNumber(Math.floor(share * 100 * 10 ** digits + 1e-6) / 10 ** digits, digits)} %`
