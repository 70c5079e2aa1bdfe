/** WGS84 degrees [longitude, latitude]. */
export type Position = readonly [number, number]

const METRES_PER_DEGREE = 111_320
/** Smallest part of the world that fills the picture, m: two lamps side by side should not lie at its edges. */
const LEAST_EXTENT = 60

/** Where places lie in a picture of `width` x `height` with a margin, north up, all at one scale; and how many pixels a metre is. */
export function layOut(
  places: readonly Position[],
  width: number,
  height: number,
  margin: number,
): { points: [number, number][]; perMetre: number } {
  const [first] = places
  if (!first) return { points: [], perMetre: 0 }
  const shrink = Math.cos((first[1] * Math.PI) / 180)
  const flat = places.map(([longitude, latitude]): [number, number] => [
    (longitude - first[0]) * METRES_PER_DEGREE * shrink,
    (first[1] - latitude) * METRES_PER_DEGREE,
  ])
  const [left, right] = rangeOf(flat.map(([x]) => x))
  const [top, bottom] = rangeOf(flat.map(([, y]) => y))
  const perMetre = Math.min(
    (width - 2 * margin) / Math.max(right - left, LEAST_EXTENT),
    (height - 2 * margin) / Math.max(bottom - top, LEAST_EXTENT),
  )
  const [middleX, middleY] = [(left + right) / 2, (top + bottom) / 2]
  return { points: flat.map(([x, y]) => [width / 2 + (x - middleX) * perMetre, height / 2 + (y - middleY) * perMetre]), perMetre }
}

const rangeOf = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)]

/** Index of the point nearest to a touch, within reach; -1 for none. */
export function nearest(points: readonly (readonly [number, number])[], x: number, y: number, reach: number): number {
  let found = -1
  let least = reach
  for (const [i, [px, py]] of points.entries()) {
    const away = Math.hypot(px - x, py - y)
    if (away <= least) [found, least] = [i, away]
  }
  return found
}

/** A round length, m, that is at most `most` pixels long. */
export function scaleBar(perMetre: number, most: number): number {
  const lengths = [10, 20, 50, 100, 200, 500, 1000]
  return lengths.filter((length) => length * perMetre <= most).pop() ?? 5
}
