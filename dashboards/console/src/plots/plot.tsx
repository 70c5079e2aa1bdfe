import { useLayoutEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import type { PointView } from '../../../../src/edges/http/schemas.ts'
import { language, palette, theme } from '../settings.ts'
import type { PlotData } from './plot-data.ts'
import { lists, optionsOf } from './plot-options.ts'
import './plots.css'
import { paper, printing, type Scene } from './scene.ts'

export type { PlotLimit, PlotMark } from './scene.ts'

export interface PlotProps extends Scene {
  data: PlotData
  /** Of the curves, in their order; at most two units. */
  points: readonly PointView[]
  height: number
  /** What a screen reader hears instead of the curve. */
  words: string
  /** False: somebody else says what the curves are. */
  withLegend?: boolean
  /** Plots of the same name share a crosshair. */
  sync?: string
  /** A part was dragged over, ms since 1970. */
  onZoom?: (from: number, to: number) => void
  onZoomBack?: () => void
  /** Told where the area of the curves lies, pixels from the left edge. */
  onLayout?: (area: { left: number; width: number }) => void
}

// However printing is begun: by the button or by the browser's own command.
addEventListener('beforeprint', () => (printing.value = true))
addEventListener('afterprint', () => (printing.value = false))

/** Curves of points of one or two units, with what happened meanwhile. */
export function Plot(props: PlotProps) {
  const { data, points, height, words, withLegend = true, sync } = props
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const scene = useRef<Scene>(props)
  scene.current = props
  const latest = useRef(props)
  latest.current = props
  const shown = useRef(data)
  shown.current = data
  const shape = `${printing.value} ${theme.value} ${language.value} ${points.map(({ key }) => key).join()} ${withLegend} ${sync}`
  // Before the frame is painted, and before the sheet is when the page is printed.
  useLayoutEffect(() => {
    const box = place.current as HTMLDivElement
    const onZoom = latest.current.onZoom && ((from: number, to: number) => latest.current.onZoom?.(from, to))
    const onZoomBack = () => latest.current.onZoomBack?.()
    const parts = {
      points,
      scene,
      data: shown,
      width: box.clientWidth,
      height,
      colours: printing.value ? paper : palette(),
      withLegend,
      sync,
      onZoom,
      onZoomBack,
    }
    const made = new uPlot(optionsOf(parts), lists(data), box)
    plot.current = made
    const tell = () => {
      const { left, width } = made.bbox
      latest.current.onLayout?.({ left: left / devicePixelRatio, width: width / devicePixelRatio })
    }
    made.hooks.draw?.push(tell)
    const observer = new ResizeObserver(() => made.setSize({ width: box.clientWidth, height }))
    observer.observe(box)
    return () => {
      observer.disconnect()
      made.destroy()
      plot.current = null
    }
  }, [shape, height])
  const { from, to, limits, bands, changes, silences, hidden } = props
  useLayoutEffect(() => {
    const made = plot.current
    if (!made) return
    for (const [line] of points.entries())
      for (const part of [1, 2, 3]) {
        const show = !hidden?.has(line)
        if (made.series[line * 3 + part]?.show !== show) made.setSeries(line * 3 + part, { show }, false)
      }
    made.setData(lists(data))
  }, [data, from, to, limits, bands, changes, silences, hidden])
  return <div class="plot" role="img" style={{ minHeight: `${height}px` }} aria-label={words} ref={place} />
}
