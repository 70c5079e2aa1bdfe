import type { Alarm } from './alarms/alarm.ts'
import type { AlarmRecord } from './alarms/alarm-log.ts'
import { AlarmRegister } from './alarms/register.ts'
import { DEFAULT_TIME_ZONE } from './config.ts'
import { type LightingHistory, lightingOf, noLighting } from './control/lighting-history.ts'
import { utcOffsets } from './control/local-time.ts'
import { Detector } from './detection/detector.ts'
import type { FacilityKind } from './facilities/facility-kind.ts'
import { Plant } from './facilities/plant.ts'
import { describeFacilities, type Registration } from './facilities/registration.ts'
import { RuleBook } from './facilities/rule-book.ts'
import type { FacilityGroup, RuleOverride } from './facilities/rule-settings.ts'
import { type Change, Pipeline, type PipelineCounts } from './pipeline.ts'
import { admitFacility } from './services/admission.ts'
import { ReplayState } from './storage/memory/replay-state.ts'
import { type Decoded, type DecodeLimits, decodeNative } from './telemetry/codecs/native.ts'
import { days, minutes } from './telemetry/duration.ts'
import type { Message } from './telemetry/message.ts'
import type { RejectionReason } from './telemetry/rejection.ts'
import { RejectionLog } from './telemetry/rejection-log.ts'
import type { Report } from './telemetry/report.ts'

export interface ReplayRoadOptions {
  kinds: ReadonlyMap<string, FacilityKind>
  facilities: readonly Registration[]
  /** What engineers changed of the rules; as the kinds have them when absent. */
  rules?: { groups: readonly FacilityGroup[]; overrides: readonly RuleOverride[] }
  /** Bytes to readings, where the messages are no MQTT messages as they came in. */
  decode?: (message: Message, plant: Plant) => Decoded
  limits?: DecodeLimits
  /** Of the city, for rules that are judged at certain hours. */
  timeZone?: string
  /** What light was asked of whom; from dusk to dawn when absent. */
  lighting?: LightingHistory
  onReport?: (report: Report) => void
  onChange?: (change: Change) => void
  /** Told of each alarm as it is after each step, and of the step. */
  onStep?: (alarm: Alarm, step: AlarmRecord) => void
  /** False: alarms that have ended are forgotten, so that memory stays bounded. */
  keepEnded?: boolean
}

export interface ReplayOptions extends ReplayRoadOptions {
  /** Time goes on to here after the last message, ms; so that silence and delays can run out. */
  until?: number
}

export interface ReplayResult {
  counts: PipelineCounts
  rejections: ReadonlyMap<RejectionReason, number>
  /** All alarms, live and ended, in order of their ids. */
  alarms: Alarm[]
}

const defaultLimits: DecodeLimits = { maxPayload: 1_048_576, maxFuture: minutes(5), maxAge: days(20_000) }

/** The road of live messages with stores in memory, over which history goes as fast as it can. `received` of the messages is the clock. */
export class ReplayRoad {
  readonly plant = new Plant()
  readonly #pipeline: Pipeline
  readonly #rejections = new RejectionLog()
  readonly #state: ReplayState
  readonly #detector: Detector
  readonly #register: AlarmRegister

  constructor(options: ReplayRoadOptions) {
    const { kinds, facilities, rules: changed, limits = defaultLimits, timeZone = DEFAULT_TIME_ZONE, onReport, onChange } = options
    const { plant } = this
    const utcOffset = utcOffsets(timeZone)
    const decode = options.decode ?? ((message: Message) => decodeNative(message, plant, limits))
    const detector = new Detector({ ...lightingOf(options.lighting ?? noLighting, { utcOffset, plant }).surroundings, utcOffset })
    const rules = new RuleBook(changed?.groups, changed?.overrides)
    this.#state = new ReplayState(options)
    this.#detector = detector
    this.#register = new AlarmRegister(this.#state)
    for (const [i, description] of describeFacilities(facilities, plant, kinds).entries()) {
      admitFacility({ kinds, plant, detector, rules }, i + 1, description)
    }
    this.#pipeline = new Pipeline({
      plant,
      detector,
      register: this.#register,
      state: this.#state,
      rejections: this.#rejections,
      decode: (message) => decode(message, plant),
      store: { append: (report) => onReport?.(report), reached: () => {} },
      dispatch: (change) => onChange?.(change),
      onTrouble: rethrow,
      onMishap: rethrow,
    })
  }

  process(messages: readonly Message[]): void {
    this.#pipeline.process(messages)
  }

  /** Lets time pass to `now`, ms, when no message comes. */
  tick(now: number): void {
    this.#pipeline.tick(now)
  }

  /** What is known of the city by now, for figures that look at it. */
  get city(): { plant: Plant; detector: Detector; register: AlarmRegister; pipeline: Pipeline } {
    return { plant: this.plant, detector: this.#detector, register: this.#register, pipeline: this.#pipeline }
  }

  get counts(): PipelineCounts {
    return this.#pipeline.counts
  }

  result(): ReplayResult {
    return { counts: this.#pipeline.counts, rejections: this.#rejections.counts(), alarms: this.#state.alarms() }
  }
}

/** Takes recorded messages down the same road as live ones. */
export async function replay(messages: Iterable<Message> | AsyncIterable<Message>, options: ReplayOptions): Promise<ReplayResult> {
  const road = new ReplayRoad(options)
  for await (const message of messages) road.process([message])
  if (options.until !== undefined) road.tick(options.until)
  return road.result()
}

function rethrow(error: unknown): never {
  throw error
}
