import { LamplighterError } from '../../errors.ts'

export const unavailable = (reason: string, cause?: unknown) => new LamplighterError('store-unavailable', reason, cause)

/** What a server says about lines it does not take. */
export interface Refusal {
  type: 'refused'
  reason: string
  /** Indices of lines that are said to be at fault; empty when it does not say which. */
  named: readonly number[]
  /** A field that has another type in the database, as its key is. */
  field: string | null
  /** Lines it left out while it stored the others; null when it does not say. */
  dropped: number | null
}

/**
 * How a write ended: written, but for lines older than the database keeps; refused because of the lines themselves; too many at once;
 * or anything else, which passes or which the operator mends, so that the lines wait.
 */
export type WriteOutcome =
  | { type: 'written'; expired: number }
  | Refusal
  | { type: 'too-large'; reason: string }
  /** `missing`: the database or bucket is not there; `wait`: ms that the server wants to be left alone. */
  | { type: 'unavailable'; reason: string; missing?: boolean; wait?: number }

const LONGEST_REASON = 300
const HINTS: Readonly<Record<number, string>> = {
  401: '; INFLUXDB_USERNAME and INFLUXDB_PASSWORD, or INFLUXDB_TOKEN, are not right',
  403: '; the user or token lacks that right',
}

/** What a server said and, where it is for the operator to mend, what may be wrong. */
export const reasonOfAnswer = (status: number, body: string): string =>
  `HTTP ${status}: ${messageOf(body).slice(0, LONGEST_REASON)}${HINTS[status] ?? ''}`

/** Sorts the answer to a write of `lines`, of InfluxDB 1.x, 2.x and 3 alike. */
export function outcomeOf(status: number, body: string, lines: readonly string[], wait?: number): WriteOutcome {
  if (status < 300) return { type: 'written', expired: 0 }
  const said = messageOf(body)
  const reason = reasonOfAnswer(status, body)
  if (status === 413) return { type: 'too-large', reason }
  if (status === 404) return { type: 'unavailable', reason, missing: true }
  if (status !== 400 && status !== 422) return { type: 'unavailable', reason, ...(wait !== undefined && { wait }) }
  // A limit of the database on new series is no fault of the lines.
  if (/max-(series|values)-per-/.test(said))
    return { type: 'unavailable', reason: `${reason}; raise or remove that limit in the settings of InfluxDB` }
  const dropped = /dropped[= ](\d+)/.exec(said)
  const count = dropped ? Number(dropped[1]) : null
  if (/beyond retention policy|outside retention policy/.test(said)) return { type: 'written', expired: count ?? 0 }
  const field = /input field \\?"(.*?)\\?" on measurement/.exec(said)?.[1] ?? null
  return { type: 'refused', reason, named: namedLines(body, said, lines), field, dropped: count }
}

interface JsonAnswer {
  error?: string
  message?: string
  /** 2.x: the first line at fault, from 1. */
  line?: number
  /** 3: every line at fault, from 1. */
  data?: { line_number?: number }[] | { line_number?: number }
}

function parse(body: string): JsonAnswer | null {
  try {
    return JSON.parse(body) as JsonAnswer | null
  } catch {
    return null
  }
}

/** What an answer says, without the JSON around it. */
export function messageOf(body: string): string {
  const json = parse(body.slice(body.indexOf('{')))
  const details = json?.data === undefined ? '' : ` ${JSON.stringify(json.data)}`
  return `${json?.error ?? json?.message ?? body}${details}`
}

/** 1.x repeats the text of each line it cannot read, 2.x the number of the first, 3 the numbers of all. */
function namedLines(body: string, said: string, lines: readonly string[]): number[] {
  const json = parse(body.slice(body.indexOf('{')))
  const data = json?.data === undefined ? [] : Array.isArray(json.data) ? json.data : [json.data]
  const numbers = [json?.line, ...data.map(({ line_number }) => line_number)].filter((line) => typeof line === 'number')
  const texts = new Set([...said.matchAll(/unable to parse '(.*)': /g)].map(([, text]) => text))
  const named = new Set(numbers.map((line) => line - 1).filter((line) => line >= 0 && line < lines.length))
  if (texts.size > 0) for (const [i, line] of lines.entries()) if (texts.has(line)) named.add(i)
  return [...named].sort((a, b) => a - b)
}
