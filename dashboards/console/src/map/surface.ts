import type { Map as LeafletMap, Point } from 'leaflet'

/** Pixels drawn beyond each edge of the map, so that moving it a little needs no drawing. */
const MARGIN = 128

/** What a surface shows: map pixels at the zoom, so that a place is at `world x scale - left` from the container's left edge. */
export interface Frame {
  scale: number
  left: number
  top: number
  /** Of the container, pixels. */
  width: number
  height: number
  margin: number
}

export function frameOf(map: LeafletMap): Frame {
  const { x: width, y: height } = map.getSize()
  const { x: left, y: top } = map.getPixelBounds().min as Point
  return { scale: 2 ** map.getZoom(), left, top, width, height, margin: MARGIN }
}

/** Whether what was drawn for one frame covers another, moved by whole pixels or parts of one. */
export const covers = (drawn: Frame, now: Frame): boolean =>
  drawn.scale === now.scale &&
  drawn.width === now.width &&
  drawn.height === now.height &&
  Math.abs(drawn.left - now.left) < drawn.margin &&
  Math.abs(drawn.top - now.top) < drawn.margin

/** A canvas in the moving part of a Leaflet map, a little larger than what is seen. */
export class Surface {
  readonly canvas = document.createElement('canvas')
  readonly context: CanvasRenderingContext2D
  readonly #map: LeafletMap

  constructor(map: LeafletMap, name: string, order: number) {
    this.#map = map
    const pane = map.createPane(name)
    pane.style.zIndex = String(order)
    pane.style.pointerEvents = 'none'
    this.canvas.ariaHidden = 'true'
    pane.append(this.canvas)
    this.context = this.canvas.getContext('2d') as CanvasRenderingContext2D
  }

  /** Empties the canvas and puts it where the frame is; container coordinates are the context's then. */
  begin({ width, height, margin }: Frame): CanvasRenderingContext2D {
    const ratio = devicePixelRatio
    const [wide, high] = [Math.round((width + 2 * margin) * ratio), Math.round((height + 2 * margin) * ratio)]
    const { canvas, context } = this
    if (canvas.width !== wide || canvas.height !== high) {
      canvas.width = wide
      canvas.height = high
      canvas.style.width = `${width + 2 * margin}px`
      canvas.style.height = `${height + 2 * margin}px`
    } else {
      context.setTransform(1, 0, 0, 1, 0, 0)
      context.clearRect(0, 0, wide, high)
    }
    context.setTransform(ratio, 0, 0, ratio, margin * ratio, margin * ratio)
    const { x, y } = this.#map.containerPointToLayerPoint([-margin, -margin])
    canvas.style.transform = `translate3d(${x}px, ${y}px, 0)`
    return context
  }
}
