import uPlot from 'uplot'
import type { Priority } from '../../../../src/detection/rule.ts'
import type { PlotContext } from '../../../../src/edges/http/plot-schemas.ts'
import { numbers, shapes } from '../../../shared/palette.ts'
import { formatFull, formatValue } from '../format.ts'
import { formatLength } from '../format-measures.ts'
import { say, t } from '../settings.ts'
import { plotTexts } from '../texts/plots.ts'
import { formatRange } from '../time/range-format.ts'
import { alarmWords, byUrgency } from './alarm-lane.tsx'
import { inRows } from './lanes.ts'
import { sampleBefore } from './plot-data.ts'
import { labelsOf, sceneOf, titleOf } from './plot-frame.tsx'
import { dataOf, type PlotGroup, type SpanOf } from './plot-model.ts'
import { lists, optionsOf } from './plot-options.ts'
import { dashOf, letterOf, type PlotLimit, paper } from './scene.ts'
import type { Shown } from './use-history.ts'

const WIDTH = 1400
const HEIGHT = 300
const MARGIN = 30
const SYMBOL = 22
const LINE = 20
const FONT = 'system-ui, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif'
/** Alarms named under a plot; the rest is counted. */
const MOST_NAMED = 6

/** On white, so that it can be printed and put in a report. */
const colours = paper

interface Picture {
  title: string
  groups: readonly PlotGroup[]
  shown: Shown
  context: PlotContext | null
  limits: readonly PlotLimit[]
  hidden: ReadonlySet<string>
  /** Of the city. */
  zone: string
  /** Ms since 1970, and who made it. */
  made: number
  by: string
}

/** All plots with title, time, zone, alarms and what the lines are, as a PNG that is read without the console. */
export async function plotPicture(picture: Picture): Promise<Blob> {
  const parts = await Promise.all(picture.groups.map((group) => partOf(group, picture)))
  const height = MARGIN + 64 + parts.reduce((sum, part) => sum + part.height, 0) + MARGIN
  const canvas = document.createElement('canvas')
  const ratio = devicePixelRatio
  canvas.width = WIDTH * ratio
  canvas.height = height * ratio
  const pen = canvas.getContext('2d') as CanvasRenderingContext2D
  pen.scale(ratio, ratio)
  pen.fillStyle = colours.ground
  pen.fillRect(0, 0, WIDTH, height)
  drawHead(pen, picture)
  let y = MARGIN + 64
  for (const part of parts) {
    part.draw(pen, y)
    y += part.height
  }
  for (const part of parts) part.remove()
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The browser made no picture.'))), 'image/png'),
  )
}

function write(pen: CanvasRenderingContext2D, words: string, x: number, y: number, size = 13, weight = 400): void {
  pen.font = `${weight} ${size}px ${FONT}`
  pen.textBaseline = 'middle'
  pen.textAlign = 'left'
  pen.fillStyle = colours.text
  pen.fillText(words, x, y, WIDTH - x - MARGIN)
}

function drawHead(pen: CanvasRenderingContext2D, { title, shown, zone, made, by }: Picture): void {
  const texts = plotTexts()
  write(pen, title, MARGIN, MARGIN, 20, 700)
  const window = `${texts.window}: ${formatRange(shown.from, shown.to)} (${shown.isLive ? texts.live : texts.fixed})`
  const bucket = `${texts.bucket} ${formatLength(shown.history.bucket)}`
  write(pen, `${window} · ${texts.zone}: ${zone} · ${bucket} · ${texts.made}: ${formatFull(made)}, ${texts.by} ${by}`, MARGIN, MARGIN + 28)
}

interface Part {
  height: number
  draw: (pen: CanvasRenderingContext2D, y: number) => void
  remove: () => void
}

async function partOf(group: PlotGroup, { shown, context, limits, hidden, made }: Picture): Promise<Part> {
  const data = dataOf(shown.history, group.lines)
  const { scene, alarms } = sceneOf({ group, shown, context, limits, hidden, data }, made)
  const holder = document.createElement('div')
  holder.style.cssText = `position:absolute;left:-${2 * WIDTH}px;top:0;width:${WIDTH - 2 * MARGIN}px`
  document.body.append(holder)
  const points = group.lines.map(({ point }) => point)
  const parts = {
    points,
    scene: { current: scene },
    data: { current: data },
    width: WIDTH - 2 * MARGIN,
    height: HEIGHT,
    colours,
    withLegend: false,
  }
  const plot = new uPlot(optionsOf(parts), lists(data), holder)
  // It is drawn in a microtask of its own.
  await new Promise((resolve) => setTimeout(resolve))
  const area = { left: plot.bbox.left / devicePixelRatio, width: plot.bbox.width / devicePixelRatio }
  const place = (at: number) => Math.min(1, Math.max(0, (at - shown.from) / (shown.to - shown.from))) * area.width
  const items = byUrgency(alarms).map((alarm) => ({
    alarm,
    left: place(alarm.started),
    right: place(alarm.ended ?? Math.min(shown.to, made)),
  }))
  const { laid } = inRows(items, area.width, SYMBOL, 3)
  const lane = laid.length === 0 ? 0 : (1 + Math.max(...laid.map(({ row }) => row))) * (SYMBOL + 4)
  const named = byUrgency(alarms).slice(0, MOST_NAMED)
  const visible = group.lines.flatMap((line, i) => (scene.hidden.has(i) ? [] : [{ line, i }]))
  const height = 26 + lane + HEIGHT + 6 + (visible.length + named.length + (alarms.length > named.length ? 1 : 0)) * LINE + 18
  return {
    height,
    remove: () => {
      plot.destroy()
      holder.remove()
    },
    draw: (pen, top) => {
      write(pen, titleOf(group), MARGIN, top + 12, 15, 700)
      for (const { item, left, width, row } of laid) {
        const y = top + 26 + row * (SYMBOL + 4)
        pen.fillStyle = colours.text
        pen.fillRect(MARGIN + area.left + left, y + SYMBOL, width, 4)
        pen.fillStyle = colours.states[item.alarm.priority]
        pen.fillRect(MARGIN + area.left + left, y + SYMBOL + 1, width, 2)
        drawSymbol(pen, item.alarm.priority, MARGIN + area.left + left, y)
      }
      pen.drawImage(plot.ctx.canvas, MARGIN, top + 26 + lane, WIDTH - 2 * MARGIN, HEIGHT)
      let y = top + 26 + lane + HEIGHT + 6
      for (const { line, i } of visible) {
        drawSwatch(pen, i, MARGIN + area.left, y + LINE / 2)
        write(pen, lineWords(group, data, i, Math.min(shown.to, made), line.point.unit), MARGIN + area.left + 56, y + LINE / 2)
        y += LINE
      }
      for (const alarm of named) {
        drawSymbol(pen, alarm.priority, MARGIN + area.left + 16, y, 16)
        write(pen, namedWords(alarm), MARGIN + area.left + 56, y + LINE / 2)
        y += LINE
      }
      if (alarms.length > named.length)
        write(pen, plotTexts().more(String(alarms.length - named.length)), MARGIN + area.left + 56, y + LINE / 2)
    },
  }
}

const namedWords = (alarm: SpanOf): string => `#${alarm.alarm} ${alarmWords(alarm)}`

function lineWords(group: PlotGroup, data: ReturnType<typeof dataOf>, line: number, at: number, unit: string): string {
  const { point } = group.lines[line] as PlotGroup['lines'][number]
  const sample = sampleBefore(data, line, at)
  const inUnit = unit && unit !== '1' ? ` (${unit})` : ''
  const last = sample ? formatValue(point, point.type === 'number' ? sample.mean : Math.round(sample.mean)) : t().noReadings
  return `${labelsOf(group, true)[line] ?? say(point.title)}${inUnit}: ${last}`
}

function drawSwatch(pen: CanvasRenderingContext2D, line: number, x: number, y: number): void {
  pen.strokeStyle = colours.text
  pen.lineWidth = 1.6
  pen.setLineDash(dashOf(line))
  pen.beginPath()
  pen.moveTo(x, y)
  pen.lineTo(x + 32, y)
  pen.stroke()
  pen.setLineDash([])
  write(pen, letterOf(line), x + 38, y, 12, 700)
}

function drawSymbol(pen: CanvasRenderingContext2D, priority: Priority, x: number, y: number, size = SYMBOL): void {
  pen.save()
  pen.translate(x, y)
  pen.scale(size / 24, size / 24)
  const shape = new Path2D(shapes[priority])
  pen.fillStyle = colours.states[priority]
  pen.fill(shape)
  pen.strokeStyle = colours.outline ?? colours.text
  pen.lineWidth = 1.6
  pen.stroke(shape)
  pen.fillStyle = colours.inks[priority]
  pen.font = `700 13px ${FONT}`
  pen.textAlign = 'center'
  pen.textBaseline = 'alphabetic'
  pen.fillText(numbers[priority] ?? '', 12, priority === 'high' ? 19 : 17)
  pen.restore()
}
