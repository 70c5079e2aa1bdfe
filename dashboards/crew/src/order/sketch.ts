import type { Place } from './map-links.ts'

/** Metres of one degree of latitude on a sphere of the mean radius. */
const DEGREE = 111_195
const radians = (degrees: number) => (degrees * Math.PI) / 180

/** Metres east and north of a place, as flat as a district is. */
function offset([fromLongitude, fromLatitude]: Place, [longitude, latitude]: Place): [east: number, north: number] {
  const scale = Math.cos(radians((fromLatitude + latitude) / 2))
  return [(longitude - fromLongitude) * DEGREE * scale, (latitude - fromLatitude) * DEGREE]
}

/** Metres between two places of one city, within 0.1 %. */
export const metresBetween = (a: Place, b: Place): number => Math.hypot(...offset(a, b))

/** Which of eight directions leads from one to the other: 0 north, 2 east, 4 south, 6 west. */
export function directionTo(from: Place, to: Place): number {
  const [east, north] = offset(from, to)
  return (Math.round(Math.atan2(east, north) / (Math.PI / 4)) + 8) % 8
}

export interface Sketch {
  /** Where a place lies on the picture, in its own units. */
  at(place: Place): { x: number; y: number }
  /** What one metre is there. */
  scale: number
}

/** Less than this is not drawn larger, m. */
const SMALLEST = 60

/** A picture of so many units with all the places on it, north up, with a rim. Null without a place. */
export function sketchOf(places: readonly Place[], width: number, height: number, rim: number): Sketch | null {
  const [first] = places
  if (!first) return null
  const flat = places.map((place) => offset(first, place))
  const range = (of: 0 | 1) => {
    const values = flat.map((one) => one[of])
    return [Math.min(...values), Math.max(...values)] as const
  }
  const [west, east] = range(0)
  const [south, north] = range(1)
  const scale = Math.min((width - 2 * rim) / Math.max(east - west, SMALLEST), (height - 2 * rim) / Math.max(north - south, SMALLEST))
  const middle = [(west + east) / 2, (south + north) / 2] as const
  return {
    scale,
    at(place) {
      const [x, y] = offset(first, place)
      return { x: width / 2 + (x - middle[0]) * scale, y: height / 2 - (y - middle[1]) * scale }
    },
  }
}

/** A round length for a scale bar that is no longer than `most`, m. */
export function roundLength(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most))
  return ([5, 2, 1].find((of) => of * power <= most) ?? 1) * power
}
