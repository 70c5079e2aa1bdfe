import { type RoadWidth, widthOf } from '../../../../../src/geography/road.ts'
import { type Position, worldOf } from '../world.ts'
import { weightsOf } from './simplify.ts'

/** A stretch of road, ready to be drawn: places in pixels at zoom 0, with how much each matters. */
export interface RoadLine {
  name: string
  width: RoadWidth
  xs: Float64Array
  ys: Float64Array
  weights: Float32Array
  left: number
  top: number
  right: number
  bottom: number
}

/** The lines of the server's GeoJSON. */
export interface RoadCollection {
  features: readonly { properties: { name: string; width: RoadWidth }; geometry: { coordinates: readonly (readonly Position[])[] } }[]
}

export function roadLine(name: string, width: RoadWidth, places: readonly Position[]): RoadLine {
  const xs = new Float64Array(places.length)
  const ys = new Float64Array(places.length)
  places.forEach((place, i) => {
    const [x, y] = worldOf(place)
    xs[i] = x
    ys[i] = y
  })
  const [left, right] = [xs.reduce((a, b) => Math.min(a, b)), xs.reduce((a, b) => Math.max(a, b))]
  const [top, bottom] = [ys.reduce((a, b) => Math.min(a, b)), ys.reduce((a, b) => Math.max(a, b))]
  return { name, width, xs, ys, weights: weightsOf(xs, ys), left, top, right, bottom }
}

export const roadLines = ({ features }: RoadCollection): RoadLine[] =>
  features.flatMap(({ properties: { name, width }, geometry }) => geometry.coordinates.map((places) => roadLine(name, width, places)))

/** Lamps nearer than this to each other light the same place of a road, metres. */
const TOGETHER = 28
/** Lamps farther apart than this are not joined, metres. */
const APART = 160
/** Places that are joined with each other at once. */
const MOST = 1500
const METRES_PER_DEGREE = 111_320

interface Lamp {
  road: string
  roadClass?: string | null
  position: Position | null
}

/**
 * Where nobody gave roads: lines along the lamps of each road. Lamps on both sides become places in the middle, which are joined to the
 * shortest net between them.
 */
export function roadsAlong(lamps: readonly Lamp[]): RoadLine[] {
  const byRoad = new Map<string, { places: Position[]; kind: string }>()
  for (const { road, roadClass, position } of lamps) {
    if (!position || !road) continue
    const known = byRoad.get(road)
    if (known) known.places.push(position)
    else byRoad.set(road, { places: [position], kind: roadClass ?? '' })
  }
  return [...byRoad].flatMap(([name, { places, kind }]) => {
    const middle = inTheMiddle(places)
    const parts = Array.from({ length: Math.ceil(middle.length / MOST) }, (_, i) => middle.slice(i * MOST, (i + 1) * MOST))
    return parts.flatMap(joined).map((line) => roadLine(name, widthOf(kind), line))
  })
}

/** Places that lie together as one, in order from west to east. */
function inTheMiddle(places: readonly Position[]): Position[] {
  const left = [...places].sort((a, b) => a[0] - b[0])
  const taken = new Uint8Array(left.length)
  return left.flatMap((place, i): Position[] => {
    if (taken[i]) return []
    const narrowing = Math.cos((place[1] * Math.PI) / 180)
    const reach = TOGETHER / METRES_PER_DEGREE / narrowing
    let [x, y, count] = [0, 0, 0]
    for (let j = i; j < left.length && (left[j] as Position)[0] - place[0] <= reach; j++) {
      const other = left[j] as Position
      if (taken[j] || metres(place, other) > TOGETHER) continue
      taken[j] = 1
      x += other[0]
      y += other[1]
      count++
    }
    return [[x / count, y / count]]
  })
}

function metres(a: Position, b: Position): number {
  const narrowing = Math.cos((a[1] * Math.PI) / 180)
  return Math.hypot((a[0] - b[0]) * narrowing, a[1] - b[1]) * METRES_PER_DEGREE
}

/** Lines of the shortest net between places, without stretches that are too long (Prim). */
function joined(places: readonly Position[]): Position[][] {
  const distances = new Float64Array(places.length).fill(Number.POSITIVE_INFINITY)
  const nearest = new Int32Array(places.length).fill(-1)
  const isIn = new Uint8Array(places.length)
  const neighbours: number[][] = places.map(() => [])
  for (let round = 0; round < places.length; round++) {
    let next = -1
    for (let i = 0; i < places.length; i++) if (!isIn[i] && (next < 0 || (distances[i] as number) < (distances[next] as number))) next = i
    isIn[next] = 1
    const from = nearest[next] as number
    if (from >= 0 && (distances[next] as number) <= APART) {
      neighbours[next]?.push(from)
      neighbours[from]?.push(next)
    }
    for (let i = 0; i < places.length; i++) {
      if (isIn[i]) continue
      const distance = metres(places[next] as Position, places[i] as Position)
      if (distance < (distances[i] as number)) {
        distances[i] = distance
        nearest[i] = next
      }
    }
  }
  return linesOf(neighbours).map((line) => line.map((i) => places[i] as Position))
}

/** A net without circles as lines from each end or fork to the next. */
function linesOf(neighbours: readonly number[][]): number[][] {
  const lines: number[][] = []
  neighbours.forEach((own, start) => {
    if (own.length === 2) return
    for (const second of own) {
      const line = [start, second]
      for (let [before, here] = [start, second]; neighbours[here]?.length === 2; ) {
        const next = neighbours[here]?.find((each) => each !== before) as number
        line.push(next)
        ;[before, here] = [here, next]
      }
      // Each line is found from both of its ends.
      if (start < (line.at(-1) as number)) lines.push(line)
    }
  })
  return lines
}
