import type { HeartbeatsView } from '../edges/http/heartbeat-schemas.ts'
import { type Facility, hasController } from '../facilities/plant.ts'
import type { Span } from '../storage/completeness.ts'
import { heartbeats } from '../storage/heartbeats.ts'
import { dueSpans, usualInterval } from './due-reports.ts'
import type { ServiceParts } from './parts.ts'

/** Versions of a facility among which its registration is looked for. */
const MOST_VERSIONS = 500
/** Points whose times are those of its reports. */
const MOST_POINTS = 8
/** Reports read for each one that is expected: devices also report on a change. */
const MORE_OFTEN = 12
/** Where even more came, so much less is looked at. */
const SHORTER = 4

type Parts = Pick<ServiceParts, 'plant' | 'detector' | 'state' | 'telemetry' | 'pipeline' | 'book' | 'now'>

/** Tells of the newest reports of a facility which of those that were expected came. */
export function heartbeatServices({ plant, detector, state, telemetry, pipeline, book, now }: Parts) {
  const programme = book.reader()

  /** The points that say most, as far as they were ever heard. */
  function reportedPoints({ number, kind: { panel, table } }: Facility): string[] {
    const times = detector.state(number)?.times
    const order = [...new Set([panel.headline, ...panel.gauges, ...table.keys])]
    return order.filter((point) => !Number.isNaN(times?.[table.index.get(point) as number] ?? Number.NaN)).slice(0, MOST_POINTS)
  }

  /** Nothing is due before a facility is registered; one that was registered before versions were kept has always been there. */
  function registeredAt(id: string): number {
    const { items } = state.facilityVersions(id, null, MOST_VERSIONS)
    return items.find(({ description, changes }) => description !== null && changes.length === 0)?.at ?? Number.NEGATIVE_INFINITY
  }

  /** Device times of the reports of a time, ms; null when there are more than may be read. */
  async function reportTimes(facility: Facility, span: Span, most: number): Promise<number[] | null> {
    const points = reportedPoints(facility)
    if (points.length === 0) return []
    const series = await telemetry.range({ facilities: [facility.id], kind: facility.kind.key, points, ...span }, most)
    return series.some(({ at }) => at.length === most) ? null : series.flatMap(({ at }) => at)
  }

  return {
    /** The newest `count` reports that were expected, or fewer where it reports far more often. */
    async heartbeats(facility: Facility, count: number): Promise<HeartbeatsView> {
      const detection = detector.state(facility.number)
      const interval = usualInterval(facility, detection?.usualInterval ?? Number.NaN)
      const to = now()
      // What says nothing by itself owes nothing.
      if (interval === undefined || !hasController(facility)) return { interval: null, from: to, to, cells: [] }
      // Reports are stored by the device's clock.
      const offset = detection?.clockOffset || 0
      const since = registeredAt(facility.id)
      for (let wanted = count; ; wanted = Math.ceil(wanted / SHORTER)) {
        const from = Math.max(to - (wanted + 1) * interval, since)
        const known = await reportTimes(facility, { from: from - offset, to: to - offset + interval }, MORE_OFTEN * count)
        if (known === null && wanted > 1) continue
        // The newest ones may not be stored yet.
        const times = [...(known ?? []), ...(detection && !Number.isNaN(detection.lastReport) ? [detection.lastReport] : [])]
        const feeder = facility.fedBy === null ? undefined : plant.get(facility.fedBy)
        const late = pipeline.lateReports.of(facility.number)
        const cells = heartbeats({
          times: times.map((at) => at + offset),
          late: late.map((one) => ({ ...one, at: one.at + offset })),
          ...{ interval, from, to },
          due: dueSpans(feeder, programme, { from, to }),
        })
        return { interval, from, to, cells: cells.slice(-wanted) }
      }
    },
  }
}
