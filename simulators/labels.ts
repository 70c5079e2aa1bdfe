import { appendFileSync } from 'node:fs'
import type { FaultRecord } from './faults.ts'

/** What stands in a labels file, for the help. */
export const labelsHelp = `A labels file has a JSON line per fault: id, facility, kind, fault, size, start and end (ISO 8601; end null = open), alarm (the
rule that must raise one), following (rules that may follow from it), within (ms the alarm may take from the start, or from
the moment the fault can show) and shows (by-night, by-day or null). A fault that ends otherwise than planned gets a second
line; the last line of an id counts.`

/** Appends each fault to a labels file. Faults are rare, so each is written at once. */
export function labelWriter(file: string): (record: FaultRecord) => void {
  const iso = (at: number) => new Date(at).toISOString()
  return ({ start, end, ...rest }) => {
    appendFileSync(file, `${JSON.stringify({ ...rest, start: iso(start), end: end === null ? null : iso(end) })}\n`)
  }
}
