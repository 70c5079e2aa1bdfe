import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gcj02Of, isShifted, wgs84Of } from '../../src/geography/gcj02.ts'

describe('GCJ-02', () => {
  it.each([
    ['Shanghai', [121.5272106, 31.1774276], [121.531541859215, 31.17530398364597]],
    ['Shenzhen', [113.912316, 22.543847], [113.9171764808363, 22.540796131694766]],
    ['Beijing', [116.377817, 39.911954], [116.38404722455657, 39.91334545536069]],
  ] as const)('is as other programs have it in %s', (_, wgs84, gcj02) => {
    const [longitude, latitude] = gcj02Of(wgs84)
    expect(longitude).toBeCloseTo(gcj02[0], 8)
    expect(latitude).toBeCloseTo(gcj02[1], 8)
  })

  it('comes back to within a centimetre, everywhere in China', () => {
    fc.assert(
      fc.property(fc.double({ min: 73, max: 135, noNaN: true }), fc.double({ min: 3, max: 54, noNaN: true }), (longitude, latitude) => {
        const back = wgs84Of(gcj02Of([longitude, latitude]))
        expect(Math.hypot(back[0] - longitude, back[1] - latitude)).toBeLessThan(2e-7)
      }),
    )
  })

  it('leaves the rest of the world where it is', () => {
    expect(isShifted([2.35, 48.85])).toBe(false)
    expect(gcj02Of([2.35, 48.85])).toEqual([2.35, 48.85])
    expect(wgs84Of([-70, -33])).toEqual([-70, -33])
  })
})
