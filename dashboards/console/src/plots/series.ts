/** A point of a facility. */
export interface SeriesName {
  facility: string
  point: string
}

/** More lines could not be told apart, and more answers not be drawn in time. */
export const MOST_LINES = 12

export const nameOf = ({ facility, point }: SeriesName): string => `${facility}:${point}`

export const isSame = (one: SeriesName, other: SeriesName): boolean => one.facility === other.facility && one.point === other.point

/** Reads `ID:point,point;ID2:point`. What is no series or comes twice is left out; at most `MOST_LINES`. */
export function readSeries(text: string | null): SeriesName[] {
  const named = (text ?? '').split(';').flatMap((part): SeriesName[] => {
    // Ids may contain a colon, points may not.
    const colon = part.lastIndexOf(':')
    const facility = part.slice(0, Math.max(0, colon)).trim()
    const points = part
      .slice(colon + 1)
      .split(',')
      .map((point) => point.trim())
    return facility === '' ? [] : points.filter((point) => point !== '').map((point) => ({ facility, point }))
  })
  return unique(named).slice(0, MOST_LINES)
}

const unique = (series: readonly SeriesName[]): SeriesName[] => [...new Map(series.map((one) => [nameOf(one), one])).values()]

/** The same, for the address; null for none. */
export function writeSeries(series: readonly SeriesName[]): string | null {
  if (series.length === 0) return null
  const parts: { facility: string; points: string[] }[] = []
  for (const { facility, point } of series) {
    const last = parts.at(-1)
    if (last?.facility === facility) last.points.push(point)
    else parts.push({ facility, points: [point] })
  }
  return parts.map(({ facility, points }) => `${facility}:${points.join(',')}`).join(';')
}

/** The address of the page that plots them. */
export const plotsAddress = (series: readonly SeriesName[]): string => {
  const text = writeSeries(series)
  return text === null ? '/plots' : `/plots?series=${encodeURIComponent(text)}`
}

export const facilitiesOf = (series: readonly SeriesName[]): string[] => [...new Set(series.map(({ facility }) => facility))]

/** With the points of another facility put after them, as many as there is room for. */
export const withFacility = (series: readonly SeriesName[], facility: string, points: readonly string[]): SeriesName[] =>
  unique([...series, ...points.map((point) => ({ facility, point }))]).slice(0, MOST_LINES)

export const without = (series: readonly SeriesName[], gone: SeriesName): SeriesName[] => series.filter((one) => !isSame(one, gone))

/** With one put a place earlier (-1) or later (1); as they are at an end. */
export function moved(series: readonly SeriesName[], which: SeriesName, by: 1 | -1): SeriesName[] {
  const from = series.findIndex((one) => isSame(one, which))
  const to = from + by
  const next = [...series]
  if (from < 0 || to < 0 || to >= series.length) return next
  ;[next[from], next[to]] = [next[to] as SeriesName, next[from] as SeriesName]
  return next
}
