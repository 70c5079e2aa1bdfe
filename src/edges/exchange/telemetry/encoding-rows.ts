import { stringify } from 'csv-stringify/sync'
import { encodeLines } from '../../../storage/influxdb/line-protocol.ts'
import type { StoredKind, TelemetryRows } from '../../../storage/telemetry-store.ts'
import { decodeValue, type Point } from '../../../telemetry/point.ts'
import { csvFormat } from '../csv-writing.ts'
import { guardFormula } from '../formula-guard.ts'
import { BAD, type TelemetryFormat } from './formats.ts'

export interface EncodingOptions {
  kind: StoredKind
  /** As `columnsOf` gives them. */
  columns: readonly string[]
  /** CSV: begins with the mark by which spreadsheets know UTF-8. */
  hasMark: boolean
  /** What the times of CSV are ahead of UTC, ms, at a time; null: they are in UTC. */
  utcOffset: ((at: number) => number) | null
}

/** Rows as text: `head` once, then each batch, whose columns are those of the options. */
export interface RowEncoder {
  readonly head: string
  encode(rows: TelemetryRows): string
}

export const textEncoders: Readonly<Record<Exclude<TelemetryFormat, 'parquet'>, (options: EncodingOptions) => RowEncoder>> = {
  csv: csvEncoder,
  'json-lines': jsonEncoder,
  'line-protocol': lineEncoder,
}

export const pointOf = ({ points }: StoredKind, column: string): Point =>
  points.get(column.endsWith(BAD) ? column.slice(0, -BAD.length) : column) as Point

/** ISO 8601 with ms; with the offset of local time where one is given. */
export function isoTime(at: number, ahead: number | null): string {
  const text = new Date(at + (ahead ?? 0)).toISOString()
  if (ahead === null) return text
  const minutes = Math.round(Math.abs(ahead) / 60_000)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${text.slice(0, -1)}${ahead < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** Most ids and names need neither quotes nor guard, and there are many. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._-]*$/
const csvCell = (text: string) => (PLAIN.test(text) ? text : stringify([[guardFormula(text)]], { ...csvFormat, eof: false }))

function csvEncoder({ kind, columns, hasMark, utcOffset }: EncodingOptions): RowEncoder {
  const cells = columns.map((column) => csvValue(pointOf(kind, column)))
  return {
    head: `${hasMark ? '\ufeff' : ''}${['time', 'facility', ...columns].map(csvCell).join(',')}\r\n`,
    encode({ facilities, facility, at, values, rows }) {
      const names = facilities.map(csvCell)
      let text = ''
      for (let row = 0; row < rows; row++) {
        const time = at[row] as number
        text += `${isoTime(time, utcOffset?.(time) ?? null)},${names[facility[row] as number]}`
        for (const [i, cell] of cells.entries()) text += `,${cell(values[i]?.[row] as number)}`
        text += '\r\n'
      }
      return text
    },
  }
}

/** How a point's values stand in CSV: numbers are numbers and stay unguarded even when they are negative. */
function csvValue(point: Point): (value: number) => string {
  if (point.type === 'number') return (value) => (Number.isNaN(value) ? '' : String(value))
  if (point.type === 'boolean') return (value) => (Number.isNaN(value) ? '' : value === 0 ? 'false' : 'true')
  const keys = point.states.map(({ key }) => csvCell(key))
  return (value) => keys[value] ?? ''
}

function jsonEncoder({ kind, columns }: EncodingOptions): RowEncoder {
  const good = columns.flatMap((column, i) => (column.endsWith(BAD) ? [] : [member(kind, column, column, i)]))
  const bad = columns.flatMap((column, i) => (column.endsWith(BAD) ? [member(kind, column, column.slice(0, -BAD.length), i)] : []))
  return {
    head: '',
    encode({ facilities, facility, at, values, rows }) {
      const names = facilities.map((id) => JSON.stringify(id))
      const members = (of: readonly Member[], row: number) => {
        let text = ''
        for (const { name, index, write } of of) {
          const value = values[index]?.[row] as number
          if (!Number.isNaN(value)) text += `${text && ','}${name}:${write(value)}`
        }
        return text
      }
      let text = ''
      for (let row = 0; row < rows; row++) {
        const flagged = members(bad, row)
        const head = `{"at":"${isoTime(at[row] as number, null)}","facility":${names[facility[row] as number]}`
        text += `${head},"values":{${members(good, row)}}${flagged && `,"bad":{${flagged}}`}}\n`
      }
      return text
    },
  }
}

interface Member {
  name: string
  index: number
  write: (value: number) => string
}

function member(kind: StoredKind, column: string, point: string, index: number): Member {
  const definition = pointOf(kind, column)
  return { name: JSON.stringify(point), index, write: (value) => JSON.stringify(decodeValue(definition, value)) }
}

/** As a store on InfluxDB writes them; the kind is the measurement. */
function lineEncoder({ kind }: EncodingOptions): RowEncoder {
  return {
    head: '',
    encode(rows) {
      const lines = encodeLines(kind, rows)
      return lines.length === 0 ? '' : `${lines.join('\n')}\n`
    },
  }
}
