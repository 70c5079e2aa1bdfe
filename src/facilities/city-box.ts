/** Degrees: west, south, east, north. */
export type GeoBox = readonly [west: number, south: number, east: number, north: number]

/** Where facilities of the city can be; a `drawn` one is the city's word, else it is guessed from where facilities stand. */
export interface CityBox {
  box: GeoBox
  isDrawn: boolean
}

/** About 20 km: a new district may lie so far beyond every registered facility. */
const MARGIN = 0.2

export const isInside = ([west, south, east, north]: GeoBox, lon: number, lat: number) =>
  lon >= west && lon <= east && lat >= south && lat <= north

export const boxText = ([west, south, east, north]: GeoBox) => `${west}…${east}, ${south}…${north}`

/** The box around positions with a margin; null when there are none. */
export function boxAround(positions: Iterable<readonly [number, number] | null>): CityBox | null {
  let [west, south, east, north] = [180, 90, -180, -90]
  for (const position of positions) {
    if (!position) continue
    west = Math.min(west, position[0])
    east = Math.max(east, position[0])
    south = Math.min(south, position[1])
    north = Math.max(north, position[1])
  }
  if (west > east) return null
  const rounded = (degrees: number) => Number(degrees.toFixed(4))
  return { box: [rounded(west - MARGIN), rounded(south - MARGIN), rounded(east + MARGIN), rounded(north + MARGIN)], isDrawn: false }
}
