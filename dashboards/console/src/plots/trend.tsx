import { useMemo } from 'preact/hooks'
import type { KindView, PointView } from '../../../../src/edges/http/schemas.ts'
import { together } from './plot-model.ts'
import { PlotSet } from './plot-set.tsx'
import type { PlotLimit, PlotMark } from './scene.ts'

/** Nothing is fetched for an alarm only passed by on the way down the list. */
const SETTLED = 120

interface TrendProps {
  facility: string
  kind: KindView
  points: readonly PointView[]
  limits: readonly PlotLimit[]
  /** Ms. */
  length: number
  /** Ms since 1970, or null for "up to now". */
  end: number | null
  height: number
  mark?: PlotMark
}

/** A plot of some points of one facility over a time of its own, kept up to date while it ends now. */
export function Trend({ facility, kind, points, limits, length, end, height, mark }: TrendProps) {
  const groups = useMemo(
    () => together(points.map((point) => ({ facility, kind, point }))),
    [facility, kind, points.map(({ key }) => key).join()],
  )
  return (
    <PlotSet groups={groups} window={{ length, end }} height={height} limits={limits} settle={SETTLED} isFixed {...(mark && { mark })} />
  )
}
