import { priorities } from '../../../../src/detection/rule.ts'
import type { AlertPriority, AlertSource } from '../../../../src/facilities/external-system/alert-source.ts'

export const alertPriorities: readonly AlertPriority[] = [...priorities, 'none']

export const linesOf = (mapping: AlertSource['priorities']): string =>
  Object.entries(mapping)
    .map(([value, priority]) => `${value} = ${priority}`)
    .join('\n')

/** What lines of values with their urgency say, or the first one that says nothing of the kind. */
export function readLines(text: string): { mapping: Record<string, AlertPriority> } | { wrong: string } {
  const mapping: Record<string, AlertPriority> = {}
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '') continue
    const [, value, priority] = /^(.+?)\s*=\s*(\S+)$/.exec(line.toLowerCase()) ?? []
    if (value === undefined || !alertPriorities.includes(priority as AlertPriority)) return { wrong: line }
    mapping[value] = priority as AlertPriority
  }
  return { mapping }
}
