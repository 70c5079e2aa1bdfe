/** A recording in memory: `cells[row][column]`, texts as they stand in the file. */
export interface Table {
  columns: string[]
  cells: string[][]
}

const DELIMITERS = [';', ',', '\t'] as const
const isNumeric = (cell: string) => cell !== '' && !Number.isNaN(Number(cell))
const missing = new Set(['', 'nan', 'na', 'n/a', 'null', 'none', '-'])

/** The number in a cell, null when there is none, undefined when it is something else. */
export function cellNumber(cell: string): number | null | undefined {
  const text = cell.trim()
  if (missing.has(text.toLowerCase())) return null
  const number = Number(text)
  return Number.isFinite(number) ? number : undefined
}

/**
 * Reads delimited text (RFC 4180 quotes; `;`, `,`, tab or blanks; LF or CRLF; a byte-order mark is skipped).
 * Without a header, recognised by numbers in the first row, columns are named "1", "2", ...
 * Throws with the row where one has more cells than there are columns.
 */
export function parseTable(text: string): Table {
  const source = text.startsWith('\ufeff') ? text.slice(1) : text
  const rows = splitRows(source, chooseDelimiter(source))
  const first = rows[0] ?? []
  const hasHeader = !first.some((cell) => isNumeric(cell.trim())) && first.some((cell) => cellNumber(cell) === undefined)
  const columns = hasHeader ? first.map((cell) => cell.trim()) : first.map((_, i) => String(i + 1))
  const cells = hasHeader ? rows.slice(1) : rows
  const long = cells.findIndex((row) => row.length > columns.length)
  if (long >= 0) throw new Error(`row ${long + 1} has ${cells[long]?.length} cells, there are ${columns.length} columns`)
  return { columns, cells }
}

function chooseDelimiter(source: string): string {
  const line = source.slice(0, (source.indexOf('\n') + 1 || source.length + 1) - 1).replaceAll(/"[^"]*"/g, '')
  const found = DELIMITERS.find((delimiter) => line.includes(delimiter))
  // Blanks separate columns only where no name in the first line could hold one.
  return (
    found ??
    (line
      .trim()
      .split(/\s+/)
      .every((cell) => cellNumber(cell) !== undefined)
      ? ' '
      : '\n')
  )
}

function splitRows(source: string, delimiter: string): string[][] {
  if (!source.includes('"')) {
    const split = delimiter === ' ' ? /[ \t]+/ : delimiter
    const lines = source.split(/\r?\n/)
    return lines.filter((line) => line.trim() !== '').map((line) => (delimiter === ' ' ? line.trim() : line).split(split))
  }
  return splitQuoted(source, delimiter)
}

function splitQuoted(source: string, delimiter: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let isQuoted = false
  const endRow = () => {
    row.push(cell)
    if (row.length > 1 || cell.trim() !== '') rows.push(row)
    row = []
    cell = ''
  }
  for (let i = 0; i < source.length; i++) {
    const c = source[i] as string
    if (isQuoted) {
      if (c !== '"') cell += c
      else if (source[i + 1] === '"') cell += source[i++]
      else isQuoted = false
    } else if (c === '"' && cell.trim() === '') {
      isQuoted = true
      cell = ''
    } else if (c === delimiter) {
      row.push(cell)
      cell = ''
    } else if (c === '\n') endRow()
    else if (c !== '\r') cell += c
  }
  if (isQuoted) throw new Error('a quoted cell is never closed')
  if (cell !== '' || row.length > 0) endRow()
  return rows
}
