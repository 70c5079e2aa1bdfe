import { setImmediate as breathe } from 'node:timers/promises'
import { type Alarm, alarmState } from '../src/alarms/alarm.ts'
import type { FacilityKind } from '../src/facilities/facility-kind.ts'
import type { Change } from '../src/pipeline.ts'
import { replay } from '../src/replay.ts'
import { days, hours, seconds } from '../src/telemetry/duration.ts'
import type { Message } from '../src/telemetry/message.ts'
import { gatewayTelemetryTopic } from '../src/telemetry/topic.ts'
import { byId } from './fault-arguments.ts'
import { Fleet } from './fleet.ts'
import { encodeMessages } from './messages.ts'
import { simulatedFacilities } from './plant-source.ts'
import type { Trial } from './trials.ts'
import { type Imperfections, uplinkOf } from './uplink.ts'
import type { World } from './world.ts'

export interface TrialOptions extends Imperfections {
  kinds: ReadonlyMap<string, FacilityKind>
  world: World
  seed: string
  /** How long a fault stays after its alarm, and how long the facility is watched after its end, ms. */
  hold: number
  recovery: number
  isStopped?: () => boolean
}

export interface TrialResult {
  trial: Trial
  /** From the beginning of the fault to its own alarm, by the clock of the device, ms; null when there was none. */
  delay: number | null
  /** Its own alarm came in the time the fault states; true when there is no fault. */
  isInTime: boolean
  /** Rules that followed from the fault as it states; those of what feeds the facility with their kind. */
  following: string[]
  /** Alarms nobody saw, because they were suppressed by design all the time. */
  suppressed: number
  /** "rule", or "rule of facility", of each alarm an operator should not have seen. */
  falseAlarms: string[]
  reports: number
}

const SLICE = seconds(30)
const BREATH = hours(2)
const encoder = new TextEncoder()
/** An empty message of a gateway nothing is behind: it says nothing but that time goes on. */
const heartbeat = { topic: gatewayTelemetryTopic('heartbeat'), payload: encoder.encode('[]') }

/** What operators got to see: alarms that were active at some time while nothing suppressed them. */
class Watch {
  readonly shown = new Map<number, Alarm>()
  readonly #all = new Set<number>()

  get suppressed(): number {
    return this.#all.size - this.shown.size
  }

  readonly note = ({ alarms }: Change): void => {
    for (const alarm of alarms) {
      this.#all.add(alarm.id)
      const state = alarmState(alarm)
      if (alarm.active && state !== 'suppressed-by-design' && state !== 'out-of-service') this.shown.set(alarm.id, alarm)
    }
  }

  first(facility: string, rule: string, from: number): Alarm | undefined {
    for (const alarm of this.shown.values()) if (alarm.facility === facility && alarm.rule === rule && alarm.raised >= from) return alarm
    return undefined
  }
}

/** Simulates a trial and takes what it reports down the road of live messages, alarms and their suppression included. */
export async function runTrial(trial: Trial, options: TrialOptions): Promise<TrialResult> {
  const { kinds, world, isStopped = () => false } = options
  const seed = `${options.seed}:${trial.kind.key}:${trial.variant.key}:${trial.fault}`
  const fleet = new Fleet({ ...options, facilities: simulatedFacilities(trial.facilities, kinds), seed, world, start: trial.start })
  const clock = uplinkOf(trial.subject, seed, options)
  const watch = new Watch()
  let reports = 0
  async function* messages(): AsyncGenerator<Message> {
    const until = endOf(trial, fleet, options, () => ownAlarm(trial, watch, clock.clock(trial.faultAt)) !== undefined)
    for (let at = trial.start + SLICE; at <= until(at) && !isStopped(); at += SLICE) {
      for (const report of fleet.step(at)) {
        reports++
        for (const { topic, payload } of encodeMessages([report], 'gateways')) {
          yield { topic, payload: encoder.encode(payload), received: report.sent, position: reports }
        }
      }
      yield { ...heartbeat, received: at, position: reports }
      // Signals are heard only between two turns of the loop.
      if (at % BREATH < SLICE) await breathe()
    }
  }
  await replay(messages(), { kinds, facilities: trial.facilities, onChange: watch.note })
  return { trial, ...score(trial, watch, clock.clock(trial.faultAt)), suppressed: watch.suppressed, reports }
}

/** Injects the fault, ends it some time after its alarm or after that is overdue, and says when the trial is over. */
function endOf(trial: Trial, fleet: Fleet, { hold, recovery }: TrialOptions, isDetected: () => boolean): (at: number) => number {
  const { fault, subject, faultAt } = trial
  if (fault === null) return () => faultAt
  const { within = days(1) } = trial.kind.simulation.faults[fault] ?? {}
  let record: number | undefined
  let endsAt: number | undefined
  return (at) => {
    const { now } = fleet
    if (record === undefined && at > faultAt) {
      record = fleet.inject({ where: byId(subject), fault, after: Math.max(0, faultAt - now), for: null, size: 1 })[0]?.id
    }
    if (record !== undefined && endsAt === undefined && (isDetected() || now > faultAt + within + hold)) endsAt = now + hold
    if (record !== undefined && endsAt !== undefined && now >= endsAt) fleet.remove(record)
    return (endsAt ?? Number.POSITIVE_INFINITY) + recovery
  }
}

function ownAlarm({ kind, fault, subject }: Trial, watch: Watch, from: number): Alarm | undefined {
  return fault === null ? undefined : watch.first(subject, kind.simulation.faults[fault]?.raises[0] ?? '', from)
}

/** `from` is the beginning of the fault by the clock of the device. */
function score(trial: Trial, watch: Watch, from: number): Pick<TrialResult, 'delay' | 'isInTime' | 'following' | 'falseAlarms'> {
  const { kind, fault, subject, facilities } = trial
  const injected = fault === null ? undefined : kind.simulation.faults[fault]
  const raises: readonly string[] = injected?.raises ?? []
  const own = facilities.find(({ id }) => id === subject)
  const above = [own?.fedBy, own?.gateway]
  const following = new Set<string>()
  const falseAlarms = new Set<string>()
  for (const { facility, kind: kindKey, rule, raised } of watch.shown.values()) {
    const isAfter = fault !== null && raised >= from
    if (facility === subject && isAfter && raises.includes(rule)) following.add(rule)
    // What feeds a facility feels what is wrong with it.
    else if (isAfter && above.includes(facility)) following.add(`${kindKey} ${rule}`)
    else falseAlarms.add(facility === subject ? rule : `${rule} of ${facility}`)
  }
  const alarm = ownAlarm(trial, watch, from)
  following.delete(alarm?.rule ?? '')
  const delay = alarm ? alarm.raised - from : null
  const isInTime = fault === null || (delay !== null && delay <= (injected?.within ?? 0))
  return { delay, isInTime, following: [...following], falseAlarms: [...falseAlarms] }
}
