import type { PlotContext } from '../../../../src/edges/http/plot-schemas.ts'
import type { ManyReadingsView } from '../../../../src/edges/http/reading-schemas.ts'
import { request } from '../live/api.ts'
import type { ShownTime } from '../time/time-window.ts'
import { facilitiesOf, type SeriesName } from './series.ts'

interface HistoryAsked extends ShownTime {
  /** At most so many buckets. */
  buckets: number
  /** Just this length, ms. */
  bucket?: number
  flagged: boolean
}

/** Down-sampled readings on one time axis; times in ms since 1970. The order of the answer is that of the facilities. */
export function getHistory(series: readonly SeriesName[], { from, to, buckets, bucket, flagged }: HistoryAsked): Promise<ManyReadingsView> {
  const query = new URLSearchParams()
  for (const facility of facilitiesOf(series)) {
    const points = series.filter((one) => one.facility === facility).map(({ point }) => point)
    query.append('series', `${facility}:${points.join(',')}`)
  }
  query.set('from', String(Math.floor(from)))
  query.set('to', String(Math.ceil(to)))
  query.set('buckets', String(buckets))
  if (bucket !== undefined) query.set('bucket', String(bucket))
  if (flagged) query.set('flagged', 'true')
  return request('GET', `/api/readings?${query}`)
}

/** Alarms, limits and modes of facilities over a time. */
export function getContext(facilities: readonly string[], { from, to }: ShownTime): Promise<PlotContext> {
  const query = new URLSearchParams(facilities.map((facility) => ['facility', facility]))
  query.set('from', String(Math.floor(from)))
  query.set('to', String(Math.ceil(to)))
  return request('GET', `/api/plot-context?${query}`)
}
