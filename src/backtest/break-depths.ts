import type { Break } from '../alarms/delay-proposal.ts'
import type { FacilityKind } from '../facilities/facility-kind.ts'
import type { TelemetryStore } from '../storage/telemetry-store.ts'

/** The newest breaks say enough, and each is a question to the store. */
const MOST_BREAKS = 50
/** Readings looked at of one break. */
const MOST_READINGS = 1000

/** A value beyond which an alarm stands: above `high`, or below `low`. */
export interface Limit {
  high?: number | undefined
  low?: number | undefined
}

/** How far a value went back beyond its limit in each break of an alarm, in the unit of the point; breaks without readings are left out. */
export async function breakDepths(
  breaks: readonly Break[],
  kind: FacilityKind,
  point: string,
  { high, low }: Limit,
  telemetry: Pick<TelemetryStore, 'range'>,
  signal: AbortSignal,
): Promise<number[]> {
  const depths: number[] = []
  for (const { facility, from, to } of breaks.slice(-MOST_BREAKS)) {
    signal.throwIfAborted()
    const [series] = await telemetry.range({ kind: kind.key, facilities: [facility], points: [point], from, to }, MOST_READINGS)
    const values = series?.value.filter((_, i) => series.good[i]) ?? []
    if (values.length === 0) continue
    depths.push(high !== undefined ? high - Math.min(...values) : Math.max(...values) - (low as number))
  }
  return depths
}
