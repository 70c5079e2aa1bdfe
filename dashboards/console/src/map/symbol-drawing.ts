import type { FacilityState } from '../../../../src/edges/http/schemas.ts'
import { dark, hollow, numbers, type Palette, shapes } from '../../../shared/palette.ts'
import type { Stamp } from './pixels.ts'

/** Clear around a symbol, pixels. */
export const EDGE = 2

/** A state's symbol, `size` pixels large, on a canvas of its own. */
export function drawSymbol(state: FacilityState, size: number, palette: Palette): HTMLCanvasElement {
  const sprite = document.createElement('canvas')
  sprite.width = sprite.height = Math.ceil((size + 2 * EDGE) * devicePixelRatio)
  const c = sprite.getContext('2d') as CanvasRenderingContext2D
  const unit = (size / 24) * devicePixelRatio
  c.setTransform(unit, 0, 0, unit, EDGE * devicePixelRatio, EDGE * devicePixelRatio)
  const path = new Path2D(shapes[state])
  const thin = 24 / size
  if (hollow[state]) {
    c.lineWidth = Math.max(3, 1.2 * thin)
    c.strokeStyle = palette.states[state]
    c.stroke(path)
    return sprite
  }
  c.fillStyle = palette.states[state]
  c.fill(path)
  c.lineWidth = Math.min(1.5, size / 10) * thin
  c.strokeStyle = palette.outline ?? dark
  c.stroke(path)
  const number = numbers[state]
  if (number && size >= 16) {
    c.fillStyle = palette.inks[state as keyof Palette['inks']]
    c.font = 'bold 14px system-ui, sans-serif'
    c.textAlign = 'center'
    c.fillText(number, 12, state === 'high' ? 19 : 17)
  }
  return sprite
}

/** The same as pixels. */
export function stampOf(sprite: HTMLCanvasElement): Stamp {
  const { width } = sprite
  const { data } = (sprite.getContext('2d') as CanvasRenderingContext2D).getImageData(0, 0, width, width)
  return { side: width, pixels: new Uint32Array(data.buffer) }
}
