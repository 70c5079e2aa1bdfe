import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import type { AlarmRecord } from '../../src/alarms/alarm-log.ts'
import { floodsAmong, usualFloodLimits } from '../../src/alarms/flood.ts'
import { FloodLog } from '../../src/alarms/flood-log.ts'
import { AlarmRegister } from '../../src/alarms/register.ts'
import { openStateStore } from '../../src/storage/embedded/state-store.ts'
import { aLiveAlarm, clockOf } from './fixtures.ts'

const SPAN = usualFloodLimits.span
const step: AlarmRecord = {
  ...{ alarm: 1, facility: 'T-1', rule: 'high', type: 'raise', at: 0, recorded: 0, by: null, detail: '', priority: 'high' },
  ...{ told: true, announced: true, version: 1 },
}

function open() {
  const store = openStateStore(':memory:')
  const start = () => new FloodLog(store.floods, usualFloodLimits)
  let log = start()
  const tell = (recorded: number, more: Partial<AlarmRecord> = {}) => {
    const record = { ...step, recorded, ...more }
    store.transaction(() => {
      store.recordAlarm(record)
      log.note(record)
    })
  }
  const restart = () => {
    log = start()
  }
  return { store, tell, restart, log: () => log, floods: () => store.floods.floods({ limit: 100 }).items }
}

describe('the flood log', () => {
  let city = open()
  afterEach(() => {
    city.store.close()
    city = open()
  })

  test('keeps a flood from its beginning to its end under one id', () => {
    for (let i = 0; i < 10; i++) city.tell(i)
    expect([city.log().running, city.log().rate, city.floods()]).toEqual([null, 10, []])
    city.tell(10)
    const flood = { id: 1, started: 0, recognised: 10, ended: null, alarms: 11, peak: 11, peakAt: 10 }
    expect(city.log().running).toEqual(flood)
    expect(city.store.floods.running()).toEqual(flood)
    city.tell(11)
    expect([11, SPAN - 1, SPAN].map((now) => city.log().isDue(now))).toEqual([false, false, true])
    city.log().pass(SPAN + 7)
    expect(city.log().running).toBeNull()
    expect(city.floods()).toEqual([{ ...flood, alarms: 12, peak: 12, peakAt: 11, ended: SPAN + 7 }])
    for (let i = 0; i < 11; i++) city.tell(3 * SPAN + i)
    expect(city.log().running?.id).toBe(2)
  })
  test('counts only what is one more alarm for operators', () => {
    for (let i = 0; i < 20; i++) city.tell(i, { told: false, announced: false })
    for (let i = 0; i < 20; i++) city.tell(20 + i, { type: 'return', announced: false })
    expect(city.log().rate).toBe(0)
    city.restart()
    expect(city.log().rate).toBe(0)
  })
  test('counts what comes off the shelf together, also after a restart', () => {
    const shelved = { at: 0, by: 'li', until: 5000, reason: 'works' }
    for (let i = 0; i < 11; i++) city.store.insertAlarm(aLiveAlarm({ rule: `high-${i}`, shelved, toldSince: null }))
    const register = new AlarmRegister(city.store, city.log())
    clockOf(register).passTime(5000)
    expect(city.log().running).toMatchObject({ started: 5000, alarms: 11 })
    city.restart()
    expect(city.log().rate).toBe(11)
    const rows = city.store.floods.activations({ after: { recorded: 0, id: 0 }, to: 6000, limit: 99 })
    expect(rows.map(({ alarm }) => alarm.id)).toEqual(Array.from({ length: 11 }, (_, i) => i + 1))
  })
  test('is as the store again after a transaction that did not go through', () => {
    for (let i = 0; i < 10; i++) city.tell(i)
    expect(() =>
      city.store.transaction(() => {
        city.tell(10)
        throw new Error('disk full')
      }),
    ).toThrow('disk full')
    expect(city.log().running).not.toBeNull()
    city.log().reload()
    expect([city.log().running, city.log().rate, city.floods()]).toEqual([null, 10, []])
    city.tell(20)
    expect(city.log().running).toMatchObject({ id: 1, recognised: 20, alarms: 11 })
  })
  test('takes other limits at once', () => {
    for (let i = 0; i < 9; i++) city.tell(i)
    city.log().use({ ...usualFloodLimits, begin: 5 }, 100)
    expect(city.log().running).toMatchObject({ id: 1, recognised: 100 })
    city.log().reload()
    expect(city.log().limits.begin).toBe(5)
    city.log().use({ ...usualFloodLimits, operators: 2 }, 200)
    expect(city.floods()).toMatchObject([{ ended: 200 }])
  })
  test('finds the same floods, each once, however often the program stops and starts', () => {
    const steps = fc.array(
      fc.record({
        gap: fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 400_000 })),
        restart: fc.boolean(),
        pass: fc.integer({ min: 0, max: 300_000 }),
      }),
      { maxLength: 80 },
    )
    fc.assert(
      fc.property(steps, (list) => {
        const one = open()
        const times: number[] = []
        let now = 0
        for (const { gap, restart, pass } of list) {
          now += gap
          one.tell(now)
          times.push(now)
          if (restart) one.restart()
          now += pass
          one.log().pass(now)
        }
        const found = one.store.floods.floods({ limit: 100 }).items.map(({ id: _, ...flood }) => flood)
        one.store.close()
        expect(found.reverse()).toEqual(floodsAmong(times, usualFloodLimits, now))
      }),
    )
  })
})

describe('the store of floods', () => {
  test('lists those that went on between two times, newest first, in pages', () => {
    const { store } = open()
    const flood = { id: 0, started: 0, recognised: 1, ended: 10, alarms: 11, peak: 11, peakAt: 1 } as const
    expect(
      [flood, { ...flood, started: 20, ended: 30 }, { ...flood, started: 40, ended: null }].map((each) => store.floods.put(each)),
    ).toEqual([1, 2, 3])
    const ids = (query: { from?: number; to?: number; before?: number }) =>
      store.floods.floods({ ...query, limit: 9 }).items.map(({ id }) => id)
    expect(ids({})).toEqual([3, 2, 1])
    expect(ids({ from: 10 })).toEqual([3, 2])
    expect(ids({ to: 20 })).toEqual([1])
    expect(ids({ from: 9, to: 21 })).toEqual([2, 1])
    expect(ids({ before: 2 })).toEqual([1])
    expect(store.floods.floods({ limit: 2 }).next).toBe(2)
    expect(store.floods.flood(2)).toEqual({ ...flood, id: 2, started: 20, ended: 30 })
    expect(store.floods.flood(9)).toBeUndefined()
    store.close()
  })
  test('keeps a review with each, and knows which have none', () => {
    const { store } = open()
    const flood = { id: 0, started: 0, recognised: 1, ended: 10, alarms: 11, peak: 11, peakAt: 1 }
    for (const ended of [10, 20, null]) store.floods.put({ ...flood, ended })
    expect(store.floods.unreviewed(9).map(({ id }) => id)).toEqual([1, 2])
    expect(store.floods.unreviewed(1).map(({ id }) => id)).toEqual([1])
    store.floods.putReview(1, '{"state":"done"}')
    expect(store.floods.unreviewed(9).map(({ id }) => id)).toEqual([2])
    expect([1, 2, 9].map((id) => store.floods.review(id))).toEqual(['{"state":"done"}', undefined, undefined])
    store.close()
  })
  test('the record is read in parts that may be interrupted by other steps', () => {
    const { store } = open()
    for (let i = 0; i < 1200; i++) store.recordAlarm({ ...step, alarm: i, recorded: Math.floor(i / 7) })
    const seen: number[] = []
    for (const { alarm } of store.alarmRecordsBetween(1, 150)) {
      seen.push(alarm)
      if (seen.length === 600) store.recordAlarm({ ...step, alarm: 5000, recorded: 149 })
    }
    expect(seen).toEqual([...Array.from({ length: 1043 }, (_, i) => i + 7), 5000])
    store.close()
  })
})
