import { describe, expect, test } from 'vitest'
import { keptWords } from '../../../dashboards/crew/src/order/kept-words.ts'
import { mapLinks } from '../../../dashboards/crew/src/order/map-links.ts'
import { directionTo, metresBetween, roundLength, sketchOf } from '../../../dashboards/crew/src/order/sketch.ts'
import { fitted } from '../../../dashboards/crew/src/phone/photo.ts'
import { gcj02Of } from '../../../src/geography/gcj02.ts'

describe('the way to a place', () => {
  test('is WGS-84 for the phone itself, and GCJ-02 for the maps of China', () => {
    const place = [114.5, 38.04] as const
    const [longitude, latitude] = gcj02Of(place).map((value) => value.toFixed(6))
    const links = mapLinks(place, 'Lamp 1 (A&B)')
    expect(links.geo).toContain('geo:38.040000,114.500000?')
    expect(new URL(links.amap).searchParams.get('to')).toBe(`${longitude},${latitude},Lamp 1 (A&B)`)
    expect(new URL(links.google).searchParams.get('destination')).toBe(`${latitude},${longitude}`)
    expect(new URL(links.apple).searchParams.get('daddr')).toBe(`${latitude},${longitude}`)
    expect(longitude).not.toBe('114.500000')
  })

  test('is the same for all outside of China', () => {
    expect(new URL(mapLinks([13.4, 52.5], 'x').google).searchParams.get('destination')).toBe('52.500000,13.400000')
  })
})

describe('the sketch', () => {
  test('knows distances and directions', () => {
    expect(metresBetween([114, 38], [114, 38.001])).toBeCloseTo(111.2, 0)
    expect(metresBetween([114, 60], [114.001, 60])).toBeCloseTo(55.6, 0)
    const from = [114, 38] as const
    const around = [
      [0, 1],
      [1, 1],
      [1, 0],
      [1, -1],
      [0, -1],
      [-1, -1],
      [-1, 0],
      [-1, 1],
    ] as const
    expect(around.map(([x, y]) => directionTo(from, [114 + x / 788, 38 + y / 1000]))).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  test('has all places on it, north up, and one place in its middle', () => {
    const places = [
      [114, 38],
      [114.01, 38.002],
      [114.004, 38.001],
    ] as const
    const sketch = sketchOf(places, 300, 200, 20)!
    for (const { x, y } of places.map((place) => sketch.at(place))) {
      expect(x).toBeGreaterThanOrEqual(19.99)
      expect(x).toBeLessThanOrEqual(280.01)
      expect(y).toBeGreaterThanOrEqual(19.99)
      expect(y).toBeLessThanOrEqual(180.01)
    }
    expect(sketch.at(places[1]).y).toBeLessThan(sketch.at(places[0]).y)
    expect(sketchOf([[114, 38]], 300, 200, 20)?.at([114, 38])).toEqual({ x: 150, y: 100 })
    expect(sketchOf([], 300, 200, 20)).toBeNull()
  })

  test.each([
    [999, 500],
    [120, 100],
    [49, 20],
    [7, 5],
    [1.5, 1],
  ])('of a bar that may be %d m, %d m are drawn', (most, length) => {
    expect(roundLength(most)).toBe(length)
  })
})

test('a picture keeps its shape when it is made smaller, and is never made larger', () => {
  expect(fitted(4000, 3000, 1600)).toEqual({ width: 1600, height: 1200 })
  expect(fitted(3000, 4000, 1600)).toEqual({ width: 1200, height: 1600 })
  expect(fitted(640, 480, 1600)).toEqual({ width: 640, height: 480 })
  expect(fitted(9000, 2, 1600)).toEqual({ width: 1600, height: 1 })
})

describe('why an action moved nothing', () => {
  const words = (state: Parameters<typeof keptWords>[0]['state'], holder: string | null) =>
    keptWords({ state, holder }, 'A', (crew) => `crew ${crew}`)
  test('names the crew that has it', () => {
    expect(words('accepted', 'B')).toEqual({ zh: '工单已由crew B接走。', en: 'The order was taken by crew B.' })
  })
  test('tells one that is over from one that is with others, and from one that is not there', () => {
    const all = [words('closed', 'A'), words('open', null), words(null, null), words('repairing', 'A')]
    expect(new Set(all.map(({ en }) => en)).size).toBe(4)
    expect(new Set(all.map(({ zh }) => zh)).size).toBe(4)
    expect(all[0]?.zh).toContain('已结')
  })
})
