import { LamplighterError } from '../errors.ts'
import type { FacilityKind } from '../facilities/facility-kind.ts'
import { pointOfColumn } from '../storage/column-name.ts'
import type { TelemetryRows, TelemetryStore } from '../storage/telemetry-store.ts'
import { TimeSlices } from '../storage/time-slices.ts'
import type { Decoded } from '../telemetry/codecs/native.ts'
import { hours } from '../telemetry/duration.ts'
import type { Message } from '../telemetry/message.ts'
import type { Reading, Report } from '../telemetry/report.ts'
import type { History, HistoryPlant, HistoryRequest } from './history.ts'

export interface StoredHistoryOptions {
  store: Pick<TelemetryStore, 'scan'>
  kinds: ReadonlyMap<string, FacilityKind>
  /** The time for which the store has data, ms. */
  span: { from: number; to: number }
}

/** The part of a span, ms, for which a store may have something; throws `invalid-request` when it has nothing at all. */
export async function heldSpan(store: Pick<TelemetryStore, 'oldest'>, { from, to }: { from: number; to: number }) {
  const oldest = store.oldest === undefined ? from : await store.oldest()
  if (oldest === null) throw new LamplighterError('invalid-request', 'The store holds no history to test with.')
  return { from: Math.max(from, oldest), to }
}

/** A report of the store on its way as a message: nothing is left to decode. */
interface StoredMessage extends Message {
  report: Report
}

const LONGEST_SLICE = hours(1)
const nothing = new Uint8Array()

/**
 * Reports as the time-series store has them, in the order of their device times. When they came in is not stored, so they come in at once:
 * no skewed clocks, no late reports, nothing of links but what silence says.
 */
export function storedHistory({ store, kinds, span }: StoredHistoryOptions): History {
  return {
    span: async () => span,
    async *read(request) {
      const { from, to, plant, signal } = request
      const used = [...new Set([...plant].map(({ kind }) => kind.key))]
      const slices = new TimeSlices(from, to, { longest: LONGEST_SLICE })
      let position = 0
      for (let slice = slices.next; slice; slice = slices.next) {
        signal.throwIfAborted()
        const scanned: TelemetryRows[] = []
        for (const kind of used) scanned.push(await store.scan({ kind, ...slice }))
        // The road tells its steps apart by the positions of the messages.
        yield reportsOfAll(scanned, kinds, request).map((report) => ({ ...messageOf(report), position: ++position }))
        slices.took(scanned.reduce((sum, { rows }) => sum + rows, 0))
      }
    },
    decode: (message): Decoded => ({ reports: reportsOf(message as StoredMessage), links: [], told: [], rejections: [] }),
  }
}

/** What a gateway passes on is a sign of its own life, as when it came in. */
function reportsOf({ report }: StoredMessage): Report[] {
  const { relay } = report as RelayedReport
  return relay ? [report, { facility: relay, at: report.at, received: report.received, readings: [] }] : [report]
}

interface RelayedReport extends Report {
  relay?: Report['facility']
}

function reportsOfAll(scanned: readonly TelemetryRows[], kinds: ReadonlyMap<string, FacilityKind>, { plant }: HistoryRequest): Report[] {
  const reports = scanned.flatMap((rows) => {
    const kind = kinds.get(rows.kind)
    return kind ? reportsOfKind(rows, kind, plant) : []
  })
  return reports.sort((a, b) => a.at - b.at || a.facility.number - b.facility.number)
}

const messageOf = (report: Report) => ({ received: report.at, topic: '', payload: nothing, report })

function reportsOfKind(rows: TelemetryRows, { table }: FacilityKind, plant: HistoryPlant): RelayedReport[] {
  const facilities = rows.facilities.map((id) => plant.get(id))
  const columns = rows.columns.flatMap((name, c) => {
    const { point: key, good } = pointOfColumn(name)
    const point = table.index.get(key)
    const quality = good ? ('good' as const) : ('bad' as const)
    return point === undefined ? [] : [{ point, quality, values: rows.values[c] as Float64Array }]
  })
  const reports: RelayedReport[] = []
  for (let row = 0; row < rows.rows; row++) {
    const facility = facilities[rows.facility[row] as number]
    if (!facility) continue
    const readings: Reading[] = []
    for (const { point, quality, values } of columns) {
      const value = values[row] as number
      if (!Number.isNaN(value)) readings.push({ point, value, quality })
    }
    const at = rows.at[row] as number
    const gateway = facility.gateway === null ? undefined : plant.get(facility.gateway)
    reports.push({ facility, at, received: at, readings, ...(gateway?.kind.relays && { relay: gateway }) })
  }
  return reports
}
