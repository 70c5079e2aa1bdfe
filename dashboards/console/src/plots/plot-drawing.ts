import type uPlot from 'uplot'
import type { PointView } from '../../../../src/edges/http/schemas.ts'
import type { Palette } from '../../../shared/palette.ts'
import { letterOf, type PlotLimit, type Scene, scaleOf } from './scene.ts'

/** Drawn on the canvas of a plot, in its pixels. */
interface Drawn {
  plot: uPlot
  points: readonly PointView[]
  scene: Scene
  colours: Palette
  /** Pixels of the canvas for one of the page. */
  ratio: number
}

const LABEL = 12
/** Between two letters on one line. */
const LETTER_EVERY = 190

/** Limits a drawing to the area of the curves. */
function inside({ plot: { ctx, bbox } }: Drawn, draw: () => void): void {
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  draw()
  ctx.restore()
}

const xOf = ({ plot }: Drawn, at: number): number => plot.valToPos(at / 1000, 'x', true)

/** What lies behind the curves: silence, alarms, changes. */
export function drawBehind(drawn: Drawn): void {
  inside(drawn, () => {
    for (const silence of drawn.scene.silences ?? []) drawSilence(drawn, silence)
    for (const { priority, started, ended } of drawn.scene.bands ?? []) {
      const { ctx, bbox } = drawn.plot
      const [begin, end] = [xOf(drawn, started), xOf(drawn, ended ?? drawn.scene.to)]
      ctx.fillStyle = `${drawn.colours.states[priority]}26`
      ctx.fillRect(begin, bbox.top, Math.max(1.5 * drawn.ratio, end - begin), bbox.height)
    }
    for (const at of drawn.scene.changes ?? []) vertical(drawn, xOf(drawn, at), [2, 4], 1.5)
  })
}

/** What lies before them: limits, the moment of an alarm, flagged values and names. */
export function drawBefore(drawn: Drawn): void {
  inside(drawn, () => {
    for (const limit of drawn.scene.limits) drawLimit(drawn, limit)
    if (drawn.scene.mark) drawMark(drawn, drawn.scene.mark)
    if (drawn.scene.labels && drawn.scene.labels.length > 1) drawLetters(drawn)
    if (drawn.scene.labels && drawn.scene.labels.length > 1) drawLabels(drawn, drawn.scene.labels)
  })
}

function vertical({ plot: { ctx, bbox }, colours, ratio }: Drawn, x: number, dash: number[], width: number): void {
  ctx.strokeStyle = colours.text
  ctx.lineWidth = width * ratio
  ctx.setLineDash(dash.map((length) => length * ratio))
  ctx.beginPath()
  ctx.moveTo(x, bbox.top)
  ctx.lineTo(x, bbox.top + bbox.height)
  ctx.stroke()
  ctx.setLineDash([])
}

function drawSilence(drawn: Drawn, { from, to, words }: { from: number; to: number; words: string }): void {
  const { ctx, bbox } = drawn.plot
  const { colours, ratio } = drawn
  const [left, right] = [Math.max(bbox.left, xOf(drawn, from)), Math.min(bbox.left + bbox.width, xOf(drawn, to))]
  if (right - left < 3 * ratio) return
  ctx.save()
  ctx.beginPath()
  ctx.rect(left, bbox.top, right - left, bbox.height)
  ctx.clip()
  ctx.strokeStyle = colours.line
  ctx.lineWidth = ratio
  const step = 9 * ratio
  ctx.beginPath()
  for (let x = left - bbox.height; x < right; x += step) {
    ctx.moveTo(x, bbox.top + bbox.height)
    ctx.lineTo(x + bbox.height, bbox.top)
  }
  ctx.stroke()
  ctx.font = `${LABEL * ratio}px system-ui, sans-serif`
  if (ctx.measureText(words).width + 12 * ratio < right - left)
    text(drawn, words, (left + right) / 2, bbox.top + bbox.height / 2, 'center', colours.muted)
  ctx.restore()
}

/** Words with a rim of the ground, so that they are read over lines. */
function text({ plot: { ctx }, colours, ratio }: Drawn, words: string, x: number, y: number, align: CanvasTextAlign, colour: string): void {
  ctx.font = `${LABEL * ratio}px system-ui, sans-serif`
  ctx.textAlign = align
  ctx.textBaseline = 'middle'
  ctx.setLineDash([])
  ctx.lineJoin = 'round'
  ctx.lineWidth = 4 * ratio
  ctx.strokeStyle = colours.panel
  ctx.strokeText(words, x, y)
  ctx.fillStyle = colour
  ctx.fillText(words, x, y)
}

function drawLimit(drawn: Drawn, { value, priority, point: key, facility, steps }: PlotLimit): void {
  const { plot, points, colours, ratio, scene } = drawn
  const { ctx } = plot
  const line = points.findIndex((point) => point.key === key)
  const scale = line < 0 ? undefined : scaleOf(points[line] as PointView)
  if (scale === undefined || !plot.scales[scale] || (facility === undefined && scene.hidden?.has(line))) return
  const parts = (steps ?? [{ at: scene.from, value }]).map((step, i, all) => ({ ...step, until: all[i + 1]?.at ?? scene.to }))
  const path = () => {
    ctx.beginPath()
    let isOn = false
    for (const part of parts) {
      if (part.value === null) {
        isOn = false
        continue
      }
      const y = Math.round(plot.valToPos(part.value, scale, true)) + 0.5
      const x = xOf(drawn, part.at)
      if (isOn) ctx.lineTo(x, y)
      else ctx.moveTo(x, y)
      ctx.lineTo(xOf(drawn, part.until), y)
      isOn = true
    }
    ctx.stroke()
  }
  const stroke = (colour: string, width: number, dash: number[]) => {
    ctx.strokeStyle = colour
    ctx.lineWidth = width * ratio
    ctx.setLineDash(dash.map((length) => length * ratio))
    path()
  }
  if (!priority) {
    stroke(colours.text, 1.5, [1, 3])
    return
  }
  // A light colour on a light ground needs its dark edge here too.
  if (colours.outline) stroke(colours.outline, 4.5, [7, 4])
  stroke(colours.states[priority], 2.5, [7, 4])
}

function drawMark(drawn: Drawn, { at, delay }: { at: number; delay: number }): void {
  const { ctx, bbox } = drawn.plot
  const [x, begin] = [xOf(drawn, at), xOf(drawn, at - delay)]
  ctx.fillStyle = `${drawn.colours.text}2e`
  ctx.fillRect(begin, bbox.top, x - begin, bbox.height)
  ctx.fillStyle = drawn.colours.text
  ctx.fillRect(x - drawn.ratio, bbox.top, 2 * drawn.ratio, bbox.height)
}

/** Crosses at the foot of the plot where values came that were flagged impossible, a row for each line. */
export function drawFlagged(drawn: Drawn, flagged: readonly (readonly number[] | undefined)[]): void {
  const { ctx, bbox } = drawn.plot
  const { ratio, colours, scene } = drawn
  inside(drawn, () => {
    const size = 3.5 * ratio
    for (const [line, times = []] of flagged.entries()) {
      if (scene.hidden?.has(line)) continue
      const y = bbox.top + bbox.height - (7 + 9 * line) * ratio
      for (const at of times) {
        const x = xOf(drawn, at)
        ctx.setLineDash([])
        for (const [colour, width] of [
          [colours.panel, 4],
          [colours.text, 1.8],
        ] as const) {
          ctx.strokeStyle = colour
          ctx.lineWidth = width * ratio
          ctx.beginPath()
          ctx.moveTo(x - size, y - size)
          ctx.lineTo(x + size, y + size)
          ctx.moveTo(x - size, y + size)
          ctx.lineTo(x + size, y - size)
          ctx.stroke()
        }
      }
    }
  })
}

/** Of each line the places of its samples on the canvas. */
function placesOf(drawn: Drawn, line: number): { x: number; y: number }[] {
  const { plot, points } = drawn
  const values = plot.data[line * 3 + 1] ?? []
  const scale = scaleOf(points[line] as PointView)
  const places: { x: number; y: number }[] = []
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (typeof value === 'number')
      places.push({ x: plot.valToPos(plot.data[0][i] as number, 'x', true), y: plot.valToPos(value, scale, true) })
  }
  return places
}

function drawLetters(drawn: Drawn): void {
  const { points, ratio, colours, plot, scene } = drawn
  for (const [line] of points.entries()) {
    if (scene.hidden?.has(line)) continue
    let next = plot.bbox.left + (30 + (line % 6) * 30) * ratio
    for (const { x, y } of placesOf(drawn, line)) {
      if (x < next) continue
      text(drawn, letterOf(line), x, y, 'center', colours.text)
      next = x + (LETTER_EVERY + 20 * points.length) * ratio
    }
  }
}

/** Names at the ends of the lines, kept apart from each other. */
function drawLabels(drawn: Drawn, labels: readonly string[]): void {
  const { plot, points, ratio, colours, scene } = drawn
  const right = plot.bbox.left + plot.bbox.width
  const ends = points
    .flatMap((_, line) => {
      const last = scene.hidden?.has(line) ? undefined : placesOf(drawn, line).at(-1)
      return last ? [{ line, x: Math.min(right, last.x), y: last.y - 9 * ratio }] : []
    })
    .sort((a, b) => a.y - b.y)
  const [top, bottom] = [plot.bbox.top + 8 * ratio, plot.bbox.top + plot.bbox.height - 8 * ratio]
  let reached = top - 15 * ratio
  const places = ends.map((end) => {
    reached = Math.max(end.y, reached + 15 * ratio)
    return { ...end, y: reached }
  })
  // What was pushed out at the foot goes up again.
  let least = bottom + 15 * ratio
  for (const place of places.reverse()) {
    place.y = Math.min(place.y, least - 15 * ratio)
    least = place.y
    text(drawn, `${letterOf(place.line)} ${labels[place.line]}`, place.x - 6 * ratio, place.y, 'right', colours.text)
  }
}
