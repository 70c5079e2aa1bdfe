import type { WallFacility } from '../../live/live-state.ts'
import { worldOf } from '../world.ts'

/** A stretch of cable between two facilities, by their places in the list. */
export type Stretch = readonly [from: number, to: number]

/** More on one circuit are drawn by straight lines: to find the shortest cable takes as long as the square of their number. */
const MOST_FOUND = 600

/**
 * The shortest cable that reaches all of these from the first (a minimum spanning tree, after Prim), as nobody told where the cable lies.
 * Coordinates in one plane.
 */
export function shortestCable(xs: ArrayLike<number>, ys: ArrayLike<number>): Stretch[] {
  const count = xs.length
  if (count > MOST_FOUND) return Array.from({ length: count - 1 }, (_, i): Stretch => [0, i + 1])
  const nearest = new Int32Array(count)
  const distance = new Float64Array(count).fill(Number.POSITIVE_INFINITY)
  const isReached = new Uint8Array(count)
  const stretches: Stretch[] = []
  for (let at = 0, reached = 1; reached < count; reached++) {
    isReached[at] = 1
    let next = -1
    for (let i = 0; i < count; i++) {
      if (isReached[i]) continue
      const away = ((xs[i] as number) - (xs[at] as number)) ** 2 + ((ys[i] as number) - (ys[at] as number)) ** 2
      if (away < (distance[i] as number)) {
        distance[i] = away
        nearest[i] = at
      }
      if (next < 0 || (distance[i] as number) < (distance[next] as number)) next = i
    }
    stretches.push([nearest[next] as number, next])
    at = next
  }
  return stretches
}

/** One circuit of a feeder as lines on the map. */
export interface Cable {
  circuit: number | null
  /** The feeder first. */
  members: readonly WallFacility[]
  stretches: readonly Stretch[]
}

const hasPlace = ({ position }: WallFacility): boolean => position !== null

/** The cables from a feeder to what it feeds, in order of their circuits; none where it has no place. */
export function cablesOf(feeder: WallFacility, all: readonly WallFacility[]): Cable[] {
  if (!hasPlace(feeder)) return []
  const fed = all.filter((facility) => facility.fedBy === feeder.id && hasPlace(facility))
  return [...Map.groupBy(fed, ({ circuit }) => circuit)]
    .sort(([a], [b]) => (a ?? Number.POSITIVE_INFINITY) - (b ?? Number.POSITIVE_INFINITY))
    .map(([circuit, own]) => {
      const members = [feeder, ...own]
      const places = members.map(({ position }) => worldOf(position as [number, number]))
      return {
        circuit,
        members,
        stretches: shortestCable(
          places.map(([x]) => x),
          places.map(([, y]) => y),
        ),
      }
    })
}

/** Dashes by the number of a circuit, so that those side by side differ without colour; pixels. */
const patterns: readonly (readonly number[])[] = [[], [10, 4], [3, 4], [14, 4, 3, 4], [6, 3], [14, 4, 3, 4, 3, 4]]
export const dashOf = (circuit: number | null): number[] => [
  ...(circuit === null ? [1, 6] : (patterns[(circuit - 1) % patterns.length] ?? [])),
]
