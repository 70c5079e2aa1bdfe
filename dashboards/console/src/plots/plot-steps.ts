import type { PlotData } from '../plots/plot-data.ts'

/** Samples to go on, or an end to go to. */
export type PlotStep = number | 'first' | 'last'

const steps: Readonly<Record<string, PlotStep>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
  Home: 'first',
  End: 'last',
}

export const stepOf = (key: string): PlotStep | null => (Object.hasOwn(steps, key) ? (steps[key] as PlotStep) : null)

/** The place of the sample that a step from one (null: from none yet, which begins at the newest) leads to; gaps are passed over. Null when there is none. */
export function sampleAfter({ times, curves }: PlotData, from: number | null, step: PlotStep): number | null {
  const samples = times.flatMap((_, i) => (curves.some(({ mean }) => typeof mean[i] === 'number') ? [i] : []))
  const last = samples.length - 1
  if (last < 0) return null
  if (step === 'first') return samples[0] as number
  if (step === 'last' || from === null) return samples[last] as number
  const behind = samples.findIndex((i) => i >= from)
  const place = (behind < 0 ? last : behind) + step
  return samples[Math.min(last, Math.max(0, place))] as number
}
