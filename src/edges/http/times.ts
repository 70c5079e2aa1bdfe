import { LamplighterError } from '../../errors.ts'
import { parseIso } from '../../telemetry/iso-time.ts'

const ISO = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/
/** The largest time JavaScript can name, ms. */
const LATEST = 8.64e15

/** Reads a time of a query: ms since 1970, or ISO 8601 with its zone. Throws `invalid-request` naming the field. */
export function parseTime(value: number | string, field: string): number {
  // A plus sign in a query means a space unless it is written %2B; nobody writes it so.
  const words = typeof value === 'string' ? value.replace(' ', '+') : value
  const at = typeof words === 'number' || /^-?\d+(\.\d+)?$/.test(words) ? Number(words) : ISO.test(words) ? parseIso(words) : Number.NaN
  if (Number.isFinite(at) && Math.abs(at) <= LATEST) return at
  throw new LamplighterError(
    'invalid-request',
    `${field} is no time; give ms since 1970, or ISO 8601 with its zone, such as 2026-03-01T20:00:00Z or 2026-03-01T20:00:00+08:00.`,
  )
}
