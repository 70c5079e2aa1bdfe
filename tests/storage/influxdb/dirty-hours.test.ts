import { describe, expect, test } from 'vitest'
import { DirtyHours } from '../../../src/storage/influxdb/dirty-hours.ts'
import { hours, minutes } from '../../../src/telemetry/duration.ts'
import { contractKind, NOON, rowsOf } from '../telemetry-store.contract.ts'

const kind = contractKind.key
const later = NOON + hours(2)
const rowOf = (facility: string, at = NOON) => [rowsOf([facility, at, { flow: 1 }])]

function write(dirty: DirtyHours, facility: string, at = NOON): number {
  const writing = dirty.begin(rowOf(facility, at))
  writing.marked()
  writing.end()
  return writing.marks.length
}

describe('dirty hours', () => {
  test('are marked once until they are folded', () => {
    const dirty = new DirtyHours(0, 7)
    expect(dirty.begin(rowOf('a')).marks).toEqual([{ kind, hour: NOON, generation: 8 }])
    expect(write(dirty, 'a')).toBe(1)
    expect(write(dirty, 'b', NOON + minutes(59))).toBe(0)
    expect(write(dirty, 'b', NOON + hours(1))).toBe(1)
  })

  test('are folded when they have ended for some minutes and nobody is writing to them', () => {
    const dirty = new DirtyHours(0, 0)
    write(dirty, 'a')
    expect(dirty.take(NOON + hours(1), 9)).toEqual([])
    const writing = dirty.begin(rowOf('b'))
    expect(dirty.take(later, 9)).toEqual([])
    writing.end()
    const [fold] = dirty.take(later, 9)
    expect(fold).toEqual({ kind, hour: NOON, generation: 1, facilities: ['a', 'b'] })
    expect(dirty.take(later, 9)).toEqual([])
    dirty.folded(fold as never)
    expect(dirty.size).toBe(0)
  })

  test('a mark that could not be written holds the fold back', () => {
    const dirty = new DirtyHours(0, 0)
    dirty.begin(rowOf('a')).end()
    expect(dirty.take(later, 9)).toEqual([])
    expect(write(dirty, 'a')).toBe(1)
    expect(dirty.take(later, 9)).toHaveLength(1)
  })

  test('what is written while an hour is folded makes it dirty anew', () => {
    const dirty = new DirtyHours(0, 0)
    write(dirty, 'a')
    const [first] = dirty.take(later, 9)
    expect(write(dirty, 'b')).toBe(1)
    expect(write(dirty, 'c')).toBe(0)
    dirty.folded(first as never)
    expect(dirty.parts(kind, ['a'], NOON, NOON + hours(1))).toEqual([{ from: NOON, to: NOON + hours(1), clean: true }])
    expect(dirty.take(later, 9)).toEqual([{ kind, hour: NOON, generation: 2, facilities: ['b', 'c'] }])
  })

  test('a fold that failed is done again with all it was for', () => {
    const dirty = new DirtyHours(0, 0)
    write(dirty, 'a')
    const [first] = dirty.take(later, 9)
    write(dirty, 'b')
    dirty.failed(first as never)
    expect(dirty.take(later, 9)).toEqual([{ kind, hour: NOON, generation: 2, facilities: ['a', 'b'] }])
  })

  test('with many facilities an hour is folded as a whole', () => {
    const dirty = new DirtyHours(0, 0)
    for (let i = 0; i <= 1000; i++) write(dirty, `f${i}`)
    expect(dirty.take(later, 9)[0]?.facilities).toBeNull()
  })

  test('cut a time into clean and dirty parts for the facilities that are asked for', () => {
    const dirty = new DirtyHours(minutes(30), 0, [{ kind, hour: NOON + minutes(30), generation: 1 }])
    write(dirty, 'a', NOON + hours(4))
    const at = (minute: number) => NOON + minutes(minute)
    expect(dirty.parts(kind, ['b'], at(-60), at(300))).toEqual([
      { from: at(-60), to: at(30), clean: true },
      { from: at(30), to: at(90), clean: false },
      { from: at(90), to: at(300), clean: true },
    ])
    expect(dirty.parts(kind, ['b', 'a'], at(60), at(260)).map(({ from, to, clean }) => [from - NOON, to - NOON, clean])).toEqual([
      [minutes(60), minutes(90), false],
      [minutes(90), minutes(210), true],
      [minutes(210), minutes(260), false],
    ])
    expect(dirty.parts('street-light', ['a'], at(0), at(60))).toEqual([{ from: at(0), to: at(60), clean: true }])
  })
})
