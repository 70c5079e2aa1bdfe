import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  initialLiveState,
  type LiveEvent,
  type LiveState,
  lastDay,
  linkState,
  MAX_BUFFERED,
  receive,
  STALE_AFTER,
  stateCodes,
} from '../../dashboards/console/src/live/live-state.ts'
import type { FacilityState, Snapshot } from '../../src/edges/http/schemas.ts'
import type { Delta } from '../../src/edges/live/protocol.ts'
import { alarmOf } from './alarms.ts'

const FACILITIES = 5

/** A server that keeps the truth and numbers its changes. */
class ModelServer {
  epoch = 'one'
  seq = 0
  alarms = new Map<number, ReturnType<typeof alarmOf>>()
  states: FacilityState[] = Array.from({ length: FACILITIES }, () => 'normal' as const)

  change(alarm: number, ends: boolean, facility: number, state: FacilityState): Delta {
    const version = (this.alarms.get(alarm)?.version ?? 0) + 1
    const changed = alarmOf({ id: alarm, version, ended: ends ? version : null })
    if (ends) this.alarms.delete(alarm)
    else this.alarms.set(alarm, changed)
    this.states[facility] = state
    return { epoch: this.epoch, seq: ++this.seq, alarms: [changed], states: [[facility, state]] }
  }

  restart(): void {
    this.epoch += '+'
    this.seq = 0
  }

  snapshot(): Snapshot {
    const facilities = this.states.map((state, number) => ({
      number,
      id: `F${number}`,
      kind: 'k',
      name: '',
      district: '',
      road: '',
      position: null,
      roadClass: null,
      keyArea: false,
      fedBy: null,
      circuit: null,
      gateway: null,
      state,
    }))
    return { epoch: this.epoch, seq: this.seq, at: 0, flood: null, alarms: [...this.alarms.values()], facilities, timeline: [] }
  }

  heartbeat(at: number): LiveEvent {
    return { type: 'heartbeat', at, heartbeat: { epoch: this.epoch, seq: this.seq, at, rate: 0, messagesPerSecond: 0, flood: null } }
  }
}

const shown = (state: LiveState) => ({
  alarms: [...(state.view?.alarms.values() ?? [])].sort((a, b) => a.id - b.id),
  states: [...(state.view?.states ?? [])].map((code) => stateCodes[code]),
})
const truth = (server: ModelServer) => ({ alarms: [...server.alarms.values()].sort((a, b) => a.id - b.id), states: server.states })

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('change' as const),
      alarm: fc.integer({ min: 1, max: 6 }),
      ends: fc.boolean(),
      facility: fc.integer({ min: 0, max: FACILITIES - 1 }),
      state: fc.constantFrom(...stateCodes),
      fate: fc.constantFrom('sent', 'sent', 'sent', 'lost', 'twice', 'late'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('ask', 'answer', 'fail', 'heartbeat', 'plant', 'restart', 'flush', 'drop', 'connect') }),
  },
)

describe('live state', () => {
  test('any loss, repetition and disorder ends equal to the server after it has resynchronised', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const server = new ModelServer()
        let state = receive(initialLiveState(0), [{ type: 'connected', at: 0 }])
        let queue: LiveEvent[] = []
        const late: LiveEvent[] = []
        let answer: Snapshot | null = null
        const flush = () => {
          state = receive(state, queue)
          queue = []
        }
        for (const one of steps) {
          if (one.do === 'change') {
            const event: LiveEvent = { type: 'delta', at: 0, delta: server.change(one.alarm, one.ends, one.facility, one.state) }
            if (one.fate === 'late') late.push(event)
            else if (one.fate !== 'lost') queue.push(event, ...(one.fate === 'twice' ? [event] : []), ...late.splice(0))
          } else if (one.do === 'ask' && state.sync === 'wanted') {
            queue.push({ type: 'loading', at: 0 })
            flush()
            answer = server.snapshot()
          } else if (one.do === 'answer' && answer) {
            queue.push({ type: 'snapshot', at: 0, snapshot: answer })
            answer = null
          } else if (one.do === 'fail' && answer) {
            answer = null
            queue.push({ type: 'failed', at: 0 })
          } else if (one.do === 'heartbeat') queue.push(server.heartbeat(0))
          else if (one.do === 'plant') queue.push({ type: 'plant', at: 0 })
          else if (one.do === 'restart') server.restart()
          else if (one.do === 'flush') flush()
          else if (one.do === 'drop') queue.push({ type: 'disconnected', at: 0 })
          else if (one.do === 'connect') queue.push({ type: 'connected', at: 0 })
        }
        // From here on everything arrives: what was under way, then heartbeats, each followed by the snapshot it asks for.
        if (answer) queue.push({ type: 'snapshot', at: 0, snapshot: answer })
        flush()
        let rounds = 0
        do {
          state = receive(state, [server.heartbeat(0)])
          if (state.sync === 'wanted')
            state = receive(state, [
              { type: 'loading', at: 0 },
              { type: 'snapshot', at: 0, snapshot: server.snapshot() },
            ])
        } while (state.sync !== 'synchronised' && ++rounds < 4)
        expect(state.sync).toBe('synchronised')
        expect(shown(state)).toEqual(truth(server))
      }),
      { numRuns: 400 },
    )
  })

  const synchronised = (server: ModelServer): LiveState =>
    receive(initialLiveState(0), [
      { type: 'connected', at: 0 },
      { type: 'loading', at: 0 },
      { type: 'snapshot', at: 0, snapshot: server.snapshot() },
      server.heartbeat(0),
    ])

  test('one batch equals its events one by one, and leaves the state before untouched', () => {
    const server = new ModelServer()
    const before = synchronised(server)
    const kept = structuredClone(shown(before))
    const events = Array.from(
      { length: 20 },
      (_, i): LiveEvent => ({ type: 'delta', at: i, delta: server.change(i % 4, i % 5 === 4, i % FACILITIES, 'high') }),
    )
    const batched = receive(before, events)
    const single = events.reduce((state, event) => receive(state, [event]), before)
    expect(shown(batched)).toEqual(shown(single))
    expect(batched.view?.seq).toBe(20)
    expect(shown(before)).toEqual(kept)
  })

  test('a gap asks for a snapshot and keeps showing what it has', () => {
    const server = new ModelServer()
    const before = synchronised(server)
    server.change(1, false, 0, 'high')
    const state = receive(before, [{ type: 'delta', at: 5, delta: server.change(2, false, 1, 'low') }])
    expect(state.sync).toBe('wanted')
    expect(shown(state)).toEqual(shown(before))
  })

  test('the buffer while a snapshot is on its way is bounded', () => {
    const server = new ModelServer()
    let state = receive(initialLiveState(0), [{ type: 'loading', at: 0 }])
    for (let i = 0; i < 3; i++) {
      state = receive(
        state,
        Array.from({ length: MAX_BUFFERED }, (): LiveEvent => ({ type: 'delta', at: 0, delta: server.change(1, false, 0, 'low') })),
      )
      expect(state.buffer.length).toBeLessThanOrEqual(MAX_BUFFERED)
    }
  })

  test('five seconds without a heartbeat are stale, no connection is disconnected', () => {
    const server = new ModelServer()
    const state = receive(synchronised(server), [server.heartbeat(10_000)])
    expect(linkState(state, 10_000 + STALE_AFTER)).toBe('live')
    expect(linkState(state, 10_001 + STALE_AFTER)).toBe('stale')
    const cut = receive(state, [{ type: 'disconnected', at: 11_000 }])
    expect(linkState(cut, 11_000)).toBe('disconnected')
    const back = receive(cut, [{ type: 'connected', at: 12_000 }])
    expect(linkState(back, 12_000)).toBe('connecting')
    expect(linkState(receive(back, [server.heartbeat(12_500)]), 12_500)).toBe('live')
    expect(linkState(initialLiveState(0), STALE_AFTER + 1)).toBe('disconnected')
  })

  test('a snapshot that does not come makes the link stale although heartbeats do', () => {
    const server = new ModelServer()
    const state = receive(synchronised(server), [{ type: 'plant', at: 20_000 }, server.heartbeat(26_000)])
    expect(linkState(state, 26_000)).toBe('stale')
  })

  test('a flood begins above ten and ends below five', () => {
    const rates = [10, 11, 7, 5, 4, 8]
    let state = initialLiveState(0)
    const floods = rates.map((rate) => {
      state = receive(state, [
        { type: 'heartbeat', at: 0, heartbeat: { epoch: 'e', seq: 0, at: 45_000, rate, messagesPerSecond: 0, flood: null } },
      ])
      return state.flood
    })
    expect(floods).toEqual([false, true, true, true, false, false])
    expect(state.clockOffset).toBe(45_000)
  })

  test('the timeline counts a new alarm once and covers the last day', () => {
    const server = new ModelServer()
    const events = [1, 2, 3].map((): LiveEvent => ({ type: 'delta', at: 0, delta: server.change(9, false, 0, 'high') }))
    const state = receive(synchronised(new ModelServer()), events)
    const now = alarmOf({ id: 9 }).raised + 60_000
    const day = lastDay(state.view?.timeline ?? [], now)
    expect(day).toHaveLength(96)
    expect(day.at(-1)).toMatchObject({ high: 1, critical: 0 })
  })

  test('an alarm suppressed by design counts in the timeline only once it stands for itself', () => {
    const server = new ModelServer()
    const start: LiveEvent[] = [
      { type: 'connected', at: 0 },
      { type: 'snapshot', at: 0, snapshot: server.snapshot() },
    ]
    const suppressed = { cause: 'supply', by: 9, since: 0, until: null } as const
    const delta = (seq: number, more: Parameters<typeof alarmOf>[0]): LiveEvent => ({
      type: 'delta',
      at: seq,
      delta: { epoch: 'one', seq, alarms: [alarmOf({ version: seq, ...more })], states: [] },
    })
    const raised = (events: LiveEvent[]) =>
      (receive(initialLiveState(0), [...start, ...events]).view?.timeline ?? []).reduce((sum, { high }) => sum + high, 0)
    const hidden = delta(1, { suppressed, state: 'suppressed-by-design' })
    expect(raised([hidden])).toBe(0)
    expect(raised([hidden, delta(2, { suppressed: null })])).toBe(1)
    expect(raised([hidden, delta(2, { suppressed: null }), delta(3, { suppressed: null })])).toBe(1)
  })
})
