import { findRule } from '../../../../src/detection/rule-key.ts'
import type { FacilityContext, PlotContext } from '../../../../src/edges/http/plot-schemas.ts'
import type { KindView, PointView } from '../../../../src/edges/http/schemas.ts'
import type { ShownTime } from '../time/time-window.ts'
import type { History } from './history.ts'
import { linesData, type PlotData, silences } from './plot-data.ts'
import { type PlotLimit, scaleOf } from './scene.ts'
import type { SeriesName } from './series.ts'

/** A point of a facility, with what is known of it. */
export interface Line {
  facility: string
  kind: KindView
  point: PointView
}

export const seriesOf = ({ facility, point }: Line): SeriesName => ({ facility, point: point.key })

/** Axes that a plot has room for. */
const MOST_SCALES = 2

/** Lines that are drawn in one plot. */
export interface PlotGroup {
  key: string
  lines: readonly Line[]
}

const groupOf = (lines: readonly Line[]): PlotGroup => ({
  key: lines.map(({ facility, point }) => `${facility}:${point.key}`).join(';'),
  lines,
})

/** Lines of one unit share a plot; points that are on or off, or in a state, one for each point. */
export function byUnit(lines: readonly Line[]): PlotGroup[] {
  const groups = new Map<string, Line[]>()
  for (const line of lines) groups.set(scaleOf(line.point), [...(groups.get(scaleOf(line.point)) ?? []), line])
  return [...groups.values()].map(groupOf)
}

export const oneEach = (lines: readonly Line[]): PlotGroup[] => lines.map((line) => groupOf([line]))

/** Lines that belong together, in as many plots as their units ask for. */
export function together(lines: readonly Line[]): PlotGroup[] {
  const scales = [...new Set(lines.map(({ point }) => scaleOf(point)))]
  const pairs = Array.from({ length: Math.ceil(scales.length / MOST_SCALES) }, (_, i) =>
    scales.slice(MOST_SCALES * i, MOST_SCALES * (i + 1)),
  )
  return pairs.map((pair) => groupOf(lines.filter(({ point }) => pair.includes(scaleOf(point)))))
}

export function dataOf(history: History, lines: readonly Line[]): PlotData {
  const none = { at: [], min: [], max: [], mean: [], last: [], count: [], flagged: [] }
  const series = lines.map(
    ({ facility, point: { key: point } }) =>
      history.series.find((one) => one.facility === facility && one.point === point) ?? { facility, point, ...none },
  )
  return linesData(
    series,
    history.bucket,
    lines.map(({ point }) => point.type !== 'number'),
  )
}

/** An alarm that bears on a plot, while it was active. */
export type SpanOf = FacilityContext['alarms'][number] & { facility: string; title: KindView['title'] | null }

/** Alarms of rules that judge one of the points, or none in particular, such as silence. */
export function alarmsOf(context: PlotContext | null, lines: readonly Line[]): SpanOf[] {
  const spans = new Map<string, SpanOf>()
  for (const { facility, kind, point } of lines) {
    const own = context?.facilities.find((one) => one.facility === facility)
    for (const span of own?.alarms ?? []) {
      const rule = findRule(kind.rules, span.rule)
      const bears = !rule || rule.points.length === 0 || rule.points.includes(point.key)
      if (bears) spans.set(`${span.alarm} ${span.started}`, { ...span, facility, title: rule?.title ?? null })
    }
  }
  return [...spans.values()].sort((a, b) => a.started - b.started)
}

/** Limits as they were in force; the same ones of several facilities once. */
export function limitsIn(context: PlotContext, lines: readonly Line[]): PlotLimit[] {
  const limits = lines.flatMap(({ facility, point }) =>
    (context.facilities.find((one) => one.facility === facility)?.limits ?? [])
      .filter((limit) => limit.point === point.key)
      .map(({ steps }): PlotLimit => {
        const last = steps.at(-1)
        const value = steps.findLast((step) => step.value !== null)?.value ?? 0
        return { value, priority: last?.priority ?? null, point: point.key, steps }
      }),
  )
  return [...new Map(limits.map((limit) => [JSON.stringify(limit), limit])).values()]
}

export interface SilenceWords {
  none: string
  notKept: string
  notThere: string
  toCome: string
}

/** Times in which nothing came of any line, with why that may be. */
export function silencesOf(
  data: PlotData,
  bucket: number,
  { from, to }: ShownTime,
  now: number,
  context: PlotContext | null,
  lines: readonly Line[],
  words: SilenceWords,
): { from: number; to: number; words: string }[] {
  const registered = lines.map(
    ({ facility }) => context?.facilities.find((one) => one.facility === facility)?.registered ?? Number.NEGATIVE_INFINITY,
  )
  const begin = Math.min(...registered)
  const kept = context?.oldest ?? Number.NEGATIVE_INFINITY
  const reasons = [
    { until: kept, words: words.notKept },
    { until: begin, words: words.notThere },
    { until: now, words: words.none },
    { until: Number.POSITIVE_INFINITY, words: words.toCome },
  ]
  return silences(data, bucket, from, to).flatMap((silence) => {
    let reached = silence.from
    // Only the first pause can be because the facility was not there yet: its history may have come with an import.
    const own = silence.from === from ? reasons : reasons.slice(2)
    return own.flatMap(({ until, words }) => {
      const part = { from: reached, to: Math.min(silence.to, until), words }
      reached = Math.max(reached, part.to)
      return part.to > part.from ? [part] : []
    })
  })
}
