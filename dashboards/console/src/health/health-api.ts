import type { Health } from '../../../../src/edges/health.ts'
import type { ManyReadingsView } from '../../../../src/edges/http/reading-schemas.ts'
import { get } from '../live/api.ts'
import { serverNow } from '../live/live.ts'

const HOUR = 3_600_000
/** A mark each minute. */
const BUCKETS = 60

export type { Health }
export const getHealth = () => get<Health>('/api/health')

/** What the service reported of itself in the last hour: mean values by point, oldest first. */
export async function getTrends(facility: string, points: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>> {
  const to = Math.ceil(serverNow.peek())
  const found = await get<ManyReadingsView>('/api/readings', {
    series: `${facility}:${points.join(',')}`,
    ...{ from: to - HOUR, to, buckets: BUCKETS },
  })
  return new Map(found.series.map(({ point, mean }) => [point, mean.filter((value) => value !== null)]))
}
