import { existsSync } from 'node:fs'
import type { Alarm } from '../../alarms/alarm.ts'
import type { AlarmRegister } from '../../alarms/register.ts'
import type { SettingInForce } from '../../config.ts'
import type { Detector } from '../../detection/detector.ts'
import type { Brokers } from '../../edges/brokers/brokers.ts'
import type { ConsoleFigures, Health, OwnAlarm } from '../../edges/health.ts'
import type { Figures } from '../../edges/services.ts'
import type { VendorCodecServices } from '../../edges/vendor-codecs/codec-services.ts'
import type { Plant } from '../../facilities/plant.ts'
import type { RuleBook } from '../../facilities/rule-book.ts'
import { LastHour } from '../../facilities/server/sampler.ts'
import type { DiskSpace } from '../../storage/disk-space.ts'
import { seconds } from '../../telemetry/duration.ts'
import { VERSION } from '../../version.ts'
import { AlarmDelays } from './alarm-delays.ts'
import { DiskGrowth } from './disk-growth.ts'
import { type DeliveryFacts, type DeviceClocks, type HealthFacts, healthOf, worst } from './health.ts'
import type { OwnValues, ParametersOf } from './own-rules.ts'

/** Clocks of a large city are not gone through more often, ms. */
const CLOCKS_KEPT = seconds(30)
/** As the rule about device clocks has it when nobody has changed it, ms. */
const CLOCK_LIMIT = seconds(60)
/** There while systemd keeps the clock of the machine. */
const SYNCHRONIZED = '/run/systemd/timesync/synchronized'

export interface HealthWatchParts {
  /** As which facility the service reports itself; empty when it does not. */
  id: string
  settings: readonly SettingInForce[]
  maxConnections: number
  plant: Plant
  detector: Pick<Detector, 'state'>
  rules: Pick<RuleBook, 'effective'>
  register: Pick<AlarmRegister, 'of'>
  brokers: Pick<Brokers, 'list'>
  vendorCodecs: Pick<VendorCodecServices, 'figures'>
  /** What it measured of itself last, and what is known at once. */
  own: () => OwnValues
  figures: () => Figures
  refusedConnects: () => number
  deliveries: () => DeliveryFacts
  disk: () => DiskSpace | null
  stateBytes: () => number
  certificateProblems: () => readonly string[]
  notReady: () => string[]
  now: () => number
}

/** Remembers what is told of the last hour or day, and gathers what is asked about the health of the service. */
export class HealthWatch {
  readonly #parts: HealthWatchParts
  readonly #delays = new AlarmDelays()
  readonly #growth = new DiskGrowth()
  readonly #slowReaders: LastHour
  readonly #notForwarded: LastHour
  readonly #started: number
  #clocks: { at: number; found: DeviceClocks } | null = null

  constructor(parts: HealthWatchParts) {
    this.#parts = parts
    this.#started = parts.now()
    this.#slowReaders = new LastHour(this.#started, 0)
    this.#notForwarded = new LastHour(this.#started, 0)
  }

  /** Told of each alarm that is new to people; one of the past says nothing of how fast the service is. */
  activated({ activated, historical, facility }: Alarm): void {
    if (historical) return
    const number = this.#parts.plant.get(facility)?.number
    const skew = number === undefined ? undefined : this.#parts.detector.state(number)?.skew
    this.#delays.add(activated - (skew || 0), this.#parts.now())
  }

  /** To be called now and then, at least each minute. */
  tick(): void {
    const at = this.#parts.now()
    const disk = this.#parts.disk()
    if (disk) this.#growth.add(disk.free, at)
    this.#lastHour(at)
  }

  /** How it stands with the service now. Asks no database. */
  health(consoles: ConsoleFigures): Health {
    const { id, plant, register, settings, notReady, now } = this.#parts
    const at = now()
    const parts = healthOf(this.#facts(at), consoles)
    return {
      at,
      condition: worst(parts.map(({ condition }) => condition)),
      parts,
      problems: notReady(),
      alarms: [...register.of(id)].map(ownAlarm),
      facility: plant.get(id) ? id : null,
      ...{ version: VERSION, runtime: `Node ${process.version}`, started: this.#started, settings: [...settings] },
    }
  }

  #facts(at: number): HealthFacts {
    const { maxConnections, brokers, vendorCodecs, own, disk, ...read } = this.#parts
    const space = disk()
    return {
      at,
      own: own(),
      parametersOf: this.#parametersOf(),
      figures: read.figures(),
      maxConnections,
      refusedConnects: read.refusedConnects(),
      deliveries: read.deliveries(),
      ...this.#lastHour(at),
      alarmDelays: this.#delays.figures(at),
      stateBytes: read.stateBytes(),
      diskDaysLeft: space && this.#growth.daysLeft(space.free, at),
      certificateProblems: read.certificateProblems(),
      isClockSynchronized: existsSync(SYNCHRONIZED) || null,
      deviceClocks: this.#deviceClocks(at),
      brokers: brokers.list().map(({ title, live }) => ({ title, isAway: live.state === 'away', problem: live.problem })),
      codecs: [...vendorCodecs.figures()].map(([codec, { suspendedUntil }]) => ({ id: codec, isSuspended: suspendedUntil !== null })),
    }
  }

  /** The rules of the kind `server` as engineers have set them, if the service is a facility. */
  #parametersOf(): ParametersOf {
    const facility = this.#parts.plant.get(this.#parts.id)
    if (!facility) return ({ parameters }) => parameters
    const effective = new Map(this.#parts.rules.effective(facility).map((one) => [one.rule.key, one]))
    return ({ key, parameters }) => {
      const found = effective.get(key)
      if (!found) return parameters
      if (!found.enabled.value) return null
      return Object.fromEntries(Object.entries(found.parameters).map(([name, { value }]) => [name, value]))
    }
  }

  #lastHour(at: number): { slowReaders: number; notForwarded: number } {
    const { broker } = this.#parts.figures()
    return {
      slowReaders: this.#slowReaders.grown(at, broker?.disconnects.get('too-slow') ?? 0),
      notForwarded: this.#notForwarded.grown(at, broker?.dropped ?? 0),
    }
  }

  #deviceClocks(at: number): DeviceClocks {
    if (this.#clocks && Math.abs(at - this.#clocks.at) < CLOCKS_KEPT) return this.#clocks.found
    const skews: number[] = []
    for (const { number } of this.#parts.plant) {
      const skew = this.#parts.detector.state(number)?.skew ?? Number.NaN
      if (!Number.isNaN(skew)) skews.push(skew)
    }
    const sorted = Float64Array.from(skews).sort()
    const off = skews.filter((skew) => Math.abs(skew) > CLOCK_LIMIT).length
    const found = { measured: skews.length, off, median: sorted[Math.floor(sorted.length / 2)] ?? null }
    this.#clocks = { at, found }
    return found
  }
}

const ownAlarm = ({ id, rule, priority, raised, active, acknowledged }: Alarm): OwnAlarm => ({
  ...{ id, rule, priority, raised, active },
  acknowledged: acknowledged !== null,
})
