import type { ManyReadingsView } from '../../../../src/edges/http/reading-schemas.ts'
import { type PlotData, plotData } from '../plots/plot-data.ts'

/** What a plot of some of the points draws; a `stepped` point (on/off, states) has no means between its values. */
export function historyData(answer: ManyReadingsView, points: readonly string[], stepped: ReadonlySet<string>): PlotData {
  const series = answer.series.map(({ point, count, min, max, mean, last }) => {
    const read = count.flatMap((n, i) => (n > 0 ? [i] : []))
    const at = (column: readonly (number | null)[]) => read.map((i) => column[i] as number)
    return { point, at: at(answer.at), min: at(min), max: at(max), mean: at(mean), last: at(last), count: at(count) }
  })
  return plotData({ series, bucket: answer.bucket }, points, stepped)
}
