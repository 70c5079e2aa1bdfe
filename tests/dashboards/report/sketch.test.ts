import { expect, test } from 'vitest'
import { layOut, nearest, scaleBar } from '../../../dashboards/report/src/sketch.ts'

const quay = [
  [114.6, 37.9],
  [114.601, 37.9],
  [114.601, 37.901],
] as const

test('places are laid out within the margin, north up, at one scale', () => {
  const { points, perMetre } = layOut(quay, 300, 200, 20)
  for (const [x, y] of points) expect([x >= 20, x <= 280, y >= 20, y <= 180]).toEqual([true, true, true, true])
  const [a, b, c] = points as [[number, number], [number, number], [number, number]]
  expect(b[0]).toBeGreaterThan(a[0])
  expect(c[1]).toBeLessThan(b[1])
  expect((b[0] - a[0]) / perMetre).toBeCloseTo(87.8, 1)
  expect((b[1] - c[1]) / perMetre).toBeCloseTo(111.3, 1)
  expect(layOut([quay[0]], 300, 200, 20).points).toEqual([[150, 100]])
})

test('a touch finds the nearest within reach', () => {
  const points = [
    [10, 10],
    [30, 10],
  ] as const
  expect([nearest(points, 24, 12, 40), nearest(points, 24, 200, 40), nearest([], 0, 0, 40)]).toEqual([1, -1, -1])
})

test.each([
  [1, 100, 100],
  [0.3, 100, 200],
  [4, 100, 20],
])('at %d pixels a metre the bar of at most %d pixels is %d m', (perMetre, most, length) => {
  expect(scaleBar(perMetre, most)).toBe(length)
})
