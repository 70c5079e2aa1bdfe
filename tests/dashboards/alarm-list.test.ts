import { describe, expect, test } from 'vitest'
import { asBefore, causeOf, groupedRows, type ListRow } from '../../dashboards/console/src/alarms/list-rows.ts'
import {
  columnsOf,
  emptyList,
  type ListState,
  readList,
  saysList,
  searchOf,
  writeList,
} from '../../dashboards/console/src/alarms/list-state.ts'
import { filterLive, type LiveContext } from '../../dashboards/console/src/alarms/live-list.ts'
import { rangeOf } from '../../dashboards/console/src/wall/picked.ts'
import { noAlarmFilter, withoutFilter } from '../../src/alarms/alarm-filter.ts'
import { alarmOf } from './alarms.ts'

const read = (search: string) => readList(new URLSearchParams(search))

describe('what the list shows stands in its address', () => {
  test('and is read back from it', () => {
    const state: ListState = {
      filter: { ...noAlarmFilter, priorities: ['critical', 'high'], words: '泵', chattering: true },
      isPast: false,
      from: null,
      to: null,
      columns: ['priority', 'fault', 'road'],
      sort: { by: 'road', isDown: true },
      group: 'cause',
    }
    expect(searchOf(state)).toBe(
      'q=%E6%B3%B5&priority=critical%2Chigh&chattering=true&columns=priority%2Cfault%2Croad&sort=-road&group=cause',
    )
    expect(read(searchOf(state))).toEqual(state)
    const past: ListState = { ...emptyList, isPast: true, columns: columnsOf(true), from: 1000, to: 2000 }
    expect(read(searchOf(past))).toEqual(past)
  })

  test('what is usual is not said, and what is nothing is passed over', () => {
    expect(Object.values(writeList(emptyList)).every((value) => value === null)).toBe(true)
    expect(read('columns=fault,nothing,fault&sort=nothing&group=nothing&from=12')).toEqual({ ...emptyList, columns: ['fault'] })
    expect([saysList(new URLSearchParams('view=3&alarm=7')), saysList(new URLSearchParams('view=3&priority=high'))]).toEqual([false, true])
  })

  test('one part of the filter is taken away and the others stay', () => {
    const filter = { ...noAlarmFilter, priorities: ['high' as const], districts: ['East'] }
    expect(withoutFilter(filter, 'priority')).toEqual({ ...filter, priorities: [] })
  })
})

describe('the live list', () => {
  const facility = { number: 1, id: 'PMP-01', kind: 'pump-station', name: 'North', district: 'East', road: 'Quay', position: null }
  const context = { kinds: new Map(), facilities: new Map([['PMP-01', facility]]), queried: null, now: 0 } as unknown as LiveContext
  const list = [
    alarmOf({ id: 1 }),
    alarmOf({ id: 2, state: 'shelved' }),
    alarmOf({ id: 3, facility: 'PMP-02' }),
    alarmOf({ id: 4, state: 'suppressed-by-design' }),
  ]
  const shown = (more: object, queried: LiveContext['queried'] = null) =>
    filterLive(list, { ...noAlarmFilter, ...more }, { ...context, queried }).map(({ id }) => id)

  test('holds what stands in the list, and what is put aside when it is asked for', () => {
    expect(shown({})).toEqual([1, 3])
    expect(shown({ states: ['shelved'] })).toEqual([2])
    expect(filterLive(list, noAlarmFilter, { ...context, withSuppressed: true }).map(({ id }) => id)).toEqual([1, 3, 4])
    expect(shown({ districts: ['East'] })).toEqual([1])
    expect(shown({ words: 'north quay' })).toEqual([1])
  })

  test('holds nothing of a facility query before it was looked up', () => {
    expect(shown({ query: 'keyArea=yes' })).toEqual([])
    expect(shown({ query: 'keyArea=yes' }, new Set(['PMP-02']))).toEqual([3])
  })
})

describe('grouped rows', () => {
  const explained = (id: number, by: number) =>
    alarmOf({ id, state: 'suppressed-by-design', suppressed: { cause: 'supply', by, since: 1, until: null } })
  const names = (rows: readonly ListRow[]) =>
    rows.map((row) => (row.type === 'group' ? `[${row.key} ${row.unacknowledged}]` : row.alarm.id))

  test('stand where the first of each group stands, closed ones as their head alone, single ones without a head', () => {
    const list = [
      alarmOf({ id: 1, facility: 'a' }),
      alarmOf({ id: 2, facility: 'b', state: 'acknowledged' }),
      alarmOf({ id: 3, facility: 'a' }),
    ]
    const keyOf = ({ facility }: { facility: string }) => facility
    expect(names(groupedRows(list, keyOf, new Set()))).toEqual(['[a 2]', 1, 3, 2])
    expect(names(groupedRows(list, keyOf, new Set(['a'])))).toEqual(['[a 2]', 2])
    expect(names(groupedRows(list, null, new Set()))).toEqual([1, 2, 3])
  })

  test('a cause is what explains an alarm through others, also one that is gone, and a circle ends', () => {
    const list = [alarmOf({ id: 1 }), explained(2, 1), explained(3, 2), explained(4, 99), explained(5, 6), explained(6, 5)]
    const alarms = new Map(list.map((alarm) => [alarm.id, alarm]))
    expect(list.slice(0, 4).map((alarm) => causeOf(alarm, alarms))).toEqual([1, 1, 1, 99])
    expect([5, 6]).toContain(causeOf(alarms.get(5)!, alarms))
  })
})

test('a list stands as it stood before, what is new at its end and what is gone left out', () => {
  const [one, two, three, four] = [1, 2, 3, 4].map((id) => alarmOf({ id }))
  const changed = alarmOf({ id: 2, version: 2 })
  expect(asBefore([one!, changed, four!], [three!, two!, one!])).toEqual([changed, one, four])
})

test('a range goes from the one chosen before, either way; from what is not there it is the one alone', () => {
  const ids = [5, 3, 9, 1]
  expect(rangeOf(ids, 3, 1)).toEqual([3, 9, 1])
  expect(rangeOf(ids, 1, 3)).toEqual([3, 9, 1])
  expect(rangeOf(ids, 7, 9)).toEqual([9])
  expect(rangeOf(ids, null, 9)).toEqual([9])
})
