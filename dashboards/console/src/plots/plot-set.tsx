import { useEffect, useRef, useState } from 'preact/hooks'
import { formatLength } from '../format-measures.ts'
import { t } from '../settings.ts'
import { lazy } from '../shell/lazy.tsx'
import { plotTexts } from '../texts/plots.ts'
import { zoomBack, zoomInto } from '../time/shown-window.ts'
import { spanText, type TimeWindow } from '../time/time-window.ts'
import { PlotFrame } from './plot-frame.tsx'
import { type PlotGroup, seriesOf } from './plot-model.ts'
import { PAPER_WIDTH, type PlotLimit, type PlotMark, printing } from './scene.ts'
import { contextFacilities, useContext, useHistory } from './use-history.ts'

const ExportBar = lazy(async () => (await import('./export-bar.tsx')).ExportBar)

interface PlotSetProps {
  groups: readonly PlotGroup[]
  window: TimeWindow
  height: number
  /** Drawn until the limits that were in force are there. */
  limits?: readonly PlotLimit[]
  mark?: PlotMark
  /** What the plots are of, for files; without it there is nothing to save. */
  title?: string
  /** Nothing is asked for what is only passed by, ms. */
  settle?: number
  /** The window is not that of the time bar. */
  isFixed?: boolean
  hidden?: ReadonlySet<string>
  toggle?: (name: string) => void
  /** Told which window is shown once its curves are there. */
  onShown?: (window: TimeWindow) => void
}

const noLimits: readonly PlotLimit[] = []

/** Plots of one time on a common crosshair, asked for together and kept up to date. */
export function PlotSet(props: PlotSetProps) {
  const { groups, window: asked, height, limits = noLimits, mark, title, settle, isFixed } = props
  const place = useRef<HTMLDivElement>(null)
  const own = useHidden()
  const { hidden, toggle } = props.hidden && props.toggle ? { hidden: props.hidden, toggle: props.toggle } : own
  const lines = [...new Map(groups.flatMap((group) => group.lines).map((line) => [`${line.facility}:${line.point.key}`, line])).values()]
  const series = lines.map(seriesOf)
  const { shown, problem, key } = useHistory(series, asked, place.current?.clientWidth ?? globalThis.innerWidth, settle)
  const context = useContext(contextFacilities(series), shown, shown?.isLive ?? false)
  const isCurrent = shown?.key === key
  useEffect(() => {
    if (isCurrent) props.onShown?.(asked)
  }, [isCurrent, key])
  const known = groups.filter((group) =>
    group.lines.every((line) => shown?.history.series.some((one) => one.facility === line.facility && one.point === line.point.key)),
  )
  const isEmpty = shown?.history.series.every(({ at, flagged }) => at.length + flagged.length === 0)
  return (
    <div
      class="plot-set"
      ref={place}
      data-shown={isCurrent ? nameOf(asked) : undefined}
      aria-busy={!isCurrent && !problem}
      style={printing.value ? { width: `${PAPER_WIDTH}px` } : {}}
    >
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {!shown && !problem && (
        <p class="hint muted" style={{ minHeight: `${height}px` }}>
          {t().loading}
        </p>
      )}
      {isEmpty && <p class="muted plot-message">{t().noReadings}</p>}
      {shown && title !== undefined && (
        <ExportBar title={title} groups={known} shown={shown} context={context} limits={limits} hidden={hidden} />
      )}
      {shown &&
        known.map((group) => (
          <PlotFrame
            key={group.key}
            group={group}
            shown={shown}
            context={context}
            limits={limits}
            height={height}
            mark={mark}
            hidden={hidden}
            toggle={toggle}
            compact={isFixed ?? false}
            onZoom={isFixed ? undefined : zoomInto}
            onZoomBack={isFixed ? undefined : zoomBack}
          />
        ))}
      {shown && title !== undefined && (
        <p class="muted small">
          {plotTexts().key(formatLength(shown.history.bucket))} {!shown.history.isFlagged && plotTexts().notFlagged}
        </p>
      )}
    </div>
  )
}

/** As the address has it, or that it is fixed. */
const nameOf = ({ length, end }: TimeWindow): string => (end === null ? spanText(length) : 'fixed')

function useHidden() {
  const [hidden, hide] = useState<ReadonlySet<string>>(new Set())
  const toggle = (name: string) => {
    const next = new Set(hidden)
    if (!next.delete(name)) next.add(name)
    hide(next)
  }
  return { hidden, toggle }
}
