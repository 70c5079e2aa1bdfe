import type { ProgrammeStep } from '../detection/expected.ts'
import { MISSED_REPORTS } from '../detection/usual-interval.ts'
import type { Facility } from '../facilities/plant.ts'
import type { Span } from '../storage/completeness.ts'
import { seconds } from '../telemetry/duration.ts'

/** Intervals nearer to the rated one than this factor are the rated one: reports come late and some get lost. */
const SAME = 1.5

type Rated = Pick<Facility, 'kind' | 'rated'>

/** Every how many ms a facility is rated to report; undefined when nobody knows. */
function ratedInterval({ kind, rated }: Rated): number | undefined {
  const own: Readonly<Record<string, number>> = { ...kind.rated, ...rated }
  const interval = own['report-interval']
  if (interval !== undefined) return seconds(interval)
  const silence = kind.rules.find(({ type }) => type === 'silence')
  const period = silence && { ...silence.parameters, ...silence.ratedParameters(own) }.period
  return period === undefined ? undefined : period / MISSED_REPORTS
}

/** Every how many ms a facility usually reports, as it was learned or, where that is the same or unknown (NaN), as it is rated. */
export function usualInterval(facility: Rated, learned: number): number | undefined {
  const rated = ratedInterval(facility)
  if (rated === undefined) return learned > 0 ? learned : undefined
  return learned > rated * SAME || learned < rated / SAME ? learned : rated
}

/** The lighting programme of a facility that has one. */
export type Programme = (facility: Facility, at: number) => ProgrammeStep | undefined

/** When reports of a facility are due: always, but behind a feeder that switches its circuits only while its programme says that they are on. */
export function dueSpans(feeder: Facility | undefined, programme: Programme, { from, to }: Span): Span[] {
  if (!feeder || feeder.kind.circuits.length === 0) return [{ from, to }]
  const spans: Span[] = []
  for (let at = from; at < to; ) {
    const step = programme(feeder, at)
    if (!step) return [{ from, to }]
    const until = Math.max(step.until, at + 1)
    if (step.level > 0) spans.push({ from: at, to: Math.min(until, to) })
    at = until
  }
  return spans
}
