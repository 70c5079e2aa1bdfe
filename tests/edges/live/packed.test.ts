import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { facilityStates, packStates, stateCode, unpackStates } from '../../../src/edges/live/facility-states.ts'
import { facilitiesOf, plantColumns } from '../../../src/edges/live/plant-columns.ts'
import { alarmHash, shownHash, stateHash } from '../../../src/edges/live/shown-hash.ts'
import { type Facility, roadClasses } from '../../../src/facilities/plant.ts'
import { sampleFacility } from '../../storage/state-store.contract.ts'
import { tankKind } from '../../tank-kind.ts'

const change = fc.tuple(fc.integer({ min: 0, max: 0xffffff }), fc.integer({ min: 0, max: facilityStates.length - 1 }))

describe('packed states', () => {
  test('come out as they went in, four bytes each', () => {
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const bytes = packStates(changes)
        expect(bytes).toHaveLength(changes.length * 4)
        for (const packed of [bytes, Buffer.concat([Buffer.alloc(3), bytes]).subarray(3), bytes.slice().buffer]) {
          const told: [number, number][] = []
          unpackStates(packed, (number, code) => told.push([number, code]))
          expect(told).toEqual(changes)
        }
      }),
    )
  })

  test('have the form the documents say', () => {
    expect([...packStates([[0x010203, stateCode('critical')]])]).toEqual([5, 3, 2, 1])
  })

  test('a number that does not fit is refused', () => {
    expect(() => packStates([[0x1000000, 1]])).toThrow(RangeError)
  })
})

describe('the hash of what is shown', () => {
  const alarm = fc.record({ id: fc.nat(9), version: fc.integer({ min: 1, max: 4 }), state: fc.constantFrom('acknowledged', 'latched') })

  test('is the same in any order and when counted change by change', () => {
    fc.assert(
      fc.property(fc.uniqueArray(alarm, { selector: ({ id }) => id }), fc.uint8Array({ max: 6, maxLength: 20 }), (alarms, states) => {
        const whole = shownHash(alarms, states)
        expect(shownHash(alarms.toReversed(), states)).toBe(whole)
        let counted = 0
        for (const one of alarms) counted ^= alarmHash(one)
        states.forEach((code, number) => {
          counted ^= stateHash(number, 3) ^ stateHash(number, 3) ^ stateHash(number, code)
        })
        expect(counted >>> 0).toBe(whole)
        expect(shownHash(alarms, Uint8Array.from([...states, 0, 0]))).toBe(whole)
      }),
    )
  })

  test('tells any single difference', () => {
    const alarms = [{ id: 1, version: 1, state: 'acknowledged' }]
    const states = Uint8Array.of(0, 3)
    const others = [
      shownHash([], states),
      shownHash([{ id: 2, version: 1, state: 'acknowledged' }], states),
      shownHash([{ id: 1, version: 2, state: 'acknowledged' }], states),
      shownHash([{ id: 1, version: 1, state: 'latched' }], states),
      shownHash(alarms, Uint8Array.of(3, 0)),
      shownHash(alarms, Uint8Array.of(0, 4)),
    ]
    expect(new Set([...others, shownHash(alarms, states)]).size).toBe(others.length + 1)
  })
})

describe('the plant as columns', () => {
  const text = fc.constantFrom('', 'a', '路', 'null')
  const facility = fc.record({
    name: text,
    district: text,
    road: text,
    roadClass: fc.option(fc.constantFrom(...roadClasses)),
    keyArea: fc.boolean(),
    position: fc.option(fc.tuple(fc.integer({ min: -180e6, max: 180e6 }), fc.integer({ min: -90e6, max: 90e6 }))),
    fedBy: fc.option(text),
    circuit: fc.option(fc.integer({ min: 1, max: 9 })),
    gateway: fc.option(text),
    skipped: fc.nat(2),
  })

  test('tell every facility as it is, by numbers with gaps', () => {
    fc.assert(
      fc.property(fc.array(facility, { maxLength: 20 }), (all) => {
        let number = 0
        const facilities = all.map(({ skipped, position, ...own }, i): Facility => {
          number += 1 + skipped
          const degrees = position && ([position[0] / 1e6, position[1] / 1e6] as const)
          return { ...sampleFacility(`F-${i}`, { ...own, position: degrees }), kind: tankKind, number }
        })
        const read = facilitiesOf(JSON.parse(JSON.stringify({ version: 'x', ...plantColumns(facilities) })))
        expect(read).toEqual(
          facilities.map(({ number, id, name, district, road, roadClass, keyArea, position, fedBy, circuit, gateway }) => ({
            ...{ number, id, name, district, road, roadClass, keyArea, fedBy, circuit, gateway },
            kind: tankKind.key,
            position: position === null ? null : [...position],
          })),
        )
      }),
    )
  })
})
