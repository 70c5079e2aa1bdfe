import { duration, number, pairs } from './arguments.ts'
import type { FaultRequest } from './faults.ts'

export const MAX_FAULT_SIZE = 1000
const size = number(0.001, MAX_FAULT_SIZE)

/** "facility=LC-003,fault=phase-loss,after=20s,for=5min,size=1"; the last three may be left out. */
export function parseFault(text: string): FaultRequest {
  const given = pairs(text)
  const unknown = [...given.keys()].filter((key) => !['facility', 'fault', 'after', 'for', 'size'].includes(key))
  if (unknown.length > 0) throw new Error(`unknown ${unknown.join(', ')}; a fault has facility, fault, after, for, size`)
  const [facility, fault] = [given.get('facility'), given.get('fault')]
  if (!facility || !fault) throw new Error('facility and fault are needed, like facility=LC-003,fault=phase-loss')
  const length = given.get('for')
  return {
    facility,
    fault,
    after: duration(given.get('after') ?? '0s'),
    for: length === undefined ? null : duration(length),
    size: size(given.get('size') ?? '1'),
  }
}

/** "6/h" or "6": random faults an hour. */
export const faultsPerHour = (text: string) => number(0, 100_000)(text.replace(/\/h$/, ''))
