/** Where the map is: its centre in WGS-84 degrees and its zoom. */
export interface Place {
  latitude: number
  longitude: number
  zoom: number
}

/** The centre and zoom that an address holds, such as `37.9,114.6,14.5`; null when it holds none. */
export function placeOf(text: string | null): Place | null {
  const numbers = (text ?? '').split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  const [latitude, longitude, zoom] = numbers as [number, number, number]
  const isPlace = numbers.length === 3 && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && zoom >= 0 && zoom <= 24
  return isPlace ? { latitude, longitude, zoom } : null
}

/** As the address holds it, to about a metre. */
export const textOfPlace = ({ latitude, longitude, zoom }: Place): string =>
  `${latitude.toFixed(5)},${longitude.toFixed(5)},${Number(zoom.toFixed(2))}`

/** The layers that are on: those that are by default, but for what the address says otherwise (`lamp-on-rate,-roads`). */
export function layersOf(text: string | null, all: readonly string[], byDefault: ReadonlySet<string>): ReadonlySet<string> {
  const on = new Set(byDefault)
  for (const part of (text ?? '').split(',')) {
    const name = part.replace(/^-/, '')
    if (!all.includes(name)) continue
    if (part.startsWith('-')) on.delete(name)
    else on.add(name)
  }
  return on
}

/** As the address holds them; null when all is as by default. */
export function textOfLayers(on: ReadonlySet<string>, all: readonly string[], byDefault: ReadonlySet<string>): string | null {
  const other = all.filter((name) => on.has(name) !== byDefault.has(name))
  return other.length === 0 ? null : other.map((name) => (on.has(name) ? name : `-${name}`)).join(',')
}
