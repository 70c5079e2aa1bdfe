import { useMemo } from 'preact/hooks'
import type { KindView } from '../../../../src/edges/http/schemas.ts'
import { type Line, type PlotGroup, together } from '../plots/plot-model.ts'
import { PlotSet } from '../plots/plot-set.tsx'
import type { PlotLimit } from '../plots/scene.ts'
import { MOST_LINES, plotsAddress } from '../plots/series.ts'
import { p } from '../texts/plant.ts'
import { plotTexts } from '../texts/plots.ts'
import { timeWindow, withTime } from '../time/shown-window.ts'
import { TimeBar } from '../time/time-bar.tsx'

interface TrendsProps {
  kind: KindView
  facility: string
  limits: ReadonlyMap<string, PlotLimit[]>
}

/** The kind's plots over the time that stands in the address. */
export function Trends({ kind, facility, limits }: TrendsProps) {
  const groups = useMemo(
    () =>
      kind.panel.trends.flatMap((keys): PlotGroup[] =>
        together(
          keys.flatMap((key): Line[] => kind.points.filter((point) => point.key === key).map((point) => ({ facility, kind, point }))),
        ),
      ),
    [kind, facility],
  )
  const shown = [...new Set(kind.panel.trends.flat())].slice(0, MOST_LINES).map((point) => ({ facility, point }))
  return (
    <section class="panel trends">
      <div class="trend-head">
        <h2>{p().trends}</h2>
        <span class="grow" />
        <a class="button" href={withTime(plotsAddress(shown))}>
          {plotTexts().openInPlots}
        </a>
      </div>
      <TimeBar facilities={[facility]} />
      <PlotSet groups={groups} window={timeWindow.value} height={180} limits={[...limits.values()].flat()} title={facility} />
    </section>
  )
}
