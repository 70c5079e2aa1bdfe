import { describe, expect, test } from 'vitest'
import { dark, type Palette, palettes, shapes, symbolStates } from '../../dashboards/shared/palette.ts'

type Rgb = [number, number, number]

const channels = (hex: string): Rgb => [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255) as Rgb
const linear = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
const linearRgb = (hex: string) => channels(hex).map(linear) as Rgb

function contrast(a: string, b: string): number {
  const [light, dim] = [a, b]
    .map((hex) => {
      const [r, g, bl] = linearRgb(hex)
      return 0.2126 * r + 0.7152 * g + 0.0722 * bl
    })
    .sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dim + 0.05)
}

/** Full dichromacy in linear RGB (Viénot, Brettel and Mollon for the first two; a linear approximation for the third). */
const visions: Record<string, readonly Rgb[]> = {
  protan: [
    [0.11238, 0.88762, 0],
    [0.11238, 0.88762, 0],
    [0.00401, -0.00401, 1],
  ],
  deutan: [
    [0.29275, 0.70725, 0],
    [0.29275, 0.70725, 0],
    [-0.02234, 0.02234, 1],
  ],
  tritan: [
    [1, 0.14461, -0.14461],
    [0, 0.85924, 0.14076],
    [0, 0.85924, 0.14076],
  ],
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
}

function lab(rgb: Rgb): Rgb {
  const [r, g, b] = rgb.map((c) => Math.min(1, Math.max(0, c))) as Rgb
  const x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505
  const y = 0.2126 * r + 0.7152 * g + 0.0722 * b
  const z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089
  const f = (v: number) => (v > 0.008856 ? Math.cbrt(v) : 7.787 * v + 16 / 116)
  return [116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))]
}

function seen(hex: string, matrix: readonly Rgb[]): Rgb {
  const [r, g, b] = linearRgb(hex)
  return lab(matrix.map(([mr, mg, mb]) => mr * r + mg * g + mb * b) as Rgb)
}

const distance = (a: Rgb, b: Rgb) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
/** Out of service has no colour of its own: it is told by its cross and its word. */
const coloured = symbolStates.filter((state) => state !== 'out-of-service')

describe.each(Object.entries(palettes) as [string, Palette][])('%s palette', (_, palette) => {
  test('text stands out from what lies under it', () => {
    for (const text of [palette.text, palette.muted]) {
      for (const under of [palette.panel, palette.ground]) expect(contrast(text, under)).toBeGreaterThanOrEqual(4.5)
    }
    expect(contrast(palette.panel, palette.text)).toBeGreaterThanOrEqual(4.5)
    expect(contrast(dark, palette.warning)).toBeGreaterThanOrEqual(4.5)
  })

  test('symbols stand out by their fill or their outline, and their numbers from the fill', () => {
    for (const state of symbolStates) {
      for (const under of [palette.panel, palette.ground]) {
        const edges = [palette.states[state], ...(palette.outline ? [palette.outline] : [])]
        expect(Math.max(...edges.map((edge) => contrast(edge, under))), `${state} on ${under}`).toBeGreaterThanOrEqual(3)
      }
    }
    for (const [state, ink] of Object.entries(palette.inks)) {
      expect(contrast(ink, palette.states[state as keyof Palette['inks']]), state).toBeGreaterThanOrEqual(4.5)
    }
  })

  test.each(Object.keys(visions))('states are told apart with %s vision', (vision) => {
    for (const a of coloured) {
      for (const b of coloured) {
        if (a >= b) continue
        const apart = distance(seen(palette.states[a], visions[vision]!), seen(palette.states[b], visions[vision]!))
        expect(apart, `${a} and ${b}`).toBeGreaterThanOrEqual(15)
      }
    }
  })
})

test('each state has a shape of its own', () => {
  expect(new Set(Object.values(shapes)).size).toBe(symbolStates.length)
})
