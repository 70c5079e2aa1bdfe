import type { FacilityView, RuleDraft, RuleOptions, RuleParameters, RuleType } from './rule.ts'

export type Rated<R extends string> = Readonly<Record<R, number>>

/**
 * A condition over the values of several points, in the order they are named: those of `points`, then those of `optional`.
 * `parameters` are those in force for the facility: what engineers may change must be read from there.
 */
export type Predicate<R extends string, N extends string = never> = (
  values: readonly number[],
  rated: Rated<R>,
  parameters: Readonly<Record<N, number>>,
) => boolean

export interface Guard<P extends string, R extends string, N extends string = never> {
  points: readonly P[]
  /** Points that may be unknown; their value is then NaN. */
  optional?: readonly P[]
  when: Predicate<R, N>
}

export const NEVER = Number.POSITIVE_INFINITY
export const UNKNOWN = Number.NaN

export function draft<P extends string>(
  type: RuleType,
  options: RuleOptions,
  rest: Pick<RuleDraft<P>, 'points' | 'parameters' | 'slots' | 'judge'> & Partial<Pick<RuleDraft<P>, 'ratedParameters' | 'figures'>>,
): RuleDraft<P> {
  const {
    title,
    timeToAct,
    response,
    cause,
    consequence,
    version = 1,
    priority,
    onDelay = 0,
    offDelay = 0,
    latching = false,
    shelvable = true,
    whileFed = false,
    needs = [],
    deprives = null,
    expects = false,
    consequenceOf = [],
  } = options
  const ratedParameters = () => ({})
  return {
    type,
    title,
    timeToAct,
    response,
    cause,
    consequence,
    version,
    priority,
    onDelay,
    offDelay,
    latching,
    shelvable,
    whileFed,
    needs,
    deprives,
    expects,
    consequenceOf,
    ratedParameters,
    figures: null,
    ...rest,
  }
}

/** The points a guard reads, needed ones first, as `compileGuard` wants their indices. */
export function guardPoints<P extends string, R extends string, N extends string>(guard: Guard<P, R, N> | undefined): readonly P[] {
  return guard ? [...guard.points, ...(guard.optional ?? [])] : []
}

/** undefined = a point the guard needs is unknown. Values are gathered into one reused array. */
export function compileGuard<P extends string, R extends string, N extends string>(
  guard: Guard<P, R, N>,
  indices: readonly number[],
): (view: FacilityView, parameters: RuleParameters) => boolean | undefined {
  const { when } = guard
  const needed = guard.points.length
  const values = indices.map(() => UNKNOWN)
  return (view, parameters) => {
    for (let i = 0; i < indices.length; i++) {
      const value = view.values[indices[i] as number] as number
      if (i < needed && Number.isNaN(value)) return undefined
      values[i] = value
    }
    return when(values, view.rated as Rated<R>, parameters as Readonly<Record<N, number>>)
  }
}
