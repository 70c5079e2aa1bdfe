import { useEffect, useState } from 'preact/hooks'
import type { ReadingsView } from '../../../../src/edges/http/reading-schemas.ts'
import type { PointView } from '../../../../src/edges/http/schemas.ts'
import { getReadings } from '../live/api.ts'
import { link, serverNow } from '../live/live.ts'
import { say, t } from '../settings.ts'
import { explain } from '../shell/notice.tsx'
import { Plot, type PlotLimit } from './plot.tsx'
import { type PlotData, plotData } from './plot-data.ts'

const BUCKETS = 400
/** Nothing is fetched for an alarm only passed by on the way down the list. */
const SETTLED = 120
/** How often a live plot is fetched anew, ms, for its length. */
const refreshEvery = (length: number): number => Math.min(300_000, Math.max(5000, length / 360))

interface TrendProps {
  facility: string
  points: readonly PointView[]
  limits: readonly PlotLimit[]
  /** Ms. */
  length: number
  /** Ms since 1970, or null for "up to now". */
  end: number | null
  height: number
}

interface Shown {
  data: PlotData
  from: number
  to: number
  asked: string
}

function useReadings({ facility, points, length, end }: TrendProps): { shown: Shown | null; problem: string | null } {
  const [shown, setShown] = useState<Shown | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const keys = points.map(({ key }) => key)
  const stepped = new Set(points.filter(({ type }) => type !== 'number').map(({ key }) => key))
  const asked = `${facility} ${keys.join()} ${length} ${end}`
  useEffect(() => {
    let wanted = true
    const load = async () => {
      const to = end ?? serverNow.peek()
      try {
        const answer: ReadingsView = await getReadings(facility, keys, Math.round(to - length), Math.round(to), BUCKETS)
        if (wanted) setShown({ data: plotData(answer, keys, stepped), from: to - length, to, asked })
        if (wanted) setProblem(null)
      } catch (failure) {
        if (wanted) setProblem(explain(failure))
      }
    }
    const first = setTimeout(() => void load(), SETTLED)
    const timer =
      end === null ? setInterval(() => !document.hidden && link.peek() !== 'disconnected' && void load(), refreshEvery(length)) : undefined
    return () => {
      wanted = false
      clearTimeout(first)
      clearInterval(timer)
    }
  }, [asked])
  return { shown: shown?.asked === asked ? shown : null, problem }
}

/** A plot of some points of one facility, fetched down-sampled, kept up to date while it ends now. */
export function Trend(props: TrendProps) {
  const { shown, problem } = useReadings(props)
  const names = props.points.map(({ title }) => say(title)).join(', ')
  if (problem && !shown) return <p class="muted plot-message">{problem}</p>
  if (!shown) return <div class="plot-message" style={{ height: `${props.height}px` }} aria-busy="true" />
  if (shown.data.times.length === 0) return <p class="muted plot-message">{t().noReadings}</p>
  return <Plot {...props} data={shown.data} from={shown.from} to={shown.to} words={t().plotWords(names, props.facility)} />
}
