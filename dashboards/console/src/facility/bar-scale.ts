import type { PointView } from '../../../../src/edges/http/schemas.ts'

/** A counter runs on for years: its place between nothing and the largest number it can hold says nothing. */
export const hasBar = ({ type, plausible, normal }: PointView): boolean =>
  type === 'number' && plausible !== null && (normal !== null || plausible[1] - plausible[0] < 150_000)

/** From a third below the normal band and the limits to a third above, within what is plausible, so that the bar moves visibly. */
export function scaleOf({ plausible, normal }: PointView, limits: readonly { value: number }[]): [number, number] {
  const [least, most] = plausible ?? [0, 1]
  if (!normal) return [least, most]
  const marks = [...normal, ...limits.map(({ value }) => value)]
  const [low, high] = [Math.min(...marks), Math.max(...marks)]
  const room = (high - low) / 3 || 1
  return [Math.max(least, low - room), Math.min(most, high + room)]
}

/** Where a value stands on a scale, 0 to 1. */
export const shareOn = ([low, high]: readonly [number, number], value: number): number =>
  Math.min(1, Math.max(0, (value - low) / (high - low)))
