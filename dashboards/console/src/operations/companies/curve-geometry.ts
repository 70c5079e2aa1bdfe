/** A curve on a plane of this size, in the units of the drawing. */
export interface Plane {
  width: number
  height: number
}

/** What is drawn of values over time: from the least to the greatest of them and of the limits, with a margin. */
export function rangeOf(lines: readonly (readonly (number | null)[])[], limits: readonly number[]): { low: number; high: number } | null {
  const values = lines.flatMap((line) => line.filter((value) => value !== null))
  if (values.length === 0) return null
  const all = [...values, ...limits]
  const [least, most] = [Math.min(...all), Math.max(...all)]
  const margin = (most - least || Math.abs(most) || 1) * 0.08
  return { low: least >= 0 ? Math.max(0, least - margin) : least - margin, high: most + margin }
}

/** Path of a line that is broken where nothing is known; a value alone is a short dash. */
export function pathOf(
  at: readonly number[],
  values: readonly (number | null)[],
  { low, high }: { low: number; high: number },
  { width, height }: Plane,
): string {
  const [first, last] = [at[0] ?? 0, at.at(-1) ?? 1]
  const x = (time: number) => ((time - first) / Math.max(1, last - first)) * width
  const y = (value: number) => height - ((value - low) / (high - low)) * height
  let path = ''
  let isOpen = false
  for (const [i, time] of at.entries()) {
    const value = values[i]
    if (value === null || value === undefined) {
      isOpen = false
      continue
    }
    const place = `${x(time).toFixed(1)} ${y(value).toFixed(1)}`
    path += isOpen ? `L${place}` : `M${place}h0.5`
    isOpen = true
  }
  return path
}
