import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { FacilityView, KindView, PointView } from '../../../../src/edges/http/schemas.ts'
import { cityDate, cityOffset } from '../city-time.ts'
import { formatLength } from '../format-measures.ts'
import { link, serverNow } from '../live/live.ts'
import type { PlotLimit } from '../plots/plot.tsx'
import type { PlotData } from '../plots/plot-data.ts'
import { say, t } from '../settings.ts'
import { explain } from '../shell/notice.tsx'
import { query, setQueries } from '../shell/router.ts'
import { ZoneNote } from '../shell/zone-note.tsx'
import { r } from '../texts/readings.ts'
import { addressOf, bucketsFor, type Choice, choiceOf, type ShownTime, timeOf } from './choice.ts'
import { ChoiceBar } from './choice-bar.tsx'
import { DayTable } from './day-table.tsx'
import { historyData } from './history-data.ts'
import { KeyedPlot } from './keyed-plot.tsx'
import { getHistory } from './readings-api.ts'

const HEIGHT = 240
/** How often what goes up to now is asked for anew, ms. */
const REFRESH = 60_000

interface Shown extends ShownTime {
  /** What was asked for. */
  key: string
  bucket: number
  points: readonly PointView[]
  data: ReadonlyMap<string, PlotData>
}

interface ReadingsProps {
  facility: FacilityView
  kind: KindView
  limits: ReadonlyMap<string, PlotLimit[]>
}

/** Points of one unit share a plot. */
function byUnit(points: readonly PointView[]): Map<string, PointView[]> {
  const groups = new Map<string, PointView[]>()
  for (const point of points) {
    const unit = point.type === 'number' ? point.unit : `${point.type} ${point.key}`
    groups.set(unit, [...(groups.get(unit) ?? []), point])
  }
  return groups
}

/** What stays on the screen until the answer to the newest choice is there. */
function useHistory(facility: string, points: readonly PointView[], choice: Choice, width: number) {
  const [shown, setShown] = useState<Shown | null>(null)
  const [problem, setProblem] = useState('')
  const [asked, ask] = useState(0)
  const key = JSON.stringify([facility, addressOf(choice)])
  useEffect(() => {
    let wanted = true
    const time = timeOf(choice, serverNow.peek(), cityOffset())
    const keys = points.map((point) => point.key)
    getHistory(facility, keys, time.from, time.to, bucketsFor(time, width)).then(
      (answer) => {
        if (!wanted) return
        const stepped = new Set(points.filter(({ type }) => type !== 'number').map((point) => point.key))
        const data = new Map(
          [...byUnit(points)].map(([unit, own]) => [
            unit,
            historyData(
              answer,
              own.map((point) => point.key),
              stepped,
            ),
          ]),
        )
        setShown({ ...time, key, bucket: answer.bucket, points, data })
        setProblem('')
      },
      (failure) => wanted && setProblem(explain(failure)),
    )
    return () => {
      wanted = false
    }
  }, [key, asked])
  useEffect(() => {
    if (choice.until !== null) return
    const timer = setInterval(() => !document.hidden && link.peek() === 'live' && ask((n) => n + 1), REFRESH)
    return () => clearInterval(timer)
  }, [key])
  return { shown, problem, key }
}

/** The history of some points of a facility over a day to a year, and what each day amounts to. */
export function ReadingsPage({ facility, kind, limits }: ReadingsProps) {
  const place = useRef<HTMLElement>(null)
  const address = query.value
  const choice = useMemo(
    () =>
      choiceOf(
        address,
        kind.points.map(({ key }) => key),
        kind.panel.headline,
      ),
    [address, kind],
  )
  const points = choice.points.flatMap((key) => kind.points.filter((point) => point.key === key))
  const { shown, problem, key } = useHistory(facility.id, points, choice, place.current?.clientWidth ?? window.innerWidth)
  const choose = (next: Choice) => setQueries(addressOf(next))
  const isEmpty = shown !== null && [...shown.data.values()].every(({ times }) => times.length === 0)
  return (
    <div class="stack" data-shown={shown?.key === key ? choice.span : undefined}>
      <section class="panel" ref={place} aria-busy={shown?.key !== key && !problem}>
        <ChoiceBar kind={kind} choice={choice} choose={choose} />
        {problem && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        {!shown && !problem && <p class="hint muted">{t().loading}</p>}
        {isEmpty && <p class="muted plot-message">{t().noReadings}</p>}
        {shown && !isEmpty && <Plots shown={shown} facility={facility.id} limits={limits} />}
      </section>
      {shown && (
        <DayTable
          facility={facility.id}
          points={points}
          from={cityDate(shown.from)}
          to={cityDate(shown.to - 1)}
          isLive={choice.until === null}
        />
      )}
    </div>
  )
}

function Plots({ shown, facility, limits }: { shown: Shown; facility: string; limits: ReadingsProps['limits'] }) {
  const { data, from, to } = shown
  return (
    <>
      {[...byUnit(shown.points)].map(([unit, own]) => {
        const names = own.map(({ title }) => say(title)).join(', ')
        return (
          <div key={unit}>
            <h3>{names}</h3>
            <KeyedPlot
              data={data.get(unit) as PlotData}
              points={own}
              limits={own.flatMap((point) => limits.get(point.key) ?? [])}
              from={from}
              to={to}
              height={HEIGHT}
              words={t().plotWords(names, facility)}
            />
          </div>
        )
      })}
      <p class="muted small">{r().key(formatLength(shown.bucket))}</p>
      <ZoneNote />
    </>
  )
}
