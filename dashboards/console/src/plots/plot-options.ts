import uPlot from 'uplot'
import type { PointView } from '../../../../src/edges/http/schemas.ts'
import type { Palette } from '../../../shared/palette.ts'
import { cityZone, formatDateTime, formatFull, formatHour, formatNumber, formatValue } from '../format.ts'
import { say, t } from '../settings.ts'
import { lonely, type PlotData } from './plot-data.ts'
import { drawBefore, drawBehind, drawFlagged } from './plot-drawing.ts'
import { cursorAt, dashOf, type Scene, scaleOf } from './scene.ts'

/** Over a longer time the hour says nothing, ms. */
const MONTHS = 20 * 86_400_000
/** A drag that is shorter is a click, in pixels. */
const LEAST_DRAG = 6
/** So near to a sample the crosshair stands on it, in pixels. */
const NEAR = 6
/** With more lines their ranges would cover each other. */
const MOST_RANGES = 4
/** Width of an axis, pixels. */
export const AXIS = 56

type Lists = (number | null | undefined)[][]

export const lists = (data: PlotData): uPlot.AlignedData =>
  [data.times, ...data.curves.flatMap(({ mean, min, max }): Lists => [mean, min, max])] as uPlot.AlignedData

export interface PlotParts {
  points: readonly PointView[]
  /** Read at every drawing. */
  scene: { current: Scene }
  data: { current: PlotData }
  width: number
  height: number
  colours: Palette
  withLegend: boolean
  /** Plots of the same name share a crosshair. */
  sync?: string | undefined
  onZoom?: ((from: number, to: number) => void) | undefined
  onZoomBack?: (() => void) | undefined
}

export function optionsOf(parts: PlotParts): uPlot.Options {
  const { points, scene, data, width, height, colours, withLegend, sync, onZoom, onZoomBack } = parts
  const scales = [...new Set(points.map(scaleOf))]
  const axis = {
    stroke: colours.muted,
    grid: { stroke: colours.line, width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  }
  const time = (at: number) => {
    const shown = scene.current.to - scene.current.from
    if (shown > MONTHS) return formatFull(at * 1000).slice(0, 10)
    return shown > 86_400_000 ? formatDateTime(at * 1000).slice(0, -3) : formatHour(at * 1000)
  }
  const drawn = (plot: uPlot) => ({ plot, points, scene: scene.current, colours, ratio: devicePixelRatio })
  return {
    width,
    height,
    tzDate: (at) => uPlot.tzDate(new Date(at * 1000), cityZone()),
    legend: withLegend ? { live: true, markers: { width: 0 } } : { show: false },
    cursor: {
      y: false,
      drag: { x: onZoom !== undefined, y: false, setScale: false, dist: LEAST_DRAG },
      points: { size: 5, fill: colours.text },
      ...(sync !== undefined && { sync: { key: sync, setSeries: false, scales: ['x', null] } }),
      bind: {
        dblclick: () => () => {
          onZoomBack?.()
          return null
        },
      },
    },
    scales: {
      x: { time: true, range: () => [scene.current.from / 1000, scene.current.to / 1000] },
      ...Object.fromEntries(scales.map((scale) => [scale, { range: yRange(scale, points, scene) }])),
    },
    axes: [
      { ...axis, size: 26, space: 90, values: (_, ticks) => ticks.map(time) },
      ...scales.slice(0, 2).map((scale, i): uPlot.Axis => {
        const point = points.find((one) => scaleOf(one) === scale)
        return {
          ...axis,
          scale,
          side: i === 0 ? 3 : 1,
          size: AXIS,
          grid: { ...axis.grid, show: i === 0 },
          values: (_, ticks) => ticks.map((tick) => axisText(point, tick)),
        }
      }),
    ],
    series: [
      { value: (_, at) => (at === null ? '' : formatDateTime(at * 1000)), label: t().time },
      ...points.flatMap((point, i) => curveSeries(point, i, colours.text).map((one) => ({ ...one, show: !scene.current.hidden?.has(i) }))),
    ],
    bands:
      points.length > MOST_RANGES
        ? []
        : points.map((_, i) => ({ series: [i * 3 + 3, i * 3 + 2] as uPlot.Band.Bounds, fill: `${colours.text}2e` })),
    hooks: {
      drawClear: [(plot) => drawBehind(drawn(plot))],
      draw: [
        (plot) => {
          drawFlagged(
            drawn(plot),
            data.current.curves.map(({ flagged }) => flagged),
          )
          drawBefore(drawn(plot))
        },
      ],
      setSelect: [
        (plot) => {
          const { left, width: length } = plot.select
          if (length < LEAST_DRAG) return
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
          onZoom?.(plot.posToVal(left, 'x') * 1000, plot.posToVal(left + length, 'x') * 1000)
        },
      ],
      ...(sync !== undefined && {
        setCursor: [
          (plot: uPlot) => {
            const { left, idx } = plot.cursor
            if (left === undefined || left < 0) cursorAt.value = null
            else cursorAt.value = 1000 * (nearSample(plot, left, idx) ?? plot.posToVal(left, 'x'))
          },
        ],
      }),
    },
  }
}

/** The time of a sample that the crosshair all but stands on, seconds. */
function nearSample(plot: uPlot, left: number, index: number | null | undefined): number | null {
  const at = index == null ? undefined : plot.data[0][index]
  return at !== undefined && Math.abs(plot.valToPos(at, 'x') - left) < NEAR ? at : null
}

function axisText(point: PointView | undefined, tick: number): string {
  if (point && point.type !== 'number') return Number.isInteger(tick) ? formatValue(point, tick) : ''
  return formatNumber(tick, Number.isInteger(tick) ? 0 : Math.min(3, Math.max(1, Math.ceil(-Math.log10(Math.abs(tick) || 1)) + 1)))
}

function curveSeries(point: PointView, line: number, colour: string): uPlot.Series[] {
  const scale = scaleOf(point)
  const stepped = point.type === 'number' || !uPlot.paths.stepped ? {} : { paths: uPlot.paths.stepped({ align: 1 }) }
  const unit = point.unit && point.unit !== '1' ? ` (${point.unit})` : ''
  const curve: uPlot.Series = {
    label: `${say(point.title)}${unit}`,
    scale,
    stroke: colour,
    width: 1.5,
    dash: dashOf(line),
    points: { show: true, size: 4, fill: colour, width: 0, filter: (plot, series) => lonely(plot.data[series] ?? []) },
    value: (plot, value, series, at) => {
      const text = formatValue(point, value === null || value === undefined ? null : point.type === 'number' ? value : Math.round(value))
      const [low, high] = [series + 1, series + 2].map((edge) => (at === null ? null : plot.data[edge]?.[at]))
      return low == null || high == null || low === high ? text : `${text} (${formatValue(point, low)} – ${formatValue(point, high)})`
    },
    ...stepped,
  }
  const edge: uPlot.Series = { scale, stroke: 'transparent', width: 0, points: { show: false }, class: 'edge', ...stepped }
  return [curve, edge, { ...edge }]
}

/** Room for the curve, and for limits that are not far off it. */
function yRange(scale: string, points: readonly PointView[], scene: { current: Scene }) {
  return (_: uPlot, min: number | null, max: number | null): [number, number] => {
    const own = new Set(points.flatMap((point) => (scaleOf(point) === scale ? [point.key] : [])))
    const plain = points.find((point) => scaleOf(point) === scale)
    if (plain && plain.type !== 'number') return [-0.2, Math.max(1, plain.states.length - 1) + 0.2]
    let [low, high] = [min ?? 0, max ?? 1]
    const reach = Math.max(high - low, Math.abs(high) * 0.1, 1e-6) * 4
    for (const { value, point, steps } of scene.current.limits) {
      if (!own.has(point)) continue
      for (const limit of steps?.map((step) => step.value) ?? [value]) {
        if (limit === null || limit > high + reach || limit < low - reach) continue
        low = Math.min(low, limit)
        high = Math.max(high, limit)
      }
    }
    const margin = (high - low) * 0.1 || Math.abs(high) * 0.1 || 1
    return [low - margin, high + margin]
  }
}
