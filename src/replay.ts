import type { Alarm } from './alarms/alarm.ts'
import { AlarmRegister } from './alarms/register.ts'
import { lightingProgrammes } from './control/lighting-programme.ts'
import { Detector } from './detection/detector.ts'
import type { FacilityKind } from './facilities/facility-kind.ts'
import { Plant } from './facilities/plant.ts'
import { describeFacilities, type Registration } from './facilities/registration.ts'
import { RuleBook } from './facilities/rule-book.ts'
import type { FacilityGroup, RuleOverride } from './facilities/rule-settings.ts'
import { type Change, Pipeline, type PipelineCounts } from './pipeline.ts'
import { admitFacility } from './services/admission.ts'
import { openStateStore } from './storage/embedded/state-store.ts'
import { type DecodeLimits, decodeNative } from './telemetry/codecs/native.ts'
import { days, minutes } from './telemetry/duration.ts'
import type { Message } from './telemetry/message.ts'
import type { RejectionReason } from './telemetry/rejection.ts'
import { RejectionLog } from './telemetry/rejection-log.ts'
import type { Report } from './telemetry/report.ts'

export interface ReplayOptions {
  kinds: ReadonlyMap<string, FacilityKind>
  facilities: readonly Registration[]
  /** What engineers changed of the rules; as the kinds have them when absent. */
  rules?: { groups: readonly FacilityGroup[]; overrides: readonly RuleOverride[] }
  /** Time goes on to here after the last message, ms; so that silence and delays can run out. */
  until?: number
  limits?: DecodeLimits
  onReport?: (report: Report) => void
  onChange?: (change: Change) => void
}

export interface ReplayResult {
  counts: PipelineCounts
  rejections: ReadonlyMap<RejectionReason, number>
  /** All alarms, live and ended, in order of their ids. */
  alarms: Alarm[]
}

const defaultLimits: DecodeLimits = { maxPayload: 1_048_576, maxFuture: minutes(5), maxAge: days(20_000) }

/** Takes recorded messages down the same road as live ones, as fast as it goes, with stores in memory. `received` of the messages is the clock. */
export async function replay(messages: Iterable<Message> | AsyncIterable<Message>, options: ReplayOptions): Promise<ReplayResult> {
  const { kinds, facilities, rules: changed, until, limits = defaultLimits, onReport, onChange } = options
  const plant = new Plant()
  const detector = new Detector({ programme: lightingProgrammes() })
  const rules = new RuleBook(changed?.groups, changed?.overrides)
  const state = openStateStore(':memory:')
  try {
    for (const description of describeFacilities(facilities, plant, kinds)) {
      admitFacility({ kinds, plant, detector, rules }, state.putFacility(description), description)
    }
    const rejections = new RejectionLog()
    const pipeline = new Pipeline({
      plant,
      detector,
      register: new AlarmRegister(state),
      state,
      rejections,
      decode: (message) => decodeNative(message, plant, limits),
      store: { append: (report) => onReport?.(report), reached: () => {} },
      dispatch: (change) => onChange?.(change),
      onTrouble: rethrow,
      onMishap: rethrow,
    })
    for await (const message of messages) pipeline.process([message])
    if (until !== undefined) pipeline.tick(until)
    const alarms: Alarm[] = []
    for (let id = 1; ; id++) {
      const alarm = state.alarm(id)
      if (!alarm) break
      alarms.push(alarm)
    }
    return { counts: pipeline.counts, rejections: rejections.counts(), alarms }
  } finally {
    state.close()
  }
}

function rethrow(error: unknown): never {
  throw error
}
