/** WGS-84 degrees: longitude, latitude. */
export type Position = readonly [longitude: number, latitude: number]

/** Degrees: west, south, east, north. */
export type Box = readonly [west: number, south: number, east: number, north: number]

/** Width of the whole earth at zoom 0, pixels. */
export const WORLD = 256
/** Latitude at which the square map of Web Mercator ends. */
const MOST_NORTH = 85.051_128_779_8

/** Web Mercator (EPSG:3857) in pixels at zoom 0, x to the right and y down, as Leaflet has it. */
export function worldOf([longitude, latitude]: Position): [x: number, y: number] {
  const sine = Math.sin((Math.min(MOST_NORTH, Math.max(-MOST_NORTH, latitude)) * Math.PI) / 180)
  return [((longitude + 180) / 360) * WORLD, (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * WORLD]
}

/** The way back. */
export function positionOf(x: number, y: number): Position {
  return [(x / WORLD) * 360 - 180, (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / WORLD))) * 180) / Math.PI]
}

/** Metres in one pixel of zoom 0 at a latitude. */
export const metresPerPixel = (latitude: number): number => (40_075_016.7 * Math.cos((latitude * Math.PI) / 180)) / WORLD

/** The box around positions; null when there are none. */
export function boxOf(positions: Iterable<Position | null>): Box | null {
  let [west, south, east, north] = [180, 90, -180, -90]
  for (const position of positions) {
    if (!position) continue
    west = Math.min(west, position[0])
    east = Math.max(east, position[0])
    south = Math.min(south, position[1])
    north = Math.max(north, position[1])
  }
  return west > east ? null : [west, south, east, north]
}
