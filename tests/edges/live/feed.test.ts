import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isInScope, type Scope, WHOLE_CITY } from '../../../src/access/scope.ts'
import type { Alarm } from '../../../src/alarms/alarm.ts'
import type { PlantColumns, Snapshot } from '../../../src/edges/http/live-schemas.ts'
import { type AlarmView, type FacilityState, facilityStates } from '../../../src/edges/http/schemas.ts'
import { alarmViewer } from '../../../src/edges/http/views.ts'
import { stateCode } from '../../../src/edges/live/facility-states.ts'
import { DELTA_INTERVAL, type LiveFeed } from '../../../src/edges/live/feed.ts'
import { LiveFeeds } from '../../../src/edges/live/feeds.ts'
import { facilitiesOf } from '../../../src/edges/live/plant-columns.ts'
import type { Delta } from '../../../src/edges/live/protocol.ts'
import { shownHash } from '../../../src/edges/live/shown-hash.ts'
import type { Change } from '../../../src/edges/services.ts'
import { type Facility, Plant } from '../../../src/facilities/plant.ts'
import { openStateStore } from '../../../src/storage/embedded/state-store.ts'
import { minutes } from '../../../src/telemetry/duration.ts'
import { sampleAlarm, sampleFacility } from '../../storage/state-store.contract.ts'
import { tankKind } from '../../tank-kind.ts'
import { listed, statesOf } from './told.ts'

/** A plant whose alarms and states are what the test says, with a clock that the test moves. */
function openTown() {
  let time = Date.UTC(2026, 2, 1)
  const timers: { at: number; work: () => void }[] = []
  const plant = new Plant()
  const states = new Map<number, FacilityState>()
  const alarms = new Map<number, Alarm>()
  const listeners: ((change: Change) => void)[] = []
  const state = openStateStore(':memory:')
  let numbers = 0
  const put = () => {
    const number = ++numbers
    const district = number % 2 === 0 ? 'North' : 'South'
    const facility: Facility = { ...sampleFacility(`F-${number}`, { district }), kind: tankKind, number }
    plant.put(facility)
    states.set(number, 'normal')
    return facility
  }
  const openAll = () =>
    new LiveFeeds({
      epoch: 'one',
      now: () => time,
      schedule: (work, delay) => {
        const timer = { at: time + delay, work }
        timers.push(timer)
        return () => timers.splice(timers.indexOf(timer), 1)
      },
      services: {
        kinds: [tankKind],
        plant,
        state,
        liveAlarms: () => alarms.values(),
        alarmSystem: { floodNow: () => null },
        facilityState: (facility) => states.get(facility.number) as FacilityState,
        onChange: (listener) => void listeners.push(listener),
      },
    })
  const open = () => openAll().of(WHOLE_CITY)
  const change = (more: Partial<Change>) => {
    for (const listener of listeners) listener({ alarms: [], facilities: new Set(), plant: false, ...more })
  }
  return {
    plant,
    states,
    alarms,
    state,
    put,
    open,
    openAll,
    change,
    now: () => time,
    setBack(ms: number) {
      time -= ms
    },
    pass(ms: number) {
      const until = time + ms
      for (;;) {
        const due = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
        if (!due) break
        timers.splice(timers.indexOf(due), 1)
        time = Math.max(time, due.at)
        due.work()
      }
      time = until
    },
    setState(number: number, value: FacilityState) {
      const facility = plant.at(number)
      if (!facility) return
      states.set(number, value)
      change({ facilities: new Set([facility]) })
    },
    raise(facility: string, more: Partial<Alarm> = {}) {
      const alarm = sampleAlarm({ facility, rule: `rule-${alarms.size}-${time}-${Math.random()}`, raised: time, ...more })
      const id = state.insertAlarm(alarm)
      alarms.set(id, { ...alarm, id })
      change({ alarms: [{ ...alarm, id }] })
      return id
    },
    alter(id: number, more: Partial<Alarm>) {
      const before = alarms.get(id)
      if (!before) return
      const alarm = { ...before, ...more, version: before.version + 1 }
      state.updateAlarm(alarm)
      if (alarm.ended === null) alarms.set(id, alarm)
      else alarms.delete(id)
      change({ alarms: [alarm] })
    },
  }
}

/** What a console does: a snapshot, then each delta in turn, and a new snapshot at any gap. */
class Console {
  readonly alarms = new Map<number, AlarmView>()
  readonly states = new Map<number, FacilityState>()
  seq = -1
  isOnline = true
  readonly feed: LiveFeed
  constructor(feed: LiveFeed) {
    this.feed = feed
    feed.listen({
      delta: (delta) => {
        if (this.isOnline) this.take(delta)
      },
      plant: () => {},
    })
    this.start()
  }
  start(): void {
    const snapshot: Snapshot = JSON.parse(this.feed.snapshot().text)
    this.seq = snapshot.seq
    this.alarms.clear()
    this.states.clear()
    for (const alarm of snapshot.alarms) this.alarms.set(alarm.id, alarm)
    const plant: PlantColumns = JSON.parse(this.feed.plant.shared.text)
    expect(plant.version).toBe(snapshot.plant)
    for (const { number, state } of listed(plant, snapshot)) this.states.set(number, state)
    expect(snapshot.hash).toBe(this.hash())
  }
  hash(): number {
    const codes = new Uint8Array(Math.max(0, ...this.states.keys()) + 1)
    for (const [number, state] of this.states) codes[number] = stateCode(state)
    return shownHash(this.alarms.values(), codes)
  }
  take(delta: Delta): void {
    const { seq, alarms, plant } = delta
    if (seq <= this.seq) return
    // Whoever has another version of the plant fetches it; this one fetches all.
    if (seq > this.seq + 1 || plant !== null) {
      this.start()
      return
    }
    this.seq = seq
    for (const alarm of alarms) {
      if (alarm.ended === null) this.alarms.set(alarm.id, alarm)
      else this.alarms.delete(alarm.id)
    }
    for (const [number, state] of statesOf(delta)) this.states.set(number, state)
  }
  picture() {
    const sorted = <T>(map: Map<number, T>) => [...map].sort(([a], [b]) => a - b)
    return { seq: this.seq, alarms: sorted(this.alarms), states: sorted(this.states) }
  }
}

test('the service itself is no facility of the city, and its alarms are told like others', () => {
  const town = openTown()
  const lamp = town.put()
  town.plant.put({ ...sampleFacility('service'), kind: { ...tankKind, reportsItself: true }, number: 99 })
  town.states.set(99, 'normal')
  const feed = town.open()
  const deltas: Delta[] = []
  feed.listen({ delta: (delta) => deltas.push(delta), plant: () => {} })
  const id = town.raise('service')
  town.setState(99, 'high')
  town.pass(DELTA_INTERVAL)
  const { alarms }: Snapshot = JSON.parse(feed.snapshot().text)
  expect(facilitiesOf(JSON.parse(feed.plant.shared.text)).map(({ number }) => number)).toEqual([lamp.number])
  expect(alarms.map((alarm) => alarm.id)).toEqual([id])
  expect(deltas.flatMap(statesOf)).toEqual([])
  expect(deltas.flatMap(({ alarms }) => alarms.map((alarm) => alarm.id))).toEqual([id])
})

const districts = (...names: string[]): Scope => ({ districts: names, domains: 'all' })

test('one feed for all of a scope; who listens to it hears nothing of facilities elsewhere', () => {
  const town = openTown()
  const [south, north] = [town.put(), town.put()]
  const feeds = town.openAll()
  expect(feeds.of(districts('North', 'Old town'))).toBe(feeds.of(districts('Old town', 'North')))
  expect(feeds.of({ ...WHOLE_CITY })).toBe(feeds.of(WHOLE_CITY))
  const feed = feeds.of(districts('North'))
  expect(feed.epoch).not.toBe(feeds.of(WHOLE_CITY).epoch)
  const deltas: Delta[] = []
  feed.listen({ delta: (delta) => deltas.push(delta), plant: () => {} })
  town.setState(south.number, 'high')
  const there = town.raise(south.id)
  town.pass(DELTA_INTERVAL)
  expect(deltas).toEqual([])
  town.setState(north.number, 'high')
  const here = town.raise(north.id)
  town.pass(DELTA_INTERVAL)
  expect(deltas.flatMap(statesOf)).toEqual([[north.number, 'high']])
  expect(deltas.flatMap(({ alarms }) => alarms.map(({ id }) => id))).toEqual([here])
  const counted = (of: LiveFeed) => (JSON.parse(of.snapshot().text) as Snapshot).timeline.reduce((sum, bucket) => sum + bucket.high, 0)
  expect([counted(feed), counted(feeds.of(WHOLE_CITY)), counted(feeds.of(districts('South')))]).toEqual([1, 2, 1])

  // It moves, with its alarm, without that anything becomes of the alarm.
  town.plant.put({ ...(town.plant.get(south.id) as Facility), district: 'North' })
  town.change({ plant: true })
  town.pass(DELTA_INTERVAL)
  const listed = (of: LiveFeed) => (JSON.parse(of.snapshot().text) as Snapshot).alarms.map(({ id }) => id).sort()
  expect([listed(feed), listed(feeds.of(districts('South')))]).toEqual([[there, here].sort(), []])
})

test('a feed that nobody uses is dropped after a while; the next one is told apart from it', () => {
  const town = openTown()
  const feeds = town.openAll()
  const { epoch } = feeds.of(districts('North'))
  town.pass(minutes(10))
  feeds.forgetUnused(() => true)
  expect(feeds.of(districts('North')).epoch).toBe(epoch)
  town.pass(minutes(10))
  feeds.forgetUnused(() => false)
  expect(feeds.all()).toHaveLength(1)
  expect(feeds.of(districts('North')).epoch).not.toBe(epoch)
})

describe('snapshot and deltas', () => {
  const scopes = [WHOLE_CITY, districts('North'), districts('South')]
  const small = fc.nat(7)
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('state' as const), which: small, state: fc.constantFrom(...facilityStates) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('raise' as const), which: small }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('alter' as const, 'end' as const), which: small }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(0, 1, 20, 49, 50, 51, 2000) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('put' as const, 'remove' as const), which: small }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('move' as const), which: small }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('join' as const), which: small }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('lose' as const, 'return' as const), which: small }) },
  )

  test('make every console show what the server shows, whatever it missed', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const town = openTown()
        for (let i = 0; i < 4; i++) town.put()
        const feeds = town.openAll()
        const consoles = scopes.map((scope) => new Console(feeds.of(scope)))
        const pick = <T>(items: Iterable<T>, which: number) => [...items][which]
        for (const it of steps) {
          if (it.do === 'pass') town.pass(it.ms)
          else if (it.do === 'state') town.setState(it.which, it.state)
          else if (it.do === 'raise') town.raise(`F-${it.which}`)
          else if (it.do === 'alter') town.alter(pick(town.alarms.keys(), it.which) ?? -1, { active: false })
          else if (it.do === 'end') town.alter(pick(town.alarms.keys(), it.which) ?? -1, { active: false, ended: town.now() })
          else if (it.do === 'join') {
            const feed = feeds.of(scopes[it.which % scopes.length] as Scope)
            const newcomer = new Console(feed)
            for (const console of consoles)
              if (console.feed === feed && console.seq === feed.seq) expect(console.picture()).toEqual(newcomer.picture())
            consoles.push(newcomer)
          } else if (it.do === 'put') town.change({ plant: true, facilities: new Set([town.put()]) })
          else if (it.do === 'move') {
            const facility = town.plant.get(`F-${it.which}`)
            if (!facility) continue
            town.plant.put({ ...facility, district: facility.district === 'North' ? 'South' : 'North' })
            town.change({ plant: true, facilities: new Set([facility]) })
          } else if (it.do === 'remove') {
            town.plant.remove(`F-${it.which}`)
            town.change({ plant: true })
          } else {
            const console = pick(consoles, it.which)
            if (console) console.isOnline = it.do === 'return'
          }
        }
        for (const console of consoles) console.isOnline = true
        town.pass(DELTA_INTERVAL)
        // One more delta each, so that those who missed some notice.
        for (const district of ['North', 'South']) {
          const { id, number } = town.put()
          const facility = town.plant.get(id) as Facility
          town.plant.put({ ...facility, district })
          town.change({ plant: true, facilities: new Set([facility]) })
          town.pass(DELTA_INTERVAL)
          town.setState(number, 'high')
          town.pass(DELTA_INTERVAL)
        }
        for (const console of consoles) {
          const isSeen = (id: string) => {
            const facility = town.plant.get(id)
            return console.feed.scope === WHOLE_CITY || (facility !== undefined && isInScope(console.feed.scope, facility))
          }
          expect(console.picture()).toEqual({
            seq: console.feed.seq,
            alarms: [...town.alarms]
              .filter(([, { facility }]) => isSeen(facility))
              .map(([id, alarm]) => [id, JSON.parse(JSON.stringify(alarmViewer({ kinds: [tankKind] })(alarm)))]),
            states: [...town.plant].filter(({ id }) => isSeen(id)).map(({ number }) => [number, town.states.get(number)]),
          })
        }
        feeds.close()
        town.state.close()
      }),
      { numRuns: 500 },
    )
  })

  test('the first change goes at once, those that follow within 50 ms together, numbers without a gap', () => {
    const town = openTown()
    town.put()
    town.put()
    const feed = town.open()
    const deltas: Delta[] = []
    feed.listen({ delta: (delta) => void deltas.push(delta), plant: () => {} })
    town.setState(1, 'high')
    expect(deltas.map((delta) => ({ ...delta, states: statesOf(delta) }))).toEqual([
      { epoch: 'one', seq: 1, alarms: [], states: [[1, 'high']], plant: null },
    ])
    town.setState(1, 'high')
    town.pass(10)
    town.setState(1, 'low')
    town.setState(2, 'low')
    town.raise('F-2')
    town.setState(1, 'high')
    expect(deltas).toHaveLength(1)
    town.pass(40)
    expect(deltas[1]).toMatchObject({ seq: 2, alarms: [{ facility: 'F-2' }] })
    expect(statesOf(deltas[1] as Delta)).toEqual([[2, 'low']])
    town.pass(1000)
    town.setState(1, 'high')
    expect(deltas).toHaveLength(2)
    town.setBack(3_600_000)
    town.setState(1, 'normal')
    expect(deltas, 'a clock set back holds nothing up').toHaveLength(3)
  })

  test('the most urgent alarms go out first, others in the order they came', () => {
    const town = openTown()
    const feed = town.open()
    const sent: number[] = []
    feed.listen({ delta: ({ alarms }) => void sent.push(...alarms.map(({ id }) => id)), plant: () => {} })
    const each = (['low', 'high', 'low', 'critical', 'medium', 'critical'] as const).map((priority, i) =>
      sampleAlarm({ id: i + 1, priority }),
    )
    town.change({ alarms: each })
    expect(sent).toEqual([4, 6, 2, 5, 1, 3])
  })

  test('a flood goes out in deltas of bounded size', () => {
    const town = openTown()
    const feed = town.open()
    const deltas: Delta[] = []
    feed.listen({ delta: (delta) => void deltas.push(delta), plant: () => {} })
    const alarms = Array.from({ length: 1201 }, (_, i) => sampleAlarm({ id: i + 1, raised: town.now() }))
    town.change({ alarms })
    expect(deltas.map(({ seq, alarms }) => [seq, alarms.length])).toEqual([
      [1, 500],
      [2, 500],
      [3, 201],
    ])
  })
})

describe('timeline', () => {
  test('counts alarms once when they are raised, and goes on from the stored ones', () => {
    const town = openTown()
    town.state.insertAlarm(sampleAlarm({ rule: 'old', raised: town.now() - 25 * 3_600_000, ended: 1 }))
    town.state.insertAlarm(sampleAlarm({ rule: 'before', raised: town.now() - 60_000, priority: 'low', ended: 1 }))
    const feed = town.open()
    const id = town.raise('F-1', { priority: 'critical' })
    town.pass(60_000)
    town.alter(id, { active: false })
    const { timeline } = JSON.parse(feed.snapshot().text) as Snapshot
    expect(timeline).toHaveLength(96)
    expect(timeline.at(-1)).toEqual({ at: Date.UTC(2026, 2, 1), critical: 1, high: 0, medium: 0, low: 0 })
    expect(timeline.at(-2)?.low).toBe(1)
    expect(timeline.reduce((sum, { critical, high, medium, low }) => sum + critical + high + medium + low, 0)).toBe(2)
    town.pass(25 * 3_600_000)
    expect((JSON.parse(feed.snapshot().text) as Snapshot).timeline.every(({ critical }) => critical === 0)).toBe(true)
  })
})
