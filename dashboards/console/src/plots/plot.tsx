import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import type { Priority } from '../../../../src/detection/rule.ts'
import type { PointView } from '../../../../src/edges/http/schemas.ts'
import { cityZone, formatDateTime, formatFull, formatHour, formatNumber, formatValue } from '../format.ts'
import { language, palette, say, t, theme } from '../settings.ts'
import { lonely, type PlotData } from './plot-data.ts'

export interface PlotLimit {
  value: number
  /** null: no limit but what should be. */
  priority: Priority | null
  point: string
}

/** The moment something happened, and how long it had to last before, ms. */
export interface PlotMark {
  at: number
  delay: number
}

interface PlotProps {
  data: PlotData
  points: readonly PointView[]
  limits: readonly PlotLimit[]
  /** Ms since 1970. */
  from: number
  to: number
  height: number
  mark?: PlotMark | undefined
  /** What a screen reader hears instead of the curve. */
  words: string
}

/** Over a longer time the hour says nothing, ms. */
const MONTHS = 20 * 86_400_000

/** Curves differ by dash and width, not by colour, which is kept for what is abnormal. */
const dashes: readonly number[][] = [[], [6, 4], [2, 3], [10, 3, 2, 3], [1, 5], [12, 6]]

type Lists = (number | null | undefined)[][]

const lists = (data: PlotData): uPlot.AlignedData =>
  [data.times, ...data.curves.flatMap(({ mean, min, max }): Lists => [mean, min, max])] as uPlot.AlignedData

export function Plot({ data, points, limits, from, to, height, words, mark }: PlotProps) {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const range = useRef<Range['current']>({ from, to, limits, mark })
  range.current = { from, to, limits, mark }
  const shape = `${theme.value} ${language.value} ${points.map(({ key }) => key).join()}`
  useEffect(() => {
    const box = place.current as HTMLDivElement
    const made = new uPlot(optionsOf(points, range, box.clientWidth, height), lists(data), box)
    plot.current = made
    const observer = new ResizeObserver(() => made.setSize({ width: box.clientWidth, height }))
    observer.observe(box)
    return () => {
      observer.disconnect()
      made.destroy()
      plot.current = null
    }
  }, [shape, height])
  useEffect(() => plot.current?.setData(lists(data)), [data, from, to])
  return <div class="plot" role="img" aria-label={words} ref={place} />
}

type Range = { current: { from: number; to: number; limits: readonly PlotLimit[]; mark: PlotMark | undefined } }

function optionsOf(points: readonly PointView[], range: Range, width: number, height: number): uPlot.Options {
  const colours = palette()
  const units = [...new Set(points.map(({ unit }) => unit))]
  const axis = {
    stroke: colours.muted,
    grid: { stroke: colours.line, width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  }
  const time = (at: number) => {
    const shown = range.current.to - range.current.from
    if (shown > MONTHS) return formatFull(at * 1000).slice(0, 10)
    return shown > 86_400_000 ? formatDateTime(at * 1000).slice(0, -3) : formatHour(at * 1000)
  }
  return {
    width,
    height,
    tzDate: (at) => uPlot.tzDate(new Date(at * 1000), cityZone()),
    legend: { live: true, markers: { width: 0 } },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 5, fill: colours.text } },
    scales: {
      x: { time: true, range: () => [range.current.from / 1000, range.current.to / 1000] },
      ...Object.fromEntries(units.map((unit) => [unit, { range: yRange(unit, points, range) }])),
    },
    axes: [
      { ...axis, size: 26, space: 90, values: (_, ticks) => ticks.map(time) },
      ...units.slice(0, 2).map(
        (unit, i): uPlot.Axis => ({
          ...axis,
          scale: unit,
          side: i === 0 ? 3 : 1,
          size: 56,
          grid: { ...axis.grid, show: i === 0 },
          values: (_, ticks) =>
            ticks.map((tick) =>
              axisText(
                points.find((point) => point.unit === unit),
                tick,
              ),
            ),
        }),
      ),
    ],
    series: [
      { value: (_, at) => (at === null ? '' : formatDateTime(at * 1000)), label: t().time },
      ...points.flatMap((point, i) => curveSeries(point, i, colours.text)),
    ],
    bands: points.map((_, i) => ({ series: [i * 3 + 3, i * 3 + 2] as uPlot.Band.Bounds, fill: `${colours.text}2e` })),
    hooks: { draw: [(drawn) => drawLimits(drawn, points, range.current)] },
  }
}

function axisText(point: PointView | undefined, tick: number): string {
  if (point && point.type !== 'number') return Number.isInteger(tick) ? formatValue(point, tick) : ''
  return formatNumber(tick, Number.isInteger(tick) ? 0 : Math.min(3, Math.max(1, Math.ceil(-Math.log10(Math.abs(tick) || 1)) + 1)))
}

function curveSeries(point: PointView, index: number, colour: string): uPlot.Series[] {
  const scale = point.unit
  const stepped = point.type === 'number' || !uPlot.paths.stepped ? {} : { paths: uPlot.paths.stepped({ align: 1 }) }
  const unit = point.unit && point.unit !== '1' ? ` (${point.unit})` : ''
  const line: uPlot.Series = {
    label: `${say(point.title)}${unit}`,
    scale,
    stroke: colour,
    width: 1.5,
    dash: dashes[index % dashes.length] as number[],
    points: { show: true, size: 4, fill: colour, width: 0, filter: (plot, series) => lonely(plot.data[series] ?? []) },
    value: (plot, value, series, at) => {
      const text = formatValue(point, value === null || value === undefined ? null : point.type === 'number' ? value : Math.round(value))
      const [low, high] = [series + 1, series + 2].map((edge) => (at === null ? null : plot.data[edge]?.[at]))
      return low == null || high == null || low === high ? text : `${text} (${formatValue(point, low)} – ${formatValue(point, high)})`
    },
    ...stepped,
  }
  const edge: uPlot.Series = { scale, stroke: 'transparent', width: 0, points: { show: false }, class: 'edge', ...stepped }
  return [line, edge, { ...edge }]
}

/** Room for the curve, and for limits that are not far off it. */
function yRange(unit: string, points: readonly PointView[], range: Range) {
  return (_: uPlot, min: number | null, max: number | null): [number, number] => {
    const own = new Set(points.filter((point) => point.unit === unit).map(({ key }) => key))
    const plain = points.find((point) => point.unit === unit)
    if (plain && plain.type !== 'number') return [-0.2, Math.max(1, plain.states.length - 1) + 0.2]
    let [low, high] = [min ?? 0, max ?? 1]
    const reach = Math.max(high - low, Math.abs(high) * 0.1, 1e-6) * 4
    for (const { value, point } of range.current.limits) {
      if (!own.has(point) || value > high + reach || value < low - reach) continue
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
    const margin = (high - low) * 0.1 || Math.abs(high) * 0.1 || 1
    return [low - margin, high + margin]
  }
}

function drawLimits(plot: uPlot, points: readonly PointView[], { limits, mark }: Range['current']): void {
  const { ctx, bbox } = plot
  const colours = palette()
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  for (const { value, priority, point } of limits) {
    const scale = points.find(({ key }) => key === point)?.unit
    if (scale === undefined || !plot.scales[scale]) continue
    const y = Math.round(plot.valToPos(value, scale, true)) + 0.5
    const line = (colour: string, width: number, dash: number[]) => {
      ctx.strokeStyle = colour
      ctx.lineWidth = width * devicePixelRatio
      ctx.setLineDash(dash.map((length) => length * devicePixelRatio))
      ctx.beginPath()
      ctx.moveTo(bbox.left, y)
      ctx.lineTo(bbox.left + bbox.width, y)
      ctx.stroke()
    }
    if (!priority) {
      line(colours.text, 1.5, [1, 3])
      continue
    }
    // A light colour on a light ground needs its dark edge here too.
    if (colours.outline) line(colours.outline, 4.5, [7, 4])
    line(colours.states[priority], 2.5, [7, 4])
  }
  if (mark) {
    const x = plot.valToPos(mark.at / 1000, 'x', true)
    const begin = plot.valToPos((mark.at - mark.delay) / 1000, 'x', true)
    ctx.fillStyle = `${colours.text}2e`
    ctx.fillRect(begin, bbox.top, x - begin, bbox.height)
    ctx.fillStyle = colours.text
    ctx.fillRect(x - devicePixelRatio, bbox.top, 2 * devicePixelRatio, bbox.height)
  }
  ctx.restore()
}
