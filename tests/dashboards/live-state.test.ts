import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  countStates,
  initialLiveState,
  type LiveEvent,
  type LiveState,
  lastDay,
  linkState,
  MAX_BUFFERED,
  receive,
  STALE_AFTER,
  stateCodes,
  type WallView,
} from '../../dashboards/console/src/live/live-state.ts'
import type { Snapshot } from '../../src/edges/http/live-schemas.ts'
import type { FacilityState } from '../../src/edges/http/schemas.ts'
import { packStates, stateCode } from '../../src/edges/live/facility-states.ts'
import type { Delta } from '../../src/edges/live/protocol.ts'
import { shownHash } from '../../src/edges/live/shown-hash.ts'
import { alarmOf } from './alarms.ts'

const FACILITIES = 5

/** A server that keeps the truth and numbers its changes. */
class ModelServer {
  epoch = 'one'
  seq = 0
  alarms = new Map<number, ReturnType<typeof alarmOf>>()
  plant = 'a'
  untold: ReturnType<typeof alarmOf>[] = []
  states: FacilityState[] = Array.from({ length: FACILITIES }, () => 'normal' as const)

  change(alarm: number, ends: boolean, facility: number, state: FacilityState): Delta {
    const version = (this.alarms.get(alarm)?.version ?? 0) + 1
    const changed = alarmOf({ id: alarm, version, ended: ends ? version : null })
    if (ends) this.alarms.delete(alarm)
    else this.alarms.set(alarm, changed)
    this.states[facility] = state
    return { epoch: this.epoch, seq: ++this.seq, alarms: [changed], states: packStates([[facility, stateCode(state)]]), plant: null }
  }

  restart(): void {
    this.epoch += '+'
    this.seq = 0
  }

  /** Another version of the plant. */
  replant(): Delta {
    this.plant += '+'
    return { epoch: this.epoch, seq: ++this.seq, alarms: [], states: null, plant: this.plant }
  }

  /** An action on the oldest alarm, of which its delta will tell later. */
  answer(): ReturnType<typeof alarmOf>[] {
    const [oldest] = this.alarms.values()
    if (!oldest) return []
    const answered = alarmOf({ id: oldest.id, version: oldest.version + 1, ended: null })
    this.alarms.set(answered.id, answered)
    this.untold.push(answered)
    return [answered]
  }

  /** Tells of what actions did. */
  tellAnswers(): Delta[] {
    const told = this.untold.filter(({ id, version }) => this.alarms.get(id)?.version === version)
    this.untold = []
    return told.map((alarm) => ({ epoch: this.epoch, seq: ++this.seq, alarms: [alarm], states: null, plant: null }))
  }

  hash(): number {
    return shownHash(this.alarms.values(), Uint8Array.from(this.states, stateCode))
  }

  snapshot(): Snapshot {
    const head = { epoch: this.epoch, seq: this.seq, at: 0, hash: this.hash(), plant: this.plant, flood: null, timeline: [] }
    return { ...head, alarms: [...this.alarms.values()], states: Buffer.from(this.states.map(stateCode)).toString('base64') }
  }

  heartbeat(at: number): LiveEvent {
    return {
      type: 'heartbeat',
      at,
      heartbeat: { epoch: this.epoch, seq: this.seq, hash: this.hash(), at, rate: 0, messagesPerSecond: 0, flood: null },
    }
  }
}

const shown = (state: LiveState) => ({
  plant: state.view?.plant,
  alarms: [...(state.view?.alarms.values() ?? [])].sort((a, b) => a.id - b.id),
  states: [...(state.view?.states ?? [])].map((code) => stateCodes[code]),
})
/** A state that went wrong without that anybody noticed. */
function corrupted(state: LiveState): LiveState {
  const view = state.view as WallView
  return { ...state, view: { ...view, states: view.states.map((code, i) => (i === 0 ? (code + 1) % stateCodes.length : code)) } }
}

const truth = (server: ModelServer) => ({
  plant: server.plant,
  alarms: [...server.alarms.values()].sort((a, b) => a.id - b.id),
  states: server.states,
})

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
    arbitrary: fc.record({
      do: fc.constantFrom('ask', 'answer', 'fail', 'heartbeat', 'plant', 'restart', 'flush', 'drop', 'connect', 'corrupt', 'answer-first'),
    }),
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
          else if (one.do === 'plant') queue.push({ type: 'delta', at: 0, delta: server.replant() })
          else if (one.do === 'corrupt' && state.view) state = corrupted(state)
          else if (one.do === 'answer-first') queue.push({ type: 'answer', at: 0, alarms: server.answer() })
          else if (one.do === 'restart') server.restart()
          else if (one.do === 'flush') flush()
          else if (one.do === 'drop') queue.push({ type: 'disconnected', at: 0 })
          else if (one.do === 'connect') queue.push({ type: 'connected', at: 0 })
        }
        // From here on everything arrives: what was under way, then heartbeats, each followed by the snapshot it asks for.
        if (answer) queue.push({ type: 'snapshot', at: 0, snapshot: answer })
        flush()
        let rounds = 0
        const told = server.tellAnswers().map((delta): LiveEvent => ({ type: 'delta', at: 0, delta }))
        state = receive(state, told)
        // An answer whose delta was lost is forgotten with the snapshot that the gap brings; time passes until all is looked at again.
        do {
          state = receive(state, [server.heartbeat(rounds * 100_000)])
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

  describe('a state that went wrong unnoticed', () => {
    test('is found by the next heartbeat of the same number, and a snapshot is asked for because of it', () => {
      const server = new ModelServer()
      server.change(1, false, 0, 'high')
      const wrong = corrupted(synchronised(server))
      expect(receive(synchronised(server), [server.heartbeat(5)]).sync).toBe('synchronised')
      expect(receive(wrong, [server.heartbeat(5)])).toMatchObject({ sync: 'wanted', reason: 'hash' })
    })

    test('and does not mend is looked at ever more seldom, at least once a minute or so', () => {
      const server = new ModelServer()
      let state = synchronised(server)
      const asked: number[] = []
      for (let at = 1000; at <= 600_000; at += 1000) {
        state = receive(corrupted(state), [server.heartbeat(at)])
        if (state.sync !== 'wanted') continue
        asked.push(at)
        state = receive(state, [
          { type: 'loading', at },
          { type: 'snapshot', at, snapshot: server.snapshot() },
        ])
      }
      expect(asked.slice(0, 4)).toEqual([1000, 3000, 7000, 15_000])
      expect(asked.slice(1).map((at, i) => at - (asked[i] as number))).toEqual(expect.arrayContaining([64_000]))
      expect(Math.max(...asked.slice(1).map((at, i) => at - (asked[i] as number)))).toBe(64_000)
    })
  })

  test('an answer to an action is shown before its delta, which changes nothing more; older news of the alarm neither', () => {
    const server = new ModelServer()
    server.change(1, false, 0, 'high')
    const before = synchronised(server)
    const heartbeat = server.heartbeat(5)
    const [answer] = server.answer()
    const alarms = answer ? [answer] : []
    const answered = receive(before, [{ type: 'answer', at: 1, alarms }])
    expect(shown(answered)).toEqual(truth(server))
    // The server has not numbered it yet.
    expect(receive(answered, [heartbeat]).sync).toBe('synchronised')
    const old: Delta = { epoch: 'one', seq: 2, alarms: [alarmOf({ id: 1, version: 1 })], states: null, plant: null }
    expect(shown(receive(answered, [{ type: 'delta', at: 2, delta: old }]))).toEqual(truth(server))
    const [delta] = server.tellAnswers()
    const told = receive(answered, [{ type: 'delta', at: 2, delta: delta as Delta }, server.heartbeat(6)])
    expect([told.sync, told.answered.size, told.view?.timeline]).toEqual(['synchronised', 0, answered.view?.timeline])
  })

  test('each view says which states may differ from the one before', () => {
    const server = new ModelServer()
    const first = synchronised(server)
    expect(first.view?.changed).toBeNull()
    const delta = (facility: number, state: FacilityState): LiveEvent => ({
      type: 'delta',
      at: 0,
      delta: server.change(1, false, facility, state),
    })
    const second = receive(first, [delta(2, 'high'), delta(4, 'low')])
    expect(second.view?.changed).toEqual([2, 4])
    const third = receive(second, [delta(1, 'low')])
    expect(third.view?.changed).toEqual([1])
    const snapshot: LiveEvent = { type: 'snapshot', at: 0, snapshot: server.snapshot() }
    expect(receive(third, [snapshot, delta(1, 'high')]).view?.changed).toBeNull()
  })

  test('states are counted over facilities, of which numbers without one are none', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: 0, max: stateCodes.length - 1 })), { maxLength: 30 }), (codes) => {
        const facilities = codes.filter((code) => code !== null)
        const expected = stateCodes.map((_, code) => facilities.filter((one) => one === code).length)
        expect(
          countStates(
            Uint8Array.from(codes, (code) => code ?? 0),
            facilities.length,
          ),
        ).toEqual(expected)
      }),
    )
  })

  test('a facility that the plant at hand does not have yet is taken, and comes with the plant', () => {
    const server = new ModelServer()
    const number = FACILITIES + 7
    const delta: Delta = { epoch: 'one', seq: 1, alarms: [], states: packStates([[number, stateCode('high')]]), plant: 'b' }
    const state = receive(synchronised(server), [{ type: 'delta', at: 0, delta }])
    expect([state.sync, state.view?.plant, state.view?.states[number]]).toEqual(['synchronised', 'b', stateCode('high')])
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
    const before = synchronised(server)
    server.change(1, false, 0, 'high')
    const missed = server.heartbeat(20_000)
    const state = receive(before, [missed, server.heartbeat(26_000)])
    expect(linkState(state, 26_000)).toBe('stale')
  })

  test('a flood begins above ten and ends below five', () => {
    const rates = [10, 11, 7, 5, 4, 8]
    let state = initialLiveState(0)
    const floods = rates.map((rate) => {
      state = receive(state, [
        { type: 'heartbeat', at: 0, heartbeat: { epoch: 'e', seq: 0, hash: 0, at: 45_000, rate, messagesPerSecond: 0, flood: null } },
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
      delta: { epoch: 'one', seq, alarms: [alarmOf({ version: seq, ...more })], states: null, plant: null },
    })
    const raised = (events: LiveEvent[]) =>
      (receive(initialLiveState(0), [...start, ...events]).view?.timeline ?? []).reduce((sum, { high }) => sum + high, 0)
    const hidden = delta(1, { suppressed, state: 'suppressed-by-design' })
    expect(raised([hidden])).toBe(0)
    expect(raised([hidden, delta(2, { suppressed: null })])).toBe(1)
    expect(raised([hidden, delta(2, { suppressed: null }), delta(3, { suppressed: null })])).toBe(1)
  })
})
