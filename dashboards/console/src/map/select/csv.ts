import { guardFormula } from '../../../../../src/edges/exchange/formula-guard.ts'
import type { WallFacility } from '../../live/live-state.ts'

type Cell = string | number | null

const cellText = (cell: Cell): string => {
  const text = typeof cell === 'string' ? guardFormula(cell) : cell === null ? '' : String(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Facilities as CSV (RFC 4180) with a mark that lets Excel read it as UTF-8; `columns` in the order of the cells. */
export function facilityCsv(
  chosen: readonly WallFacility[],
  columns: readonly string[],
  stateOf: (facility: WallFacility) => string,
): string {
  const rows = chosen.map((one): Cell[] => [
    ...[one.id, one.kind, one.name, one.district, one.road, one.roadClass, one.keyArea ? 'yes' : 'no', one.fedBy, one.circuit],
    ...[one.position?.[0] ?? null, one.position?.[1] ?? null, stateOf(one)],
  ])
  return `\uFEFF${[columns, ...rows].map((row) => `${row.map(cellText).join(',')}\r\n`).join('')}`
}
