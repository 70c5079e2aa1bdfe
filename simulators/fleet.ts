import { seconds } from '../src/telemetry/duration.ts'
import { Device, type SimulatedFacilityInput, type SimulatedReport } from './device.ts'
import { DueQueue } from './due-queue.ts'
import { type FaultRecord, type FaultRequest, Faults } from './faults.ts'
import { seededRandom } from './random.ts'
import { type PlannedFault, planRandomFaults } from './random-faults.ts'
import type { World } from './world.ts'

export interface FleetOptions {
  facilities: readonly SimulatedFacilityInput[]
  seed: string
  world: World
  /** Simulated time of the beginning, ms since 1970. */
  start: number
  faults?: Faults
  /** Mean number of random faults an hour, 0 for none. */
  randomFaultsPerHour?: number
}

/** All devices say hello within this time of the beginning, then report at their own moment of the period. */
const HELLO_WITHIN = seconds(15)
/** Devices report at once when something changes: after a fault begins or ends, so many ms later. */
const CHANGE_REPORTS = [0, seconds(5), seconds(10)]
/** A gateway asks this many of its facilities at a time. */
const POLL_SIZE = 10

/** Steps all facilities in simulated time. Pure: the same options and the same calls give the same reports. */
export class Fleet {
  readonly facilities: readonly SimulatedFacilityInput[]
  readonly faults: Faults
  readonly #devices: Device[]
  readonly #numbers = new Map<string, number>()
  readonly #due = new DueQueue()
  readonly #extra = new DueQueue()
  readonly #random: Iterator<PlannedFault>
  readonly #lastStep: Float64Array
  #nextFault: PlannedFault | undefined
  #now: number

  constructor({ facilities, seed, world, start, faults = new Faults(), randomFaultsPerHour = 0 }: FleetOptions) {
    this.facilities = facilities
    this.faults = faults
    this.#now = start
    this.#lastStep = new Float64Array(facilities.length).fill(Number.NEGATIVE_INFINITY)
    this.#devices = facilities.map((facility) => new Device(facility, { seed, world, faults }))
    const polls = pollOrder(facilities)
    facilities.forEach((facility, number) => {
      this.#numbers.set(facility.id, number)
      const { period } = facility.kind.simulation
      // The first, early report comes on top of the regular ones.
      const phase = phaseOf(facility, seed, polls.get(facility.id))
      const hello = Math.round(phase * Math.min(HELLO_WITHIN, period / 2))
      this.#extra.push(start + hello, number)
      this.#due.push(start + Math.round(phase * period) + Math.min(HELLO_WITHIN, period / 2), number)
    })
    this.#random = planRandomFaults({ seed, perHour: randomFaultsPerHour, facilities, from: start })
    this.#nextFault = this.#random.next().value
  }

  /** Simulated time reached. */
  get now(): number {
    return this.#now
  }

  /** Injects a fault counted from the time reached; its facilities report at once when it begins and ends. */
  inject(request: FaultRequest): FaultRecord[] {
    const records = this.faults.inject(request, this.facilities, this.#now)
    for (const record of records) {
      this.#reportChange(record.facility, record.start)
      if (record.end !== null) this.#reportChange(record.facility, record.end)
    }
    return records
  }

  remove(id: number): FaultRecord | undefined {
    const record = this.faults.remove(id, this.#now)
    if (record) this.#reportChange(record.facility, this.#now)
    return record
  }

  /** Everything reported up to and including `until`, in order of time; one facility's reports have rising times. */
  step(until: number): SimulatedReport[] {
    const reports: SimulatedReport[] = []
    for (;;) {
      const regular = this.#due.peek() ?? Number.POSITIVE_INFINITY
      const extra = this.#extra.peek() ?? Number.POSITIVE_INFINITY
      const at = Math.min(regular, extra)
      if (this.#nextFault && this.#nextFault.start <= Math.min(at, until)) {
        this.#beginRandomFault(this.#nextFault)
        continue
      }
      if (at > until) break
      this.#now = at
      const { item } = (regular <= extra ? this.#due.pop() : this.#extra.pop()) as { item: number }
      if (regular <= extra) this.#due.push(at + (this.#devices[item] as Device).facility.kind.simulation.period, item)
      // One report a moment: a second one of the same time would say nothing new.
      if (at <= (this.#lastStep[item] as number)) continue
      this.#lastStep[item] = at
      const report = (this.#devices[item] as Device).step(at)
      if (report) reports.push(report)
    }
    this.#now = Math.max(this.#now, until)
    this.faults.prune(this.#now)
    return reports
  }

  #beginRandomFault({ start, ...request }: PlannedFault): void {
    this.#now = Math.max(this.#now, start)
    // One thing at a time: with two faults at once nobody can say which alarm belongs to which.
    if (!this.faults.isFaulty(request.facility, start)) this.inject(request)
    this.#nextFault = this.#random.next().value
  }

  #reportChange(facility: string, at: number): void {
    const number = this.#numbers.get(facility)
    if (number === undefined) return
    for (const delay of CHANGE_REPORTS) this.#extra.push(at + delay, number)
  }
}

/** Number of the poll of each facility behind a gateway, as a share of the gateway's period. */
function pollOrder(facilities: readonly SimulatedFacilityInput[]): Map<string, number> {
  const order = new Map<string, number>()
  const groups = Map.groupBy(
    facilities.filter(({ gateway }) => gateway !== null),
    ({ gateway, kind }) => `${gateway}/${kind.key}`,
  )
  for (const group of groups.values()) {
    const polls = Math.ceil(group.length / POLL_SIZE)
    group.forEach(({ id }, i) => {
      order.set(id, Math.floor(i / POLL_SIZE) / polls)
    })
  }
  return order
}

/** Where in its period a facility reports, 0 to below 1; those of one poll together. */
function phaseOf({ id, gateway, kind }: SimulatedFacilityInput, seed: string, poll: number | undefined): number {
  if (poll === undefined) return seededRandom(`${seed}:${id}:phase`)()
  return (seededRandom(`${seed}:${gateway}/${kind.key}:phase`)() + poll) % 1
}
