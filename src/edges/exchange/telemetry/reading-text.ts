import { csvRecords, type Delimiter, withoutEmptyEnd } from '../csv-reading.ts'
import { unguardFormula } from '../formula-guard.ts'
import { isObject } from '../json-elements.ts'
import { parseLine } from './line-reading.ts'
import type { RowTaker } from './row-taker.ts'

/** Hands each row of a text over to the taker; yields after each, so that what was gathered can be taken. Throws `UnreadableFile`. */
export type TextReader = (text: AsyncIterable<string>, taker: RowTaker, delimiter?: Delimiter) => AsyncGenerator<void>

/** Characters of one line; more is no row of telemetry. */
const LONGEST_LINE = 1_000_000

export async function* readCsvRows(text: AsyncIterable<string>, taker: RowTaker, delimiter?: Delimiter): AsyncGenerator<void> {
  let header: string[] | undefined
  let time = -1
  let facility = -1
  for await (const { row, cells } of csvRecords(text, delimiter)) {
    if (!header) {
      header = withoutEmptyEnd(cells).map((name) => unguardFormula(name.trim()))
      time = placeOf(header, taker.mapping.time, ['time', 'at'])
      facility = placeOf(header, taker.mapping.facility, ['facility'])
      if (time < 0) taker.problem(row, 'column-missing', taker.mapping.time ?? 'time')
      if (facility < 0) taker.problem(row, 'column-missing', taker.mapping.facility ?? 'facility')
      if (time < 0 || facility < 0) return
      continue
    }
    const excess = cells.length > header.length && cells.slice(header.length).some((cell) => cell !== '')
    if (cells.length < header.length || excess) taker.broken(row, 'cell-count', `${cells.length} ≠ ${header.length}`, cells.join(', '))
    else if (taker.begin(row, cells[time], unguardFormula(cells[facility] as string))) {
      for (const [i, name] of header.entries()) if (i !== time && i !== facility) taker.set(name, unguardFormula(cells[i] as string))
      taker.end()
    }
    yield
  }
}

function placeOf(header: readonly string[], mapped: string | undefined, usual: readonly string[]): number {
  return mapped === undefined ? header.findIndex((name) => usual.includes(name)) : header.indexOf(mapped)
}

/** `{"at", "facility", "values", "bad"}`, one a line; times as devices write them. */
export async function* readJsonLines(text: AsyncIterable<string>, taker: RowTaker): AsyncGenerator<void> {
  const { time = 'at', facility = 'facility' } = taker.mapping
  for await (const { number, line } of linesOf(text, taker)) {
    let row: unknown
    try {
      row = JSON.parse(line)
    } catch (error) {
      taker.broken(number, 'line-broken', error instanceof Error ? error.message.slice(0, 120) : '', line)
      continue
    }
    if (!isObject(row) || !isObject(row.values)) taker.broken(number, 'line-broken', 'no {"values": {…}}', line)
    else if (taker.begin(number, row[time], row[facility], typeof row.kind === 'string' ? row.kind : undefined)) {
      for (const [name, value] of Object.entries(row.values)) taker.set(name, value)
      if (isObject(row.bad)) for (const [name, value] of Object.entries(row.bad)) taker.set(`${name}.bad`, value)
      taker.end()
    }
    yield
  }
}

/** InfluxDB line protocol; comments and what a dump of a server says of its databases are passed over. */
export async function* readLineProtocol(text: AsyncIterable<string>, taker: RowTaker): AsyncGenerator<void> {
  const { facility = 'facility' } = taker.mapping
  for await (const { number, line } of linesOf(text, taker)) {
    if (line.startsWith('#') || line.startsWith('CREATE DATABASE')) continue
    const parsed = parseLine(line)
    if (typeof parsed === 'string') taker.broken(number, 'line-broken', parsed, line)
    else if (taker.begin(number, parsed.at, parsed.tags.get(facility), parsed.measurement)) {
      for (const [name, value] of parsed.fields) taker.set(name, value)
      taker.end()
    }
    yield
  }
}

/** Lines that are not blank, with their numbers. One that never ends is told and passed over. */
async function* linesOf(text: AsyncIterable<string>, taker: RowTaker): AsyncGenerator<{ number: number; line: string }> {
  let number = 0
  let rest = ''
  let isTooLong = false
  const finish = (line: string) => {
    number++
    const whole = line.endsWith('\r') ? line.slice(0, -1) : line
    if (!isTooLong) return whole.trim() === '' ? null : { number, line: whole }
    isTooLong = false
    taker.broken(number, 'line-broken', `> ${LONGEST_LINE}`, whole)
    return null
  }
  for await (const piece of text) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() as string
    for (const line of lines) {
      const found = finish(line)
      if (found) yield found
    }
    if (rest.length > LONGEST_LINE) {
      isTooLong = true
      rest = ''
    }
  }
  if (rest !== '' || isTooLong) {
    const found = finish(rest)
    if (found) yield found
  }
}
