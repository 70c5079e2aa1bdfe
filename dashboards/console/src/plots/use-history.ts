import { useEffect, useRef, useState } from 'preact/hooks'
import type { PlotContext } from '../../../../src/edges/http/plot-schemas.ts'
import { alarms, link, serverNow } from '../live/live.ts'
import { explain } from '../shell/notice.tsx'
import { type ShownTime, shownTime, spanText, type TimeWindow } from '../time/time-window.ts'
import { bucketsFor, type History, historyOf, MOST_FLAGGED, tailFrom, withTail } from './history.ts'
import { getContext, getHistory } from './plots-api.ts'
import { facilitiesOf, type SeriesName, writeSeries } from './series.ts'

export interface Shown extends ShownTime {
  /** Which series and window were asked for. */
  key: string
  history: History
  isLive: boolean
}

/** How often what goes up to now goes on, ms, for its length. */
export const refreshEvery = (length: number): number => Math.min(300_000, Math.max(5000, length / 360))
/** All of it is asked for anew after so many times, for what came late. */
const WHOLE_AFTER = 60

export const keyOf = (series: readonly SeriesName[], { length, end }: TimeWindow): string => `${writeSeries(series)} ${length} ${end}`

const canGoOn = (): boolean => !document.hidden && link.peek() === 'live'

/**
 * The readings of a window, with what is shown kept until the answer to the newest choice is there. A live window goes on with what came
 * since; not while the page is hidden or there is no connection, and at once when that is over.
 */
export function useHistory(series: readonly SeriesName[], window: TimeWindow, width: number, settle = 0) {
  const [shown, setShown] = useState<Shown | null>(null)
  const [problem, setProblem] = useState('')
  const [asked, ask] = useState(0)
  const isLinked = link.value === 'live'
  useEffect(() => {
    // What could not be had while there was no connection is asked for again.
    if (isLinked && problem) ask((n) => n + 1)
  }, [isLinked])
  const key = keyOf(series, window)
  const latest = useRef<Shown | null>(null)
  useEffect(() => {
    if (series.length === 0) return
    let wanted = true
    let turn = 0
    let isAsking = false
    const flagged = window.length <= MOST_FLAGGED
    const take = (next: Shown) => {
      latest.current = next
      setShown(next)
      setProblem('')
    }
    const load = async () => {
      if (isAsking) return
      isAsking = true
      const time = shownTime(window, serverNow.peek())
      const known = latest.current
      const isWhole = turn++ % WHOLE_AFTER === 0
      try {
        const goesOn = known?.key === key && !isWhole && known.to - known.history.bucket * 3 > time.from
        const next = goesOn
          ? await goOn(known, time, flagged, series)
          : { history: historyOf(await getHistory(series, { ...time, buckets: bucketsFor(time, width, series.length), flagged })) }
        if (wanted) take({ ...time, key, isLive: window.end === null, ...next })
      } catch (failure) {
        if (wanted) setProblem(explain(failure))
      }
      isAsking = false
    }
    const first = settle > 0 ? setTimeout(() => void load(), settle) : undefined
    if (settle === 0) void load()
    const again = () => canGoOn() && void load()
    const timer = window.end === null ? setInterval(again, refreshEvery(window.length)) : undefined
    if (window.end === null) document.addEventListener('visibilitychange', again)
    return () => {
      wanted = false
      clearTimeout(first)
      clearInterval(timer)
      document.removeEventListener('visibilitychange', again)
    }
  }, [key, asked])
  return { shown, problem, key }
}

/** Only what may have changed since is asked for. */
async function goOn(
  { history, to }: Shown,
  time: ShownTime,
  flagged: boolean,
  series: readonly SeriesName[],
): Promise<{ history: History }> {
  const from = tailFrom(history, to)
  const buckets = Math.ceil((time.to - from) / history.bucket) + 2
  const answer = await getHistory(series, { from, to: time.to, buckets, bucket: history.bucket, flagged })
  return { history: withTail(history, historyOf(answer), answer.first, time.from) }
}

/** What happened to the facilities meanwhile; asked for anew when one of their alarms changes. Null until it is there. */
export function useContext(facilities: readonly string[], time: ShownTime | null, isLive: boolean): PlotContext | null {
  const [context, setContext] = useState<PlotContext | null>(null)
  const length = time ? time.to - time.from : 0
  const every = refreshEvery(length)
  // In a live window the answer is as good until the window has moved by some pixels.
  const turn =
    time === null ? '' : isLive ? `${spanText(length)} ${Math.floor(time.to / Math.max(30_000, every))}` : `${time.from} ${time.to}`
  const changes = isLive
    ? [...alarms.value.values()]
        .filter(({ facility }) => facilities.includes(facility))
        .map(({ id, activated, active }) => `${id} ${activated} ${active}`)
        .join()
    : ''
  useEffect(() => {
    if (time === null || facilities.length === 0) return
    let wanted = true
    getContext(facilities, time).then(
      (answer) => wanted && setContext(answer),
      // The curves are shown without it.
      () => wanted && setContext(null),
    )
    return () => {
      wanted = false
    }
  }, [facilities.join(), turn, changes])
  return context
}

/** The facilities of series, no more than one answer tells of. */
export const contextFacilities = (series: readonly SeriesName[]): string[] => facilitiesOf(series).slice(0, 20)
