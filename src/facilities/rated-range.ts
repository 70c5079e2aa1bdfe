import type { FacilityKind } from './facility-kind.ts'

/** An end of a range: a number, or a multiple of another rated value. */
type End<R extends string> = number | { readonly rated: R; readonly times: number }

/** What a rated value of a real facility can be. Beyond, it is a slip, or would put rules that follow from it out of force. */
export interface RatedRange<R extends string = string> {
  readonly least: End<R>
  readonly greatest: End<R>
  readonly isWhole?: boolean
  /** For whoever is refused a value. */
  readonly why: string
}

/** A range for each rated value of a kind. */
export type RatedRanges<R extends string> = { readonly [K in R]: RatedRange<R> }

export interface RatedRangeProblem {
  name: string
  value: number
  least: number
  greatest: number
  why: string
}

/** Something a facility has (1) or does not have (0). */
export const hasIt: RatedRange<never> = { least: 0, greatest: 1, isWhole: true, why: '1 where it has one, 0 where it has none' }

/**
 * Rated values outside of their ranges, of which `rated` are the facility's own. With `known`, those it had before, only what a change
 * makes of them is judged, so that one which lies outside since before blocks no other change.
 */
export function ratedRangeProblems(
  kind: FacilityKind,
  rated: Readonly<Record<string, number>>,
  known?: Readonly<Record<string, number>>,
): RatedRangeProblem[] {
  const [after, before] = [rated, known].map((own) => own && { ...kind.rated, ...own })
  return Object.entries(kind.ratedRanges).flatMap(([name, range]) => {
    const now = resolved(name, range, after as Record<string, number>)
    const isSame =
      before && Object.entries(resolved(name, range, before)).every(([field, value]) => now[field as keyof typeof now] === value)
    return isSame || isWithin(now, range.isWhole) ? [] : [{ name, ...now, why: range.why }]
  })
}

const resolved = (name: string, { least, greatest }: RatedRange, rated: Readonly<Record<string, number>>) => ({
  value: rated[name] as number,
  least: endOf(least, rated),
  greatest: endOf(greatest, rated),
})

const isWithin = ({ value, least, greatest }: ReturnType<typeof resolved>, isWhole = false) =>
  value >= least && value <= greatest && (!isWhole || Number.isInteger(value))

/** Products as people would write them, so that the end they are told is one they may give. */
function endOf(end: End<string>, rated: Readonly<Record<string, number>>): number {
  return typeof end === 'number' ? end : Number(((rated[end.rated] as number) * end.times).toPrecision(12))
}
