import { number } from '../src/command-line.ts'
import type { ColumnMapping, Edit, RowRange } from './recording.ts'

const anyNumber = number(-1e15, 1e15)

/** "Current=current-a,Volume Flow RateRMS=flow:scale=3.6:offset=1" */
export function parseMappings(text: string): ColumnMapping[] {
  return text.split(',').map((part) => {
    const equals = part.indexOf('=')
    const [point, ...rest] = part.slice(equals + 1).split(':')
    const column = part.slice(0, equals).trim()
    if (equals < 1 || !column || !point?.trim()) throw new Error(`${JSON.stringify(part)} is not column=point`)
    const mapping: ColumnMapping = { column, point: point.trim(), scale: 1, offset: 0 }
    for (const setting of rest) {
      const [key, given] = setting.split(/=(.*)/s)
      if ((key !== 'scale' && key !== 'offset') || given === undefined) throw new Error(`${setting} is neither scale=n nor offset=n`)
      mapping[key] = anyNumber(given)
    }
    return mapping
  })
}

/** "v-data.txt=voltage-a" or "v-data.txt=voltage-a:scale=0.001": a further file of one column. */
export function parseFileMapping(text: string): { file: string; mapping: Omit<ColumnMapping, 'column'> } {
  const equals = text.lastIndexOf(
    '=',
    text.includes(':scale=') || text.includes(':offset=') ? text.search(/:(scale|offset)=/) : text.length,
  )
  const file = text.slice(0, equals)
  if (equals < 1) throw new Error('is not file=point')
  const [mapping] = parseMappings(`x${text.slice(equals)}`) as [ColumnMapping]
  return { file, mapping: { point: mapping.point, scale: mapping.scale, offset: mapping.offset } }
}

/** "0-1440": row 0 up to but not including 1440. "900..1099": both included. */
export function parseRange(text: string): RowRange {
  const [, from, how, to] = /^(\d+)(-|\.\.)(\d+)$/.exec(text.trim()) ?? []
  const range = { from: Number(from), to: Number(to) + (how === '..' ? 1 : 0) }
  if (from === undefined || !(range.to > range.from))
    throw new Error(`${JSON.stringify(text)} is not a row range like 0-1440 (1440 not included) or 900..1099 (both included)`)
  return range
}

export const parseRanges = (text: string): RowRange[] => text.split(',').map(parseRange)

/** "power:900..1099:add=-600", "power:100..159:copy=700", "power:5..9:drop" */
export function parseEdit(text: string): Edit {
  const [point, range, action] = text.split(':')
  const [operation, given] = (action ?? '').split('=')
  if (!point || !range || !operation) throw new Error('is not point:rows:operation')
  const rows = parseRange(range)
  if (operation === 'drop') return { point, ...rows, operation, operand: 0 }
  if (operation === 'copy') return { point, ...rows, operation, operand: number(0, 1e9, true)((given ?? '').split(/-|\.\./)[0] as string) }
  if (operation === 'add' || operation === 'scale' || operation === 'set')
    return { point, ...rows, operation, operand: anyNumber(given ?? '') }
  throw new Error(`unknown operation ${operation}: there are add=n, scale=n, set=n, copy=first row, drop`)
}

const timeFormats = ['iso', 'unix', 'unix-ms', 'local'] as const
export type TimeFormat = (typeof timeFormats)[number]

/**
 * Reader of a time column: iso with a zone, unix seconds, unix-ms, or local ("2020-03-09 10:14:33", also with / or T)
 * in hours east of Greenwich. undefined: the cell holds no such time.
 */
export function timeReader(format: TimeFormat, utcOffset: number): (cell: string) => number | undefined {
  const finite = (at: number) => (Number.isFinite(at) ? Math.round(at) : undefined)
  if (format === 'unix') return (cell) => (cell === '' ? undefined : finite(Number(cell) * 1000))
  if (format === 'unix-ms') return (cell) => (cell === '' ? undefined : finite(Number(cell)))
  if (format === 'iso') return (cell) => finite(Date.parse(cell))
  return (cell) => {
    const [, y, mo, d, h, mi, s = '0'] = /^(\d{4})[-/](\d\d?)[-/](\d\d?)[ T](\d\d?):(\d\d)(?::(\d\d(?:\.\d+)?))?$/.exec(cell) ?? []
    if (y === undefined) return undefined
    const at = Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi)) + Math.round(Number(s) * 1000)
    return finite(at - utcOffset * 3_600_000)
  }
}

export { timeFormats }
