import { expect, test } from 'vitest'
import { AlarmRegister } from '../../src/alarms/register.ts'
import type { ConditionChange } from '../../src/detection/detection.ts'
import { defaultSettings } from '../../src/detection/settings.ts'
import { detectorWith, texts } from '../detection/fixtures.ts'
import { clockOf, evidence, memoryAlarmStore } from './fixtures.ts'

const { facility } = detectorWith((build) => ({ high: build.limit({ ...texts, priority: 'high', point: 'level', high: 5 }) }))
const rule = facility.kind.rules[0] as ConditionChange['rule']
const setting = defaultSettings(facility.kind, {})[0] as ConditionChange['setting']
const change = (active: boolean, at: number): ConditionChange => ({ facility, rule, setting, active, at, late: false, chattering: null })
const context = () => ({ evidence, outOfService: false, suppressed: null, affects: 0 })

test('there is one live alarm per facility and rule, and a new one after it ended', () => {
  const store = memoryAlarmStore()
  const register = new AlarmRegister(store)
  const first = register.apply(change(true, 1000), 1000, context)
  expect(register.apply(change(true, 1500), 1500, context)).toBeUndefined()
  register.apply(change(false, 2000), 2000, context)
  expect(register.apply(change(true, 3000), 3000, context)?.id).toBe(first?.id)
  register.act(1, { type: 'acknowledge', at: 3500, by: 'li', comment: '' })
  register.apply(change(false, 4000), 4000, context)
  expect([register.size, register.find('T-1', 'high')]).toEqual([0, undefined])
  expect(register.apply(change(true, 5000), 5000, context)?.id).toBe(2)
  expect(store.all.get(1)).toMatchObject({ ended: 4000, occurrenceCount: 2 })
})

test('a restart goes on with the alarms of the store and raises none again', () => {
  const store = memoryAlarmStore()
  new AlarmRegister(store).apply(change(true, 1000), 1000, context)
  const again = new AlarmRegister(store)
  expect(again.apply(change(true, 9000), 9000, context)).toBeUndefined()
  expect([...again.of('T-1')]).toMatchObject([{ activated: 1000, occurrenceCount: 1 }])
})

test('shelving ends by itself', () => {
  const register = new AlarmRegister(memoryAlarmStore())
  register.apply(change(true, 1000), 1000, context)
  register.act(1, { type: 'shelve', at: 1000, by: 'li', until: 5000, reason: 'works' })
  expect(clockOf(register).passTime(4999)).toEqual([])
  expect(clockOf(register).passTime(9000)).toMatchObject([{ id: 1, shelved: null, toldSince: 5000 }])
})

test('actions on ended and unknown alarms say so', () => {
  const register = new AlarmRegister(memoryAlarmStore())
  register.apply(change(true, 1000), 1000, context)
  register.act(1, { type: 'acknowledge', at: 1, by: 'li', comment: '' })
  register.apply(change(false, 2000), 2000, context)
  const unshelve = (id: number) => () => register.act(id, { type: 'unshelve', at: 1, by: 'li' })
  const error = (code: string, message: RegExp) => expect.objectContaining({ code, message: expect.stringMatching(message) })
  expect(unshelve(1)).toThrow(error('action-refused', /has ended/))
  expect(unshelve(7)).toThrow(error('not-found', /no alarm 7/))
})

test('every step leaves a record, with our time beside the time of the event', () => {
  const store = memoryAlarmStore()
  const register = new AlarmRegister(store)
  register.apply(change(true, 1000), 1010, context)
  register.act(1, { type: 'shelve', at: 61_000, by: 'li', until: 181_000, reason: 'works' })
  register.apply(change(false, 62_000), 62_500, context)
  clockOf(register).passTime(200_000)
  register.act(1, { type: 'acknowledge', at: 190_000, by: 'wang', comment: 'seen' })
  const step = { alarm: 1, facility: 'T-1', rule: 'high', by: null, detail: '', priority: 'high' }
  expect(store.records).toEqual([
    { ...step, type: 'raise', at: 1000, recorded: 1010, told: true, announced: true, version: 1 },
    { ...step, type: 'shelve', at: 61_000, recorded: 61_000, by: 'li', detail: '2 min: works', told: false, announced: false, version: 2 },
    { ...step, type: 'return', at: 62_000, recorded: 62_500, told: false, announced: false, version: 3 },
    { ...step, type: 'unshelve', at: 181_000, recorded: 181_000, told: true, announced: false, version: 4 },
    { ...step, type: 'acknowledge', at: 190_000, recorded: 190_000, by: 'wang', detail: 'seen', told: true, announced: false, version: 5 },
  ])
})

test('people are told in our time, whatever the clock of the device says', () => {
  const register = new AlarmRegister(memoryAlarmStore())
  expect(register.apply(change(true, 1000), 9000, context)).toMatchObject({ raised: 1000, toldSince: 9000 })
  register.apply(change(false, 2000), 10_000, context)
  expect(register.apply(change(true, 3000), 11_000, context)).toMatchObject({ activated: 3000, toldSince: 11_000 })
})

test('a rule that comes and goes too often marks its alarm, whether it is active or not', () => {
  const store = memoryAlarmStore()
  const register = new AlarmRegister(store)
  const chattering = { since: 1000, onDelay: 60_000 }
  register.apply(change(true, 1000), 1000, context)
  expect(register.apply({ ...change(true, 1500), chattering }, 1500, context)).toMatchObject({ chattering, occurrenceCount: 1 })
  expect(register.apply({ ...change(true, 1600), chattering: { ...chattering } }, 1600, context)).toBeUndefined()
  expect(register.apply({ ...change(false, 2000), chattering }, 2000, context)?.chattering).toEqual(chattering)
  expect(register.apply(change(false, 3000), 3000, context)?.chattering).toBeNull()
  expect(store.records.map(({ type }) => type)).toEqual(['raise', 'chatter', 'return', 'chatter'])
  for (const other of [chattering, { ...chattering, since: 2000 }, { since: 2000, onDelay: 90_000 }]) {
    expect(register.apply({ ...change(false, 4000), chattering: other }, 4000, context)?.chattering).toEqual(other)
  }
})
