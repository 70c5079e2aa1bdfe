/** Metres east and north of the centre. */
export interface Place {
  east: number
  north: number
}

const METRES_PER_DEGREE = 111_320

/** WGS84 degrees [longitude, latitude], to about a decimetre. */
export function positionOf({ east, north }: Place, [longitude, latitude]: readonly [number, number]): [number, number] {
  const narrowing = Math.cos((latitude * Math.PI) / 180)
  const round = (value: number) => Number(value.toFixed(6))
  return [round(longitude + east / METRES_PER_DEGREE / narrowing), round(latitude + north / METRES_PER_DEGREE)]
}

/** The way back. */
export function placeOf([east, north]: readonly [number, number], [longitude, latitude]: readonly [number, number]): Place {
  const narrowing = Math.cos((latitude * Math.PI) / 180)
  return { east: (east - longitude) * METRES_PER_DEGREE * narrowing, north: (north - latitude) * METRES_PER_DEGREE }
}

/** Places on a loose grid, `spacing` metres apart, those near the centre first. */
export function spread(random: () => number, count: number, spacing: number): Place[] {
  const side = Math.ceil(Math.sqrt(count * 1.4)) + 1
  const grid: Place[] = []
  for (let x = 0; x < side; x++) {
    for (let y = 0; y < side; y++) {
      const jitter = () => (random() - 0.5) * 0.35
      grid.push({ east: (x - (side - 1) / 2 + jitter()) * spacing, north: (y - (side - 1) / 2 + jitter()) * spacing })
    }
  }
  return grid.sort((a, b) => Math.hypot(a.east, a.north) - Math.hypot(b.east, b.north)).slice(0, count)
}
