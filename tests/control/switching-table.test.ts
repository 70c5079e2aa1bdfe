import { describe, expect, test } from 'vitest'
import { utcOffsets } from '../../src/control/local-time.ts'
import { lagOf, SPREAD, STAGGER, switchingTable, tableSpan } from '../../src/control/switching-table.ts'
import { decodeTable, encodeTable, lightOf, noTable, runningTable } from '../../src/telemetry/codecs/programme-messages.ts'
import { days, hours, minutes } from '../../src/telemetry/duration.ts'

const beijing = utcOffsets('Asia/Shanghai')
const at = (text: string) => Date.parse(`2026-${text}+08:00`)
const span = { from: at('12-07T12:00'), until: at('12-08T12:00') }
const changes = [
  { at: at('12-07T12:00'), level: 0 },
  { at: at('12-07T17:20'), level: 1 },
  { at: at('12-07T23:00'), level: 0.5 },
  { at: at('12-08T06:50'), level: 0 },
]

describe('the span of a table', () => {
  test('is four weeks from a Monday noon, the same all week', () => {
    const monday = tableSpan(at('12-07T12:00'), beijing)
    expect(monday).toEqual({ from: at('12-07T12:00'), until: at('12-07T12:00') + days(28) })
    expect(tableSpan(at('12-14T11:59'), beijing)).toEqual(monday)
    expect(tableSpan(at('12-14T12:00'), beijing).from).toBe(at('12-14T12:00'))
  })

  test('keeps to noon where clocks are set', () => {
    const { from, until } = tableSpan(Date.parse('2026-03-23T20:00Z'), utcOffsets('Europe/Berlin'))
    expect(until - from).toBe(days(28) - hours(1))
  })
})

describe('a table', () => {
  const table = switchingTable('LC-1', changes, span)

  test('switches as the programme does, its own moment later', () => {
    expect(table).toMatchObject({ ...span, stagger: STAGGER })
    expect(table.steps.map(([, level]) => level)).toEqual([0, 100, 50, 0])
    const lag = (table.steps[1]?.[0] as number) - (changes[1]?.at as number)
    expect(Math.abs(lag - lagOf('LC-1'))).toBeLessThanOrEqual(500)
    expect(lightOf(table, at('12-07T17:20') - 1)).toBe(0)
    expect(lightOf(table, at('12-07T17:20') + SPREAD)).toBe(100)
    expect(lightOf(table, at('12-08T03:00'))).toBe(50)
    expect(lightOf(table, span.until)).toBeUndefined()
    expect(lightOf(table, span.from - 1)).toBeUndefined()
  })

  test('is named by what stands in it', () => {
    expect(switchingTable('LC-1', changes, span).table).toBe(table.table)
    const brighter = changes.map((change) => (change.level === 0.5 ? { ...change, level: 0.6 } : change))
    expect(switchingTable('LC-1', brighter, span).table).not.toBe(table.table)
    expect(table.table).toBeGreaterThan(0)
    expect(runningTable(table, span.until - 1)).toBe(table.table)
    expect(runningTable(table, span.until)).toBe(0)
    expect(runningTable(noTable, span.from)).toBe(0)
  })

  test('comes over the wire as it was, and what is none is passed over', () => {
    expect(decodeTable(Buffer.from(encodeTable(table)))).toEqual(table)
    for (const text of ['', '{}', '{"table":1,"from":1,"until":2,"stagger":0,"steps":[[1]]}', '[]', 'null', '{"table":"1"}'])
      expect(decodeTable(Buffer.from(text))).toBeUndefined()
  })
})

test('devices of a city spread over a minute, each at the same moment every time', () => {
  const lags = Array.from({ length: 400 }, (_, i) => lagOf(`LC-${String(i).padStart(4, '0')}`))
  expect(Math.max(...lags)).toBeLessThan(SPREAD)
  // In no tenth of the minute more than twice its share.
  for (let tenth = 0; tenth < 10; tenth++) {
    const within = lags.filter((lag) => Math.floor((lag * 10) / SPREAD) === tenth).length
    expect(within).toBeLessThan(80)
    expect(within).toBeGreaterThan(10)
  }
  expect(SPREAD).toBeLessThan(minutes(15))
})
