import { guardFormula } from '../../../src/edges/exchange/formula-guard.ts'

export type Cell = string | number | null

const cellText = (cell: Cell) => {
  const text = typeof cell === 'string' ? guardFormula(cell) : cell === null ? '' : String(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** CSV (RFC 4180) with a mark that lets Excel read it as UTF-8; numbers in full. */
export const csvText = (rows: readonly (readonly Cell[])[]): string =>
  `\uFEFF${rows.map((row) => `${row.map(cellText).join(',')}\r\n`).join('')}`
