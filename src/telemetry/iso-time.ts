/** Ms since 1970 of a text in ISO 8601; NaN when it is none, and for a day that its month does not have, which is else read as one of the next. */
export function parseIso(text: string): number {
  const at = Date.parse(text)
  const day = text.slice(0, 10)
  // Every month has 28 days.
  if (Number.isNaN(at) || day.slice(8) <= '28') return at
  const midnight = Date.parse(`${day}T00:00:00Z`)
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day) ? at : Number.NaN
}
