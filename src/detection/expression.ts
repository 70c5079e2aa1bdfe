import type { FacilityView, RuleParameters } from './rule.ts'

/** What a point is compared with: a number, a parameter by its name, or a rated value, as a whole or times a share of it. */
export type Operand<R extends string, N extends string> = number | N | { readonly rated: R; readonly times?: number | N }

/** What is compared: a point, or a rated value that tells variants of a kind apart. */
type Subject<P extends string, R extends string> = { readonly point: P } | { readonly rated: R }

type Comparison<P extends string, R extends string, N extends string> = Subject<P, R> &
  ({ readonly above: Operand<R, N> } | { readonly below: Operand<R, N> } | { readonly is: Operand<R, N> })

/**
 * A condition as data, so that whoever asks why an alarm came can be shown it. An unknown value makes its comparison unknown, and
 * Kleene's three-valued logic says what follows: false and unknown is false, true or unknown is true, the rest stays unknown.
 */
export type Expression<P extends string = string, R extends string = string, N extends string = string> =
  | { readonly all: readonly Expression<P, R, N>[] }
  | { readonly any: readonly Expression<P, R, N>[] }
  | { readonly not: Expression<P, R, N> }
  | { readonly certainly: Expression<P, R, N> }
  | Comparison<P, R, N>

// The literal types of points, rated values and parameters stay in the results, so that naming an undeclared one does not compile.
type AnyOperand = Operand<string, string>

export const all = <const T extends readonly Expression[]>(...terms: T) => ({ all: terms }) as const
export const any = <const T extends readonly Expression[]>(...terms: T) => ({ any: terms }) as const
export const not = <const T extends Expression>(term: T) => ({ not: term }) as const
/** False, too, while the term is unknown: for points that not every facility has. */
export const certainly = <const T extends Expression>(term: T) => ({ certainly: term }) as const
export const above = <const P extends string, const O extends AnyOperand>(point: P, limit: O) => ({ point, above: limit }) as const
export const below = <const P extends string, const O extends AnyOperand>(point: P, limit: O) => ({ point, below: limit }) as const
export const is = <const P extends string, const O extends AnyOperand>(point: P, value: O) => ({ point, is: value }) as const
export const isRated = <const R extends string, const O extends AnyOperand>(rated: R, value: O) => ({ rated, is: value }) as const

/** The points an expression reads, each once, in the order it names them. */
export function expressionPoints<P extends string>(expression: Expression<P, string, string>): readonly P[] {
  if ('all' in expression) return [...new Set(expression.all.flatMap(expressionPoints))]
  if ('any' in expression) return [...new Set(expression.any.flatMap(expressionPoints))]
  if ('not' in expression) return expressionPoints(expression.not)
  if ('certainly' in expression) return expressionPoints(expression.certainly)
  return 'point' in expression ? [expression.point] : []
}

/** 1 = true, 0 = false, NaN = unknown. */
export type Truth = (view: FacilityView, parameters: RuleParameters) => number

const UNKNOWN = Number.NaN

/** Compiles an expression to a function that allocates nothing; `indexOf` numbers the points. */
export function compileExpression<P extends string>(expression: Expression<P, string, string>, indexOf: (point: P) => number): Truth {
  const compiled = (term: Expression<P, string, string>) => compileExpression(term, indexOf)
  if ('all' in expression) return every(expression.all.map(compiled), 0)
  if ('any' in expression) return every(expression.any.map(compiled), 1)
  if ('not' in expression) {
    const term = compiled(expression.not)
    return (view, parameters) => 1 - term(view, parameters)
  }
  if ('certainly' in expression) {
    const term = compiled(expression.certainly)
    return (view, parameters) => (term(view, parameters) === 1 ? 1 : 0)
  }
  return comparison(expression, indexOf)
}

/** One term that is `deciding` decides; else all must be known. */
function every(terms: readonly Truth[], deciding: 0 | 1): Truth {
  return (view, parameters) => {
    let result: number = 1 - deciding
    for (const term of terms) {
      const truth = term(view, parameters)
      if (truth === deciding) return deciding
      if (Number.isNaN(truth)) result = UNKNOWN
    }
    return result
  }
}

type Value = (view: FacilityView, parameters: RuleParameters) => number

function comparison<P extends string>(expression: Comparison<P, string, string>, indexOf: (point: P) => number): Truth {
  const index = 'point' in expression ? indexOf(expression.point) : -1
  const rated = 'rated' in expression ? expression.rated : ''
  const read: Value = index >= 0 ? (view) => view.values[index] as number : (view) => view.rated[rated] as number
  if ('above' in expression) {
    const limit = operandOf(expression.above)
    return (view, parameters) => truthOf(read(view, parameters) - limit(view, parameters))
  }
  if ('below' in expression) {
    const limit = operandOf(expression.below)
    return (view, parameters) => truthOf(limit(view, parameters) - read(view, parameters))
  }
  const wanted = operandOf(expression.is)
  return (view, parameters) => {
    const difference = read(view, parameters) - wanted(view, parameters)
    return difference === 0 ? 1 : Number.isNaN(difference) ? UNKNOWN : 0
  }
}

const truthOf = (excess: number) => (excess > 0 ? 1 : excess <= 0 ? 0 : UNKNOWN)

function operandOf(operand: AnyOperand): Value {
  if (typeof operand === 'number') return () => operand
  if (typeof operand === 'string') return (_view, parameters) => parameters[operand] as number
  const { rated, times = 1 } = operand
  if (typeof times === 'number') return (view) => times * (view.rated[rated] as number)
  return (view, parameters) => (parameters[times] as number) * (view.rated[rated] as number)
}
