import { DueQueue } from '../src/alarms/due-queue.ts'
import type { SimulatedSupply } from '../src/facilities/facility-kind.ts'
import { matchesFacility, parseFacilityQuery } from '../src/facilities/facility-query.ts'
import type { Acknowledgement, CommandMessage } from '../src/telemetry/codecs/command-messages.ts'
import type { SwitchingTable } from '../src/telemetry/codecs/programme-messages.ts'
import { seconds } from '../src/telemetry/duration.ts'
import { makeRoom } from '../src/telemetry/make-room.ts'
import { Device, type SimulatedFacilityInput, type SimulatedReport } from './device.ts'
import { type FaultRecord, type FaultRequest, Faults } from './faults.ts'
import { Grid } from './grid.ts'
import { decide, type Obedience } from './obedience.ts'
import { seededRandom } from './random.ts'
import { type PlannedFault, planRandomFaults } from './random-faults.ts'
import { StandingOrders } from './standing-orders.ts'
import { type Imperfections, type Uplink, uplinkOf } from './uplink.ts'
import type { World } from './world.ts'

export interface FleetOptions extends Imperfections {
  facilities: readonly SimulatedFacilityInput[]
  seed: string
  world: World
  /** Simulated time of the beginning, ms since 1970. */
  start: number
  faults?: Faults
  /** Mean number of random faults an hour, 0 for none. */
  randomFaultsPerHour?: number
  /** Facility query that says where random faults may come; everywhere when absent. */
  randomFaultsWhere?: string
}

/** All devices say hello within this time of the beginning, then report at their own moment of the period. */
const HELLO_WITHIN = seconds(15)
/** Devices report at once when something changes: after a fault begins or ends, so many ms later. */
const CHANGE_REPORTS = [0, seconds(5), seconds(10)]
/** Those that lose or get back their supply or their gateway do so too, once they have started: so long after it at least and so much more at most. */
const START_UP = seconds(2)
const START_UP_SPREAD = seconds(4)
/** A gateway asks this many of its facilities at a time. */
const POLL_SIZE = 10
/** Commands that devices remember, so as to answer again and not to do them again. */
const REMEMBERED = 10_000
/** A step of the voltage that devices notice, V. */
const VOLTAGE_STEP = 10

/** A device in its place in the fleet. */
interface Member {
  facility: SimulatedFacilityInput
  device: Device
  uplink: Uplink
  lastStep: number
  /** It reported nothing when it was stepped last, or lets nothing of others through. */
  isDeaf: boolean
  /** Number of its gateway when that is simulated too. */
  gateway: number | undefined
  /** Numbers of those that report through it. */
  behind: number[]
  /** What its circuits carried when it was stepped last. */
  outputs: Map<number | null, SimulatedSupply>
}

/** Steps all facilities in simulated time. Pure: the same options and the same calls give the same reports. */
export class Fleet {
  readonly facilities: readonly SimulatedFacilityInput[]
  readonly faults: Faults
  readonly #members: Member[]
  readonly #grid: Grid
  readonly #numbers: ReadonlyMap<string, number>
  readonly #due = new DueQueue()
  readonly #extra = new DueQueue()
  readonly #orders = new StandingOrders()
  readonly #tables = new Map<number, SwitchingTable>()
  readonly #obedience = new Map<number, Obedience>()
  readonly #answered = new Map<string, Acknowledgement>()
  readonly #random: Iterator<PlannedFault>
  readonly #seed: string
  #nextFault: PlannedFault | undefined
  #now: number

  constructor(options: FleetOptions) {
    const { facilities, seed, world, start, faults = new Faults(), randomFaultsPerHour = 0, randomFaultsWhere = '' } = options
    this.facilities = facilities
    this.faults = faults
    this.#now = start
    this.#seed = seed
    const ids = facilities.map(({ id }) => id)
    this.#numbers = new Map(ids.map((id, number) => [id, number]))
    const momentOf = (number: number, at: number) => ({
      ...world(at),
      fault: (name: string) => faults.size(ids[number] as string, name, at),
      ordered: (channel: string) => this.#orders.valueOf(number, channel, at),
      table: this.#tables.get(number),
    })
    this.#grid = new Grid(facilities, momentOf)
    this.#members = facilities.map((facility, number) => this.#member(facility, number, momentOf, options))
    for (const [number, { gateway }] of this.#members.entries()) {
      if (gateway !== undefined) this.#members[gateway]?.behind.push(number)
    }
    this.#schedule(start)
    const query = parseFacilityQuery(randomFaultsWhere)
    const exposed = facilities.filter((facility) => matchesFacility(query, facility))
    this.#random = planRandomFaults({ seed, perHour: randomFaultsPerHour, facilities: exposed, from: start })
    this.#nextFault = this.#random.next().value
  }

  #member(
    facility: SimulatedFacilityInput,
    number: number,
    momentOf: (number: number, at: number) => ReturnType<World> & { fault(name: string): number },
    { seed, ...imperfections }: FleetOptions,
  ): Member {
    const device = new Device(facility, { seed, grid: this.#grid.of(number), moment: (at) => momentOf(number, at) })
    return {
      facility,
      device,
      uplink: uplinkOf(facility.id, seed, imperfections),
      lastStep: Number.NEGATIVE_INFINITY,
      isDeaf: false,
      gateway: facility.gateway === null ? undefined : this.#numbers.get(facility.gateway),
      behind: [],
      outputs: new Map(),
    }
  }

  #schedule(start: number): void {
    const polls = pollOrder(this.facilities)
    for (const [number, facility] of this.facilities.entries()) {
      const { period } = facility.kind.simulation
      // The first, early report comes on top of the regular ones.
      const phase = phaseOf(facility, this.#seed, polls.get(facility.id))
      const hello = Math.round(phase * Math.min(HELLO_WITHIN, period / 2))
      this.#extra.add(start + hello, number)
      this.#due.add(start + Math.round(phase * period) + Math.min(HELLO_WITHIN, period / 2), number)
    }
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

  /** From now on devices that a query finds deal with commands in this way; returns how many. */
  teach(where: string, obedience: Obedience): number {
    const query = parseFacilityQuery(where)
    let taught = 0
    for (const [number, facility] of this.facilities.entries()) {
      if (!matchesFacility(query, facility)) continue
      taught++
      if (obedience === 'obeys') this.#obedience.delete(number)
      else this.#obedience.set(number, obedience)
    }
    return taught
  }

  /**
   * What a device does with a command that reaches it at our time `now`, ms, and what it answers; null when it says nothing. Simulated time
   * at our time `at` is `simulatedAt(at)`.
   */
  command(facility: string, message: CommandMessage, now: number, simulatedAt: (at: number) => number): Acknowledgement | null {
    const number = this.#numbers.get(facility)
    if (number === undefined) return null
    const key = `${facility} ${message.id}`
    const before = this.#answered.get(key)
    if (before) return before
    const { kind, rated } = this.facilities[number] as SimulatedFacilityInput
    const obedience = this.#obedience.get(number) ?? 'obeys'
    const { act, answer } = decide(message, kind.commands, { ...kind.rated, ...rated }, obedience, now)
    if (act) {
      const until = message.until === null ? Number.POSITIVE_INFINITY : simulatedAt(message.until)
      this.#orders.give(number, act.channels(message.value), until)
      this.#reportChange(facility, this.#now)
      if (Number.isFinite(until)) this.#reportChange(facility, Math.max(this.#now, until))
    }
    if (!answer) return null
    const acknowledgement = { id: message.id, facility, ...answer }
    this.#answered.set(key, acknowledgement)
    makeRoom(this.#answered, REMEMBERED)
    return acknowledgement
  }

  /** A table of its switching reaches a device, which goes by it from now on; one that does not obey commands takes none. */
  giveTable(facility: string, table: SwitchingTable): void {
    const number = this.#numbers.get(facility)
    if (number === undefined || (this.#obedience.get(number) ?? 'obeys') !== 'obeys') return
    this.#tables.set(number, table)
    this.#reportChange(facility, this.#now)
    if (!this.#grid.isFeeder(number)) return
    const { circuits = 1 } = { ...this.facilities[number]?.kind.rated, ...this.facilities[number]?.rated }
    for (const [at] of table.steps) {
      // When its first circuit has switched, and when its last one has.
      for (const later of [0, (circuits - 1) * table.stagger]) if (at + later > this.#now) this.#extra.add(at + later, number)
    }
  }

  /** What the circuits of a facility carry at a moment, A; asked at any time. */
  current(facility: string, at: number): number {
    const number = this.#numbers.get(facility)
    return number === undefined ? 0 : this.#grid.current(number, at)
  }

  remove(id: number): FaultRecord | undefined {
    const record = this.faults.remove(id, this.#now)
    if (record) this.#reportChange(record.facility, this.#now)
    return record
  }

  /** Everything that got through up to and including `until`, in order of sending; one facility's reports have rising times. */
  step(until: number): SimulatedReport[] {
    const reports: SimulatedReport[] = []
    for (;;) {
      const regular = this.#due.first?.at ?? Number.POSITIVE_INFINITY
      const extra = this.#extra.first?.at ?? Number.POSITIVE_INFINITY
      const at = Math.min(regular, extra)
      if (this.#nextFault && this.#nextFault.start <= Math.min(at, until)) {
        this.#beginRandomFault(this.#nextFault)
        continue
      }
      if (at > until) break
      this.#now = at
      const queue = regular <= extra ? this.#due : this.#extra
      const { id: number } = queue.first as { id: number }
      queue.removeFirst()
      const member = this.#members[number] as Member
      if (regular <= extra) this.#due.add(at + member.facility.kind.simulation.period, number)
      // One report a moment: a second one of the same time would say nothing new.
      if (at <= member.lastStep) continue
      const report = this.#stepMember(number, member, at)
      if (report) reports.push(report)
    }
    this.#now = Math.max(this.#now, until)
    this.faults.prune(this.#now)
    return reports
  }

  /** Null when nothing gets through to the server. */
  #stepMember(number: number, member: Member, at: number): SimulatedReport | null {
    member.lastStep = at
    const values = member.device.step(at)
    const wasDeaf = member.isDeaf
    member.isDeaf = values === null || !this.#grid.relays(number, at)
    if (wasDeaf && !member.isDeaf) this.#reportSoon(member.behind, at)
    if (this.#grid.isFeeder(number)) this.#watchOutputs(number, member, at)
    const isCutOff = member.gateway !== undefined && (this.#members[member.gateway] as Member).isDeaf
    if (!values || isCutOff || member.uplink.loses()) return null
    return { facility: member.facility, at: member.uplink.clock(at), sent: at, values }
  }

  /** Tells those on a circuit that their supply has changed. */
  #watchOutputs(number: number, member: Member, at: number): void {
    for (const { circuit, supply, fed } of this.#grid.outputs(number, at)) {
      const before = member.outputs.get(circuit)
      member.outputs.set(circuit, supply)
      if (!before) continue
      // A controller that starts again knows its programme only.
      if (before.isOn && !supply.isOn) for (const one of fed) this.#orders.drop(one)
      if (before.isOn !== supply.isOn || Math.abs(before.voltage - supply.voltage) > VOLTAGE_STEP) this.#reportSoon(fed, at)
    }
  }

  #beginRandomFault({ start, facility, ...request }: PlannedFault): void {
    this.#now = Math.max(this.#now, start)
    // One thing at a time: with two faults at once nobody can say which alarm belongs to which.
    if (!this.faults.isFaulty(facility, start)) this.inject(request)
    this.#nextFault = this.#random.next().value
  }

  #reportChange(facility: string, at: number): void {
    const number = this.#numbers.get(facility)
    if (number === undefined) return
    for (const delay of CHANGE_REPORTS) this.#extra.add(at + delay, number)
  }

  #reportSoon(numbers: readonly number[], at: number): void {
    for (const number of numbers) {
      const { id } = this.facilities[number] as SimulatedFacilityInput
      const spread = seededRandom(`${this.#seed}:${id}:start-up`)() * START_UP_SPREAD
      for (const delay of CHANGE_REPORTS) this.#extra.add(at + START_UP + Math.round(spread) + delay, number)
    }
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
