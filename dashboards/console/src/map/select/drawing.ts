import type { LampOnRowView } from '../../../../../src/edges/http/lamp-on-schemas.ts'
import type { CircuitState } from '../../../../../src/edges/lamp-on-rates.ts'
import type { Palette } from '../../../../shared/palette.ts'
import type { WallFacility } from '../../live/live-state.ts'
import { isSeen, trace } from '../ground/road-drawing.ts'
import type { RoadLine } from '../ground/road-lines.ts'
import { LabelGrid } from '../label-grid.ts'
import type { MapView } from '../map-view.ts'
import type { Frame } from '../surface.ts'
import { type Cable, dashOf } from './cables.ts'
import type { Spot } from './choice.ts'
import { percent } from './rate-signs.ts'
import type { LinesByRoad } from './road-layer.ts'

type Context = CanvasRenderingContext2D

/** Radius of what surrounds a selected facility by zoom: outside of its symbol. */
const haloOf = (zoom: number) => (zoom >= 16 ? 11 : zoom >= 14 ? 8 : 6)
/** How far a label stands beside what it is about, pixels. */
const BESIDE = 24
const FONT = '600 12px system-ui, sans-serif'

/** Lines with an edge of the ground's colour, so that they stand out from whatever is below. */
function stroke(c: Context, palette: Palette, width: number, colour: string): void {
  for (const [style, size] of [
    [palette.ground, width + 3],
    [colour, width],
  ] as const) {
    c.strokeStyle = style
    c.lineWidth = size
    c.stroke()
  }
}

function label(c: Context, palette: Palette, text: string, { x, y }: Spot): void {
  c.font = FONT
  const width = c.measureText(text).width + 10
  c.fillStyle = palette.panel
  c.strokeStyle = palette.text
  c.lineWidth = 1.5
  c.beginPath()
  c.roundRect(x - width / 2, y - 10, width, 20, 3)
  c.fill()
  c.stroke()
  c.fillStyle = palette.text
  c.textAlign = 'center'
  c.textBaseline = 'middle'
  c.fillText(text, x, y + 0.5)
}

/** A line around the selected facilities that are in sight, below their symbols; those side by side are held together by one. */
export function drawHalo(c: Context, view: MapView, chosen: readonly WallFacility[]): void {
  const { palette } = view.scene
  const { width, height, margin } = view.frame
  const radius = haloOf(view.map.getZoom())
  const spots = chosen
    .flatMap(({ position }) => (position ? [view.toContainer(position)] : []))
    .filter(({ x, y }) => x > -margin && y > -margin && x < width + margin && y < height + margin)
  for (const [reach, colour] of [
    [radius + 4, palette.ground],
    [radius + 2, palette.text],
    [radius, palette.panel],
  ] as const) {
    c.beginPath()
    for (const { x, y } of spots) {
      c.moveTo(x + reach, y)
      c.arc(x, y, reach, 0, Math.PI * 2)
    }
    c.fillStyle = colour
    c.fill()
  }
}

export function drawLine(c: Context, { scene: { palette } }: MapView, line: readonly Spot[]): void {
  c.beginPath()
  for (const { x, y } of line) c.lineTo(x, y)
  c.closePath()
  c.setLineDash([6, 4])
  stroke(c, palette, 1.5, palette.text)
  c.setLineDash([])
}

const marks: Record<CircuitState, string> = { on: '', off: ' ○', dead: ' ✕', unknown: ' ?' }

/** The cables of a feeder, below the symbols: dashes tell the circuits apart, width and crosses whether they carry voltage. */
export function drawCables(c: Context, view: MapView, cables: readonly Cable[], stateOf: (circuit: number | null) => CircuitState): void {
  const { palette } = view.scene
  for (const { circuit, members, stretches } of cables) {
    const state = stateOf(circuit)
    const spots = members.map(({ position }) => view.toContainer(position as [number, number]))
    c.beginPath()
    for (const [from, to] of stretches) {
      c.moveTo((spots[from] as Spot).x, (spots[from] as Spot).y)
      c.lineTo((spots[to] as Spot).x, (spots[to] as Spot).y)
    }
    c.setLineDash(dashOf(circuit))
    stroke(c, palette, state === 'on' ? 2.5 : 1.5, state === 'on' || state === 'dead' ? palette.text : palette.muted)
    c.setLineDash([])
    if (state === 'dead') for (const [from, to] of stretches) drawCross(c, palette, middle(spots[from] as Spot, spots[to] as Spot))
  }
}

/** The number of each circuit and whether it carries voltage, beside the cable, on the side away from the others. */
export function labelCables(c: Context, view: MapView, cables: readonly Cable[], stateOf: (circuit: number | null) => CircuitState): void {
  const all = cables.flatMap(({ members }) => members.map(({ position }) => view.toContainer(position as [number, number])))
  const centre = meanOf(all)
  const grid = new LabelGrid()
  for (const { circuit, members, stretches } of cables) {
    const [from, to] = stretches[Math.floor(stretches.length / 2)] ?? [0, 0]
    const [a, b] = [from, to].map((i) => view.toContainer(members[i]?.position as [number, number])) as [Spot, Spot]
    // Where another one stands already the other side will do.
    const spot = [1, -1].map((side) => beside(a, b, centre, side)).find(({ x, y }) => grid.take(x - 16, y - 11, 32, 22))
    if (spot) label(c, view.scene.palette, `${circuit ?? '?'}${marks[stateOf(circuit)]}`, spot)
  }
}

const meanOf = (spots: readonly Spot[]): Spot => ({
  x: spots.reduce((sum, { x }) => sum + x, 0) / spots.length,
  y: spots.reduce((sum, { y }) => sum + y, 0) / spots.length,
})

/** A place beside the middle of a stretch, on its side away from `centre` (1) or the other one (-1). */
function beside(a: Spot, b: Spot, centre: Spot, way: number): Spot {
  const { x, y } = middle(a, b)
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1
  const [nx, ny] = [-(b.y - a.y) / length, (b.x - a.x) / length]
  const side = way * (nx * (x - centre.x) + ny * (y - centre.y) < 0 ? -BESIDE : BESIDE)
  return { x: x + nx * side, y: y + ny * side }
}

const middle = (a: Spot, b: Spot): Spot => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 })

function drawCross(c: Context, palette: Palette, { x, y }: Spot): void {
  c.beginPath()
  for (const side of [-1, 1]) {
    c.moveTo(x - 4, y - 4 * side)
    c.lineTo(x + 4, y + 4 * side)
  }
  stroke(c, palette, 2, palette.text)
}

const looks = {
  missed: { width: 7, dash: [] },
  open: { width: 4, dash: [8, 5] },
  met: { width: 2, dash: [] },
} as const

/** Zoom from which roads that meet their target have labels too. */
const ALL_LABELS_FROM = 15

/** What a label of the layer stands for, and where. */
export interface RoadLabel {
  road: string
  x: number
  y: number
  width: number
}

const isIn = (lines: LinesByRoad, frame: Frame, { key, verdict }: LampOnRowView): boolean =>
  verdict !== 'none' && (lines.get(key)?.some((line) => isSeen(line, frame)) ?? false)

/** Roads by whether they meet their target, the worst on top; `rows` worst first. */
export function drawRates(c: Context, view: MapView, lines: LinesByRoad, rows: readonly LampOnRowView[]): void {
  const { frame } = view
  const { palette } = view.scene
  c.lineJoin = 'round'
  c.lineCap = 'round'
  for (const { key, verdict } of rows.filter((row) => isIn(lines, frame, row)).reverse()) {
    const { width, dash } = looks[verdict as keyof typeof looks]
    c.beginPath()
    for (const line of lines.get(key) ?? []) trace(c, line, frame)
    c.setLineDash([...dash])
    stroke(c, palette, width, verdict === 'met' ? palette.muted : palette.text)
  }
  c.setLineDash([])
  c.lineCap = 'butt'
}

/** The figures of the same roads beside them, the worst first; roads that meet their target have theirs from near. Returns what was written. */
export function labelRates(c: Context, view: MapView, lines: LinesByRoad, rows: readonly LampOnRowView[]): RoadLabel[] {
  const { frame } = view
  const isNear = view.map.getZoom() >= ALL_LABELS_FROM
  const grid = new LabelGrid()
  const labels: RoadLabel[] = []
  c.font = FONT
  for (const row of rows) {
    if ((row.verdict === 'met' && !isNear) || !isIn(lines, frame, row)) continue
    const place = placeOn(lines.get(row.key) ?? [], frame)
    const text = labelOf(row)
    const size = c.measureText(text).width + 10
    if (!place) continue
    const spot = { x: place.x + size / 2 + BESIDE / 2, y: place.y }
    if (!grid.take(spot.x - size / 2, spot.y - 12, size, 24)) continue
    label(c, view.scene.palette, text, spot)
    labels.push({ road: row.key, ...spot, width: size })
  }
  return labels
}

/** The place of a road in sight that is nearest to the middle of what is in sight of it. */
function placeOn(lines: readonly RoadLine[], { scale, left, top, width, height }: Frame): Spot | null {
  const spots = lines
    .flatMap(({ xs, ys }) => Array.from(xs, (x, i): Spot => ({ x: x * scale - left, y: (ys[i] as number) * scale - top })))
    .filter(({ x, y }) => x >= 0 && y >= 0 && x <= width && y <= height)
  const { x, y } = meanOf(spots)
  let best: Spot | null = null
  for (const spot of spots) if (!best || Math.hypot(spot.x - x, spot.y - y) < Math.hypot(best.x - x, best.y - y)) best = spot
  return best
}

/** As the line says it, in signs: how it stands, the rate, and how many lamps it takes. */
function labelOf({ verdict, rate, least, most, margin }: LampOnRowView): string {
  if (verdict === 'open') return `? ${percent(least, 0)}–${percent(most, 0)}`
  return verdict === 'missed' ? `▼ ${percent(rate)} (${margin})` : `✓ ${percent(rate)}`
}
