const BAD = '.bad'

/** The column of a point's flagged values. */
export const badColumn = (point: string): string => point + BAD

/** The point that a column belongs to, and whether it holds its good values. */
export function pointOfColumn(column: string): { point: string; good: boolean } {
  return column.endsWith(BAD) ? { point: column.slice(0, -BAD.length), good: false } : { point: column, good: true }
}
