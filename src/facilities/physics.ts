import type { SimulatedGrid } from './facility-kind.ts'

/** Noise of a sensor: uniform within +-`size`. */
export const noise = (random: () => number, size: number) => (random() * 2 - 1) * size

/** Moves `from` towards `to` as a first-order lag with `constant` ms does in `elapsed` ms. */
export function approach(from: number, to: number, elapsed: number, constant: number): number {
  return to + (from - to) * Math.exp(-elapsed / constant)
}

export const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value))

export const round = (value: number, digits: number) => Number(value.toFixed(digits))

// The sun about 4 degrees below the horizon, where lighting programmes switch.
const DUSK = 0.16
const DAWN = 0.173

/** Whether lighting is due; the gap between dusk and dawn levels keeps a cloud from switching twice. */
export const isLightingDue = (wasOn: boolean, daylight: number) => (wasOn ? daylight < DAWN : daylight < DUSK)

/** Local hour of the day in the one time zone the simulated city lies in (UTC+8), 0 to below 24. */
export const localHour = (at: number) => (at / 3_600_000 + 8) % 24

/** The grid of a facility that stands alone. */
export const noGrid: SimulatedGrid = { supply: () => undefined, draws: () => {}, loads: () => [], feeds: () => {}, relays: () => {} }

/** V; loads tell their current at this voltage. */
export const NOMINAL_VOLTAGE = 220

/** Drivers stop working below this, V. */
export const DRIVER_MINIMUM = 90

/** The usual dimming steps of a night by the clock: share of full light. */
export function dimmingStep(at: number): number {
  const hour = localHour(at)
  return hour >= 23 || hour < 5 ? 0.7 : 1
}

/** Cold drivers start softly: share of the full current `since` ms after they were switched on. */
export const warmedUp = (since: number) => 1 - 0.4 * Math.exp(-since / 60_000)
