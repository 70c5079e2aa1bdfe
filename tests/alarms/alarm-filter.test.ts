import fc from 'fast-check'
import { expect, test } from 'vitest'
import { alarmStates } from '../../src/alarms/alarm.ts'
import {
  type AlarmListFilter,
  alarmMatcher,
  type FilterContext,
  type FilteredAlarm,
  isFiltering,
  noAlarmFilter,
  readAlarmFilter,
  writeAlarmFilter,
} from '../../src/alarms/alarm-filter.ts'
import { priorities } from '../../src/detection/rule.ts'

const NOW = 1_700_000_000_000
const alarm: FilteredAlarm = {
  facility: 'PS-1',
  kind: 'pump-station',
  rule: 'suction-low',
  priority: 'high',
  state: 'unacknowledged',
  activated: NOW - 10 * 60_000,
  acknowledged: null,
  escalated: null,
  chattering: null,
  historical: false,
}
const context: FilterContext = {
  placeOf: () => ({ domain: 'water', district: '滨河区', road: 'Quay, north' }),
  textOf: () => 'ps-1 river pumps 吸入压力低 suction pressure low',
  isQueried: (facility) => facility === 'PS-1',
  now: NOW,
}
const found = (more: Partial<AlarmListFilter>, of: Partial<FilteredAlarm> = {}) =>
  alarmMatcher({ ...noAlarmFilter, ...more }, context)({ ...alarm, ...of })

test('each part of the filter lets through what has it and keeps out what has not', () => {
  const pairs: [Partial<AlarmListFilter>, Partial<AlarmListFilter>][] = [
    [{ words: 'RIVER low' }, { words: 'river high' }],
    [{ words: '吸入' }, { words: '出口' }],
    [{ priorities: ['critical', 'high'] }, { priorities: ['low'] }],
    [{ states: ['unacknowledged'] }, { states: ['shelved'] }],
    [{ domains: ['water'] }, { domains: ['gas'] }],
    [{ kinds: ['pump-station'] }, { kinds: ['gas-station'] }],
    [{ districts: ['滨河区'] }, { districts: ['新华区'] }],
    [{ road: 'Quay, north' }, { road: 'Quay' }],
    [{ facility: 'PS-1' }, { facility: 'PS-10' }],
    [{ rule: 'suction-low' }, { rule: 'suction' }],
    [{ olderThan: 10 }, { olderThan: 11 }],
  ]
  for (const [fits, fails] of pairs) expect([fits, found(fits), fails, found(fails)]).toEqual([fits, true, fails, false])
  expect(found({ query: 'kind=pump-station' })).toBe(true)
  expect(found({ query: 'kind=pump-station' }, { facility: 'PS-2' })).toBe(false)
  expect(found({ unacknowledged: true })).toBe(true)
  expect(found({ unacknowledged: true }, { state: 'acknowledged' })).toBe(false)
  expect([found({ escalated: true }), found({ chattering: true }), found({ historical: true })]).toEqual([false, false, false])
  expect(found({ escalated: true }, { escalated: { since: 1, reason: 'unacknowledged' } })).toBe(true)
  expect(found({ chattering: true }, { chattering: { since: 1, onDelay: 1 } })).toBe(true)
  expect(found({ historical: true }, { historical: true })).toBe(true)
})

test('what is written into an address is read back, commas within names too', () => {
  const text = fc.string({ unit: fc.constantFrom('a', ',', '区', ' ', '=') }).map((each) => each.trim())
  const list = fc.uniqueArray(text.filter(Boolean), { maxLength: 3 })
  const filters = fc.record({
    words: text,
    priorities: fc.subarray([...priorities]),
    states: fc.subarray([...alarmStates]),
    domains: list,
    kinds: list,
    districts: list,
    road: text,
    facility: text,
    rule: text,
    olderThan: fc.integer({ min: 0, max: 1000 }),
    unacknowledged: fc.boolean(),
    escalated: fc.boolean(),
    chattering: fc.boolean(),
    historical: fc.boolean(),
    query: text,
  })
  fc.assert(
    fc.property(filters, (filter) => {
      const given = Object.entries(writeAlarmFilter(filter)).filter((entry): entry is [string, string] => entry[1] !== null)
      const search = new URLSearchParams(given)
      expect(readAlarmFilter((name) => new URLSearchParams(search.toString()).get(name))).toEqual(filter)
      expect(isFiltering(filter)).toBe(given.length > 0)
    }),
  )
})

test('what is no value of a parameter limits nothing', () => {
  const search = new URLSearchParams('priority=urgent,high&state=gone&older=soon&unacknowledged=1')
  expect(readAlarmFilter((name) => search.get(name))).toEqual({ ...noAlarmFilter, priorities: ['high'] })
  expect(isFiltering(noAlarmFilter)).toBe(false)
})
