import { debounced } from './debounce.ts'
import { compileExpression, type Expression, expressionPoints } from './expression.ts'
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

/** While what a rule is judged: by a function, or as data. */
export type Only<P extends string, R extends string, N extends string = never> = Guard<P, R, N> | Expression<P, R, N>

export interface GuardedOptions<P extends string, R extends string, N extends string> {
  only?: Only<P, R, NoInfer<N>>
  /** What engineers may change beside the builder's own, handed to `only`. */
  parameters?: Readonly<Record<N, number>>
}

export const NEVER = Number.POSITIVE_INFINITY
export const UNKNOWN = Number.NaN

type Drafted<P extends string> = Pick<RuleDraft<P>, 'points' | 'parameters' | 'slots' | 'judge'> &
  Partial<
    Pick<RuleDraft<P>, 'ratedParameters' | 'timeSlots' | 'figures' | 'learned' | 'lamps' | 'condition' | 'only' | 'ranges' | 'ofSamples'>
  >

/** A rule of all options, each with its default; `of` is seen to here, for every builder. */
export function draft<P extends string>(type: RuleType, options: RuleOptions, rest: Drafted<P>): RuleDraft<P> {
  const { title, timeToAct, response, cause, consequence, priority } = options
  const made: RuleDraft<P> = {
    type,
    title,
    timeToAct,
    response,
    cause,
    consequence,
    version: options.version ?? 1,
    priority,
    onDelay: options.onDelay ?? 0,
    offDelay: options.offDelay ?? 0,
    latching: options.latching ?? false,
    shelvable: options.shelvable ?? true,
    whileFed: options.whileFed ?? false,
    needs: options.needs ?? [],
    deprives: options.deprives ?? null,
    expects: options.expects ?? false,
    of: options.of ?? null,
    modes: options.modes ?? null,
    unless: options.unless ?? null,
    hours: options.hours ?? null,
    consequenceOf: options.consequenceOf ?? [],
    ratedParameters: () => ({}),
    ofSamples: false,
    timeSlots: [],
    figures: null,
    learned: null,
    lamps: null,
    condition: null,
    only: null,
    ranges: {},
    ...rest,
  }
  const judged = options.unless ? standingAside(made, options.unless) : made
  return judged.of ? debounced(judged, judged.of) : judged
}

/** One more point is read; the rule neither judges nor learns while it has that value. */
function standingAside<P extends string>(rule: RuleDraft<P>, { point, is }: NonNullable<RuleOptions['unless']>): RuleDraft<P> {
  return {
    ...rule,
    points: [...rule.points, point as P],
    judge(points) {
      const last = points.at(-1) as number
      const judge = rule.judge(points.slice(0, -1))
      return (view, at, wasTrue, parameters, memory, base) =>
        view.values[last] === is ? NEVER : judge(view, at, wasTrue, parameters, memory, base)
    },
  }
}

/** The points a guard reads, needed ones first, as `compileGuard` wants their indices. */
export function guardPoints<P extends string, R extends string, N extends string>(guard: Only<P, R, N> | undefined): readonly P[] {
  if (!guard) return []
  return 'when' in guard ? [...guard.points, ...(guard.optional ?? [])] : expressionPoints<P>(guard)
}

/** A guard written as data, for whoever asks; null when it is a function. */
export const guardAsData = <P extends string, R extends string, N extends string>(
  guard: Only<P, R, N> | undefined,
): Expression<P> | null => (guard && !('when' in guard) ? guard : null)

/** undefined = what the guard needs is unknown. Values are gathered into one reused array. */
export function compileGuard<P extends string, R extends string, N extends string>(
  guard: Only<P, R, N>,
  indices: readonly number[],
): (view: FacilityView, parameters: RuleParameters) => boolean | undefined {
  if (!('when' in guard)) return compileData(guard, indices)
  const { when } = guard
  const needed = guard.points.length
  const values: number[] = []
  return (view, parameters) => {
    for (let i = 0; i < indices.length; i++) {
      const value = view.values[indices[i] as number] as number
      if (i < needed && Number.isNaN(value)) return undefined
      values[i] = value
    }
    return when(values, view.rated as Rated<R>, parameters as Readonly<Record<N, number>>)
  }
}

function compileData<P extends string>(expression: Expression<P>, indices: readonly number[]) {
  const points = expressionPoints<P>(expression)
  const truth = compileExpression<P>(expression, (point) => indices[points.indexOf(point)] as number)
  return (view: FacilityView, parameters: RuleParameters): boolean | undefined => {
    const known = truth(view, parameters)
    return known === 1 ? true : known === 0 ? false : undefined
  }
}
