import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import type { Alarm } from '../src/alarms/alarm.ts'
import type { AlarmRecord } from '../src/alarms/alarm-log.ts'
import { describe as describeFacility } from '../src/facilities/registration.ts'
import { restoreSaved, steadyClock } from '../src/ingest.ts'
import { openStateStore } from '../src/storage/embedded/state-store.ts'
import { ReplayState } from '../src/storage/memory/replay-state.ts'
import { seconds } from '../src/telemetry/duration.ts'
import type { Message } from '../src/telemetry/message.ts'
import { alarmsOf, Crash, type CrashRoad, crashCity, dyingStore, openCrashRoad } from './crash-city.ts'

/**
 * The same days each time, so that a failure is somebody's doing. Other days and more of them, with about three crashes each:
 * PROPERTY_SEED=random PROPERTY_RUNS=33000 npm test -- tests/crash.test.ts; PROPERTY_SHRINK=1 looks for the smallest day that fails,
 * PROPERTY_PATH lives through a single one.
 */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 200)
const { PROPERTY_SEED = '1', PROPERTY_PATH } = process.env
const parameters = {
  numRuns: RUNS,
  endOnFailure: process.env.PROPERTY_SHRINK === undefined,
  ...(PROPERTY_SEED !== 'random' && { seed: Number(PROPERTY_SEED) }),
  ...(PROPERTY_PATH !== undefined && { path: PROPERTY_PATH }),
}
const start = Date.parse('2026-03-01T00:00:00Z')
const encoder = new TextEncoder()

type Values = fc.Arbitrary<Record<string, number | boolean>>
const values: Record<string, Values> = {
  F: fc.record({ voltage: fc.constantFrom(230, 150, 50, 900), 'circuit-1': fc.boolean(), 'circuit-2': fc.boolean() }, { requiredKeys: [] }),
  L: fc.record({ power: fc.constantFrom(100, 100.5, 5, 0, -3) }),
  T: fc.record({ level: fc.constantFrom(0.5, 1.5, 4, 9, -3), valve: fc.boolean() }, { requiredKeys: [] }),
}
const report = fc.constantFrom('F-1', 'L-1', 'L-2', 'T-1', 'T-2').chain((facility) =>
  fc.record({
    type: fc.constant('report' as const),
    facility: fc.constant(facility),
    values: values[facility.charAt(0)] as Values,
    age: age(),
  }),
)
/** Seconds by which a report is older than it comes in: on time, on its way, late, very late. */
function age() {
  return fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 0, max: 3 }) }, fc.constantFrom(20, 90, 600), fc.constant(-20))
}
const status = fc.record({ type: fc.constant('status' as const), of: fc.constantFrom('F-1', 'G-1', 'T-1'), online: fc.boolean() })
const garbage = fc.record({ type: fc.constant('garbage' as const) })
const told = fc.oneof({ weight: 12, arbitrary: report }, { weight: 2, arbitrary: status }, garbage)
const act = fc.record({
  type: fc.constant('act' as const),
  nth: fc.nat({ max: 9 }),
  action: fc.constantFrom('acknowledge' as const, 'shelve' as const, 'unshelve' as const, 'reset' as const),
})
const event = fc.oneof(
  { weight: 8, arbitrary: fc.record({ type: fc.constant('messages' as const), told: fc.array(told, { minLength: 1, maxLength: 4 }) }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('tick' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('save' as const), limit: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 1, arbitrary: act },
)
const crash = fc.oneof(
  { weight: 6, arbitrary: fc.constant(null) },
  {
    weight: 1,
    arbitrary: fc.record({
      call: fc.nat({ max: 25 }),
      down: fc.oneof({ weight: 20, arbitrary: fc.integer({ min: 18, max: 400 }) }, fc.constant(-40)),
      again: fc.option(fc.record({ call: fc.nat({ max: 40 }), down: fc.integer({ min: 60, max: 400 }) }), { freq: 3 }),
    }),
  },
)
/** How much later than the step before, ms: seldom the machine sleeps in between, or its clock is set back, by little or much. */
const gap = fc.oneof({ weight: 40, arbitrary: fc.integer({ min: 0, max: 14_000 }) }, fc.constantFrom(60_000, -2000, -40_000))
const step = fc.record({ gap, event, crash })
const day = fc.array(step, { minLength: 5, maxLength: 40, size: 'max' })

type Told = typeof told extends fc.Arbitrary<infer T> ? T : never
type Report = Extract<Told, { type: 'report' }>
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never

function messageOf(each: Told, received: number, position: number): Message {
  const message = (topic: string, body: string) => ({ position, received, topic, payload: encoder.encode(body) })
  if (each.type === 'garbage') return message('facilities/tank/T-1/telemetry', '{"at":')
  if (each.type === 'status') {
    const topic = each.of === 'T-1' ? 'facilities/tank/T-1/status' : `gateways/${each.of}/status`
    return message(topic, each.online ? 'online' : 'offline')
  }
  const { facility, age: old, values: given } = each
  const kind = { F: 'feeder', L: 'lamp', T: 'tank' }[facility[0] as 'F']
  // The clock of one tank is wrong.
  const at = received - seconds(old) + (facility === 'T-2' ? seconds(100) : 0)
  return message(`facilities/${kind}/${facility}/telemetry`, JSON.stringify({ at, values: given }))
}

/** One event on one road; the messages are in the journal already. */
function happen(road: CrashRoad, each: Event, now: number, messages: readonly Message[]): void {
  const { pipeline } = road
  if (each.type === 'tick') {
    pipeline.tick(now)
    pipeline.save(2)
  } else pipeline.keepTime(now)
  if (each.type === 'save') pipeline.save(each.limit)
  else if (each.type === 'messages') pipeline.process(messages)
  else if (each.type === 'act') actOn(road, each, now)
}

function actOn({ pipeline, register }: CrashRoad, each: Extract<Event, { type: 'act' }>, now: number): void {
  const live = [...register.live()]
  const alarm = live[each.nth % Math.max(1, live.length)]
  if (!alarm) return
  const by = 'li'
  const actions = {
    acknowledge: { type: 'acknowledge', at: now, by, comment: '' },
    shelve: { type: 'shelve', at: now, by, until: now + seconds(60), reason: 'works' },
    unshelve: { type: 'unshelve', at: now, by },
    reset: { type: 'reset', at: now, by },
  } as const
  try {
    pipeline.act(now, () => [register.act(alarm.id, actions[each.action])])
  } catch (error) {
    if (error instanceof Crash) throw error
  }
}

const state = openStateStore(':memory:')
afterAll(() => state.close())
const numbers = new Map(crashCity.map((facility, i) => [facility.id, i + 1]))
for (const facility of crashCity) state.putFacility(describeFacility(facility, undefined))
const numberOf = (id: string) => numbers.get(id) as number

class Undo extends Error {}

/** A store with nothing in it but the plant: what is done to it is undone afterwards, which is much faster than making a new one. */
function withStore(work: () => void): void {
  try {
    state.transaction(() => {
      work()
      throw new Undo()
    })
  } catch (error) {
    if (!(error instanceof Undo)) throw error
  }
}

/** Two cities that live through the same: one crashes and recovers where the other sleeps as long and hears as little. */
class TwoCities {
  readonly steadyState = new ReplayState({ onStep: (_, record) => void this.steadySteps.push(record) })
  readonly steadySteps: AlarmRecord[] = []
  readonly #steady = openCrashRoad(this.steadyState, numberOf)
  readonly #journal: Message[] = []
  #dying = dyingStore(state)
  #road = openCrashRoad(this.#dying.store, numberOf)
  crashes = 0

  constructor() {
    for (const { pipeline } of [this.#steady, this.#road]) {
      pipeline.recovered(start)
      pipeline.tick(start)
    }
  }

  live(each: Event, now: number): void {
    const messages = this.#receive(each, now)
    for (const road of [this.#steady, this.#road]) happen(road, each, now, messages)
  }

  /**
   * What the dying process has not made durable of a tick or an action was never done; a message stands in the journal. Returns when the
   * city is there again.
   */
  die(each: Event, now: number, { call, down: slept, again }: NonNullable<Step['crash']>): number {
    // What fell due before an action is durable on its own.
    if (each.type === 'act') this.live({ type: 'tick' }, now)
    const messages = this.#receive(each, now)
    const durable = () => JSON.stringify([state.appliedThrough(), alarmsOf(state)])
    const before = durable()
    this.#dying.dieAt(call)
    try {
      happen(this.#road, each, now, messages)
    } catch (error) {
      if (!(error instanceof Crash)) throw error
    }
    const wasDone = each.type === 'messages' || durable() !== before
    if (wasDone) happen(this.#steady, each, now, messages)
    this.crashes++
    let wake = now + seconds(slept)
    if (again) {
      if (this.#recover(wake, again.call)) this.#steady.pipeline.keepTime(wake)
      this.crashes++
      wake += seconds(again.down)
    }
    this.#recover(wake)
    this.#steady.pipeline.keepTime(wake)
    return wake
  }

  #receive(each: Event, now: number): Message[] {
    const messages = each.type === 'messages' ? each.told.map((one, i) => messageOf(one, now, this.#journal.length + i + 1)) : []
    this.#journal.push(...messages)
    return messages
  }

  /** Recovers, or dies in it before a call of the store. Returns whether what had fallen due of the alarms meanwhile became durable. */
  #recover(now: number, call = Number.POSITIVE_INFINITY): boolean {
    const alarms = () => JSON.stringify(alarmsOf(state))
    let judged: string | undefined
    this.#dying = dyingStore(state)
    this.#dying.dieAt(call)
    try {
      this.#road = openCrashRoad(this.#dying.store, numberOf)
      const { plant, pipeline } = this.#road
      const position = restoreSaved({ state: this.#dying.store, plant, pipeline })
      pipeline.process(this.#journal.filter((message) => message.position >= position))
      judged = alarms()
      pipeline.recovered(now)
    } catch (error) {
      if (!(error instanceof Crash)) throw error
    }
    return judged !== undefined && alarms() !== judged
  }
}

/**
 * Another order of messages that came at one time. Those of facilities that feed each other or report for each other stay in order: a dark lamp
 * is well before its circuit is switched on and not after.
 */
function reordered(messages: readonly Message[]): Message[] {
  const familyOf = ({ topic }: Message) => (/[FL]-\d/.test(topic) ? 'lighting' : 'tanks')
  const families = [...Map.groupBy(messages, familyOf).values()].reverse()
  return families.flat().map((message, i) => ({ ...message, position: (messages[i] as Message).position }))
}

const nameOf = ({ facility, rule, raised }: Alarm) => `${facility} ${rule} ${raised}`

/** Alarms by what they are about, without the numbers that only say which was first. */
function withoutNumbers(alarms: readonly Alarm[]): unknown[] {
  const names = new Map(alarms.map((alarm) => [alarm.id, nameOf(alarm)]))
  return alarms
    .map(({ id: _, version: __, suppressed, ...alarm }) => ({
      ...alarm,
      suppressed: suppressed && { ...suppressed, by: names.get(suppressed.by ?? 0) },
    }))
    .sort((a, b) => (nameOf({ id: 0, ...a } as Alarm) < nameOf({ id: 0, ...b } as Alarm) ? -1 : 1))
}

test(`messages of one time from facilities that do not hang together may come in any order, ${RUNS} days`, {
  timeout: 60_000 + 40 * RUNS,
}, () => {
  fc.assert(
    fc.property(day, (drawn) => {
      const states = [new ReplayState(), new ReplayState()] as const
      const [one, other] = states.map((each) => openCrashRoad(each, numberOf)) as [CrashRoad, CrashRoad]
      let now = start
      let position = 0
      for (const { gap: passed, event: each } of drawn) {
        now += passed
        if (each.type !== 'messages') {
          for (const road of [one, other]) happen(road, { type: 'tick' }, now, [])
          continue
        }
        const messages = each.told.map((told) => messageOf(told, now, ++position))
        happen(one, each, now, messages)
        happen(other, each, now, reordered(messages))
      }
      expect(withoutNumbers(alarmsOf(states[1]))).toEqual(withoutNumbers(alarmsOf(states[0])))
    }),
    parameters,
  )
})

const isPause = (passed: number) => Math.abs(passed) > seconds(15)

/** Lives through a day in two cities, one of which crashes, and compares all alarms and each step of them. */
function compareCities(drawn: readonly Step[]): { crashes: number; alarms: number } {
  const cities = new TwoCities()
  let now = start
  const clock = steadyClock(() => now)
  // Both began to listen by the same clock.
  clock()
  for (const { gap: passed, event: each, crash: fatal } of drawn) {
    now += passed
    if (fatal) {
      // A clock that jumps just when the program dies is a jump between two runs.
      if (isPause(passed)) cities.live({ type: 'tick' }, clock())
      now = cities.die(each, clock(), fatal)
    } else cities.live(each, clock())
  }
  now = clock()
  for (let i = 1; i <= 20; i++) cities.live({ type: 'tick' }, now + i * seconds(14))
  const record = state.alarmRecords({ limit: 100_000 }).items.sort((a, b) => a.id - b.id)
  expect(record.map(({ id: _, ...step }) => step)).toEqual(cities.steadySteps)
  const alarms = alarmsOf(state)
  expect(alarms).toEqual(alarmsOf(cities.steadyState))
  return { crashes: cities.crashes, alarms: alarms.length }
}

const heard = (facility: Report['facility'], given: Report['values'], old: number): Event => ({
  type: 'messages',
  told: [{ type: 'report', facility, values: given, age: old }],
})

const ticking: Step = { gap: 14_000, event: { type: 'tick' }, crash: null }
const saved: Step = { gap: 1000, event: { type: 'save', limit: 6 }, crash: null }
/** Dies before the n-th call of the store, and is there again so many seconds later. */
const dies = (call: number, slept: number) => ({ call, down: slept, again: null })

/** Days on which a crash once changed something. */
const rememberedDays: Record<string, Step[]> = {
  'a delay that ran out before the report that began it came in is judged at the next tick, and not again at one before': [
    { gap: 0, event: heard('F-1', { 'circuit-2': false }, -20), crash: null },
    { gap: 6000, event: heard('F-1', { voltage: 150 }, 0), crash: null },
    { gap: 0, event: { type: 'tick' }, crash: dies(5, 18) },
  ],
  'a first report says how often more will come, whether the program had just begun to listen or not': [
    { gap: 0, event: heard('T-1', { level: 4 }, 0), crash: dies(0, 100) },
    { gap: 1000, event: heard('T-1', { level: 4 }, 0), crash: null },
    { gap: 1000, event: heard('T-1', { level: 9 }, 20), crash: null },
  ],
  'a sign of life after a pause does not make a silence of the pause': [
    { gap: 0, event: heard('T-1', { level: 4 }, 0), crash: null },
    { gap: 0, event: { type: 'tick' }, crash: dies(9, 300) },
    { gap: 1000, event: heard('T-1', { level: 4 }, 600), crash: null },
    { gap: 14_000, event: heard('T-1', { level: 4 }, 600), crash: null },
    saved,
    { gap: 1000, event: heard('T-1', { level: 4 }, 0), crash: dies(0, 20) },
  ],
  'the report that tells of a pause is heard after it': [
    { gap: 0, event: heard('T-1', { level: 4 }, 600), crash: null },
    { gap: 60_000, event: heard('T-1', { level: 4 }, 90), crash: null },
    saved,
    ...Array.from({ length: 3 }, () => ticking),
    { gap: 10_000, event: heard('T-1', { level: 4 }, 0), crash: dies(0, 20) },
  ],
  'a clock that is set back as soon as the program is there again keeps nobody from being missed': [
    { gap: 0, event: heard('T-1', { level: 4 }, 0), crash: dies(0, 100) },
    { gap: -40_000, event: { type: 'tick' }, crash: null },
  ],
  'a clock that is set back a little lets no message come before a tick that has run': [
    // More than one tick saves.
    { gap: 0, event: heard('T-1', { level: 4 }, 0), crash: null },
    { gap: 0, event: heard('T-2', { level: 4 }, 0), crash: null },
    { gap: 0, event: heard('F-1', { voltage: 50 }, 0), crash: null },
    { gap: 5000, event: { type: 'tick' }, crash: null },
    { gap: -2000, event: heard('F-1', { voltage: 230 }, 0), crash: dies(0, 20) },
  ],
  'what is expected of a lamp, as its alarm keeps it, hangs on its circuit also when nothing was heard since a start': [
    ...Array.from({ length: 13 }, () => ticking),
    { gap: 1000, event: heard('F-1', { 'circuit-1': false }, 0), crash: null },
    { gap: 1000, event: heard('L-1', { power: 100 }, 0), crash: null },
    { gap: 0, event: { type: 'tick' }, crash: dies(9, 20) },
  ],
  'what a clock that is set back brings back is brought back once': [
    { gap: 0, event: heard('T-1', { level: 9 }, 0), crash: null },
    ...Array.from({ length: 2 }, () => ticking),
    { gap: 0, event: { type: 'tick' }, crash: dies(9, 900) },
    { gap: 1000, event: { type: 'act', nth: 0, action: 'shelve' }, crash: null },
    { gap: 0, event: { type: 'tick' }, crash: dies(9, -40) },
  ],
  'whether a lamp is fed is known when the first that is heard after a pause is that it cannot be heard': [
    { gap: 0, event: heard('L-2', { power: 100 }, -20), crash: null },
    { gap: 6000, event: heard('F-1', { 'circuit-2': true }, 0), crash: null },
    { gap: 0, event: { type: 'tick' }, crash: dies(9, 20) },
    { gap: 60_000, event: { type: 'messages', told: [{ type: 'status', of: 'F-1', online: false }] }, crash: null },
  ],
}

describe('a crash', () => {
  test.each(Object.entries(rememberedDays))('%s', (_, remembered) => {
    withStore(() => void compareCities(remembered))
  })

  test('within a recovery, before any call of the store, makes no silence of the time in which nobody listened', () => {
    for (let call = 0; call < 40; call++) {
      const crash = { call: 0, down: 100, again: { call, down: 100 } }
      withStore(() => void compareCities([{ gap: 0, event: heard('T-1', { level: 4 }, 0), crash }]))
    }
  })

  test(`before any call of the store, several a day on ${RUNS} days: the same alarms, step by step, as of a city that slept as long`, {
    timeout: 60_000 + 40 * RUNS,
  }, () => {
    let crashes = 0
    let alarms = 0
    fc.assert(
      fc.property(day, (drawn) =>
        withStore(() => {
          const lived = compareCities(drawn)
          crashes += lived.crashes
          alarms += lived.alarms
        }),
      ),
      parameters,
    )
    console.info(`${RUNS} days with ${crashes} crashes and ${alarms} alarms`)
    expect(crashes).toBeGreaterThan(RUNS / 4)
  })
})
