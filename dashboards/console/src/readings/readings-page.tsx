import { useMemo, useState } from 'preact/hooks'
import type { FacilityView, KindView } from '../../../../src/edges/http/schemas.ts'
import { cityDate } from '../city-time.ts'
import { serverNow } from '../live/live.ts'
import { byUnit } from '../plots/plot-model.ts'
import { PlotSet } from '../plots/plot-set.tsx'
import type { PlotLimit } from '../plots/scene.ts'
import { plotsAddress } from '../plots/series.ts'
import { query, setQueries } from '../shell/router.ts'
import { plotTexts } from '../texts/plots.ts'
import { r } from '../texts/readings.ts'
import { timeWindow } from '../time/shown-window.ts'
import { TimeBar } from '../time/time-bar.tsx'
import { shownTime, type TimeWindow } from '../time/time-window.ts'
import { pointsOf } from './choice.ts'
import { DayTable } from './day-table.tsx'
import { PointBar } from './point-bar.tsx'

const HEIGHT = 240
const DAY = 86_400_000

interface ReadingsProps {
  facility: FacilityView
  kind: KindView
  limits: ReadonlyMap<string, PlotLimit[]>
}

/** The history of some points of a facility, and what each day amounts to. */
export function ReadingsPage({ facility, kind, limits }: ReadingsProps) {
  const keys = kind.points.map(({ key }) => key)
  const chosen = pointsOf(query.value, keys, kind.panel.headline)
  const points = chosen.flatMap((key) => kind.points.filter((point) => point.key === key))
  const groups = useMemo(() => byUnit(points.map((point) => ({ facility: facility.id, kind, point }))), [facility.id, kind, chosen.join()])
  // The days follow when the curves are there.
  const [shown, setShown] = useState<TimeWindow | null>(null)
  return (
    <div class="stack">
      <TimeBar standard={DAY} facilities={[facility.id]} />
      <section class="panel">
        <div class="list-bar">
          <h2>{r().title}</h2>
          <PointBar kind={kind} points={chosen} choose={(next) => setQueries({ points: next.join(',') }, false)} />
          <span class="grow" />
          <a class="button" href={plotsAddress(chosen.map((point) => ({ facility: facility.id, point })))}>
            {plotTexts().openInPlots}
          </a>
        </div>
        <PlotSet
          groups={groups}
          window={timeWindow.value}
          height={HEIGHT}
          limits={chosen.flatMap((key) => limits.get(key) ?? [])}
          title={`${facility.id} ${chosen.join(' ')}`}
          onShown={setShown}
        />
      </section>
      {shown && <Days facility={facility.id} points={points} window={shown} />}
    </div>
  )
}

function Days({ window, ...of }: { facility: string; points: KindView['points']; window: TimeWindow }) {
  const { from, to } = shownTime(window, serverNow.peek())
  return <DayTable {...of} from={cityDate(from)} to={cityDate(to - 1)} isLive={window.end === null} />
}
