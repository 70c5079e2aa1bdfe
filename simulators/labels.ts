import { appendFileSync } from 'node:fs'
import type { FaultRecord } from './faults.ts'

/**
 * Appends each fault as a line {id, facility, kind, fault, size, start, end}, times in ISO 8601; a fault that ends otherwise
 * than planned gets a second line, and the last line of an id counts. Faults are rare, so each is written at once.
 */
export function labelWriter(file: string): (record: FaultRecord) => void {
  const iso = (at: number) => new Date(at).toISOString()
  return ({ start, end, ...rest }) => {
    appendFileSync(file, `${JSON.stringify({ ...rest, start: iso(start), end: end === null ? null : iso(end) })}\n`)
  }
}
