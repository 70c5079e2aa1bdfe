import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Alarm } from '../../../src/alarms/alarm.ts'
import { type FacilityState, facilityStates, type Snapshot } from '../../../src/edges/http/schemas.ts'
import { alarmViewer } from '../../../src/edges/http/views.ts'
import { DELTA_INTERVAL, LiveFeed } from '../../../src/edges/live/feed.ts'
import type { Delta } from '../../../src/edges/live/protocol.ts'
import type { Change } from '../../../src/edges/services.ts'
import { type Facility, Plant } from '../../../src/facilities/plant.ts'
import { openStateStore } from '../../../src/storage/embedded/state-store.ts'
import { sampleAlarm, sampleFacility } from '../../storage/state-store.contract.ts'
import { tankKind } from '../../tank-kind.ts'

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
    const facility: Facility = { ...sampleFacility(`F-${number}`), kind: tankKind, number }
    plant.put(facility)
    states.set(number, 'normal')
    return facility
  }
  const open = () =>
    new LiveFeed({
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
  readonly alarms = new Map<number, unknown>()
  readonly states = new Map<number, string>()
  seq = -1
  isOnline = true
  readonly #feed: LiveFeed
  constructor(feed: LiveFeed) {
    this.#feed = feed
    feed.listen({
      delta: (delta) => {
        if (this.isOnline) this.take(delta)
      },
      plant: () => {
        if (this.isOnline) this.start()
      },
    })
    this.start()
  }
  start(): void {
    const snapshot: Snapshot = JSON.parse(this.#feed.snapshot())
    this.seq = snapshot.seq
    this.alarms.clear()
    this.states.clear()
    for (const alarm of snapshot.alarms) this.alarms.set(alarm.id, alarm)
    for (const { number, state } of snapshot.facilities) this.states.set(number, state)
  }
  take({ seq, alarms, states }: Delta): void {
    if (seq <= this.seq) return
    if (seq > this.seq + 1) {
      this.start()
      return
    }
    this.seq = seq
    for (const alarm of alarms) {
      if (alarm.ended === null) this.alarms.set(alarm.id, alarm)
      else this.alarms.delete(alarm.id)
    }
    for (const [number, state] of states) if (this.states.has(number)) this.states.set(number, state)
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
  const { facilities, alarms }: Snapshot = JSON.parse(feed.snapshot())
  expect(facilities.map(({ number }) => number)).toEqual([lamp.number])
  expect(alarms.map((alarm) => alarm.id)).toEqual([id])
  expect(deltas.flatMap(({ states }) => states)).toEqual([])
  expect(deltas.flatMap(({ alarms }) => alarms.map((alarm) => alarm.id))).toEqual([id])
})

describe('snapshot and deltas', () => {
  const small = fc.nat(7)
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('state' as const), which: small, state: fc.constantFrom(...facilityStates) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('raise' as const), which: small }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('alter' as const, 'end' as const), which: small }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(0, 1, 20, 49, 50, 51, 2000) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('put' as const, 'remove' as const), which: small }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('join' as const), which: small }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('lose' as const, 'return' as const), which: small }) },
  )

  test('make every console show what the server shows, whatever it missed', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const town = openTown()
        for (let i = 0; i < 4; i++) town.put()
        const feed = town.open()
        const consoles = [new Console(feed)]
        const pick = <T>(items: Iterable<T>, which: number) => [...items][which]
        for (const it of steps) {
          if (it.do === 'pass') town.pass(it.ms)
          else if (it.do === 'state') town.setState(it.which, it.state)
          else if (it.do === 'raise') town.raise(`F-${it.which}`)
          else if (it.do === 'alter') town.alter(pick(town.alarms.keys(), it.which) ?? -1, { active: false })
          else if (it.do === 'end') town.alter(pick(town.alarms.keys(), it.which) ?? -1, { active: false, ended: town.now() })
          else if (it.do === 'join') {
            const newcomer = new Console(feed)
            for (const console of consoles) if (console.seq === feed.seq) expect(console.picture()).toEqual(newcomer.picture())
            consoles.push(newcomer)
          } else if (it.do === 'put') town.change({ plant: true, facilities: new Set([town.put()]) })
          else if (it.do === 'remove') {
            town.plant.remove(`F-${it.which}`)
            town.change({ plant: true })
          } else {
            const console = pick(consoles, it.which)
            if (console) console.isOnline = it.do === 'return'
          }
        }
        for (const console of consoles) console.isOnline = true
        town.pass(DELTA_INTERVAL)
        // One more delta, so that those who missed some notice.
        town.raise('F-1')
        town.pass(DELTA_INTERVAL)
        const expected = {
          seq: feed.seq,
          alarms: [...town.alarms].map(([id, alarm]) => [id, JSON.parse(JSON.stringify(alarmViewer([tankKind])(alarm)))]),
          states: [...town.plant].map(({ number }) => [number, town.states.get(number)]),
        }
        for (const console of consoles) expect(console.picture()).toEqual(expected)
        feed.close()
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
    expect(deltas).toEqual([{ epoch: 'one', seq: 1, alarms: [], states: [[1, 'high']] }])
    town.setState(1, 'high')
    town.pass(10)
    town.setState(1, 'low')
    town.setState(2, 'low')
    town.raise('F-2')
    town.setState(1, 'high')
    expect(deltas).toHaveLength(1)
    town.pass(40)
    expect(deltas[1]).toMatchObject({ seq: 2, alarms: [{ facility: 'F-2' }], states: [[2, 'low']] })
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
    const { timeline } = JSON.parse(feed.snapshot()) as Snapshot
    expect(timeline).toHaveLength(96)
    expect(timeline.at(-1)).toEqual({ at: Date.UTC(2026, 2, 1), critical: 1, high: 0, medium: 0, low: 0 })
    expect(timeline.at(-2)?.low).toBe(1)
    expect(timeline.reduce((sum, { critical, high, medium, low }) => sum + critical + high + medium + low, 0)).toBe(2)
    town.pass(25 * 3_600_000)
    expect((JSON.parse(feed.snapshot()) as Snapshot).timeline.every(({ critical }) => critical === 0)).toBe(true)
  })
})
