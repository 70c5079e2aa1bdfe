import { useMemo, useState } from 'preact/hooks'
import type { PlotContext } from '../../../../src/edges/http/plot-schemas.ts'
import { serverNow } from '../live/live.ts'
import { say, t } from '../settings.ts'
import { plotTexts } from '../texts/plots.ts'
import { AlarmLane, type ModeChange } from './alarm-lane.tsx'
import { KeyedPlot } from './keyed-plot.tsx'
import { PlotLegend } from './plot-legend.tsx'
import { alarmsOf, dataOf, limitsIn, type PlotGroup, silencesOf } from './plot-model.ts'
import { AXIS } from './plot-options.ts'
import type { PlotLimit, PlotMark } from './scene.ts'
import { facilitiesOf } from './series.ts'
import type { Shown } from './use-history.ts'

/** All plots of a page share the crosshair. */
const CROSSHAIR = 'page'

export interface FrameProps {
  group: PlotGroup
  shown: Shown
  context: PlotContext | null
  /** Drawn until the limits that were in force are there. */
  limits: readonly PlotLimit[]
  height: number
  mark?: PlotMark | undefined
  /** Names of lines that are not shown, as `ID:point`. */
  hidden: ReadonlySet<string>
  toggle: (name: string) => void
  onZoom?: ((from: number, to: number) => void) | undefined
  onZoomBack?: (() => void) | undefined
  /** Only the curves and what they are; somebody else says what they are about. */
  compact?: boolean
}

const nameOfLine = ({ facility, point }: PlotGroup['lines'][number]) => `${facility}:${point.key}`

/** What lines are called: the point, and the facility where there are several. */
export function labelsOf({ lines }: PlotGroup, several = severalFacilities(lines)): string[] {
  return lines.map(({ facility, point }) => (several ? `${facility} ${say(point.title)}` : say(point.title)))
}
const severalFacilities = (lines: PlotGroup['lines']) => new Set(lines.map(({ facility }) => facility)).size > 1

/** What the plot is of, once for each facility. */
export function titleOf({ lines }: PlotGroup): string {
  const points = [...new Set(lines.map(({ point }) => say(point.title)))].join(', ')
  return `${points} · ${[...new Set(lines.map(({ facility }) => facility))].join(', ')}`
}

/** Changes of mode of the facilities of a plot. */
export const changesOf = (context: PlotContext | null, { lines }: PlotGroup): ModeChange[] =>
  facilitiesOf(lines.map(({ facility }) => ({ facility, point: '' }))).flatMap((facility) =>
    (context?.facilities.find((one) => one.facility === facility)?.modes ?? []).map(({ at, mode, by }) => ({ at, mode, by, facility })),
  )

/** Everything one plot draws of an answer; `now` in ms since 1970. */
export function useScene({ group, shown, context, limits, hidden }: Pick<FrameProps, 'group' | 'shown' | 'context' | 'limits' | 'hidden'>) {
  const data = useMemo(() => dataOf(shown.history, group.lines), [shown.history, group])
  return useMemo(
    () => sceneOf({ group, shown, context, limits, hidden, data }, serverNow.peek()),
    [data, shown, context, limits, hidden, group],
  )
}

export function sceneOf(
  {
    group,
    shown,
    context,
    limits,
    hidden,
    data,
  }: Pick<FrameProps, 'group' | 'shown' | 'context' | 'limits' | 'hidden'> & { data: ReturnType<typeof dataOf> },
  now: number,
) {
  const alarms = alarmsOf(context, group.lines)
  const changes = changesOf(context, group)
  return {
    data,
    alarms,
    changes,
    scene: {
      from: shown.from,
      to: shown.to,
      limits: context ? limitsIn(context, group.lines) : limits,
      bands: alarms.map(({ priority, started, ended }) => ({ priority, started, ended: ended ?? Math.min(shown.to, now) })),
      changes: changes.map(({ at }) => at),
      silences: silencesOf(data, shown.history.bucket, shown, now, context, group.lines, plotTexts().silence),
      labels: labelsOf(group),
      hidden: new Set(group.lines.flatMap((line, i) => (hidden.has(nameOfLine(line)) ? [i] : []))),
    },
  }
}

/** A plot with its alarms above and its lines below it. */
export function PlotFrame(props: FrameProps) {
  const { group, shown, height, mark, toggle, onZoom, onZoomBack, compact } = props
  const [area, setArea] = useState({ left: AXIS, width: 0 })
  const { data, alarms, changes, scene } = useScene(props)
  const names = labelsOf(group).join(', ')
  const facilities = [...new Set(group.lines.map(({ facility }) => facility))].join(', ')
  return (
    <div class="plot-frame">
      {!compact && <h3>{titleOf(group)}</h3>}
      {!compact && area.width > 0 && (
        <AlarmLane
          alarms={alarms}
          changes={changes}
          area={area}
          from={shown.from}
          to={shown.to}
          until={Math.min(shown.to, serverNow.peek())}
        />
      )}
      <KeyedPlot
        {...scene}
        data={data}
        points={group.lines.map(({ point }) => point)}
        mark={mark}
        height={height}
        words={t().plotWords(names, facilities)}
        withLegend={false}
        sync={CROSSHAIR}
        {...(onZoom && { onZoom })}
        {...(onZoomBack && { onZoomBack })}
        onLayout={(next) => (next.left !== area.left || next.width !== area.width) && setArea(next)}
      />
      <PlotLegend
        data={data}
        lines={group.lines}
        labels={scene.labels}
        hidden={scene.hidden}
        toggle={(line) => toggle(nameOfLine(group.lines[line] as PlotGroup['lines'][number]))}
        end={shown.isLive ? null : Math.min(shown.to, serverNow.peek())}
      />
    </div>
  )
}
