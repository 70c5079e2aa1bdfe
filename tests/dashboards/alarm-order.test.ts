import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareAlarms, isListed, matches, noFilter, placeOf, shiftToHold } from '../../dashboards/console/src/wall/alarm-order.ts'
import type { KindView } from '../../src/edges/http/schemas.ts'
import { alarmOf } from './alarms.ts'

const acknowledged = { at: 1, by: 'admin', comment: '' }

describe('alarm order', () => {
  test('unacknowledged, then priority, then newest', () => {
    const list = [
      alarmOf({ id: 1, state: 'acknowledged', acknowledged, priority: 'critical' }),
      alarmOf({ id: 2, priority: 'low' }),
      alarmOf({ id: 3, priority: 'high', activated: 5 }),
      alarmOf({ id: 4, priority: 'high', activated: 9 }),
      alarmOf({ id: 5, priority: 'critical', state: 'rtn-unacknowledged', active: false }),
    ]
    expect(list.sort(compareAlarms).map(({ id }) => id)).toEqual([5, 4, 3, 2, 1])
  })

  test('what is put aside is not listed', () => {
    expect(
      ['shelved', 'suppressed-by-design', 'out-of-service', 'normal'].filter((state) => isListed(alarmOf({ state: state as 'shelved' }))),
    ).toEqual([])
  })

  test('the filter looks at ids, names, places and titles in both languages', () => {
    const title = { en: 'Pump station', zh: '泵站' }
    const rule = { key: 'overload', title: { en: 'Pump overloaded', zh: '水泵过载' } }
    const kind = { key: 'pump-station', domain: 'water', title, rules: [rule] } as unknown as KindView
    const place = { district: '江北', road: 'Quay', roadClass: null, keyArea: false, position: null }
    const facility = { number: 1, id: 'PMP-01', kind: 'pump-station', name: 'North', ...place, fedBy: null, circuit: null, gateway: null }
    const context = { kinds: new Map([[kind.key, kind]]), facilities: new Map([[facility.id, facility]]) }
    const found = (text: string) => matches(alarmOf({}), { ...noFilter, text }, context)
    expect(['pmp', 'NORTH', '江北', 'quay', '过载', 'overloaded north'].map(found)).toEqual(Array(6).fill(true))
    expect(['gas', 'overloaded south'].map(found)).toEqual([false, false])
    // Engineers had changed its texts by the time it arose.
    const told = alarmOf({
      texts: { title: { en: 'Pump jammed', zh: '水泵卡阻' }, cause: title, consequence: title, response: [], timeToAct: 5 },
    })
    expect(['jammed', '卡阻', '过载'].map((text) => matches(told, { ...noFilter, text }, context))).toEqual([true, true, false])
    expect(matches(alarmOf({}), { ...noFilter, domain: 'gas' }, context)).toBe(false)
    expect(matches(alarmOf({}), { ...noFilter, domain: 'water', priority: 'high' }, context)).toBe(true)
  })
})

describe('shiftToHold', () => {
  test('new rows never move the row under the pointer', () => {
    const arbitrary = fc.array(
      fc.record({ priority: fc.constantFrom('critical', 'high', 'low'), activated: fc.nat(50), isNew: fc.boolean() }),
      { minLength: 1 },
    )
    fc.assert(
      fc.property(arbitrary, fc.nat(), (drafts, at) => {
        const all = drafts
          .map(({ priority, activated }, id) => alarmOf({ id, priority: priority as 'high', activated }))
          .sort(compareAlarms)
        const before = all.filter(({ id }) => !drafts[id]?.isNew).map(placeOf)
        if (before.length === 0) return
        const index = at % before.length
        const after = all.map(placeOf)
        expect(after[index + shiftToHold(before, after, index)]?.id).toBe(before[index]?.id)
      }),
    )
  })

  test('a row that was acknowledged is let go and the next one is held', () => {
    const rows = [1, 2, 3].map((id) => alarmOf({ id, activated: 10 - id }))
    const after = [rows[1]!, rows[2]!, alarmOf({ id: 1, state: 'acknowledged', acknowledged })].map(placeOf)
    expect(shiftToHold(rows.map(placeOf), after, 0)).toBe(-1)
    expect(shiftToHold(rows.map(placeOf), [], 0)).toBe(0)
  })
})
