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

/** An expression as a formula for people: `voltage-a < low and not (circuit-1 = 0)`; a rated value reads `rated.height`. */
export function expressionText(expression: Expression): string {
  if ('all' in expression) return expression.all.map(termText).join(' and ')
  if ('any' in expression) return expression.any.map(termText).join(' or ')
  if ('not' in expression) return `not (${expressionText(expression.not)})`
  if ('certainly' in expression) return `certainly (${expressionText(expression.certainly)})`
  const subject = 'point' in expression ? expression.point : `rated.${expression.rated}`
  if ('above' in expression) return `${subject} > ${operandText(expression.above)}`
  if ('below' in expression) return `${subject} < ${operandText(expression.below)}`
  return `${subject} = ${operandText(expression.is)}`
}

const termText = (term: Expression) => ('all' in term || 'any' in term ? `(${expressionText(term)})` : expressionText(term))

function operandText(operand: AnyOperand): string {
  if (typeof operand !== 'object') return String(operand)
  const { rated, times } = operand
  return times === undefined ? `rated.${rated}` : `${times} × rated.${rated}`
}

/** 1 = true, 0 = false, NaN = unknown. */
export type Truth = (view: FacilityView, parameters: RuleParameters) => number

const UNKNOWN = Number.NaN

/** Compiles an expression to a function that allocates nothing; `indexOf` numbers the points. */
export function compileExpression<P extends string>(expression: Expression<P, string, string>, indexOf: (point: P) => number): Truth {
  const node = nodeOf(expression, indexOf)
  return (view, parameters) => evaluate(node, view, parameters)
}

const ALL = 0
const ANY = 1
const NOT = 2
const CERTAINLY = 3
const ABOVE = 4
const BELOW = 5
const IS = 6

/** Part of a compiled expression. All have one shape, so that one function evaluates all of them without a call per comparison. */
interface Node {
  readonly operation: number
  readonly terms: readonly Node[]
  /** Index of the point compared, -1 for a rated value. */
  readonly index: number
  readonly subject: string
  /** What it is compared with: a number, times a parameter and a rated value where these have names. */
  readonly factor: number
  readonly parameter: string
  readonly rated: string
  /** What a comparison is worth when it is true, false or unknown. */
  readonly yes: number
  readonly no: number
  readonly unknown: number
  /** The parameters seen last and their factor: many facilities share one object, and reading a property by its name is slow. */
  seen: RuleParameters | null
  seenFactor: number
}

const bare = {
  terms: [],
  index: -1,
  subject: '',
  factor: 1,
  parameter: '',
  rated: '',
  yes: 1,
  no: 0,
  unknown: UNKNOWN,
  seen: null,
  seenFactor: 1,
}

function nodeOf<P extends string>(expression: Expression<P, string, string>, indexOf: (point: P) => number): Node {
  const nodes = (terms: readonly Expression<P, string, string>[]) =>
    terms.map((term) => nodeOf(term, indexOf)).sort((a, b) => cost(a) - cost(b))
  if ('all' in expression) return { ...bare, operation: ALL, terms: nodes(expression.all) }
  if ('any' in expression) return { ...bare, operation: ANY, terms: nodes(expression.any) }
  if ('not' in expression) return mapped(NOT, nodeOf(expression.not, indexOf), (truth) => 1 - truth)
  if ('certainly' in expression) return mapped(CERTAINLY, nodeOf(expression.certainly, indexOf), (truth) => (truth === 1 ? 1 : 0))
  const subject = 'point' in expression ? { index: indexOf(expression.point), subject: '' } : { index: -1, subject: expression.rated }
  if ('above' in expression) return { ...bare, operation: ABOVE, ...subject, ...operandOf(expression.above) }
  if ('below' in expression) return { ...bare, operation: BELOW, ...subject, ...operandOf(expression.below) }
  return { ...bare, operation: IS, ...subject, ...operandOf(expression.is) }
}

/** What is said of a comparison becomes part of it. */
function mapped(operation: number, term: Node, map: (truth: number) => number): Node {
  if (term.operation < ABOVE) return { ...bare, operation, terms: [term] }
  return { ...term, yes: map(term.yes), no: map(term.no), unknown: map(term.unknown) }
}

/** Terms can be taken in any order; the cheap ones often decide. */
const cost = ({ operation, index, parameter, rated }: Node) =>
  operation < ABOVE ? 4 : index < 0 || rated !== '' ? 3 : parameter === '' ? 1 : 2

function operandOf(operand: AnyOperand): Pick<Node, 'factor' | 'parameter' | 'rated'> {
  if (typeof operand === 'number') return { factor: operand, parameter: '', rated: '' }
  if (typeof operand === 'string') return { factor: 1, parameter: operand, rated: '' }
  const { rated, times = 1 } = operand
  return typeof times === 'number' ? { factor: times, parameter: '', rated } : { factor: 1, parameter: times, rated }
}

function evaluate(node: Node, view: FacilityView, parameters: RuleParameters): number {
  const { operation, terms } = node
  if (operation >= ABOVE) return compare(node, view, parameters)
  if (operation >= NOT) {
    const truth = evaluate(terms[0] as Node, view, parameters)
    return operation === NOT ? 1 - truth : truth === 1 ? 1 : 0
  }
  // One term that decides is enough; else all must be known.
  const deciding = operation === ALL ? 0 : 1
  let result = 1 - deciding
  for (let i = 0; i < terms.length; i++) {
    const term = terms[i] as Node
    const truth = term.operation >= ABOVE ? compare(term, view, parameters) : evaluate(term, view, parameters)
    if (truth === deciding) return deciding
    if (truth !== 1 - deciding) result = UNKNOWN
  }
  return result
}

function compare(node: Node, view: FacilityView, parameters: RuleParameters): number {
  let limit = node.factor
  if (node.parameter !== '') {
    if (parameters !== node.seen) {
      node.seen = parameters
      node.seenFactor = parameters[node.parameter] as number
    }
    limit = node.seenFactor
  }
  if (node.rated !== '') limit *= view.rated[node.rated] as number
  const value = node.index >= 0 ? (view.values[node.index] as number) : (view.rated[node.subject] as number)
  const difference = value - limit
  if (Number.isNaN(difference)) return node.unknown
  const isTrue = node.operation === ABOVE ? difference > 0 : node.operation === BELOW ? difference < 0 : difference === 0
  return isTrue ? node.yes : node.no
}
