import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PlaceIndex } from '../../../dashboards/console/src/map/place-index.ts'

const coordinate = fc.double({ min: -50, max: 50, noNaN: true })

describe('places found by rectangle', () => {
  it('are those that a look at every place finds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(coordinate, coordinate), { maxLength: 200 }),
        fc.tuple(coordinate, coordinate, coordinate, coordinate),
        (places, [a, b, c, d]) => {
          const index = new PlaceIndex(
            Float64Array.from(places, ([x]) => x),
            Float64Array.from(places, ([, y]) => y),
          )
          const [left, right] = [Math.min(a, c), Math.max(a, c)]
          const [top, bottom] = [Math.min(b, d), Math.max(b, d)]
          const wanted = places.flatMap(([x, y], i) => (x >= left && x <= right && y >= top && y <= bottom ? [i] : []))
          expect([...index.within(left, top, right, bottom)].sort((m, n) => m - n)).toEqual(wanted)
        },
      ),
    )
  })

  it('are none where there is none, and all on one spot or line', () => {
    expect([...new PlaceIndex(new Float64Array(), new Float64Array()).within(0, 0, 1, 1)]).toEqual([])
    const line = new PlaceIndex(Float64Array.of(1, 2, 3), Float64Array.of(5, 5, 5))
    expect([...line.within(2, 5, 9, 5)].sort()).toEqual([1, 2])
    const spot = new PlaceIndex(Float64Array.of(1, 1), Float64Array.of(5, 5))
    expect([...spot.within(0, 0, 9, 9)].sort()).toEqual([0, 1])
    expect([...spot.within(1, 6, 1, 4)]).toEqual([])
  })
})
