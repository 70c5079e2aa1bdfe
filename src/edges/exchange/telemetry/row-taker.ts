import { type ImportProblem, shownValue } from '../../../facilities/import-problem.ts'
import { ProblemList } from '../../../facilities/problem-list.ts'
import type { RefusedRows } from '../../../storage/refused-rows.ts'
import { RowCollector } from '../../../storage/row-collector.ts'
import type { KeptFrom, StoredKind, TelemetryRows, TelemetryStore } from '../../../storage/telemetry-store.ts'
import { parseTime } from '../../../telemetry/codecs/native.ts'
import { isPlausible, type Point } from '../../../telemetry/point.ts'
import { UnreadableFile } from '../encoding.ts'
import { BAD } from './formats.ts'
import { milliseconds } from './line-reading.ts'
import { type TelemetryReason, telemetryReasons } from './problems.ts'
import { readValue } from './read-value.ts'

/** How what others call something is called here; what is absent is called the same. */
export interface ImportMapping {
  /** Kind by measurement. */
  kinds?: Readonly<Record<string, string>>
  /** Column or tag of the time and of the facility. */
  time?: string
  facility?: string
  /** Point by column or field; null passes it over. */
  points?: Readonly<Record<string, string | null>>
}

export interface TakingOptions {
  kinds: ReadonlyMap<string, StoredKind>
  /** The kind of all rows; null: as each row or its facility says. */
  kind: string | null
  /** Kind of each registered facility. */
  plant: ReadonlyMap<string, string>
  /** Rows of facilities that are not registered are taken too. */
  keepUnknown: boolean
  mapping: ImportMapping
  /** Device times that are taken: from the ones on, by kind, and, ms, before the other. */
  oldest: KeptFrom
  newest: number
}

/** What was found in a file or on a server; plain enough to be sent to another thread. */
export interface ImportReport {
  /** Rows read, good and bad. */
  rows: number
  /** False when the file could not be read to its end. */
  isWhole: boolean
  /** Rows and values taken. */
  taken: number
  values: number
  /** Device times of the rows taken, ms; null when there are none. */
  from: number | null
  to: number | null
  facilities: number
  kinds: readonly { kind: string; rows: number }[]
  errors: number
  warnings: number
  reasons: readonly { reason: TelemetryReason; severity: 'error' | 'warning'; count: number }[]
  /** The first problems, in the order of the rows. */
  problems: readonly ImportProblem<TelemetryReason>[]
}

/** The oldest device times that a store takes. */
export const oldestTaken = async (store: Pick<TelemetryStore, 'keptFrom'>, now: number): Promise<KeptFrom> =>
  (await store.keptFrom?.(now)) ?? { others: Number.NEGATIVE_INFINITY, kinds: {} }

const FACILITY_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const MAX_PROBLEMS = 500
/** Names of columns of a kind, and facilities, that one import may have; a file of ever new ones would fill the memory. */
const MAX_NAMES = 10_000
const MAX_FACILITIES = 1_000_000

interface Target {
  column: string
  point: Point
  isFlagged: boolean
}

/** Judges rows one by one as readers hand them over, and gathers those that can be stored. */
export class RowTaker {
  readonly #options: TakingOptions
  readonly #problems = new ProblemList<TelemetryReason>(telemetryReasons, MAX_PROBLEMS)
  readonly #targets = new Map<string, Map<string, Target | null>>()
  readonly #counts = new Map<string, number>()
  readonly #facilities = new Set<string>()
  #collectors = new Map<string, RowCollector>()
  /** Of the row begun last. */
  #row = 0
  #kind = ''
  #facility = ''
  #at = 0
  #isBegun = false
  /** Rows read so far, good and bad. */
  rows = 0
  #values = 0
  #isWhole = true
  #from = Number.POSITIVE_INFINITY
  #to = Number.NEGATIVE_INFINITY
  /** Rows gathered since the last `take`. */
  gathered = 0

  constructor(options: TakingOptions) {
    this.#options = options
  }

  get mapping(): ImportMapping {
    return this.#options.mapping
  }

  /** Whether a measurement is a kind of facility. */
  knows(measurement: string): boolean {
    return this.#options.kinds.has(own(this.#options.mapping.kinds, measurement) ?? measurement)
  }

  /** Whether a column may be a point of some row; what is not need not be read, but `know` tells of it. */
  mayHave(name: string): boolean {
    const { kinds, kind, mapping } = this.#options
    const key = keyOf(mapping, name)
    const possible = kind === null ? [...kinds.values()] : [kinds.get(kind)]
    return key !== null && possible.some((each) => each?.points.has(key))
  }

  /** Tells of a column that the kind of the row begun last does not have. */
  know(name: string): void {
    this.#target(name)
  }

  problem(row: number, reason: TelemetryReason, about = '', column = '', value = ''): void {
    this.#problems.add({ row, column, value: shownValue(value), reason, about })
  }

  /** A row that could not even be read. */
  broken(row: number, reason: TelemetryReason, about: string, value: string): void {
    this.rows++
    this.problem(row, reason, about, '', value)
  }

  /** Begins a row; false when it is left out, and its values need not be handed over. `measurement` is what the source itself says of the kind. */
  begin(row: number, time: unknown, facility: unknown, measurement?: string): boolean {
    this.rows++
    const at = timeOf(time)
    if (at === undefined) return this.#refuse(row, 'time-bad', '', String(time ?? ''))
    if (typeof facility !== 'string' || !FACILITY_ID.test(facility)) return this.#refuse(row, 'facility-bad', '', String(facility ?? ''))
    const registered = this.#options.plant.get(facility)
    if (registered === undefined && !this.#options.keepUnknown) return this.#refuse(row, 'facility-unknown', '', facility)
    const { kinds, mapping } = this.#options
    const said = this.#options.kind ?? (measurement === undefined ? undefined : (own(mapping.kinds, measurement) ?? measurement))
    const kind = said ?? registered
    if (kind === undefined || !kinds.has(kind)) return this.#refuse(row, 'kind-unknown', [...kinds.keys()].join(', '), kind ?? '')
    if (registered !== undefined && registered !== kind) return this.#refuse(row, 'kind-other', registered, facility)
    const oldest = own(this.#options.oldest.kinds, kind) ?? this.#options.oldest.others
    if (at < oldest) return this.#refuse(row, 'time-too-old', `${new Date(oldest).toISOString().slice(0, 16)}Z`, String(time))
    if (at >= this.#options.newest) return this.#refuse(row, 'time-in-future', '', String(time))
    this.#row = row
    this.#kind = kind
    this.#facility = facility
    this.#at = at
    this.#isBegun = false
    return true
  }

  /** A value of the row begun last, under the name the source gives it; null and '' are no value. */
  set(name: string, value: unknown): void {
    if (value === null || value === undefined || value === '') return
    const target = this.#target(name)
    if (!target) return
    const number = readValue(target.point, value)
    if (number === undefined) {
      this.problem(this.#row, 'value-bad', wanted(target.point), name, String(value))
      return
    }
    let { column } = target
    if (!target.isFlagged && !isPlausible(target.point, number)) {
      this.problem(this.#row, 'value-impossible', wanted(target.point), name, String(value))
      column += BAD
    }
    const collector = this.#collector()
    if (!this.#isBegun) {
      if (this.#facilities.size >= MAX_FACILITIES && !this.#facilities.has(this.#facility))
        throw new UnreadableFile('format-broken', `> ${MAX_FACILITIES} facilities`)
      this.#isBegun = true
      this.gathered++
      collector.begin(this.#facility, this.#at)
      this.#facilities.add(this.#facility)
      this.#counts.set(this.#kind, (this.#counts.get(this.#kind) ?? 0) + 1)
      this.#from = Math.min(this.#from, this.#at)
      this.#to = Math.max(this.#to, this.#at)
    }
    this.#values++
    collector.set(column, number)
  }

  /** Ends the row begun last. */
  end(): void {
    if (!this.#isBegun) this.problem(this.#row, 'row-empty')
  }

  /** What was gathered since the last time, a batch for each kind. */
  take(): TelemetryRows[] {
    const batches = [...this.#collectors.values()].map((collector) => collector.rows())
    this.#collectors = new Map()
    this.gathered = 0
    return batches
  }

  /** Rows that were taken and that the store would not have. */
  refused({ batch, reason }: RefusedRows): void {
    for (let row = 0; row < batch.rows; row++) {
      const id = batch.facilities[batch.facility[row] as number]
      this.problem(0, 'store-refused', reason, '', `${id} ${new Date(batch.at[row] as number).toISOString()}`)
      this.#values -= batch.values.filter((values) => !Number.isNaN(values[row] as number)).length
    }
    this.#counts.set(batch.kind, (this.#counts.get(batch.kind) ?? 0) - batch.rows)
  }

  /** What comes after this was not read. */
  endEarly({ reason, about }: UnreadableFile): void {
    this.#isWhole = false
    this.problem(this.rows + 1, reason, about)
  }

  report(): ImportReport {
    const problems = this.#problems
    const reasons = [...problems.counts].map(([reason, count]) => ({ reason, severity: telemetryReasons[reason].severity, count }))
    const isEmpty = this.#counts.size === 0
    return {
      rows: this.rows,
      isWhole: this.#isWhole,
      taken: [...this.#counts.values()].reduce((sum, rows) => sum + rows, 0),
      values: this.#values,
      from: isEmpty ? null : this.#from,
      to: isEmpty ? null : this.#to,
      facilities: this.#facilities.size,
      kinds: [...this.#counts].map(([kind, rows]) => ({ kind, rows })),
      errors: problems.errors,
      warnings: problems.warnings,
      reasons,
      problems: problems.list(),
    }
  }

  #refuse(row: number, reason: TelemetryReason, about: string, value: string): false {
    this.problem(row, reason, about, '', value)
    return false
  }

  #collector(): RowCollector {
    let collector = this.#collectors.get(this.#kind)
    if (!collector) {
      collector = new RowCollector(this.#kind)
      this.#collectors.set(this.#kind, collector)
    }
    return collector
  }

  /** Which column a name means for the present kind; null when none, which is told once. */
  #target(name: string): Target | null {
    let targets = this.#targets.get(this.#kind)
    if (!targets) {
      targets = new Map()
      this.#targets.set(this.#kind, targets)
    }
    let target = targets.get(name)
    if (target === undefined) {
      if (targets.size >= MAX_NAMES) throw new UnreadableFile('format-broken', `> ${MAX_NAMES} names of points`)
      target = this.#findTarget(name)
      targets.set(name, target)
    }
    return target
  }

  #findTarget(name: string): Target | null {
    const { kinds, mapping } = this.#options
    const isFlagged = name.endsWith(BAD)
    const key = keyOf(mapping, name)
    if (key === null) return null
    const point = kinds.get(this.#kind)?.points.get(key)
    if (!point) this.problem(this.#row, 'point-unknown', this.#kind, name)
    return point ? { column: isFlagged ? key + BAD : key, point, isFlagged } : null
  }
}

const own = <V>(record: Readonly<Record<string, V>> | undefined, key: string): V | undefined =>
  record && Object.hasOwn(record, key) ? record[key] : undefined

/** Numbers have the unit that their size tells, as in line protocol. */
function timeOf(time: unknown): number | undefined {
  const digits = typeof time === 'number' ? String(Math.round(time)) : time
  return parseTime(typeof digits === 'string' && /^\d{1,19}$/.test(digits) ? milliseconds(digits) : time)
}

/** The point a column means, flagged or not; null when it is to be passed over. */
function keyOf(mapping: ImportMapping, name: string): string | null {
  const plain = name.endsWith(BAD) ? name.slice(0, -BAD.length) : name
  const named = own(mapping.points, plain)
  return named === undefined ? plain : named
}

function wanted(point: Point): string {
  if (point.type === 'number') return `${point.plausible.join(' … ')} ${point.unit}`.trim()
  return point.type === 'boolean' ? 'true, false' : point.states.map(({ key }) => key).join(', ')
}
