import type { TopicMapping } from '../../device-profile.ts'
import { atPointer } from '../../json-pointer.ts'
import { parseTime } from '../native.ts'

/** ms since 1970 of a report: what its time says, null where it has none; undefined when it is none of that format. */
export function timeOf(report: unknown, time: TopicMapping['time']): number | null | undefined {
  if (!time) return null
  const said = atPointer(report, time.field)
  if (said === undefined || said === null) return null
  if (time.format === 'iso') return typeof said === 'string' ? parseTime(said) : undefined
  const number =
    typeof said === 'string' && /^\d+(?:\.\d+)?$/.test(said.trim()) ? Number(said) : typeof said === 'bigint' ? Number(said) : said
  return typeof number === 'number' ? parseTime(time.format === 's' ? number * 1000 : number) : undefined
}
