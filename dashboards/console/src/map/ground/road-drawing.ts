import { type RoadWidth, roadWidths } from '../../../../../src/geography/road.ts'
import type { Palette } from '../../../../shared/palette.ts'
import { LabelGrid } from '../label-grid.ts'
import type { Frame } from '../surface.ts'
import { metresPerPixel, positionOf } from '../world.ts'
import type { RoadLine } from './road-lines.ts'

/** Metres across, least and most pixels, zoom from which it is drawn in a large net, and from which it is named. */
const looks: Readonly<Record<RoadWidth, { metres: number; least: number; most: number; from: number; named: number }>> = {
  main: { metres: 26, least: 3, most: 26, from: 0, named: 14 },
  secondary: { metres: 17, least: 2.2, most: 18, from: 10, named: 15 },
  branch: { metres: 10, least: 1.4, most: 12, from: 12.5, named: 16 },
}
/** With more lines than this the small ones are left out far away. */
const LARGE_NET = 4000
/** Places that move the line by less than this are passed over, pixels. */
const TOLERANCE = 0.6

/** Whether some of a line may lie in what is drawn. */
export const isSeen = ({ left, top, right, bottom }: RoadLine, frame: Frame): boolean => {
  const { scale, margin } = frame
  return (
    right * scale >= frame.left - margin &&
    left * scale <= frame.left + frame.width + margin &&
    bottom * scale >= frame.top - margin &&
    top * scale <= frame.top + frame.height + margin
  )
}

/** Roads in container coordinates, the broad ones on top. */
export function drawRoads(c: CanvasRenderingContext2D, lines: readonly RoadLine[], frame: Frame, zoom: number, palette: Palette): void {
  const size = metresPerPixel(positionOf(0, (frame.top + frame.height / 2) / frame.scale)[1]) / frame.scale
  c.lineCap = c.lineJoin = 'round'
  c.strokeStyle = palette.line
  for (const width of roadWidths.toReversed()) {
    const { metres, least, most, from } = looks[width]
    if (lines.length > LARGE_NET && zoom < from) continue
    c.lineWidth = Math.min(most, Math.max(least, metres / size))
    c.beginPath()
    for (const line of lines) if (line.width === width && isSeen(line, frame)) trace(c, line, frame)
    c.stroke()
  }
}

/** Adds a line to the path. */
export function trace(c: CanvasRenderingContext2D, { xs, ys, weights }: RoadLine, { scale, left, top }: Frame): void {
  const least = TOLERANCE / scale
  c.moveTo((xs[0] as number) * scale - left, (ys[0] as number) * scale - top)
  for (let i = 1; i < xs.length; i++)
    if ((weights[i] as number) >= least) c.lineTo((xs[i] as number) * scale - left, (ys[i] as number) * scale - top)
}

/** Names along the roads, each once, where they find room. */
export function drawRoadNames(c: CanvasRenderingContext2D, lines: readonly RoadLine[], frame: Frame, zoom: number, palette: Palette): void {
  const grid = new LabelGrid()
  const written = new Set<string>()
  c.font = '12px system-ui, sans-serif'
  c.textAlign = 'center'
  c.textBaseline = 'middle'
  c.lineJoin = 'round'
  c.lineWidth = 3
  c.strokeStyle = palette.ground
  c.fillStyle = palette.muted
  for (const width of roadWidths) {
    if (zoom < looks[width].named) continue
    for (const line of lines) {
      if (line.width !== width || line.name === '' || written.has(line.name) || !isSeen(line, frame)) continue
      const place = roomFor(c.measureText(line.name).width, line, frame)
      if (!place) continue
      const { x, y, angle, length } = place
      const [wide, high] = [Math.abs(Math.cos(angle)) * length + 12, Math.abs(Math.sin(angle)) * length + 14]
      if (!grid.take(x - wide / 2, y - high / 2, wide, high)) continue
      written.add(line.name)
      c.save()
      c.translate(x, y)
      c.rotate(angle)
      c.strokeText(line.name, 0, 0)
      c.fillText(line.name, 0, 0)
      c.restore()
    }
  }
}

/** The middle of a stretch within the container that is nearly straight for the length of a name; null when there is none. */
export function roomFor(length: number, { xs, ys }: RoadLine, { scale, left, top, width, height }: Frame) {
  let begin = 0
  for (let i = 1; i < xs.length; i++) {
    const x = (xs[i] as number) * scale - left
    const y = (ys[i] as number) * scale - top
    const [x0, y0] = [(xs[begin] as number) * scale - left, (ys[begin] as number) * scale - top]
    const far = Math.hypot(x - x0, y - y0)
    if (far < length + 16) continue
    const [middle, high] = [(x + x0) / 2, (y + y0) / 2]
    const isInside = middle > 0 && middle < width && high > 0 && high < height
    if (isInside) {
      const angle = Math.atan2(y - y0, x - x0)
      // Never upside down.
      return { x: middle, y: high, length, angle: Math.abs(angle) > Math.PI / 2 ? angle - Math.sign(angle) * Math.PI : angle }
    }
    begin = i
  }
  return null
}
