import type { FacilityKind } from '../src/facilities/facility-kind.ts'
import { matchesFacility, parseFacilityQuery, type QueriedFacility } from '../src/facilities/facility-query.ts'

/** A fault someone asked for. Times in ms of simulated time. */
export interface FaultRequest {
  /** Facility query, like "id=LC-00*" or "kind=street-light roadClass=main". */
  where: string
  fault: string
  /** How long after now it starts. */
  after: number
  /** How long it lasts; null = until it is removed. */
  for: number | null
  size: number
}

/** What is wrong with one facility, as it is labelled for scoring. `end` is planned while it lies ahead; null = open. */
export interface FaultRecord {
  id: number
  facility: string
  kind: string
  fault: string
  size: number
  start: number
  end: number | null
  /** Key of the rule that must raise an alarm, and those of rules that may follow from it. */
  alarm: string
  following: readonly string[]
  /** How long after the start the alarm may take, ms. */
  within: number | null
  /** When the fault can show at all. */
  shows: 'by-night' | 'by-day' | null
}

/** What the faults must know of a facility. */
export type Faultable = QueriedFacility & { kind: Pick<FacilityKind, 'key' | 'rated' | 'simulation'> }

/** Faults kept at the same time at most, so that a wild request cannot fill the memory. */
const MAX_FAULTS = 20_000

/** Whether a facility has such a fault, which not every variant of its kind does. */
export function canShow({ kind, rated }: Pick<Faultable, 'kind' | 'rated'>, fault: string): boolean {
  if (!Object.hasOwn(kind.simulation.faults, fault)) return false
  const needs = Object.entries(kind.simulation.faults[fault]?.needs ?? {})
  return needs.every(([name, wanted]) => (rated[name] ?? kind.rated[name]) === wanted)
}

/** Which facility shows which fault when. Records change when a fault is injected or removed; ended ones are dropped by `prune`. */
export class Faults {
  readonly #byFacility = new Map<string, FaultRecord[]>()
  readonly #byId = new Map<number, FaultRecord>()
  readonly #label: (record: FaultRecord) => void
  #nextId = 1

  /** `label` takes each record when it is planned and again when its end changes: the last one of an id counts. */
  constructor(label: (record: FaultRecord) => void = () => {}) {
    this.#label = label
  }

  /** Injects into every facility the query finds that can have such a fault. Throws with what to do when there is none. */
  inject({ where, fault, size, ...times }: FaultRequest, facilities: Iterable<Faultable>, now: number): FaultRecord[] {
    const query = parseFacilityQuery(where)
    const found = [...facilities].filter((facility) => matchesFacility(query, facility))
    if (found.length === 0) throw new Error(`no facility matches ${where}`)
    const able = found.filter((facility) => canShow(facility, fault))
    if (able.length === 0) {
      const known = new Set(found.flatMap((one) => Object.keys(one.kind.simulation.faults).filter((name) => canShow(one, name))))
      throw new Error(`nothing that matches ${where} has a fault ${fault}; there are ${[...known].join(', ') || 'none'}`)
    }
    if (this.#byId.size + able.length > MAX_FAULTS) throw new Error(`more than ${MAX_FAULTS} faults at once`)
    const start = now + times.after
    const end = times.for === null ? null : start + times.for
    return able.map(({ id, kind }) => {
      const { raises, within = null, shows = null } = kind.simulation.faults[fault] as FacilityKind['simulation']['faults'][string]
      const [alarm, ...following] = raises
      return this.#add({ facility: id, kind: kind.key, fault, size, start, end, alarm, following, within, shows })
    })
  }

  #add(rest: Omit<FaultRecord, 'id'>): FaultRecord {
    const record = { id: this.#nextId++, ...rest }
    this.#byId.set(record.id, record)
    const list = this.#byFacility.get(record.facility)
    if (list) list.push(record)
    else this.#byFacility.set(record.facility, [record])
    this.#label({ ...record })
    return record
  }

  /** Size of a fault at a moment, 0 when it is absent; of several of one name the largest. */
  size(facility: string, fault: string, at: number): number {
    const records = this.#byFacility.get(facility)
    if (!records) return 0
    let size = 0
    for (const record of records) {
      if (record.fault === fault && at >= record.start && (record.end === null || at < record.end)) size = Math.max(size, record.size)
    }
    return size
  }

  /** Ends a fault at once; undefined when there is none of this id. */
  remove(id: number, now: number): FaultRecord | undefined {
    const record = this.#byId.get(id)
    if (!record) return undefined
    record.end = Math.max(record.start, Math.min(now, record.end ?? now))
    this.#label({ ...record })
    this.#forget(record)
    return record
  }

  /** Whether a fault is present at `at` or planned for later. */
  isFaulty(facility: string, at: number): boolean {
    return (this.#byFacility.get(facility) ?? []).some(({ end }) => end === null || end > at)
  }

  /** Planned and present faults, in order of id. */
  list(): FaultRecord[] {
    return [...this.#byId.values()].map((record) => ({ ...record }))
  }

  activeCount(at: number): number {
    let count = 0
    for (const { start, end } of this.#byId.values()) if (at >= start && (end === null || at < end)) count++
    return count
  }

  /** Forgets what ended before `at`. */
  prune(at: number): void {
    for (const record of this.#byId.values()) if (record.end !== null && record.end <= at) this.#forget(record)
  }

  /** Ends everything, for the labels of a run that stops. */
  endAll(now: number): void {
    for (const id of [...this.#byId.keys()]) this.remove(id, now)
  }

  #forget(record: FaultRecord): void {
    this.#byId.delete(record.id)
    const rest = (this.#byFacility.get(record.facility) ?? []).filter((other) => other !== record)
    if (rest.length > 0) this.#byFacility.set(record.facility, rest)
    else this.#byFacility.delete(record.facility)
  }
}
