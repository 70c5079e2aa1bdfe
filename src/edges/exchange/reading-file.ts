import { LamplighterError } from '../../errors.ts'
import type { FacilityKind } from '../../facilities/facility-kind.ts'
import { parseIso } from '../../telemetry/iso-time.ts'
import { decodeValue, type PointValue } from '../../telemetry/point.ts'
import { MOST_ENTERED } from '../entered-readings.ts'
import { csvRecords, withoutEmptyEnd } from './csv-reading.ts'
import { decodeText, EncodingProbe, UnreadableFile } from './encoding.ts'
import { unguardFormula } from './formula-guard.ts'
import { readValue } from './telemetry/read-value.ts'

export interface FileReading {
  facility: string
  point: string
  value: PointValue
  /** ms since 1970 */
  at: number
}

interface Context {
  /** Of a facility by its id. */
  kindOf: (facility: string) => FacilityKind | undefined
  /** What local time is ahead of UTC, ms. */
  utcOffset: (at: number) => number
}

/** What the columns may be called. */
const FACILITY = ['facility', '设施编号', '设施']
const AT = ['at', 'time', '取样时间', '时间']
const POINT = ['point', '测点']
const VALUE = ['value', '数值', '结果']

const MOST_BYTES = 4 * 1_048_576
const MAX_PROBLEMS = 20
const LOCAL = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?$/
const ZONED = /(Z|[+-]\d{2}:?\d{2})$/

/**
 * The readings of a CSV file in UTF-8 or GB18030 with a header: `facility` and `at`, and either `point` and `value` or a column for each
 * point by its key or its name in either language. Empty cells are left out. Throws `invalid-request` with the rows that cannot be read.
 */
export async function readReadingFile(content: AsyncIterable<Uint8Array>, context: Context): Promise<FileReading[]> {
  const readings: FileReading[] = []
  const problems: string[] = []
  let header: string[] | undefined
  let columns: Columns | undefined
  try {
    for await (const { row, cells } of csvRecords(decodedText(await bytesOf(content)))) {
      const texts = cells.map((cell) => unguardFormula(cell).trim())
      if (!header) {
        header = withoutEmptyEnd(texts)
        columns = {
          facility: placeOf(header, FACILITY),
          at: placeOf(header, AT),
          point: placeOf(header, POINT),
          value: placeOf(header, VALUE),
        }
        for (const column of ['facility', 'at'] as const)
          if (columns[column] < 0) throw refusal(`The first row must name the columns facility and at; ${column} is missing.`)
        continue
      }
      const found = readRow(texts, header, columns as Columns, context)
      if (typeof found === 'string') problems.push(`row ${row}: ${found}`)
      else readings.push(...found)
      if (readings.length > MOST_ENTERED) throw refusal(`There are more than ${MOST_ENTERED} readings; send several files.`)
    }
  } catch (error) {
    if (error instanceof UnreadableFile) throw refusal(`The file cannot be read: ${error.about}. It must be CSV in UTF-8 or GB18030.`)
    throw error
  }
  if (!header) throw refusal('The file is empty.')
  if (problems.length > 0) {
    const rest = problems.length > MAX_PROBLEMS ? `; and ${problems.length - MAX_PROBLEMS} more rows` : ''
    throw refusal(`Nothing was entered. ${problems.slice(0, MAX_PROBLEMS).join('; ')}${rest}.`)
  }
  if (readings.length === 0) throw refusal('There is no reading in the file.')
  return readings
}

/** Places of the columns in the header, -1 for those that there are not. */
type Columns = Record<'facility' | 'at' | 'point' | 'value', number>

const placeOf = (header: readonly string[], names: readonly string[]) => header.findIndex((name) => names.includes(name))

/** What is wrong with a row, in words, or its readings. */
function readRow(cells: readonly string[], header: readonly string[], columns: Columns, context: Context): FileReading[] | string {
  const { kindOf, utcOffset } = context
  const cell = (column: keyof Columns) => cells[columns[column]] ?? ''
  const facility = cell('facility')
  const kind = kindOf(facility)
  if (!kind) return `there is no facility ${JSON.stringify(facility)}`
  const at = readTime(cell('at'), utcOffset)
  if (at === undefined) return `${JSON.stringify(cell('at'))} is no time; write it as 2026-03-01 08:30, by the clock of the city`
  const isLong = columns.point >= 0 && columns.value >= 0
  const named = isLong
    ? [[cell('point'), cell('value')] as const]
    : header.flatMap((name, i) => (i === columns.facility || i === columns.at ? [] : [[name, cells[i] ?? ''] as const]))
  const readings: FileReading[] = []
  for (const [name, text] of named) {
    if (text === '') continue
    const index = pointNamed(kind, name)
    const point = kind.table.points[index]
    if (!point) return `a ${kind.key} has no point ${JSON.stringify(name)}`
    const number = readValue(point, text)
    if (number === undefined) return `${JSON.stringify(text)} is no value of ${name}`
    readings.push({ facility, point: kind.table.keys[index] as string, value: decodeValue(point, number) as PointValue, at })
  }
  return readings
}

function pointNamed({ table }: FacilityKind, name: string): number {
  const byKey = table.index.get(name)
  if (byKey !== undefined) return byKey
  return table.points.findIndex(({ title }) => title.en.toLowerCase() === name.toLowerCase() || title.zh === name)
}

/** Local where no zone is given. */
function readTime(text: string, utcOffset: (at: number) => number): number | undefined {
  if (ZONED.test(text)) {
    const at = parseIso(text.replace(' ', 'T'))
    return Number.isNaN(at) ? undefined : at
  }
  const found = LOCAL.exec(text)
  if (!found) return undefined
  const [, year, month, day, hour, minute, second = '00'] = found as unknown as [string, string, string, string, string, string, string?]
  const two = (part: string) => part.padStart(2, '0')
  const asUtc = parseIso(`${year}-${two(month)}-${two(day)}T${two(hour)}:${minute}:${second}Z`)
  return Number.isNaN(asUtc) ? undefined : asUtc - utcOffset(asUtc - utcOffset(asUtc))
}

async function bytesOf(content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of content) {
    parts.push(part)
    length += part.length
    if (length > MOST_BYTES) throw new LamplighterError('payload-too-large', `The file is longer than ${MOST_BYTES} bytes; send several.`)
  }
  return Buffer.concat(parts)
}

async function* decodedText(bytes: Uint8Array): AsyncGenerator<string> {
  const probe = new EncodingProbe()
  probe.write(bytes)
  const { encoding } = probe.end()
  yield* decodeText(once(bytes), encoding)
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

const refusal = (message: string) => new LamplighterError('invalid-request', message)
