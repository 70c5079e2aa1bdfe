import { describe, expect, test } from 'vitest'
import { limitsOf, lonely, plotData } from '../../dashboards/console/src/plots/plot-data.ts'

const series = (point: string, at: number[], mean: number[]) => ({
  point,
  at,
  mean,
  min: mean.map((v) => v - 1),
  max: mean.map((v) => v + 1),
  count: at.map(() => 1),
})

describe('plotData', () => {
  test('brings points on common times without breaking lines at the times of others', () => {
    const { times, curves } = plotData(
      { bucket: 1000, series: [series('a', [0, 2000, 4000], [1, 2, 3]), series('b', [1000, 3000], [5, 6])] },
      ['a', 'b'],
    )
    expect(times).toEqual([0, 1, 2, 3, 4])
    expect(curves[0]?.mean).toEqual([1, undefined, 2, undefined, 3])
    expect(curves[1]?.max).toEqual([undefined, 6, undefined, 7, undefined])
  })

  test('breaks the line where reports stopped, measured by how often they usually come', () => {
    const at = [0, 60, 120, 180, 600, 660].map((seconds) => seconds * 1000)
    const { times, curves } = plotData({ bucket: 10_000, series: [series('a', at, [1, 1, 1, 1, 2, 2])] }, ['a'])
    expect(times).toHaveLength(7)
    expect(curves[0]?.mean[4]).toBeNull()
  })

  test('breaks the line at a single empty bucket where each usually has several reports', () => {
    const at = [0, 1, 2, 4, 5].map((day) => day * 86_400_000)
    const folded = { ...series('a', at, [1, 1, 1, 1, 1]), count: at.map(() => 96) }
    const { curves } = plotData({ bucket: 86_400_000, series: [folded] }, ['a'])
    expect(curves[0]?.mean).toEqual([1, 1, 1, null, 1, 1])
  })

  test('a point without readings is an empty curve', () => {
    const { times, curves } = plotData({ bucket: null, series: [] }, ['a'])
    expect(times).toEqual([])
    expect(curves).toHaveLength(1)
  })

  test('raw readings draw their values', () => {
    const { curves } = plotData({ bucket: null, series: [{ point: 'a', at: [1, 2], value: [7, 8], good: [true, true] }] }, ['a'])
    expect(curves[0]).toMatchObject({ mean: [7, 8], min: [7, 8], max: [7, 8] })
  })
})

test('a stepped point shows its last value and never a mean', () => {
  const valve = { ...series('valve', [0, 1000], [0.5, 0.3]), last: [1, 0] }
  const { curves } = plotData({ bucket: 1000, series: [valve] }, ['valve'], new Set(['valve']))
  expect(curves[0]).toMatchObject({ mean: [1, 0], min: [1, 0], max: [1, 0] })
})

test('samples without neighbours are found, times of other points do not count', () => {
  expect(lonely([1, null, 2, 3, null, undefined, 4])).toEqual([0, 6])
  expect(lonely([1, undefined, 2])).toEqual([])
  expect(lonely([undefined, 5, undefined])).toEqual([1])
})

test('limits come from the parameters named high and low', () => {
  expect(limitsOf({ high: 5, deadband: 1 })).toEqual([5])
  expect(limitsOf({ low: 0, high: 5 })).toEqual([5, 0])
  expect(limitsOf({ period: 5 })).toEqual([])
})
