import { TABLE_POINT } from '../../control/lighting-history.ts'
import type { BookedChange, ProgrammeBook } from '../../control/programme-book.ts'
import { switchingTable, tableSpan } from '../../control/switching-table.ts'
import type { WantedTables } from '../../control/wanted-tables.ts'
import type { DeviceProgramme, ProgrammeState } from '../../edges/programmes.ts'
import { type Facility, hasController, runsAlone } from '../../facilities/plant.ts'
import type { ProgrammeDownload } from '../../storage/programme-store.ts'
import { encodeTable, noTable, type SwitchingTable } from '../../telemetry/codecs/programme-messages.ts'
import { minutes } from '../../telemetry/duration.ts'
import { programmeTopic } from '../../telemetry/topic.ts'
import type { ServiceParts } from '../parts.ts'

/** So long tables are reckoned at once, ms, so that nobody waits for them. */
const LOOK_FOR = 8
/** Tables that go out in one second, and at once at most. */
const SENT_PER_SECOND = 20
const MOST_SENT = 400
/** A table that a device does not say it runs is sent again after this time, and given up after so often, ms. */
export const SENT_AGAIN = minutes(3)
export const MOST_ATTEMPTS = 3

export interface ProgrammeDownloadParts
  extends Pick<ServiceParts, 'plant' | 'state' | 'kinds' | 'detector' | 'dialects' | 'now' | 'utcOffset'> {
  book: ProgrammeBook
  wanted: WantedTables
  /** Retained, so that a device that was away finds it. */
  publish: (topic: string, payload: string) => Promise<unknown>
  onTrouble: (error: unknown) => void
  /** For so long tables are reckoned at once, ms; the usual time when absent. */
  lookFor?: number
}

/** Gives devices that can run alone the table of their switching for some weeks, and looks at which one they run. */
export class ProgrammeDownloads {
  readonly #parts: ProgrammeDownloadParts
  readonly #records: Map<string, ProgrammeDownload>
  #looked = ''
  #forgotten = -1
  #queue: Facility[] = []
  #listeners: (() => void)[] = []
  #ticked: number

  constructor(parts: ProgrammeDownloadParts) {
    this.#parts = parts
    this.#ticked = parts.now()
    // What was sent before the start is sent again: nobody knows what the broker still holds.
    this.#records = new Map(parts.state.programmes.downloads().map((one) => [one.facility, { ...one, sent: null, attempts: 0 }]))
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener)
  }

  /** Those that differ longest first. */
  devices(): DeviceProgramme[] {
    const at = this.#parts.now()
    return [...this.#records.values()]
      .flatMap((download) => {
        const facility = this.#parts.plant.get(download.facility)
        return facility ? [this.#deviceOf(facility, download, at)] : []
      })
      .sort((a, b) => (a.since ?? Number.POSITIVE_INFINITY) - (b.since ?? Number.POSITIVE_INFINITY))
  }

  /** Sends tables again, whatever became of them. */
  again(ids: readonly string[]): void {
    for (const id of ids) {
      const record = this.#records.get(id)
      if (record) this.#records.set(id, { ...record, sent: null, attempts: 0 })
    }
  }

  /** Between ticks: reckons on. */
  lookOn(): void {
    if (this.#queue.length === 0) return
    try {
      const at = this.#parts.now()
      if (this.#look(tableSpan(at, this.#parts.utcOffset), at)) for (const listener of this.#listeners) listener()
    } catch (error) {
      this.#looked = ''
      this.#parts.onTrouble(error)
    }
  }

  /** Once a second. */
  tick(): void {
    const { book, plant, utcOffset, now } = this.#parts
    const at = now()
    const span = tableSpan(at, utcOffset)
    const key = `${book.revision} ${plant.revision} ${span.from}`
    if (key !== this.#looked) {
      this.#looked = key
      const isGiven = book.isConfigured || this.#records.size > 0
      const all = isGiven ? [...plant].filter((facility) => this.#canRunAlone(facility) || this.#records.has(facility.id)) : []
      // Taken from the end: cabinets come first.
      const [cabinets, others] = [all.filter(isFeeder), all.filter((facility) => !isFeeder(facility))]
      this.#queue = [...cabinets, ...others].reverse()
    }
    try {
      this.#forget(at)
      const moved = this.#look(span, at)
      const sent = this.#send(at)
      if (moved || sent) for (const listener of this.#listeners) listener()
    } catch (error) {
      // Looked at again from the beginning.
      this.#looked = ''
      this.#parts.onTrouble(error)
    }
  }

  #canRunAlone(facility: Facility): boolean {
    return runsAlone(facility) && hasController(facility) && facility.position !== null && !this.#parts.dialects.index.binds(facility.id)
  }

  /** Notes the tables of those that wait, as far as there is time. */
  #look(span: { from: number; until: number }, at: number): boolean {
    const { state, lookFor = LOOK_FOR } = this.#parts
    const end = performance.now() + lookFor
    const fresh: ProgrammeDownload[] = []
    do {
      const facility = this.#queue.pop()
      if (!facility) break
      const { table, until } = this.#tableOf(facility, span)
      if ((this.#records.get(facility.id)?.table ?? 0) !== table)
        fresh.push({ facility: facility.id, table, until, at, sent: null, attempts: 0 })
    } while (performance.now() < end)
    if (fresh.length === 0) return false
    state.transaction(() => {
      for (const one of fresh) state.programmes.putDownload(one)
    })
    for (const one of fresh) this.#records.set(one.facility, one)
    return true
  }

  /** What is registered no more leaves no table behind, so that another device of its name does not find it. */
  #forget(at: number): void {
    const { plant, state, kinds, wanted, publish, onTrouble } = this.#parts
    if (plant.revision === this.#forgotten) return
    this.#forgotten = plant.revision
    const topics = (id: string) =>
      [...kinds.values()].filter(({ rated }) => rated['runs-alone'] !== undefined).map(({ key }) => programmeTopic(key, id))
    for (const id of [...this.#records.keys()].filter((one) => !plant.get(one))) {
      this.#records.delete(id)
      state.programmes.addWanted(id, at, 0)
      wanted.add({ facility: id, at, table: 0 })
      // What could not be taken back now is at the next start.
      Promise.all(topics(id).map((topic) => publish(topic, ''))).then(() => {
        if (!this.#records.has(id)) state.programmes.removeDownload(id)
      }, onTrouble)
    }
  }

  #tableOf(facility: Facility, span: { from: number; until: number }): SwitchingTable {
    const { book, plant, now } = this.#parts
    // It could once, and is given back what it has.
    if (!this.#canRunAlone(facility)) return noTable
    const changes = book.changes(facility, span.from, span.until)
    if (!changes.some(({ own }, i) => own && (changes[i + 1]?.at ?? span.until) > now())) return noTable
    const feeder = facility.fedBy === null ? undefined : plant.get(facility.fedBy)
    // What feeds it hands on its own light.
    if (feeder && this.#canRunAlone(feeder) && shapeOf(changes) === shapeOf(book.changes(feeder, span.from, span.until))) return noTable
    return switchingTable(feeder?.id ?? facility.id, changes, span)
  }

  #send(at: number): boolean {
    const { plant, state, utcOffset, publish, onTrouble } = this.#parts
    const most = Math.min(MOST_SENT, Math.ceil((SENT_PER_SECOND * Math.max(0, at - this.#ticked)) / 1000))
    this.#ticked = at
    const due: { facility: Facility; record: ProgrammeDownload; table: SwitchingTable }[] = []
    const running: ProgrammeDownload[] = []
    for (const record of this.#records.values()) {
      if (due.length === most) break
      const facility = plant.get(record.facility)
      if (!facility) continue
      if (this.#runs(facility) === record.table) {
        if (!this.#isWanted(record, at)) running.push(record)
        continue
      }
      const isDue = record.sent === null || (record.attempts < MOST_ATTEMPTS && at >= record.sent + SENT_AGAIN)
      if (!isDue) continue
      const table = record.table === 0 ? noTable : this.#tableOf(facility, tableSpan(at, utcOffset))
      // A newer one is about to be noted.
      if (table.table === record.table) due.push({ facility, record: { ...record, sent: at, attempts: record.attempts + 1 }, table })
    }
    if (due.length + running.length === 0) return false
    const sent = due.map(({ record }) => record)
    const wanted = [...sent, ...running].filter((record) => !this.#isWanted(record, at))
    state.transaction(() => {
      for (const record of sent) state.programmes.putDownload(record)
      for (const { facility, table } of wanted) state.programmes.addWanted(facility, at, table)
    })
    for (const { facility, table } of wanted) this.#parts.wanted.add({ facility, at, table })
    for (const record of sent) this.#records.set(record.facility, record)
    for (const { facility, table } of due) publish(programmeTopic(facility.kind.key, facility.id), encodeTable(table)).catch(onTrouble)
    return due.length > 0
  }

  /** It is what detection goes by: from when it was sent on, since tables of a large city wait for their turn. */
  #isWanted({ facility, table }: Pick<ProgrammeDownload, 'facility' | 'table'>, at: number): boolean {
    return (this.#parts.wanted.at(facility, at) ?? 0) === table
  }

  /** What a device says it runs; null while it never said. */
  #runs({ number, kind }: Facility): number | null {
    const value = this.#parts.detector.state(number)?.values[kind.table.index.get(TABLE_POINT) ?? -1]
    return value === undefined || Number.isNaN(value) ? null : value
  }

  #deviceOf(facility: Facility, download: ProgrammeDownload, at: number): DeviceProgramme {
    const runs = this.#runs(facility)
    const { table: wanted } = download
    const isSame = (runs ?? 0) === wanted
    return { facility, runs, wanted, download, since: isSame ? null : download.at, state: isSame ? 'same' : stateOf(download, runs, at) }
  }
}

const isFeeder = ({ kind }: Facility): boolean => kind.circuits.length > 0

/** What is asked for and why, whatever the sun says at the place. */
const shapeOf = (changes: readonly BookedChange[]) =>
  changes.map(({ level, programme, override }) => `${level} ${programme} ${override?.id}`).join(';')

function stateOf({ sent, attempts }: ProgrammeDownload, runs: number | null, at: number): ProgrammeState {
  if (sent === null) return 'waiting'
  if (attempts < MOST_ATTEMPTS || at < sent + SENT_AGAIN) return 'sent'
  return runs === null ? 'unanswered' : 'differs'
}
