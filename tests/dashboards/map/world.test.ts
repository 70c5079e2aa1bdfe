import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boxOf, metresPerPixel, positionOf, worldOf } from '../../../dashboards/console/src/map/world.ts'

describe('Web Mercator', () => {
  it('puts the corner, the middle and a known place where tiles have them', () => {
    expect(worldOf([-180, 85.051_128_779_8]).map((x) => Number(x.toFixed(6)))).toEqual([0, 0])
    expect(worldOf([0, 0])).toEqual([128, 128])
    // Tile 14/13407/6325 of the slippy map convention holds 114.6 E, 37.9 N.
    const [x, y] = worldOf([114.6, 37.9])
    expect([Math.floor((x / 256) * 2 ** 14), Math.floor((y / 256) * 2 ** 14)]).toEqual([13_407, 6325])
  })

  it('comes back to where it began', () => {
    fc.assert(
      fc.property(fc.double({ min: -179, max: 179, noNaN: true }), fc.double({ min: -84, max: 84, noNaN: true }), (longitude, latitude) => {
        const [back, up] = positionOf(...worldOf([longitude, latitude]))
        expect(back).toBeCloseTo(longitude, 8)
        expect(up).toBeCloseTo(latitude, 8)
      }),
    )
  })

  it('knows how large a pixel is on the ground', () => {
    expect(metresPerPixel(0)).toBeCloseTo(156_543.03, 1)
    expect(metresPerPixel(60)).toBeCloseTo(78_271.5, 0)
  })

  it('finds the box around positions, or none', () => {
    expect(boxOf([[2, 3], null, [-1, 5]])).toEqual([-1, 3, 2, 5])
    expect(boxOf([null])).toBeNull()
  })
})
