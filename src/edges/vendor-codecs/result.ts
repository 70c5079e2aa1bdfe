import { MAX_DEPTH, MAX_NOTES } from './limits.ts'
import type { CallFailure } from './worker-protocol.ts'

/** What a call gave, from its JSON: the data, a line feed, and the warnings. Trusts nothing in it. */
export function readResult(json: string): { data: unknown; warnings: string[] } | CallFailure {
  const end = json.indexOf('\n')
  const text = json.slice(0, end)
  // Quotes inside a string are escaped, so that this can only be the name of a field.
  if (text.includes('"__proto__":')) return refused('Its data has a field __proto__.')
  try {
    const data: unknown = JSON.parse(text)
    const notes: unknown = JSON.parse(json.slice(end + 1))
    if (!isShallow(data, MAX_DEPTH)) return refused(`Its data is nested deeper than ${MAX_DEPTH}.`)
    const warnings = Array.isArray(notes) ? notes.filter((note) => typeof note === 'string').slice(0, MAX_NOTES) : []
    return { data, warnings }
  } catch {
    return refused('Its data is no JSON.')
  }
}

const refused = (error: string): CallFailure => ({ reason: 'codec-result', error, line: null })

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return depth > 0 && Object.values(value).every((inner) => isShallow(inner, depth - 1))
}
