import type { Rated } from './points.ts'

const FULL_SPEED = 50

/** Speed as a share of full speed; a pump that reports no speed has only one. */
export const speedShare = (hertz: number) => (Number.isNaN(hertz) ? 1 : hertz / FULL_SPEED)

/** Loss inside the pump at its rated flow, MPa: what its head has fallen by since shut-off. */
export const innerLoss = (rated: Rated) => rated['shut-off-head'] - rated.head

/**
 * Rise of pressure over the pump, MPa, at `flow` (share of the rated flow) and `speed` (share of full speed):
 * the usual parabola H = H0 n² - k Q², which holds the affinity laws H ~ n², Q ~ n (ISO 9906, annex on test speed).
 */
export const headAt = (flow: number, speed: number, rated: Rated) => rated['shut-off-head'] * speed * speed - innerLoss(rated) * flow * flow

/** The inverse of `headAt`: share of the rated flow the pump gives against a `rise` of pressure, MPa; 0 above its shut-off head. */
export const flowAt = (rise: number, speed: number, rated: Rated) =>
  Math.sqrt(Math.max(0, rated['shut-off-head'] * speed * speed - rise) / innerLoss(rated))
