/**
 * How much each place of a line matters: the distance, in the unit of the places, below which the line looks the same without it (Douglas
 * and Peucker). The ends always matter. Computed once, it gives the line for every zoom.
 */
export function weightsOf(xs: Float64Array, ys: Float64Array): Float32Array {
  const weights = new Float32Array(xs.length)
  if (xs.length === 0) return weights
  weights[0] = weights[xs.length - 1] = Number.POSITIVE_INFINITY
  // Without recursion, as a line may have any number of places.
  const open: [first: number, last: number, most: number][] = [[0, xs.length - 1, Number.POSITIVE_INFINITY]]
  for (let next = open.pop(); next; next = open.pop()) {
    const [first, last, most] = next
    let [farthest, distance] = [-1, 0]
    for (let i = first + 1; i < last; i++) {
      const own = distanceTo(xs, ys, i, first, last)
      if (own > distance) [farthest, distance] = [i, own]
    }
    if (farthest < 0) continue
    // A place never outlives the one whose parts it belongs to.
    const weight = Math.min(most, distance)
    weights[farthest] = weight
    open.push([first, farthest, weight], [farthest, last, weight])
  }
  return weights
}

/** From place `i` to the stretch between two others. */
function distanceTo(xs: Float64Array, ys: Float64Array, i: number, first: number, last: number): number {
  const [x, y] = [xs[first] as number, ys[first] as number]
  const [dx, dy] = [(xs[last] as number) - x, (ys[last] as number) - y]
  const [px, py] = [(xs[i] as number) - x, (ys[i] as number) - y]
  const square = dx * dx + dy * dy
  const along = square === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / square))
  return Math.hypot(px - along * dx, py - along * dy)
}
