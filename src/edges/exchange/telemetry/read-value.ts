import { encodeValue, type Point } from '../../../telemetry/point.ts'

const words: Readonly<Record<string, number>> = { true: 1, t: 1, '1': 1, false: 0, f: 0, '0': 0 }

/**
 * The number that a value of a file or a server is kept as; undefined when it is none of the point's. Text may stand for a number or a boolean, and
 * the index of a state for its key.
 */
export function readValue(point: Point, value: unknown): number | undefined {
  if (typeof value === 'bigint') return readValue(point, Number(value))
  if (point.type === 'boolean') return typeof value === 'string' ? words[value.trim().toLowerCase()] : encodeValue(point, value)
  if (point.type === 'number') return encodeValue(point, typeof value === 'string' && value.trim() !== '' ? Number(value) : value)
  const named = encodeValue(point, value)
  if (named !== undefined) return named
  const index = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof index === 'number' && point.states[index] ? index : undefined
}
