// Equations of the NOAA solar calculator (gml.noaa.gov/grad/solcalc), after Meeus, Astronomical Algorithms.
// Good to about a minute between the polar circles for dates from 1900 to 2100.

/** WGS84 degrees: longitude east, latitude north. */
export type Position = readonly [longitude: number, latitude: number]

/** Sun's centre at sunrise and sunset: half its diameter and the usual refraction below the horizon, degrees. */
export const HORIZON = -0.833

export interface SunTimes {
  /** ms since 1970; null where the sun does not cross the elevation that day. */
  rise: number | null
  set: number | null
  /** Highest point of the sun, ms since 1970. */
  noon: number
  /** What it is all day when the sun does not cross. */
  state: 'crosses' | 'always-above' | 'always-below'
}

const MS_PER_DAY = 86_400_000
const MS_PER_MINUTE = 60_000
const radians = (degrees: number) => (degrees * Math.PI) / 180
const degrees = (angle: number) => (angle * 180) / Math.PI

/** Declination of the sun in degrees and the equation of time in minutes. */
function solarCoordinates(at: number): { declination: number; equationOfTime: number } {
  const julianDay = at / MS_PER_DAY + 2_440_587.5
  const t = (julianDay - 2_451_545) / 36_525
  const meanLongitude = radians((280.46646 + t * (36_000.76983 + t * 0.0003032)) % 360)
  const meanAnomaly = radians(357.52911 + t * (35_999.05029 - 0.0001537 * t))
  const eccentricity = 0.016708634 - t * (0.000042037 + 0.0000001267 * t)
  const centre =
    Math.sin(meanAnomaly) * (1.914602 - t * (0.004817 + 0.000014 * t)) +
    Math.sin(2 * meanAnomaly) * (0.019993 - 0.000101 * t) +
    Math.sin(3 * meanAnomaly) * 0.000289
  const node = radians(125.04 - 1934.136 * t)
  const apparentLongitude = radians(degrees(meanLongitude) + centre - 0.00569 - 0.00478 * Math.sin(node))
  const meanObliquity = 23 + (26 + (21.448 - t * (46.815 + t * (0.00059 - t * 0.001813))) / 60) / 60
  const obliquity = radians(meanObliquity + 0.00256 * Math.cos(node))
  const declination = degrees(Math.asin(Math.sin(obliquity) * Math.sin(apparentLongitude)))
  const y = Math.tan(obliquity / 2) ** 2
  const equationOfTime =
    4 *
    degrees(
      y * Math.sin(2 * meanLongitude) -
        2 * eccentricity * Math.sin(meanAnomaly) +
        4 * eccentricity * y * Math.sin(meanAnomaly) * Math.cos(2 * meanLongitude) -
        0.5 * y * y * Math.sin(4 * meanLongitude) -
        1.25 * eccentricity * eccentricity * Math.sin(2 * meanAnomaly),
    )
  return { declination, equationOfTime }
}

/** Geometric elevation of the sun's centre above the horizon, degrees; `at` in ms since 1970. */
export function solarElevation(at: number, [longitude, latitude]: Position): number {
  const { declination, equationOfTime } = solarCoordinates(at)
  const minuteOfDay = (at % MS_PER_DAY) / MS_PER_MINUTE
  const hourAngle = radians((minuteOfDay + equationOfTime + 4 * longitude) / 4 - 180)
  const sine =
    Math.sin(radians(latitude)) * Math.sin(radians(declination)) +
    Math.cos(radians(latitude)) * Math.cos(radians(declination)) * Math.cos(hourAngle)
  return degrees(Math.asin(Math.min(1, Math.max(-1, sine))))
}

/**
 * When the sun rises above and sets below `elevation` degrees on the solar day (midnight to midnight by the sun at
 * this longitude) that holds `at`. No time zone is involved: all times are ms since 1970.
 */
export function sunTimes(at: number, position: Position, elevation: number = HORIZON): SunTimes {
  const [longitude] = position
  const solarOffset = longitude * 4 * MS_PER_MINUTE
  const middle = Math.floor((at + solarOffset) / MS_PER_DAY) * MS_PER_DAY + MS_PER_DAY / 2 - solarOffset
  const noon = middle - solarCoordinates(middle).equationOfTime * MS_PER_MINUTE
  const rise = crossing(noon, position, elevation, -1)
  const set = crossing(noon, position, elevation, 1)
  if (typeof rise === 'number' && typeof set === 'number') return { rise, set, noon, state: 'crosses' }
  return { rise: null, set: null, noon, state: solarElevation(noon, position) > elevation ? 'always-above' : 'always-below' }
}

/** The declination moves during the day, so the crossing is found in a few rounds. */
function crossing(noon: number, [, latitude]: Position, elevation: number, side: -1 | 1): number | null {
  let at = noon
  for (let round = 0; round < 4; round++) {
    const { declination } = solarCoordinates(at)
    const cosine =
      (Math.sin(radians(elevation)) - Math.sin(radians(latitude)) * Math.sin(radians(declination))) /
      (Math.cos(radians(latitude)) * Math.cos(radians(declination)))
    if (Math.abs(cosine) > 1) return null
    at = noon + side * degrees(Math.acos(cosine)) * 4 * MS_PER_MINUTE
  }
  return at
}
