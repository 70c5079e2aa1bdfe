import { useEffect, useState } from 'preact/hooks'
import type { SampledOccurrenceView } from '../../../../src/edges/http/routes/alarm-samples.ts'
import type { AlarmView, PointView } from '../../../../src/edges/http/schemas.ts'
import { formatClock, formatDateTime, formatNumber, formatWithUnit } from '../format.ts'
import { kinds, serverNow } from '../live/live.ts'
import { Plot, type PlotLimit } from '../plots/plot.tsx'
import { limitsOf, plotData } from '../plots/plot-data.ts'
import { say, t } from '../settings.ts'
import { explain } from '../shell/notice.tsx'
import { a } from '../texts/alarm.ts'
import { getSamples } from './alarm-api.ts'

/** Asked again so long after they were to be read, ms. */
const READ_BY_THEN = 3000
const SOONEST = 5000
/** Curves of one unit in one plot; plots beside each other in the list. */
const MOST_CURVES = 6
const MOST_PLOTS = 3

/** The occurrences whose samples are kept, asked for again while those of the newest are awaited. */
function useSamples(alarm: AlarmView) {
  const [items, setItems] = useState<readonly SampledOccurrenceView[] | null>(null)
  const [problem, setProblem] = useState('')
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let wanted = true
    const load = async () => {
      try {
        const answer = await getSamples(alarm.id)
        if (!wanted) return
        setItems(answer.items)
        setProblem('')
        const [newest] = answer.items
        if (newest?.state === 'pending') timer = setTimeout(load, Math.max(SOONEST, newest.due - serverNow.peek() + READ_BY_THEN))
      } catch (failure) {
        if (wanted) setProblem(explain(failure))
      }
    }
    void load()
    return () => {
      wanted = false
      clearTimeout(timer)
    }
  }, [alarm.id, alarm.activated])
  return { items, problem }
}

/** What the points said from ten minutes before to five minutes after, frozen with the alarm. */
export function Samples({ alarm }: { alarm: AlarmView }) {
  const { items, problem } = useSamples(alarm)
  const [chosen, choose] = useState<number | null>(null)
  const one = items?.find(({ activated }) => activated === chosen) ?? items?.[0]
  return (
    <details open class="samples">
      <summary>{a().samples}</summary>
      {problem && <p class="muted">{problem}</p>}
      {items && items.length > 1 && (
        <label class="together">
          {a().samplesOf}
          <select value={one?.activated} onChange={(event) => choose(Number(event.currentTarget.value))}>
            {items.map(({ activated }) => (
              <option key={activated} value={activated}>
                {formatDateTime(activated)}
              </option>
            ))}
          </select>
        </label>
      )}
      {items && !one && <p class="muted">{a().samplesNone}</p>}
      {one && <Occurrence key={one.activated} alarm={alarm} one={one} />}
    </details>
  )
}

function Occurrence({ alarm, one }: { alarm: AlarmView; one: SampledOccurrenceView }) {
  if (one.state === 'pending') {
    const words =
      one.tries === 0 ? a().samplesPending(formatClock(one.due)) : a().samplesLate(formatNumber(one.tries), formatClock(one.due))
    return <p class="muted">{words}</p>
  }
  if (one.state === 'unavailable') return <p>{a().samplesUnavailable(one.reason ?? '')}</p>
  const points = kinds.value.get(alarm.kind)?.points ?? []
  const shown = points.filter(({ key }) => one.points.some(({ point }) => point === key))
  // The first point of the rule is the one an operator wants to see.
  const order = one.points.map(({ point }) => point)
  shown.sort((left, right) => order.indexOf(left.key) - order.indexOf(right.key))
  const isEmpty = one.points.every(({ at }) => at.length === 0)
  const isNewest = one.activated === alarm.activated
  return (
    <>
      {isEmpty && !one.reports?.length && <p class="muted">{a().samplesEmpty}</p>}
      {!isEmpty &&
        byUnit(shown)
          .slice(0, MOST_PLOTS)
          .map((group) => <SamplePlot key={group[0]?.key} alarm={alarm} one={one} points={group} isNewest={isNewest} />)}
      {one.reports && <Reports one={one} />}
      {!isEmpty && <p class="muted small">{isNewest ? a().samplesKey : a().samplesKeyPlain}</p>}
      {one.points.map(({ point: key, before }) => {
        const point = points.find((candidate) => candidate.key === key)
        return (
          before &&
          point && (
            <p key={key} class="muted small">
              {a().stoodAt(say(point.title), formatWithUnit(point, before.value), formatDateTime(before.at))}
            </p>
          )
        )
      })}
    </>
  )
}

/** Points that share a scale, so that each plot has one axis. */
function byUnit(points: readonly PointView[]): PointView[][] {
  const groups = new Map<string, PointView[]>()
  for (const point of points) {
    const scale = point.type === 'number' ? point.unit : point.key
    const group = groups.get(scale)
    if (!group) groups.set(scale, [point])
    else if (group.length < MOST_CURVES) group.push(point)
  }
  return [...groups.values()]
}

interface SamplePlotProps {
  alarm: AlarmView
  one: SampledOccurrenceView
  points: readonly PointView[]
  isNewest: boolean
}

function SamplePlot({ alarm, one, points, isNewest }: SamplePlotProps) {
  const keys = points.map(({ key }) => key)
  const series = one.points
    .filter(({ point }) => keys.includes(point))
    .map(({ point, before, at, value, good }) => ({
      point,
      at: before ? [before.at, ...at] : at,
      value: before ? [before.value, ...value] : value,
      good: before ? [before.good, ...good] : good,
    }))
  const stepped = new Set(points.filter(({ type }) => type !== 'number').map(({ key }) => key))
  const names = points.map(({ title }) => say(title)).join(', ')
  return (
    <Plot
      data={plotData({ series, bucket: null }, keys, stepped)}
      points={points}
      limits={isNewest ? linesOf(alarm, keys) : []}
      from={one.from}
      to={one.to}
      height={stepped.size > 0 ? 90 : 150}
      mark={{ at: one.activated, delay: isNewest ? alarm.evidence.onDelay : 0 }}
      words={t().plotWords(names, alarm.facility)}
    />
  )
}

/** The limits and what should be, as they were frozen; both are about the rule's first point. */
function linesOf(alarm: AlarmView, keys: readonly string[]): PlotLimit[] {
  const { parameters, figures, values } = alarm.evidence
  const first = Object.keys(values)[0] ?? ''
  if (!keys.includes(first)) return []
  const expected = [figures.expected, figures.reference, figures.usualLow, figures.usualHigh].filter((value) => value !== undefined)
  return [
    ...limitsOf(parameters).map((value) => ({ value, priority: alarm.priority, point: first })),
    ...expected.map((value) => ({ value, priority: null, point: first })),
  ]
}

/** When the facility reported at all: the gap is the proof of its silence. */
function Reports({ one }: { one: SampledOccurrenceView }) {
  const place = (at: number) => ((at - one.from) / (one.to - one.from)) * 1000
  const words = a().reportsAt(formatNumber(one.reports?.length ?? 0))
  return (
    <>
      <p class="muted small">{words}</p>
      <svg class="reports" viewBox="0 0 1000 20" preserveAspectRatio="none" role="img" aria-label={words}>
        <rect width="1000" height="20" />
        {one.reports?.map((at) => (
          <path key={at} d={`M${place(at)} 3V17`} />
        ))}
        <path class="raised" d={`M${place(one.activated)} 0V20`} />
      </svg>
    </>
  )
}
