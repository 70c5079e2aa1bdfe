import { pipeline, Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import type { ColumnMapper, ImportRow } from '../../facilities/import-mapping.ts'
import type { ImportProblem } from '../../facilities/import-problem.ts'
import { shownValue } from '../../facilities/import-problem.ts'
import { UnreadableFile } from './encoding.ts'
import { unguardFormula } from './formula-guard.ts'

export const delimiters = { comma: ',', semicolon: ';', tab: '\t' } as const
export type Delimiter = keyof typeof delimiters

/** A quote that is not closed would swallow the rest of the file. */
const MAX_RECORD = 100_000

/** The records of CSV text with their numbers, empty lines left out. Stops where it cannot be read on, with an `UnreadableFile`. */
export async function* csvRecords(text: AsyncIterable<string>, delimiter?: Delimiter): AsyncGenerator<{ row: number; cells: string[] }> {
  const { found, all } = await findDelimiter(text, delimiter)
  const parser = parse({
    delimiter: found,
    relax_column_count: true,
    skip_empty_lines: false,
    max_record_size: MAX_RECORD,
    bom: false,
  })
  const records = pipeline(Readable.from(all), parser, () => {})
  let row = 0
  try {
    for await (const cells of records as AsyncIterable<string[]>) {
      row++
      if (cells.length > 1 || (cells[0] as string).trim() !== '') yield { row, cells }
    }
  } catch (error) {
    if (error instanceof CsvError) throw new UnreadableFile('format-broken', `CSV, ${row + 1}: ${error.code}`)
    throw error
  }
}

/** The rows of a CSV file with a header. Stops where the file cannot be read on, with an `UnreadableFile`. */
export async function* readCsv(
  text: AsyncIterable<string>,
  mapper: ColumnMapper,
  report: (problem: ImportProblem) => void,
  delimiter?: Delimiter,
): AsyncGenerator<ImportRow> {
  let header: string[] | undefined
  for await (const { row, cells } of csvRecords(text, delimiter)) {
    if (!header) {
      header = withoutEmptyEnd(cells)
      if (!mapper.header(header, row)) return
    } else yield readRow(row, header, cells, mapper, report)
  }
}

export function withoutEmptyEnd(cells: readonly string[]): string[] {
  return cells.slice(0, cells.findLastIndex((cell) => cell.trim() !== '') + 1)
}

function readRow(
  row: number,
  header: readonly string[],
  cells: readonly string[],
  mapper: ColumnMapper,
  report: (problem: ImportProblem) => void,
): ImportRow {
  const hasMore = cells.length > header.length && cells.slice(header.length).some((cell) => cell !== '')
  if (cells.length < header.length || hasMore) {
    report({ row, column: '', value: shownValue(cells.join(', ')), reason: 'cell-count', about: `${cells.length} ≠ ${header.length}` })
    return { row, cells: new Map(), isBroken: true }
  }
  return mapper.row(row, header, cells.map(unguardFormula))
}

/** Takes the delimiter that stands most often in the first line outside quotes; hands on all of the text. */
async function findDelimiter(text: AsyncIterable<string>, given?: Delimiter): Promise<{ found: string; all: AsyncIterable<string> }> {
  const pieces = text[Symbol.asyncIterator]()
  let start = ''
  while (!/\n/.test(start.trimStart()) && start.length < MAX_RECORD) {
    const { value, done } = await pieces.next()
    if (done) break
    start += value
  }
  async function* all(): AsyncGenerator<string> {
    if (start !== '') yield start
    for (;;) {
      const { value, done } = await pieces.next()
      if (done) return
      if (value !== '') yield value
    }
  }
  const line = (start.trimStart().split(/[\r\n]/, 1)[0] as string).replaceAll(/"[^"]*"/g, '')
  const count = (delimiter: string) => line.split(delimiter).length
  const likely = Object.values(delimiters).reduce((best, each) => (count(each) > count(best) ? each : best))
  return { found: given ? delimiters[given] : likely, all: all() }
}
