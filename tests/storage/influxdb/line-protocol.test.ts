import { describe, expect, test } from 'vitest'
import { encodeLines } from '../../../src/storage/influxdb/line-protocol.ts'
import { analog, type Point, state, text } from '../../../src/telemetry/point.ts'
import { contractKind, rowsOf } from '../telemetry-store.contract.ts'

const label = text('x', 'x')

describe('line protocol', () => {
  test('a line per row, a field per value, by type', () => {
    const batch = rowsOf(['a', 1, { flow: 1.5, running: 1, mode: 2 }], ['b', 2, { 'flow.bad': -1e30, running: 0 }])
    expect(encodeLines(contractKind, batch)).toEqual([
      'pump-station,facility=a flow=1.5,running=true,mode="manual" 1',
      'pump-station,facility=b running=false,flow.bad=-1e+30 2',
    ])
  })

  test.each([
    ['spaces and commas', 'a b,c=d', 'a\\ b\\,c\\=d'],
    ['quotes', `"it's"`, `"it's"`],
    ['Chinese', '\u8def\u706f', '\u8def\u706f'],
  ])('%s in a facility id', (_, id, escaped) => {
    expect(encodeLines(contractKind, rowsOf([id, 1, { flow: 1 }]))).toEqual([`pump-station,facility=${escaped} flow=1 1`])
  })

  test('names of points and states are escaped', () => {
    const points = new Map<string, Point>([
      ['a b=c', analog(label, '', [0, 1])],
      ['s', state(label, { 'say "x" \\': label })],
    ])
    expect(encodeLines({ key: 'k k', points }, { ...rowsOf(['f', 1, { 'a b=c': 1, s: 0 }]), kind: 'k k' })).toEqual([
      'k\\ k,facility=f a\\ b\\=c=1,s="say \\"x\\" \\\\" 1',
    ])
  })

  test('rows without a value, columns of unknown points and states without a name give no line', () => {
    expect(encodeLines(contractKind, rowsOf(['a', 1, {}], ['a', 2, { other: 1 }], ['a', 3, { mode: 9 }]))).toEqual([])
  })
})
