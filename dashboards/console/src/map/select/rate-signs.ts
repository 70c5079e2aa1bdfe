import type { LampOnVerdict } from '../../../../../src/operations/lamp-on-rate.ts'
import { formatNumber } from '../../format.ts'

/** ms between two looks at rates. */
export const RATE_PAUSE = 10_000

/** How a rate stands against its target. */
export const signs: Record<LampOnVerdict, string> = { missed: '▼', open: '?', met: '✓', none: '–' }

/** A share from 0 to 1 in percent, rounded down: 97.96 % is not 98 %. */
export const percent = (share: number | null, digits = 1): string =>
  share === null ? '–' : `${formatNumber(Math.floor(share * 100 * 10 ** digits + 1e-6) / 10 ** digits, digits)} %`
