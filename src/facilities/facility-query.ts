import { LamplighterError } from '../errors.ts'
import { type FacilityDescription, facilityModes, roadClasses } from './plant.ts'
import { ANY, escapePattern, glyphsOf, matchesPattern, ONE, piecesOf, plainText } from './text-pattern.ts'

/** What a query looks at: a facility as it is described or as it is registered. */
export type QueriedFacility = Omit<FacilityDescription, 'kind'> & {
  kind: string | { readonly key: string; readonly rated?: Readonly<Record<string, number>> }
}

/** One condition: the field has one of the values, or (`not`) none of them. */
export interface FacilityCondition {
  /** A plain field, `rated.NAME` or `label.NAME`. */
  readonly field: string
  readonly not: boolean
  /** As they are written, without quotes: `*` and `?` are wildcards, `\` takes the next character as it is; '' = has none. */
  readonly anyOf: readonly string[]
}

/** All conditions must hold; none holds for every facility. */
export interface FacilityQuery {
  readonly conditions: readonly FacilityCondition[]
}

export const MAX_QUERY_LENGTH = 2000

interface Field {
  /** '' = has none; of several texts any may match. */
  of: (facility: QueriedFacility) => string | readonly string[]
  /** Texts people write are compared without regard to case. */
  isFolded?: boolean
  /** Brings a value without wildcards into the form `of` has; undefined when it can be no value of the field. */
  read?: (value: string) => string | undefined
  expects?: string
}

const orNone = (value: string | number | null | undefined) => (value === null || value === undefined ? '' : String(value))
const oneOf = (values: readonly string[]) => ({
  read: (value: string) => (values.includes(value) ? value : undefined),
  expects: values.join(', '),
})
const number = { read: (value: string) => (Number.isFinite(Number(value)) ? String(Number(value)) : undefined), expects: 'a number' }
const yesNo: Readonly<Record<string, string>> = { yes: 'yes', true: 'yes', 是: 'yes', no: 'no', false: 'no', 否: 'no' }

const plainFields: Readonly<Record<string, Field>> = {
  id: { of: ({ id }) => id },
  kind: { of: kindKey },
  name: { of: ({ name, nameEn }) => [name, nameEn], isFolded: true },
  nameEn: { of: ({ nameEn }) => nameEn, isFolded: true },
  district: { of: ({ district }) => district, isFolded: true },
  road: { of: ({ road }) => road, isFolded: true },
  roadClass: { of: ({ roadClass }) => orNone(roadClass), ...oneOf(roadClasses) },
  keyArea: { of: ({ keyArea }) => (keyArea ? 'yes' : 'no'), read: (value) => yesNo[value.toLowerCase()], expects: 'yes or no' },
  owner: { of: ({ owner }) => owner, isFolded: true },
  position: { of: ({ position }) => (position ? `${position[0]} ${position[1]}` : '') },
  fedBy: { of: ({ fedBy }) => orNone(fedBy) },
  circuit: { of: ({ circuit }) => orNone(circuit), ...number },
  gateway: { of: ({ gateway }) => orNone(gateway) },
  mode: { of: ({ mode }) => mode, ...oneOf(facilityModes) },
}

/** Fields a query may name, besides `rated.NAME` and `label.NAME`. */
export const queryFields = Object.keys(plainFields)

function kindKey({ kind }: QueriedFacility): string {
  return typeof kind === 'string' ? kind : kind.key
}

function findField(name: string): Field | undefined {
  const own = <V>(record: Readonly<Record<string, V>> | undefined, key: string) =>
    record && Object.hasOwn(record, key) ? record[key] : undefined
  if (name.startsWith('label.') && name.length > 6) {
    const key = name.slice(6)
    return { of: ({ labels }) => orNone(own(labels, key)), isFolded: true }
  }
  if (name.startsWith('rated.') && name.length > 6) {
    const key = name.slice(6)
    const of = ({ rated, kind }: QueriedFacility) =>
      orNone(own(rated, key) ?? (typeof kind === 'string' ? undefined : own(kind.rated, key)))
    return { of, ...number }
  }
  return own(plainFields, name)
}

type Test = (text: string) => boolean

/** `problem` is told what is wrong with a value. */
function compilePattern(field: Field, pattern: string, problem: (what: string) => never): Test {
  const glyphs = glyphsOf(pattern)
  if (glyphs.length === 0) return (text) => text === ''
  const fold = (text: string) => (field.isFolded ? text.toLowerCase() : text)
  if (glyphs.some(({ isWild }) => isWild)) {
    // One character may fold into several, so the pattern is folded character by character into a new one.
    const folded = glyphs.flatMap(({ character, isWild }) => [...fold(character)].map((each) => ({ character: each, isWild })))
    // Most texts lack a piece of the pattern, which is seen much sooner than that the whole does not match.
    const pieces = piecesOf(folded)
    return (text) => {
      // Nothing is not a text: `gateway=*` asks for those that have one.
      if (text === '') return false
      const given = fold(text)
      return pieces.every((piece) => given.includes(piece)) && matchesPattern(folded, [...given])
    }
  }
  const given = plainText(pattern)
  const value = field.read ? field.read(given) : fold(given)
  if (value === undefined) return problem(`${JSON.stringify(given)} is no value for it; give ${field.expects}`)
  return (text) => fold(text) === value
}

type Compiled = (facility: QueriedFacility) => boolean

function compileCondition(condition: FacilityCondition, problem: (what: string) => never): Compiled {
  const field = findField(condition.field)
  if (!field)
    return problem(
      `there is no field ${JSON.stringify(condition.field)}; there are ${queryFields.join(', ')}, and rated.NAME and label.NAME with the name of a rated value or label`,
    )
  const tests = condition.anyOf.map((pattern) => compilePattern(field, pattern, problem))
  const isAny = (text: string) => tests.some((test) => test(text))
  return (facility) => {
    const texts = field.of(facility)
    const found = typeof texts === 'string' ? isAny(texts) : texts.some(isAny)
    return found !== condition.not
  }
}

const compiled = new WeakMap<FacilityQuery, readonly Compiled[]>()

function compile(query: FacilityQuery): readonly Compiled[] {
  let tests = compiled.get(query)
  if (!tests) {
    tests = query.conditions.map((condition) =>
      compileCondition(condition, (what) => {
        throw new LamplighterError('invalid-request', `Facility query: in ${formatCondition(condition)}: ${what}.`)
      }),
    )
    compiled.set(query, tests)
  }
  return tests
}

/** A rated value that a facility does not have itself is that of its kind, where the facility comes with its kind. */
export function matchesFacility(query: FacilityQuery, facility: QueriedFacility): boolean {
  for (const test of compile(query)) if (!test(facility)) return false
  return true
}

const isBlank = (character: string | undefined) => character !== undefined && /\s/.test(character)

/**
 * Reads conditions separated by blanks, such as `kind=street-light district="新华区 Xinhua" roadClass=main,secondary id=SL-00* gateway!=`.
 * Quotes hold blanks and commas together; `\` takes the next character as it is. Throws `invalid-request` with place and remedy.
 */
export function parseFacilityQuery(text: string): FacilityQuery {
  if (text.length > MAX_QUERY_LENGTH)
    throw new LamplighterError(
      'invalid-request',
      `A facility query has at most ${MAX_QUERY_LENGTH} characters; this one has ${text.length}. Say it with * or with a field the facilities share.`,
    )
  const conditions: FacilityCondition[] = []
  const tests: Compiled[] = []
  let at = 0
  for (;;) {
    while (isBlank(text[at])) at++
    if (at >= text.length) break
    const start = at
    const problem = (what: string): never => {
      const near = text.slice(start, start + 40)
      throw new LamplighterError(
        'invalid-request',
        `Facility query, at character ${start + 1} (${near}): ${what}. It is written like: kind=street-light district="新华区 Xinhua" roadClass=main,secondary gateway!=`,
      )
    }
    const read = readCondition(text, start, problem)
    tests.push(compileCondition(read.condition, problem))
    conditions.push(read.condition)
    at = read.end
  }
  const query = { conditions }
  compiled.set(query, tests)
  return query
}

function readCondition(text: string, start: number, problem: (what: string) => never): { condition: FacilityCondition; end: number } {
  const isSign = (at: number) => text[at] === '=' || (text[at] === '!' && text[at + 1] === '=')
  const name = readPiece(text, start, (at) => isBlank(text[at]) || isSign(at), problem)
  if (!isSign(name.end)) return problem('a condition needs = or != after the field; put a text with blanks in double quotes')
  const not = text[name.end] === '!'
  let end = name.end + (not ? 1 : 0)
  const anyOf: string[] = []
  do {
    const value = readPiece(text, end + 1, (at) => isBlank(text[at]) || text[at] === ',', problem)
    anyOf.push(value.piece)
    end = value.end
  } while (text[end] === ',')
  // A field has no wildcards, so all escapes in it have done their work.
  const field = plainText(name.piece)
  return { condition: { field, not, anyOf }, end }
}

/** Takes off quotes; escapes of wildcards and backslashes stay, others have done their work. */
function readPiece(
  text: string,
  start: number,
  isEnd: (at: number) => boolean,
  problem: (what: string) => never,
): { piece: string; end: number } {
  let piece = ''
  let isQuoted = false
  let at = start
  for (; at < text.length && (isQuoted || !isEnd(at)); at++) {
    const character = text[at] as string
    if (character === '"') isQuoted = !isQuoted
    else if (character === '\\') {
      const next = text[++at]
      if (next === undefined) problem('a \\ at the end stands for nothing; write \\\\ for the character itself')
      piece += next === ANY || next === ONE || next === '\\' ? `\\${next}` : next
    } else piece += character
  }
  if (isQuoted) problem('a double quote is not closed')
  return { piece, end: at }
}

const PLAIN = /^[\p{L}\p{N}._*?\\/:+-]*$/u

/** Escapes of wildcards are in the piece already; of quotes they are not. */
const quoted = (piece: string) => (PLAIN.test(piece) ? piece : `"${piece.replaceAll('"', '\\"')}"`)

function formatCondition({ field, not, anyOf }: FacilityCondition): string {
  return `${quoted(escapePattern(field))}${not ? '!=' : '='}${anyOf.map(quoted).join(',')}`
}

/** The text of a query in its one form; reading it again gives the same query. */
export function formatFacilityQuery({ conditions }: FacilityQuery): string {
  return conditions.map(formatCondition).join(' ')
}

/** The one value a field must have, when the query says so plainly: such a query can be answered from an index. */
export function exactValue({ conditions }: FacilityQuery, field: string): string | undefined {
  const condition = conditions.find((each) => each.field === field && !each.not && each.anyOf.length === 1)
  if (!condition) return undefined
  const glyphs = glyphsOf(condition.anyOf[0] as string)
  if (glyphs.length === 0 || glyphs.some(({ isWild }) => isWild)) return undefined
  return plainText(condition.anyOf[0] as string)
}
