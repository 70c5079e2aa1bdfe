import type { WallFacility } from '../../live/live-state.ts'
import { type RoadLine, roadsAlong } from '../ground/road-lines.ts'
import type { Frame } from '../surface.ts'

export type LinesByRoad = ReadonlyMap<string, readonly RoadLine[]>

/** How far from a line a click is still on the road, pixels. */
const REACH = 10

/** The lines of each road by its name: those of the ground, and along the lamps of roads that the ground does not name. */
export function linesByRoad(
  ground: readonly RoadLine[],
  facilities: readonly WallFacility[],
  isLamp: (kind: string) => boolean,
): LinesByRoad {
  const named = new Map<string, RoadLine[]>()
  const add = (line: RoadLine) => {
    const known = named.get(line.name)
    if (known) known.push(line)
    else named.set(line.name, [line])
  }
  for (const line of ground) if (line.name !== '') add(line)
  const others = facilities.filter(({ kind, road }) => road !== '' && !named.has(road) && isLamp(kind))
  for (const line of roadsAlong(others)) add(line)
  return named
}

/** The road that runs nearest to a point of the container; null when none is within reach. */
export function roadNear(lines: LinesByRoad, x: number, y: number, { scale, left, top }: Frame): string | null {
  const [wx, wy, reach] = [(x + left) / scale, (y + top) / scale, REACH / scale]
  let best: string | null = null
  let least = reach
  for (const [road, own] of lines) {
    for (const line of own) {
      if (wx < line.left - reach || wx > line.right + reach || wy < line.top - reach || wy > line.bottom + reach) continue
      const distance = distanceTo(line, wx, wy)
      if (distance < least) [best, least] = [road, distance]
    }
  }
  return best
}

function distanceTo({ xs, ys }: RoadLine, x: number, y: number): number {
  let least = Number.POSITIVE_INFINITY
  for (let i = 1; i < xs.length; i++) {
    const [ax, ay, bx, by] = [xs[i - 1] as number, ys[i - 1] as number, xs[i] as number, ys[i] as number]
    const length = (bx - ax) ** 2 + (by - ay) ** 2
    const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length))
    least = Math.min(least, Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay)))
  }
  return least
}
