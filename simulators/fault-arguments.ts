import { duration, number, pairs } from '../src/command-line.ts'
import type { FaultRequest } from './faults.ts'

export const MAX_FAULT_SIZE = 1000
const size = number(0.001, MAX_FAULT_SIZE)
const names = ['facility', 'fault', 'after', 'for', 'size']

export const faultSyntax = 'facility=LC-003,fault=phase-loss,after=20s,for=5min,size=1'

/** The query that finds a facility by its id, which may hold the wildcards * and ?. */
export const byId = (id: string) => `id=${JSON.stringify(id)}`

/**
 * "facility=LC-003,fault=phase-loss,after=20s,for=5min,size=1", or instead of one facility a query at the end:
 * "fault=lamp-failure,for=1h where kind=street-light roadClass=main,secondary". After, for and size may be left out.
 */
export function parseFault(text: string): FaultRequest {
  const [, head, query] = /^(.*?)(?:(?:^|\s+)where\s+(.*))?$/s.exec(text) as unknown as [string, string, string | undefined]
  const given = pairs(head)
  const unknown = [...given.keys()].filter((key) => !names.includes(key))
  if (unknown.length > 0)
    throw new Error(`unknown ${unknown.join(', ')}; a fault has ${names.join(', ')}, or "where" and a query at the end`)
  const [facility, fault] = [given.get('facility'), given.get('fault')]
  if (!fault || !(facility || query)) throw new Error(`fault and facility (or where) are needed, like ${faultSyntax}`)
  const length = given.get('for')
  return {
    where: [facility && byId(facility), query].filter(Boolean).join(' '),
    fault,
    after: duration(given.get('after') ?? '0s'),
    for: length === undefined ? null : duration(length),
    size: size(given.get('size') ?? '1'),
  }
}

/** "6/h" or "6": random faults an hour. */
export const faultsPerHour = (text: string) => number(0, 100_000)(text.replace(/\/h$/, ''))
