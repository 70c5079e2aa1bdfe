import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { WHOLE_CITY } from '../../src/access/scope.ts'
import { noAlarmFilter } from '../../src/alarms/alarm-filter.ts'
import { Plant } from '../../src/facilities/plant.ts'
import { alarmListing } from '../../src/services/alarm-listing.ts'
import type { AlarmHistoryQuery, StateStore } from '../../src/storage/state-store.ts'
import { sampleAlarm } from '../storage/state-store.contract.ts'

/** A history of so many alarms, with the turn of the event loop in which each slice of it was read. */
function historyOf(size: number) {
  const readIn: number[] = []
  let turn = 0
  const state = {
    alarmHistory({ before = size + 1, limit }: AlarmHistoryQuery) {
      readIn.push(turn)
      const from = Math.max(1, before - limit)
      const items = Array.from({ length: before - from }, (_, i) => ({ ...sampleAlarm({ priority: 'low' }), id: before - 1 - i }))
      return { items, next: from > 1 ? from : null }
    },
  } as Pick<StateStore, 'alarmHistory'> as StateStore
  const listing = alarmListing({ plant: new Plant(), state, kinds: new Map(), now: () => 0, findFacilities: () => [] })
  return { listing, readIn, nextTurn: () => turn++ }
}
const none = { filter: { ...noAlarmFilter, words: 'nothing has these words' }, scope: WHOLE_CITY }

test('however many search and export at once, one slice is read in a turn of the event loop', async () => {
  const history = historyOf(1000)
  let isOver = false
  const counting = (async () => {
    for (; !isOver; await nextTurn()) history.nextTurn()
  })()
  const exported = async () => {
    let count = 0
    for await (const alarms of history.listing.eachAlarm({ ...none, filter: noAlarmFilter })) count += alarms.length
    return count
  }
  const all = await Promise.all(Array.from({ length: 10 }, (_, i) => (i % 2 ? exported() : history.listing.findAlarms(none, 100))))
  isOver = true
  await counting
  expect(all.filter((_, i) => i % 2)).toEqual(Array(5).fill(1000))
  expect(all[0]).toMatchObject({ items: [], next: null })
  expect(history.readIn).toHaveLength(50)
  expect(new Set(history.readIn).size).toBe(50)
})
