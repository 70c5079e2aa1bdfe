/** Degrees of longitude the sun moves in an hour. */
const DEGREES_AN_HOUR = 15
const MS_AN_HOUR = 3_600_000

/** A longitude where a sundial shows `hoursOfDay` at a time, ms; on the equator it is night from about 18.5 to 5.5 h all year. */
export function longitudeAt(hoursOfDay: number, at: number): number {
  const utcHours = (at / MS_AN_HOUR) % 24
  return (((((hoursOfDay - utcHours) * DEGREES_AN_HOUR + 180) % 360) + 360) % 360) - 180
}
