import { useEffect, useState } from 'preact/hooks'
import type { PlotContext } from '../../../../src/edges/http/plot-schemas.ts'
import { hollow, numbers, shapes } from '../../../shared/palette.ts'
import { formatDateTime, formatFull, formatHour, formatNumber } from '../format.ts'
import { serverNow } from '../live/live.ts'
import { getContext } from '../plots/plots-api.ts'
import { refreshEvery } from '../plots/use-history.ts'
import { timeTexts } from '../texts/time.ts'
import { showWindow, timeWindow } from './shown-window.ts'
import { type ShownTime, shareOf, shownTime, surroundings } from './time-window.ts'

type Span = PlotContext['facilities'][number]['alarms'][number]

const DAY = 86_400_000
/** The curves come first, ms. */
const AFTER_CURVES = 400
const TICKS = 5

/** Alarms of facilities in a time; none until they are known. */
function useAlarms(facilities: readonly string[], time: ShownTime): readonly Span[] {
  const [spans, setSpans] = useState<readonly Span[]>([])
  useEffect(() => {
    let wanted = true
    const load = () =>
      getContext(facilities, time).then(
        (context) => wanted && setSpans(context.facilities.flatMap(({ alarms }) => alarms)),
        () => wanted && setSpans([]),
      )
    const timer = setTimeout(load, AFTER_CURVES)
    return () => {
      wanted = false
      clearTimeout(timer)
    }
  }, [facilities.join(), time.from, time.to])
  return spans
}

/** Where the window lies in the time around it, with the alarms of that time; a click brings the window there. */
export function OverviewStrip({ facilities }: { facilities: readonly string[] }) {
  const window = timeWindow.value
  // A live strip moves on by steps, as nobody sees it creep.
  const step = refreshEvery(5 * window.length)
  const now = Math.ceil(serverNow.value / step) * step
  const time = surroundings(window, now)
  const spans = useAlarms(facilities, time)
  const shown = shownTime(window, serverNow.value)
  const [left, right] = [shareOf(shown.from, time), shareOf(shown.to, time)]
  const label = (at: number) =>
    time.to - time.from > 2 * DAY
      ? formatFull(at).slice(0, 10)
      : time.to - time.from > DAY / 2
        ? formatDateTime(at).slice(0, -3)
        : formatHour(at)
  const go = (event: MouseEvent) => {
    const { left: begin, width } = (event.currentTarget as HTMLElement).getBoundingClientRect()
    const middle = time.from + ((event.clientX - begin) / width) * (time.to - time.from)
    const end = Math.round(Math.min(serverNow.peek(), middle + window.length / 2))
    showWindow({ length: window.length, end })
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys move the window by half of it
    <div
      class="time-strip"
      role="img"
      aria-label={timeTexts().strip(formatDateTime(time.from), formatDateTime(time.to), formatNumber(spans.length))}
      onClick={go}
    >
      <span class="shown" style={{ left: `${100 * left}%`, width: `${100 * (right - left)}%` }} />
      {spans.map(({ alarm, started, priority, ended }) => (
        <Mark key={`${alarm} ${started}`} priority={priority} left={shareOf(started, time)} right={shareOf(ended ?? time.to, time)} />
      ))}
      {Array.from({ length: TICKS }, (_, i) => (
        <span key={i} class="tick" style={{ left: `${(100 * i) / TICKS}%` }}>
          {label(time.from + (i / TICKS) * (time.to - time.from))}
        </span>
      ))}
    </div>
  )
}

function Mark({ priority, left, right }: { priority: Span['priority']; left: number; right: number }) {
  return (
    <>
      <span class={`lasting ${priority}`} style={{ left: `${100 * left}%`, width: `${100 * (right - left)}%` }} />
      <svg
        class={`symbol ${priority}`}
        width="14"
        height="14"
        viewBox="-2 -2 28 28"
        style={{ left: `clamp(0px, ${100 * left}% - 7px, 100% - 14px)` }}
        aria-hidden="true"
      >
        <path class="under" d={shapes[priority]} />
        <path class="shape" d={shapes[priority]} />
        <text x="12" y={priority === 'high' ? 19 : 17} text-anchor="middle">
          {hollow[priority] ? '' : numbers[priority]}
        </text>
      </svg>
    </>
  )
}
