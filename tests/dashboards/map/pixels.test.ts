import { describe, expect, it } from 'vitest'
import { mix, Pixels, pixelOf, type Stamp } from '../../../dashboards/console/src/map/pixels.ts'

const RED = 0xff0000ff
const rows = (pixels: Pixels) =>
  Array.from({ length: pixels.height }, (_, row) =>
    [...pixels.data.subarray(row * pixels.width, (row + 1) * pixels.width)]
      .map((pixel) => (pixel === 0 ? '.' : pixel === RED ? '#' : 'x'))
      .join(''),
  )

describe('pixels in memory', () => {
  it('hold squares around a point', () => {
    const pixels = new Pixels(5, 4)
    pixels.square(2, 1, 3, RED)
    expect(rows(pixels)).toEqual(['.###.', '.###.', '.###.', '.....'])
  })

  it('cut what is outside, on every side', () => {
    const pixels = new Pixels(3, 3)
    pixels.square(-1, -1, 3, RED)
    pixels.square(3, 3, 3, RED)
    pixels.square(90, 1, 3, RED)
    expect(rows(pixels)).toEqual(['#..', '...', '..#'])
    const stamp: Stamp = { side: 3, pixels: new Uint32Array(9).fill(RED) }
    const other = new Pixels(3, 3)
    other.stamp(stamp, 0, 0)
    other.stamp(stamp, 40, 40)
    expect(rows(other)).toEqual(['##.', '##.', '...'])
  })

  it('let through what a stamp leaves clear, and mix what is half clear', () => {
    const pixels = new Pixels(2, 2)
    pixels.square(0.5, 0.5, 2, RED)
    pixels.stamp({ side: 2, pixels: Uint32Array.of(0, 0x80000000, 0xff00ff00, 0) }, 1, 1)
    expect([...pixels.data]).toEqual([RED, mix(0x80000000, RED), 0xff00ff00, RED])
    pixels.clear()
    expect(rows(pixels)).toEqual(['..', '..'])
  })

  it('mix as the canvas does: opaque covers, clear leaves, half is half', () => {
    expect(mix(0xff00ff00, RED)).toBe(0xff00ff00)
    expect(mix(0x0000ff00, RED)).toBe(RED)
    expect(mix(0x80000000, RED)).toBe(0xff00007f)
    expect(mix(0, 0)).toBe(0)
  })

  it('write colours of the palette in the order that ImageData has', () => {
    expect(pixelOf('#ff9f33').toString(16)).toBe('ff339fff')
    expect([...new Uint8Array(Uint32Array.of(pixelOf('#ff9f33')).buffer)]).toEqual([0xff, 0x9f, 0x33, 0xff])
  })
})
