import type { Alarm } from '../src/alarms/alarm.ts'
import { AlarmRegister } from '../src/alarms/register.ts'
import type { DetectedFacility } from '../src/detection/detected-facility.ts'
import { Detector } from '../src/detection/detector.ts'
import type { ProgrammeStep } from '../src/detection/expected.ts'
import { Slabs } from '../src/detection/state-layout.ts'
import { defineFacilityKind, type FacilityKind } from '../src/facilities/facility-kind.ts'
import { Plant } from '../src/facilities/plant.ts'
import { describeFacilities, type Registration } from '../src/facilities/registration.ts'
import { RuleBook } from '../src/facilities/rule-book.ts'
import { Pipeline, type PipelineParts } from '../src/pipeline.ts'
import { admitFacility } from '../src/services/admission.ts'
import type { StateStore } from '../src/storage/state-store.ts'
import { decodeNative } from '../src/telemetry/codecs/native.ts'
import { days, minutes, seconds } from '../src/telemetry/duration.ts'
import { analog, digital, text } from '../src/telemetry/point.ts'
import { RejectionLog } from '../src/telemetry/rejection-log.ts'
import { texts } from './detection/fixtures.ts'
import { tankKind } from './tank-kind.ts'

const options = { ...texts, priority: 'medium' } as const

/** Feeds two circuits that are switched; without power all it feeds is dead. */
const feederKind = defineFacilityKind({
  key: 'feeder',
  domain: 'cabinets',
  title: text('Feeder', '馈线'),
  rated: { voltage: 230 },
  points: {
    voltage: analog(text('Voltage', '电压'), 'V', [0, 500]),
    'circuit-1': digital(text('Circuit 1', '回路1'), text('off', '断'), text('on', '通')),
    'circuit-2': digital(text('Circuit 2', '回路2'), text('off', '断'), text('on', '通')),
  },
  circuits: ['circuit-1', 'circuit-2'],
  rules: (build) => ({
    dead: build.limit({ ...options, point: 'voltage', low: 100, onDelay: seconds(3), deprives: { of: ['supply'] } }),
    drop: build.limit({ ...options, point: 'voltage', low: 200, onDelay: seconds(5), offDelay: seconds(20), consequenceOf: ['dead'] }),
    silence: build.silence({ ...options, period: minutes(1), deprives: { of: ['supply', 'link'] } }),
  }),
  panel: { gauges: ['voltage'], trends: [['voltage']], headline: 'voltage' },
  simulation: {
    period: seconds(10),
    faults: {},
    create: () => () => ({ voltage: 230, 'circuit-1': true, 'circuit-2': true }),
  },
})

/** Owes something only while it is fed, and learns what it usually does. */
const lampKind = defineFacilityKind({
  key: 'lamp',
  domain: 'lighting',
  title: text('Lamp', '灯'),
  rated: { power: 100 },
  points: { power: analog(text('Power', '功率'), 'W', [0, 500]) },
  rules: (build) => ({
    out: build.limit({ ...options, point: 'power', low: 10, onDelay: seconds(4), whileFed: true, needs: ['supply'] }),
    dim: build.deviation({ ...options, point: 'power', expected: (level) => 100 * level, tolerance: 20, onDelay: seconds(6) }),
    jump: build.rate({ ...options, point: 'power', perMinute: 150, window: seconds(30) }),
    stuck: build.stuck({ ...options, point: 'power', period: seconds(45), tolerance: 1 }),
    silence: build.silence({ ...options, period: minutes(1), whileFed: true, needs: ['supply', 'link'] }),
  }),
  panel: { gauges: ['power'], trends: [['power']], headline: 'power' },
  simulation: { period: seconds(10), faults: {}, create: () => () => ({ power: 100 }) },
})

export const crashKinds: ReadonlyMap<string, FacilityKind> = new Map([tankKind, feederKind, lampKind].map((kind) => [kind.key, kind]))

/** A feeder with lamps on its circuits, some behind a gateway, and tanks of which one feeds the other. */
export const crashCity: readonly Registration[] = [
  { id: 'F-1', kind: 'feeder' },
  { id: 'L-1', kind: 'lamp', fedBy: 'F-1', circuit: 1 },
  { id: 'L-2', kind: 'lamp', fedBy: 'F-1', circuit: 2, gateway: 'F-1' },
  { id: 'T-1', kind: 'tank' },
  { id: 'T-2', kind: 'tank', fedBy: 'T-1', gateway: 'G-1' },
]

/** What the road needs of a state store. */
export type RoadState = PipelineParts['state'] & ConstructorParameters<typeof AlarmRegister>[0]

const slabs = new Slabs()
/** Lit by turns of three minutes. */
function programme({ kind }: DetectedFacility, at: number): ProgrammeStep | undefined {
  const from = Math.floor(at / minutes(3)) * minutes(3)
  return kind.key === 'feeder' ? { level: (from / minutes(3)) % 2, from, until: from + minutes(3) } : undefined
}

/** The road over a state store that may outlive it, as after a restart. Whatever goes wrong ends it. */
export function openCrashRoad(state: RoadState, numberOf: (id: string) => number) {
  const plant = new Plant()
  const detector = new Detector({ programme }, slabs)
  const register = new AlarmRegister(state)
  for (const description of describeFacilities(crashCity, plant, crashKinds)) {
    admitFacility({ kinds: crashKinds, plant, detector, rules: new RuleBook() }, numberOf(description.id), description)
  }
  const pipeline = new Pipeline({
    plant,
    detector,
    register,
    state,
    rejections: new RejectionLog(),
    decode: (message) => decodeNative(message, plant, { maxPayload: 10_000, maxFuture: minutes(5), maxAge: days(400) }),
    store: { append: () => {}, reached: () => {} },
    dispatch: () => {},
    onTrouble: rethrow,
    onMishap: rethrow,
  })
  return { plant, pipeline, register }
}

export type CrashRoad = ReturnType<typeof openCrashRoad>

export class Crash extends Error {}

/** The store of a process that dies before its n-th call; transactions under way are undone, as they are when a process is gone. */
export function dyingStore(state: StateStore): { store: StateStore; dieAt(call: number): void } {
  let left = Number.POSITIVE_INFINITY
  const store = new Proxy(state, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key)
      if (typeof value !== 'function') return value
      return (...given: unknown[]) => {
        if (left-- <= 0) throw new Crash()
        return value.apply(target, given)
      }
    },
  })
  return {
    store,
    dieAt(call) {
      left = call
    },
  }
}

/** All alarms as they come out of a store, in order of their ids. */
export function alarmsOf(state: { alarm(id: number): Alarm | undefined }): Alarm[] {
  const alarms: Alarm[] = []
  for (let alarm = state.alarm(1); alarm; alarm = state.alarm(alarm.id + 1)) alarms.push(alarm)
  return JSON.parse(JSON.stringify(alarms))
}

function rethrow(error: unknown): never {
  throw error
}
