import { describe, expect, test } from 'vitest'
import { encodeLines, withoutField } from '../../../src/storage/influxdb/line-protocol.ts'
import { analog, type Point, text } from '../../../src/telemetry/point.ts'
import { contractKind, rowsOf } from '../telemetry-store.contract.ts'

const label = text('x', 'x')

describe('line protocol', () => {
  test('a line per row, a field per value, all of them numbers', () => {
    const batch = rowsOf(['a', 1, { flow: 1.5, running: 1, mode: 2 }], ['b', 2, { 'flow.bad': -1e30, running: 0 }])
    expect(encodeLines(contractKind, batch)).toEqual([
      'pump-station,facility=a flow=1.5,running=1,mode=2 1',
      'pump-station,facility=b running=0,flow.bad=-1e+30 2',
    ])
  })

  test.each([
    ['spaces and commas', 'a b,c=d', 'a\\ b\\,c\\=d'],
    ['quotes', `"it's"`, `"it's"`],
    ['Chinese', '\u8def\u706f', '\u8def\u706f'],
  ])('%s in a facility id', (_, id, escaped) => {
    expect(encodeLines(contractKind, rowsOf([id, 1, { flow: 1 }]))).toEqual([`pump-station,facility=${escaped} flow=1 1`])
  })

  test('names of points are escaped', () => {
    const points = new Map<string, Point>([['a b=c', analog(label, '', [0, 1])]])
    expect(encodeLines({ key: 'k k', points }, { ...rowsOf(['f', 1, { 'a b=c': 1 }]), kind: 'k k' })).toEqual([
      'k\\ k,facility=f a\\ b\\=c=1 1',
    ])
  })

  test('some rows, and which row a line is of', () => {
    const rows: number[] = []
    const batch = rowsOf(['a', 1, { flow: 1 }], ['a', 2, { flow: 2 }], ['a', 3, {}], ['a', 4, { flow: 4 }], ['a', 5, { flow: 5 }])
    expect(encodeLines(contractKind, batch, rows, 1, 4)).toEqual(['pump-station,facility=a flow=2 2', 'pump-station,facility=a flow=4 4'])
    expect(rows).toEqual([1, 3])
  })

  test.each([
    ['its first field', 'flow', 'level=2,x\\,flow\\=y=3'],
    ['a field in the midst', 'level', 'flow=1,x\\,flow\\=y=3'],
    ['a field with an odd name', 'x,flow=y', 'flow=1,level=2'],
  ])('a line without %s', (_, field, rest) => {
    const head = "k,facility=it's\\ \\\\ a\\,flow\\=b"
    expect(withoutField(`${head} flow=1,level=2,x\\,flow\\=y=3 17`, field)).toBe(`${head} ${rest} 17`)
  })

  test('a line without its only field is empty, and without one that it does not have is none', () => {
    expect(withoutField('k,facility=a flow=1 17', 'flow')).toBe('')
    expect(withoutField('k,facility=a flow=1 17', 'low')).toBeUndefined()
  })

  test('rows without a value, columns of unknown points and what is no number give no line', () => {
    expect(encodeLines(contractKind, rowsOf(['a', 1, {}], ['a', 2, { other: 1 }], ['a', 3, { flow: Number.POSITIVE_INFINITY }]))).toEqual(
      [],
    )
  })
})
