import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Alarm, isTold } from '../src/alarms/alarm.ts'
import { AlarmRegister } from '../src/alarms/register.ts'
import type { InForce } from '../src/detection/detection.ts'
import { Detector } from '../src/detection/detector.ts'
import { CLOCK_SET, layoutOf } from '../src/detection/state-layout.ts'
import { type Facility, Plant } from '../src/facilities/plant.ts'
import { describeFacilities } from '../src/facilities/registration.ts'
import { RuleBook } from '../src/facilities/rule-book.ts'
import { restoreSaved } from '../src/ingest.ts'
import { type Change, Pipeline } from '../src/pipeline.ts'
import { replay } from '../src/replay.ts'
import { admitFacility } from '../src/services/admission.ts'
import { requestSamples } from '../src/services/sample-keeper.ts'
import { openStateStore } from '../src/storage/embedded/state-store.ts'
import type { DetectionSnapshot, StateStore } from '../src/storage/state-store.ts'
import { decodeNative } from '../src/telemetry/codecs/native.ts'
import { days, hours, minutes, seconds } from '../src/telemetry/duration.ts'
import type { Message } from '../src/telemetry/message.ts'
import { RejectionLog } from '../src/telemetry/rejection-log.ts'
import type { Report } from '../src/telemetry/report.ts'
import { tankKind } from './tank-kind.ts'

const kinds = new Map([[tankKind.key, tankKind]])
const limits = { maxPayload: 100_000, maxFuture: minutes(5), maxAge: days(400) }
const start = Date.parse('2026-03-01T00:00:00Z')

const rethrow = (error: unknown): void => {
  throw error
}

/** The road over a state store that outlives it, as after a restart. */
function openRoad(state: StateStore, rules = new RuleBook(), onMishap = rethrow) {
  const plant = new Plant()
  const detector = new Detector()
  if (state.facilities().length === 0) {
    for (const d of describeFacilities(
      [
        { id: 'T-1', kind: 'tank' },
        { id: 'T-2', kind: 'tank', gateway: 'G-1' },
        { id: 'T-3', kind: 'tank', fedBy: 'T-1' },
        { id: 'T-4', kind: 'tank', fedBy: 'T-1' },
      ],
      plant,
      kinds,
    ))
      state.putFacility(d)
  }
  for (const { number, description } of state.facilities()) admitFacility({ kinds, plant, detector, rules }, number, description)
  const stored: Report[] = []
  const reached: number[] = []
  const changes: Change[] = []
  const troubles: unknown[] = []
  const rejections = new RejectionLog()
  const register = new AlarmRegister(state)
  const pipeline = new Pipeline({
    plant,
    detector,
    register,
    state,
    rejections,
    decode: (message) => decodeNative(message, plant, limits),
    store: { append: (report) => void stored.push(report), reached: (at) => void reached.push(at) },
    dispatch: (change) => void changes.push(change),
    onActivated: (alarm, at) => requestSamples(state.samples, alarm, at),
    onTrouble: (error) => void troubles.push(error),
    onMishap,
  })
  return { plant, detector, pipeline, register, stored, reached, changes, rejections, troubles }
}

let position = 0
const message = (topic: string, body: unknown, received: number): Message => ({
  position: position++,
  received,
  topic,
  payload: new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)),
})
const level = (id: string, at: number, values: object, delay = 0) => message(`facilities/tank/${id}/telemetry`, { at, values }, at + delay)

describe('the road', () => {
  test('takes a message from bytes to a stored reading and an alarm with its evidence', () => {
    const { pipeline, stored, changes } = openRoad(openStateStore(':memory:'))
    pipeline.process([level('T-1', start, { level: 9, valve: false })])
    expect(stored).toMatchObject([{ facility: { id: 'T-1' }, at: start, readings: [{ value: 9 }, { value: 0 }] }])
    expect(changes).toMatchObject([
      { alarms: [{ facility: 'T-1', rule: 'high', raised: start, evidence: { values: { level: 9 }, figures: {}, mode: 'auto' } }] },
    ])
    expect([...(changes[0]?.facilities ?? [])].map((f) => f.id)).toEqual(['T-1'])
  })

  test('what no journal holds makes alarms and is not stored, nor does it close its position for what is', () => {
    const { pipeline, stored, reached, changes } = openRoad(openStateStore(':memory:'))
    const first = level('T-1', start, { level: 4 })
    pipeline.process([first])
    pipeline.process([{ ...level('T-2', start + 1000, { level: 9 }), position: first.position }], false)
    expect(changes.flatMap(({ alarms }) => alarms)).toMatchObject([{ facility: 'T-2', rule: 'high' }])
    expect(stored.map(({ facility }) => facility.id)).toEqual(['T-1'])
    expect(reached).toEqual([first.position])
  })

  test('a message at which time cannot pass is passed over, and the next ones are judged', () => {
    const mishaps: unknown[] = []
    const { pipeline, detector, changes } = openRoad(openStateStore(':memory:'), new RuleBook(), (error) => void mishaps.push(error))
    const { advance } = detector
    detector.advance = () => {
      detector.advance = advance
      throw new Error('broken')
    }
    const broken = level('T-1', start, { level: 9 })
    pipeline.process([broken, level('T-2', start, { level: 9 })])
    expect(mishaps).toHaveLength(1)
    expect(changes.flatMap(({ alarms }) => alarms)).toMatchObject([{ facility: 'T-2', rule: 'high' }])
    expect(pipeline.position).toBe(broken.position + 1)
  })

  test('asks for samples once for each activation of an alarm, and not when its transaction fails', () => {
    const state = openStateStore(':memory:')
    const { pipeline, troubles } = openRoad(state)
    pipeline.process([level('T-1', start, { level: 9 })])
    const progress = state.setAppliedThrough
    state.setAppliedThrough = () => {
      throw new Error('disk full')
    }
    pipeline.process([level('T-1', start + 1000, { level: 4 }), level('T-1', start + 2000, { level: 9.5 })])
    expect(troubles).toHaveLength(1)
    expect(state.samples.awaited()).toBe(1)
    state.setAppliedThrough = progress
    pipeline.tick(start + 3000)
    expect(state.samples.of(1)).toMatchObject([{ activated: start + 2000 }, { activated: start, due: start + minutes(5) + seconds(30) }])
  })

  test('stores late readings and neither moves values back nor raises alarms for them', () => {
    const { pipeline, stored, changes } = openRoad(openStateStore(':memory:'))
    pipeline.process([
      level('T-1', start + 5000, { level: 4 }),
      level('T-1', start, { level: 9 }),
      level('T-1', start + 5000, { level: 4 }),
    ])
    expect(stored.map((r) => r.at)).toEqual([start + 5000, start])
    expect(pipeline.counts).toMatchObject({ messages: 3, readings: 2, late: 1, duplicates: 1 })
    expect(changes.flatMap((c) => c.alarms)).toEqual([])
  })

  test('a refused message is counted and disturbs nothing', () => {
    const { pipeline, rejections, stored } = openRoad(openStateStore(':memory:'))
    pipeline.process([message('facilities/tank/T-1/telemetry', '{"at":', start), level('T-1', start, { level: 4 })])
    expect([...rejections.counts()]).toEqual([['malformed-json', 1]])
    expect(rejections.samples()).toMatchObject([{ facility: 'T-1', reason: 'malformed-json' }])
    expect(stored).toHaveLength(1)
  })

  test('a gateway that dies takes those behind it offline, and back', () => {
    const road = openRoad(openStateStore(':memory:'))
    const { pipeline, register } = road
    pipeline.process([message('gateways/G-1/telemetry', [{ facility: 'T-2', at: start, values: { level: 4 } }], start)])
    pipeline.process([message('gateways/G-1/status', 'offline', start + 1000)])
    tickThrough(road, start + 1000, start + 33_000)
    expect([...register.live()]).toMatchObject([{ facility: 'T-2', rule: 'silence', active: true }])
    pipeline.process([message('gateways/G-1/status', 'online', start + 34_000)])
    expect([...register.live()]).toMatchObject([{ rule: 'silence', active: false }])
  })

  test('what dies with its feeder is one alarm, over a restart too; who is not back with it gets an alarm of its own', () => {
    const state = openStateStore(':memory:')
    const before = openRoad(state)
    const both = (at: number) => [level('T-3', at, { level: 4 }), level('T-4', at, { level: 4 })]
    before.pipeline.process([level('T-1', start, { level: 4 }), ...both(start)])
    tickThrough(before, start, start + minutes(2))
    expect(
      [...before.register.live()].map(({ facility, rule, suppressed, affects }) => [facility, rule, suppressed?.cause, affects]),
    ).toEqual([
      ['T-1', 'silence', undefined, 2],
      ['T-3', 'silence', 'supply', 0],
      ['T-4', 'silence', 'supply', 0],
    ])
    const after = openRoad(state)
    after.pipeline.recovered(start + minutes(2))
    const back = start + minutes(3)
    after.pipeline.process([level('T-1', back, { level: 4 }), level('T-3', back + 1000, { level: 4 })])
    expect([...after.register.live()].map(({ facility, active }) => [facility, active])).toEqual([
      ['T-1', false],
      ['T-4', true],
    ])
    expect(after.register.find('T-4', 'silence')?.suppressed).not.toBeNull()
    const calm = (at: number) => [level('T-1', at, { level: 4 }), level('T-3', at, { level: 4 })]
    // Messages tell the time too, as in a replay.
    for (let at = back + seconds(30); at <= back + minutes(3); at += seconds(30)) after.pipeline.process(calm(at))
    expect(after.register.find('T-4', 'silence')).toMatchObject({ active: true, suppressed: null, acknowledged: null })
    expect(
      after.changes.flatMap(({ alarms }) => alarms).filter(({ facility, ended }) => facility === 'T-3' && ended !== null),
    ).toMatchObject([{ ended: back + 1000 }])
  })

  test('alarms that cannot be saved are kept and come when it works again', () => {
    const state = openStateStore(':memory:')
    let broken = true
    const failing: StateStore = new Proxy(state, {
      get: (target, key) => {
        if (key === 'insertAlarm' && broken)
          return () => {
            throw new Error('disk full')
          }
        const value = Reflect.get(target, key)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    const { pipeline, troubles, register } = openRoad(failing)
    pipeline.process([level('T-1', start, { level: 9 })])
    expect([troubles.length, register.size, state.liveAlarms().length]).toEqual([1, 0, 0])
    pipeline.save()
    expect(state.detectionSnapshots()).toEqual([])
    broken = false
    pipeline.tick(start + 1000)
    expect([...register.live()]).toMatchObject([{ rule: 'high', raised: start, evidence: { values: { level: 9 } } }])
  })
})

describe('the clock of the program', () => {
  const silences = ({ register }: ReturnType<typeof openRoad>) =>
    [...register.live()].filter((alarm) => alarm.rule === 'silence').map((alarm) => alarm.raised)

  test('set forward, or a machine that slept, silences nobody', () => {
    const road = openRoad(openStateStore(':memory:'))
    road.pipeline.tick(start)
    road.pipeline.process([level('T-1', start, { level: 4 })])
    for (let s = 1; s < 5; s++) road.pipeline.tick(start + seconds(s))
    road.pipeline.keepTime(start + minutes(60))
    road.pipeline.process([level('T-2', start + minutes(60), { level: 4 })])
    road.pipeline.tick(start + minutes(60) + seconds(1))
    expect(silences(road)).toEqual([])
    for (let s = 2; s < 70; s++) road.pipeline.tick(start + minutes(60) + seconds(s))
    expect(silences(road)).toEqual([start + minutes(1), start + minutes(61)])
  })

  test('that was ahead and is set right still finds silence, also over a restart', () => {
    const state = openStateStore(':memory:')
    const road = openRoad(state)
    const ahead = days(30)
    road.pipeline.tick(start + ahead)
    road.pipeline.process([level('T-1', start, { level: 4 }, ahead)])
    road.pipeline.tick(start + ahead + 1000)
    road.pipeline.tick(start + 2000)
    for (let s = 3; s < 70; s++) road.pipeline.tick(start + seconds(s))
    expect(silences(road)).toEqual([start + minutes(1)])
    road.pipeline.process([level('T-1', start + seconds(80), { level: 4 })])
    expect([...road.register.live()]).toMatchObject([{ rule: 'silence', active: false }])
    const again = openRoad(state)
    for (const snapshot of state.detectionSnapshots()) again.pipeline.restore(again.plant.at(snapshot.facility) as never, snapshot)
    again.pipeline.recovered(start + seconds(82))
    expect(
      [...again.register.live()].filter((alarm) => alarm.active && alarm.facility === 'T-1' && alarm.activated > start + minutes(2)),
    ).toEqual([])
  })
})

describe('states that the program before saved, which did not say by what they had been judged', () => {
  /** What the layout before held: no clock that was set. */
  function asBefore({ bytes, layout, ...snapshot }: DetectionSnapshot): DetectionSnapshot {
    const numbers = [...new Float64Array(bytes.slice().buffer)]
    numbers.splice(layoutOf(tankKind).header + CLOCK_SET, 1)
    return {
      ...snapshot,
      tick: null,
      resumedAt: null,
      layout: layout.replace(/^\d+/, '3'),
      bytes: new Uint8Array(Float64Array.from(numbers).buffer),
    }
  }

  /** Both tanks report to the program before, which lives as long; then another one takes over. */
  function upgrade({ lived, isSavedBeforePause }: { lived: number; isSavedBeforePause: boolean }) {
    const state = openStateStore(':memory:')
    const { pipeline } = openRoad(state)
    const report = (at: number) => pipeline.process([level('T-1', at, { level: 4 }), level('T-2', at, { level: 4 })])
    pipeline.recovered(start)
    report(start + 100)
    pipeline.save()
    const early = state.detectionSnapshots()
    for (let s = 1; s < lived; s++) {
      if (s % 10 === 0) report(start + seconds(s))
      pipeline.tick(start + seconds(s))
    }
    pipeline.save()
    if (isSavedBeforePause) state.setResumedAt(start + seconds(lived) - 500)
    state.putDetectionSnapshots((isSavedBeforePause ? early : state.detectionSnapshots()).map(asBefore))
    const road = openRoad(state)
    restoreSaved({ state, ...road })
    return { ...road, heard: road.detector.state(1)?.lastReceived }
  }

  test('are no silence: who was heard in the last run stays heard when he was', () => {
    const { pipeline, register, heard } = upgrade({ lived: 600, isSavedBeforePause: false })
    expect(heard).toBe(start + seconds(590))
    pipeline.recovered(start + minutes(20))
    expect([...register.live()]).toEqual([])
    for (let s = 1; s < 70; s++) pipeline.tick(start + minutes(20) + seconds(s))
    expect([...register.live()].map(({ facility, rule, raised }) => [facility, rule, raised])).toEqual([
      ['T-1', 'silence', start + seconds(590) + minutes(1)],
      ['T-2', 'silence', start + seconds(590) + minutes(1)],
    ])
  })

  test('get the full time since the last run began, when nobody was heard in it', () => {
    const { pipeline, register, heard } = upgrade({ lived: 600, isSavedBeforePause: true })
    expect(heard).toBe(start + seconds(599) + 500)
    pipeline.recovered(start + minutes(20))
    expect([...register.live()]).toEqual([])
  })
})

test('a full disk stops neither the road nor the clock, and nothing is lost', () => {
  const state = openStateStore(':memory:')
  let isFull = false
  const failing: StateStore = new Proxy(state, {
    get: (target, key) => {
      const value = Reflect.get(target, key)
      if (typeof value !== 'function') return value
      if (key === 'transaction' && isFull)
        return () => {
          throw new Error('disk full')
        }
      return value.bind(target)
    },
  })
  const { pipeline, register } = openRoad(failing)
  pipeline.process([level('T-1', start, { level: 9 })])
  pipeline.act(start, () => [register.act(1, { type: 'shelve', at: start, by: 'li', until: start + 3000, reason: 'works' })])
  isFull = true
  pipeline.process([level('T-2', start + 1000, { level: 9 })])
  pipeline.tick(start + 4000)
  pipeline.save()
  expect(() => pipeline.act(start, () => [register.act(1, { type: 'acknowledge', at: start, by: 'li', comment: '' })])).toThrow('disk full')
  expect(pipeline.trouble).toBe('disk full')
  isFull = false
  pipeline.tick(start + 5000)
  expect(pipeline.trouble).toBeNull()
  expect([...register.live()]).toMatchObject([
    { facility: 'T-1', shelved: null, acknowledged: null },
    { facility: 'T-2', raised: start + 1000 },
  ])
})

test.each([
  ['raised', 7, { parameters: { high: 6 } }, [['high', true]]],
  ['ended', 9, { enabled: false }, [['high', false]]],
])('what a change of the rules %s stays so over a crash, and is not told again', (_, value, changes, expected) => {
  const state = openStateStore(':memory:')
  const { plant, detector, pipeline } = openRoad(state)
  pipeline.tick(start)
  const journal = ['T-2', 'T-1', 'T-3'].map((id) => level(id, start, { level: value, valve: false }))
  pipeline.process(journal)
  pipeline.save()
  const [late] = [level('T-2', start + 1000, { level: value, valve: false })]
  pipeline.process([late as Message])
  const scope = { kind: 'tank', group: null, facility: 'T-1', rule: 'high' }
  const rules = new RuleBook([], [{ ...scope, id: 1, version: 1, changes, reason: '', by: 'li', at: start }])
  const facility = plant.get('T-1') as Facility
  const before = new Map([[facility.number, detector.inForce(facility.number) as InForce]])
  detector.put(facility, rules.settingsOf(facility))
  pipeline.resettle(before, start + 2000)
  const facts = () => [...state.alarmHistory({ facility: 'T-1', limit: 9 }).items].map(({ rule, active }) => [rule, active])
  expect(facts()).toEqual(expected)
  const [alarm] = state.alarmHistory({ facility: 'T-1', limit: 1 }).items

  const again = openRoad(state, rules)
  for (const snapshot of state.detectionSnapshots()) again.pipeline.restore(again.plant.at(snapshot.facility) as Facility, snapshot)
  again.pipeline.process([...journal, late as Message].filter(({ position }) => position > state.detectedThrough()))
  again.pipeline.recovered(start + 3000)
  again.pipeline.process([level('T-1', start + 4000, { level: value, valve: false })])
  expect(state.alarmHistory({ facility: 'T-1', limit: 9 }).items).toEqual([alarm])
  expect(again.detector.state(2)?.lastReport).toBe(start + 1000)
})

test('the program says that alarms cannot be saved until they are, whatever else can be', () => {
  const state = openStateStore(':memory:')
  const { pipeline } = openRoad(state)
  pipeline.tick(start)
  const refuse = (name: 'insertAlarm' | 'updateAlarm' | 'check' | 'putDetectionSnapshots') => {
    const works = state[name]
    state[name] = () => {
      throw new Error(`${name} refused`)
    }
    return () => void Object.assign(state, { [name]: works })
  }
  const mendInsert = refuse('insertAlarm')
  pipeline.process([level('T-1', start + 1000, { level: 9 })])
  for (let s = 2; s < 5; s++) {
    expect(pipeline.trouble).toBe('insertAlarm refused')
    pipeline.tick(start + seconds(s))
    pipeline.save()
    pipeline.resettle(new Map(), start + seconds(s))
  }
  mendInsert()
  pipeline.tick(start + 5000)
  expect([pipeline.trouble, state.liveAlarms().length]).toEqual([null, 1])

  pipeline.act(start + 5000, (register) => [
    register.act(1, { type: 'shelve', at: start + 5000, by: 'li', until: start + 6000, reason: '' }),
  ])
  const mendUpdate = refuse('updateAlarm')
  pipeline.tick(start + 6000)
  pipeline.save()
  expect(pipeline.trouble).toBe('updateAlarm refused')
  mendUpdate()
  const mendCheck = refuse('check')
  pipeline.tick(start + 7000)
  expect([pipeline.trouble, state.liveAlarms()[0]?.shelved]).toEqual([
    'check refused',
    { at: start + 5000, by: 'li', until: start + 6000, reason: '' },
  ])
  mendCheck()
  const mendStates = refuse('putDetectionSnapshots')
  pipeline.process([level('T-1', start + 7500, { level: 9 })])
  pipeline.save()
  pipeline.tick(start + 8000)
  expect([pipeline.trouble, state.liveAlarms()[0]?.shelved]).toEqual(['putDetectionSnapshots refused', null])
  mendStates()
  pipeline.save()
  expect(pipeline.trouble).toBeNull()
})

test('what a pause and a change of rules do to alarms is done when it can be saved', () => {
  const state = openStateStore(':memory:')
  const { detector, pipeline, register } = openRoad(state)
  pipeline.tick(start)
  pipeline.process([level('T-1', start, { level: 9 })])
  pipeline.act(start, () => [register.act(1, { type: 'shelve', at: start, by: 'li', until: start + hours(1), reason: 'works' })])
  const update = state.updateAlarm
  state.updateAlarm = () => {
    throw new Error('disk full')
  }
  // The clock was an hour ahead when it was put aside, and is set right.
  const back = start - hours(1)
  pipeline.tick(back)
  const { settings } = detector.inForce(1) as InForce
  const before = detector.use(
    1,
    settings.map((one) => ({ ...one, priority: 'critical' })),
  )
  pipeline.resettle(new Map([[1, before as InForce]]), back)
  expect([pipeline.trouble, register.get(1)?.shelved !== null, register.get(1)?.basePriority]).toEqual(['disk full', true, 'high'])
  state.updateAlarm = update
  pipeline.tick(back + 1000)
  expect([pipeline.trouble, state.alarm(1)?.shelved, state.alarm(1)?.basePriority]).toEqual([null, null, 'critical'])
  expect(register.get(1)).toEqual(state.alarm(1))
})

test('what was found after a pause comes after it, also when neither could be saved in time', () => {
  const state = openStateStore(':memory:')
  const { pipeline, register } = openRoad(state)
  pipeline.tick(start)
  pipeline.process([level('T-2', start, { level: 4 })])
  for (let at = start; at < start + minutes(10); at += seconds(10)) pipeline.keepTime(at)
  pipeline.process([level('T-2', start + 1000, { level: 9 }, minutes(10))])
  const late = () => register.find('T-2', 'high')?.suppressed
  expect(late()).toMatchObject({ cause: 'late', until: start + minutes(25) + 1000 })
  const { transaction } = state
  state.transaction = () => {
    throw new Error('disk full')
  }
  const awake = start + hours(1)
  pipeline.keepTime(awake)
  pipeline.process([level('T-1', awake + 1000, { level: 9 })])
  expect(pipeline.trouble).toBe('disk full')
  state.transaction = transaction
  pipeline.tick(awake + 2000)
  expect(register.find('T-1', 'high')?.raised).toBe(awake + 1000)
  expect(late()).toMatchObject({ cause: 'late', until: awake + minutes(15) })
})

test('an action that is refused costs no look at the store, and takes back what went before it', () => {
  const state = openStateStore(':memory:')
  const { pipeline, register } = openRoad(state)
  pipeline.process([level('T-1', start, { level: 9 })])
  const liveAlarms = state.liveAlarms.bind(state)
  let loads = 0
  state.liveAlarms = () => {
    loads++
    return liveAlarms()
  }
  const acknowledge = (id: number) => register.act(id, { type: 'acknowledge', at: start, by: 'li', comment: '' })
  expect(() => pipeline.act(start, () => [acknowledge(7)])).toThrow('There is no alarm 7.')
  expect(() => pipeline.act(start, () => [register.act(1, { type: 'reset', at: start, by: 'li' })])).toThrow('not latched')
  expect(loads).toBe(0)
  expect(() => pipeline.act(start, () => [acknowledge(1), acknowledge(7)])).toThrow('There is no alarm 7.')
  expect([loads, register.get(1)?.acknowledged, register.get(1)?.version]).toEqual([1, null, 1])
})

test('alarms of rules that are no more are withdrawn at the next start, those of a facility without saved state stay', () => {
  const state = openStateStore(':memory:')
  const road = openRoad(state)
  road.pipeline.process([level('T-1', start, { level: 9 })])
  state.insertAlarm({ ...(state.liveAlarms()[0] as Alarm), rule: 'of-yesterday' })
  const again = openRoad(state)
  again.pipeline.recovered(start + 1000)
  expect(state.liveAlarms()).toMatchObject([{ rule: 'high', active: true, occurrenceCount: 1 }])
  again.pipeline.process([level('T-1', start + 2000, { level: 4 })])
  expect(state.liveAlarms()).toMatchObject([{ rule: 'high', active: false, returned: start + 2000 }])
})

test('live alarms are as urgent as the rules say that take over, also where a crash kept them from being told', () => {
  const state = openStateStore(':memory:')
  const road = openRoad(state)
  const high = level('T-1', start, { level: 9 })
  road.pipeline.process([high])
  const scope = { id: 1, version: 1, kind: 'tank', group: null, facility: 'T-1', rule: 'high' }
  const override = { ...scope, changes: { priority: 'low' as const }, reason: '', by: 'li', at: start }
  const again = openRoad(state, new RuleBook([], [override]))
  again.pipeline.process([high])
  expect([...again.register.live()]).toMatchObject([{ rule: 'high', basePriority: 'high' }])
  again.pipeline.recovered(start + 1000)
  expect([...again.register.live()]).toMatchObject([{ rule: 'high', basePriority: 'low', priority: 'low', version: 2 }])
  const third = openRoad(state, new RuleBook([], [override]))
  third.pipeline.process([high])
  third.pipeline.recovered(start + 2000)
  expect([...third.register.live()]).toMatchObject([{ version: 2 }])
})

test('live alarms latch, and may be put aside, as the rules of the program say that takes over', () => {
  const state = openStateStore(':memory:')
  const road = openRoad(state)
  const open = level('T-1', start, { level: 1.5, valve: true })
  road.pipeline.process([open])
  const [alarm] = [...road.register.live()] as [Alarm]
  const shelved = { at: start, by: 'li', until: start + minutes(60), reason: '' }
  const acknowledged = { at: start, by: 'li', comment: '' }
  state.updateAlarm({
    ...alarm,
    latching: false,
    latched: false,
    shelvable: true,
    acknowledged,
    shelved,
    toldSince: null,
    unanswered: false,
  })
  const again = openRoad(state)
  again.pipeline.process([open])
  again.pipeline.recovered(start + 1000)
  expect([...again.register.live()]).toMatchObject([{ latching: true, latched: true, shelvable: false, shelved: null, active: true }])
  again.pipeline.process([level('T-1', start + 2000, { level: 4, valve: false })])
  expect(state.liveAlarms()).toMatchObject([{ rule: 'left-open', active: false, latched: true }])
})

/** The program is told the time more often than every 15 s; a longer step is a pause. */
function tickThrough({ pipeline }: ReturnType<typeof openRoad>, from: number, to: number): void {
  for (let now = from; now < to; now += seconds(10)) pipeline.tick(now)
  pipeline.tick(to)
}

describe('late data', () => {
  /** One level a minute from one minute to another, all received at a third: a gateway had kept them. */
  const kept = (from: number, to: number, received: number, levelAt: (minute: number) => number, isOpen = (_minute: number) => false) =>
    message(
      'gateways/G-1/telemetry',
      Array.from({ length: to - from }, (_, i) => ({
        facility: 'T-2',
        at: start + minutes(from + i),
        values: { level: levelAt(from + i), valve: isOpen(from + i) },
      })),
      start + minutes(received),
    )
  const facts = (state: StateStore) =>
    state
      .alarmHistory({ rule: 'high', limit: 100 })
      .items.map(({ raised, returned, ended, historical, toldSince, occurrences }) => ({
        raised: (raised - start) / minutes(1),
        returned: returned === null ? null : (returned - start) / minutes(1),
        isEnded: ended !== null,
        historical,
        isTold: toldSince !== null,
        occurrences: occurrences.length,
      }))
      .reverse()

  test('from before the newest reports are records that page nobody, and what is still there when all is told becomes an alarm', () => {
    const state = openStateStore(':memory:')
    const road = openRoad(state)
    road.pipeline.process([kept(0, 1, 0, () => 4)])
    tickThrough(road, start, start + minutes(300))
    road.pipeline.process([kept(1, 200, 300, (minute) => (minute >= 50 && minute < 60 ? 9 : 4))])
    expect(facts(state)).toEqual([{ raised: 50, returned: 60, isEnded: true, historical: true, isTold: false, occurrences: 1 }])
    road.pipeline.process([kept(200, 294, 300, (minute) => (minute >= 250 ? 9 : 4))])
    expect(facts(state)[1]).toMatchObject({ raised: 250, historical: true, isTold: false })
    road.pipeline.process([kept(294, 300, 300, () => 9)])
    expect(facts(state)[1]).toEqual({ raised: 250, returned: null, isEnded: false, historical: false, isTold: true, occurrences: 1 })
  })

  test('of what protects lives are told at once, marked as late until they are data of now', () => {
    const state = openStateStore(':memory:')
    const road = openRoad(state)
    const drained = () => 1.5
    const told = () =>
      state
        .alarmHistory({ rule: 'left-open', limit: 100 })
        .items.map((alarm) => [alarm.active, alarm.historical, isTold(alarm), alarm.toldSince !== null])
    road.pipeline.process([kept(0, 1, 0, () => 4)])
    tickThrough(road, start, start + minutes(300))
    road.pipeline.process([kept(1, 200, 300, drained, (minute) => minute >= 50 && minute < 60)])
    expect(told()).toEqual([[false, true, true, true]])
    road.pipeline.process([kept(200, 294, 300, drained, (minute) => minute >= 250)])
    expect(told()).toEqual([[true, true, true, true]])
    road.pipeline.process([kept(294, 300, 300, drained, () => true)])
    expect(told()).toEqual([[true, false, true, true]])
  })

  test.each([
    ['is no longer marked when the state is lost that knew it', true, [false, 'catch-up']],
    ['stays marked while it is known', false, [true, 'raise']],
  ])('of what protects lives %s, after a restart', (_, isLost, expected) => {
    const state = openStateStore(':memory:')
    const road = openRoad(state)
    road.pipeline.process([kept(0, 1, 0, () => 4)])
    tickThrough(road, start, start + minutes(300))
    const drained = [() => 1.5, () => true] as const
    road.pipeline.process([kept(1, 290, 300, ...drained)])
    road.pipeline.save()
    if (isLost) state.putDetectionSnapshots(state.detectionSnapshots().map((snapshot) => ({ ...snapshot, layout: 'of yesterday' })))
    const again = openRoad(state)
    restoreSaved({ state, ...again })
    again.pipeline.recovered(start + minutes(300) + 1000)
    const alarm = again.register.find('T-2', 'left-open') as Alarm
    expect(alarm).toMatchObject({ active: true, acknowledged: null })
    expect([alarm.historical, state.alarmRecords({ alarm: alarm.id, limit: 1 }).items[0]?.type]).toEqual(expected)
  })

  test('from a gap that comes after newer reports becomes records beside the live alarm, once, whenever there is a crash', () => {
    const journal = [
      kept(0, 1, 0, () => 4),
      kept(300, 302, 301, () => 9),
      kept(1, 55, 301.5, (minute) => (minute >= 50 ? 9 : 4)),
      kept(55, 100, 301.6, (minute) => (minute < 60 ? 9 : 4)),
      kept(100, 300, 301.7, (minute) => (minute >= 290 ? 9 : 4)),
      kept(302, 303, 302, () => 4),
    ]
    const past = { isEnded: true, historical: true, isTold: false, occurrences: 1 }
    const expected = [
      { raised: 50, returned: 60, ...past },
      { raised: 290, returned: 300, ...past },
      { raised: 300, returned: 302, isEnded: false, historical: false, isTold: true, occurrences: 1 },
    ]
    for (let crashAfter = -1; crashAfter < journal.length; crashAfter++) {
      for (const isSaved of [true, false]) {
        const state = openStateStore(':memory:')
        let road = openRoad(state)
        journal.forEach((next, i) => {
          road.pipeline.process([{ ...next, position: i }])
          if (isSaved) road.pipeline.save()
          if (i !== crashAfter) return
          road = openRoad(state)
          for (const snapshot of state.detectionSnapshots()) road.pipeline.restore(road.plant.at(snapshot.facility) as never, snapshot)
          road.pipeline.process(
            journal.slice(state.detectedThrough() + 1, i + 1).map((one, n) => ({ ...one, position: state.detectedThrough() + 1 + n })),
          )
          road.pipeline.recovered(next.received)
        })
        expect(facts(state), `crash after ${crashAfter}, saved ${isSaved}`).toEqual(expected)
        const steps = state.alarmRecords({ limit: 100 }).items.filter(({ rule }) => rule === 'high')
        expect(steps).toHaveLength(6)
      }
    }
  })

  test('is judged the same in a replay that forgets what has ended', async () => {
    const steps: string[] = []
    const messages = [kept(0, 1, 0, () => 4), kept(300, 301, 300, () => 4), kept(1, 300, 300, (minute) => (minute === 50 ? 9 : 4))]
    const { alarms } = await replay(messages, {
      kinds,
      facilities: [{ id: 'T-2', kind: 'tank', gateway: 'G-1' }],
      keepEnded: false,
      onStep: ({ rule }, { type, at }) => void (rule === 'high' && steps.push(`${type} ${(at - start) / 60_000}`)),
    })
    expect(steps).toEqual(['raise 50', 'return 51'])
    expect(alarms.filter(({ rule }) => rule === 'high')).toEqual([])
  })
})

describe('a crash', () => {
  const step = fc.record({
    facility: fc.constantFrom('T-1', 'T-2'),
    gap: fc.integer({ min: 0, max: 90 }),
    level: fc.constantFrom(0.5, 1.5, 4, 9, -3),
    valve: fc.boolean(),
    crash: fc.boolean(),
    save: fc.boolean(),
    tick: fc.boolean(),
  })
  const facts = (alarms: Alarm[]) =>
    alarms.map(({ facility, rule, active, raised, activated, returned, ended, occurrences, latched }) => ({
      facility,
      rule,
      active,
      raised,
      activated,
      returned,
      ended,
      occurrences,
      latched,
    }))

  test('at any step and recovery gives the same alarms as none', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        position = 0
        const whole = openStateStore(':memory:')
        const crashing = openStateStore(':memory:')
        const journal: Message[] = []
        const steady = openRoad(whole)
        let road = openRoad(crashing)
        let now = start
        for (const { facility, gap, level: value, valve, crash, save, tick } of steps) {
          now += seconds(gap)
          if (tick) for (const each of [steady, road]) tickThrough(each, now - seconds(gap), now)
          else for (const each of [steady, road]) for (let at = now - seconds(gap); at < now; at += seconds(10)) each.pipeline.keepTime(at)
          now += 100
          const next = level(facility, now, { level: value, valve })
          journal.push(next)
          steady.pipeline.process([next])
          road.pipeline.process([next])
          if (save) road.pipeline.save(1)
          if (crash) {
            road = openRoad(crashing)
            for (const snapshot of crashing.detectionSnapshots()) road.pipeline.restore(road.plant.at(snapshot.facility) as never, snapshot)
            road.pipeline.process(journal.slice(crashing.detectedThrough() + 1))
            road.pipeline.recovered(now)
          }
        }
        for (const each of [steady, road]) tickThrough(each, now, now + minutes(10))
        const all = (state: StateStore) =>
          facts(state.alarmHistory({ limit: 1000 }).items).sort(
            (a, b) => a.raised - b.raised || a.facility.localeCompare(b.facility) || a.rule.localeCompare(b.rule),
          )
        const isSilence = ({ rule }: { rule: string }) => rule === 'silence'
        const others = (state: StateStore) => all(state).filter((alarm) => !isSilence(alarm))
        expect(others(crashing)).toEqual(others(whole))
        // After a restart silence gets its full time again, so some of it is forgiven; none is invented.
        const silences = (state: StateStore) =>
          all(state)
            .filter(isSilence)
            .flatMap(({ facility, occurrences }) => occurrences.map((o) => `${facility} ${o.started} ${o.ended}`))
        const known = silences(whole)
        // One that comes four times chatters, and waits longer from then on: what is forgiven does not count.
        const chatters = (silence: string) => known.filter((one) => one.startsWith(silence.slice(0, 4))).length > 3
        for (const silence of silences(crashing)) if (!chatters(silence)) expect(known).toContain(silence)
      }),
      { numRuns: 40 },
    )
  }, 180_000)
})

test('the same messages make the same alarms and the same record, whether time is told by ticks or by messages, one by one or in batches', () => {
  const report = fc.record({
    facility: fc.constantFrom('T-1', 'T-2', 'T-3'),
    gap: fc.integer({ min: 1, max: 900 }),
    level: fc.constantFrom(0.5, 1.5, 4, 9, 9),
    valve: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(report, { minLength: 1, maxLength: 15 }), fc.integer({ min: 1, max: 15 }), (reports, batch) => {
      position = 0
      const [ticked, told] = [openStateStore(':memory:'), openStateStore(':memory:')]
      try {
        const live = openRoad(ticked)
        let now = start
        const messages = reports.map(({ facility, gap, level: value, valve }) => {
          for (const until = now + seconds(gap); now < until; now += seconds(1)) live.pipeline.tick(now)
          const next = level(facility, now, { level: value, valve })
          live.pipeline.process([next])
          return next
        })
        live.pipeline.tick(now)
        const replayed = openRoad(told)
        for (let from = 0; from < messages.length; from += batch) replayed.pipeline.process(messages.slice(from, from + batch))
        replayed.pipeline.tick(now)
        const all = (state: StateStore) => [state.alarmHistory({ limit: 1000 }).items, state.alarmRecords({ limit: 10_000 }).items]
        expect(all(told)).toEqual(all(ticked))
      } finally {
        ticked.close()
        told.close()
      }
    }),
    { numRuns: 60 },
  )
})
