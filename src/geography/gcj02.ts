/** Degrees: longitude, latitude. */
type Degrees = readonly [longitude: number, latitude: number]

/** Krasovsky 1940, on which the shift is defined. */
const AXIS = 6_378_245
const ECCENTRICITY = 0.006_693_421_622_965_943
/** Outside of this box maps are not shifted: west, south, east, north. */
const CHINA = [72.004, 0.8293, 137.8347, 55.8271] as const
/** Degrees; about a centimetre. */
const EXACT = 1e-7

const radians = (degrees: number) => (degrees * Math.PI) / 180

/** Whether maps of China shift a place. Close to its borders the box takes in more than China, as the published formula does. */
export const isShifted = ([longitude, latitude]: Degrees): boolean =>
  longitude >= CHINA[0] && longitude <= CHINA[2] && latitude >= CHINA[1] && latitude <= CHINA[3]

function waves(x: number): number {
  return (20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * (2 / 3)
}

function shiftOf([longitude, latitude]: Degrees): Degrees {
  const x = longitude - 105
  const y = latitude - 35
  const root = Math.sqrt(Math.abs(x))
  const north =
    -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves(x) +
    (20 * Math.sin(y * Math.PI) + 40 * Math.sin((y / 3) * Math.PI)) * (2 / 3) +
    (160 * Math.sin((y / 12) * Math.PI) + 320 * Math.sin((y * Math.PI) / 30)) * (2 / 3) // biome-ignore format: a sum
  const east =
    300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves(x) +
    (20 * Math.sin(x * Math.PI) + 40 * Math.sin((x / 3) * Math.PI)) * (2 / 3) +
    (150 * Math.sin((x / 12) * Math.PI) + 300 * Math.sin((x / 30) * Math.PI)) * (2 / 3) // biome-ignore format: a sum
  const sine = Math.sin(radians(latitude))
  const magic = 1 - ECCENTRICITY * sine * sine
  const meridian = ((AXIS * (1 - ECCENTRICITY)) / (magic * Math.sqrt(magic))) * (Math.PI / 180)
  const parallel = (AXIS / Math.sqrt(magic)) * Math.cos(radians(latitude)) * (Math.PI / 180)
  return [east / parallel, north / meridian]
}

/** WGS-84 as maps made for China show it (GCJ-02), by the published formula; unchanged outside of China. */
export function gcj02Of(place: Degrees): Degrees {
  if (!isShifted(place)) return place
  const [east, north] = shiftOf(place)
  return [place[0] + east, place[1] + north]
}

/** The way back, to about a centimetre. */
export function wgs84Of(place: Degrees): Degrees {
  if (!isShifted(place)) return place
  let [longitude, latitude] = place
  // The shift changes by millimetres over its own length, so that this is soon at its end.
  for (let i = 0; i < 10; i++) {
    const [x, y] = gcj02Of([longitude, latitude])
    const [east, north] = [place[0] - x, place[1] - y]
    longitude += east
    latitude += north
    if (Math.abs(east) < EXACT && Math.abs(north) < EXACT) break
  }
  return [longitude, latitude]
}
