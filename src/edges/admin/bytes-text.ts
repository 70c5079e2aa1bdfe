const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** 1234567 as "1.2 MB". */
export function bytesText(bytes: number): string {
  let unit = 0
  for (; bytes >= 1000 && unit < units.length - 1; unit++) bytes /= 1000
  return `${unit === 0 || bytes >= 100 ? Math.round(bytes) : bytes.toFixed(1)} ${units[unit]}`
}

/** Rows of cells as lines; numbers to the right. */
export function tableText(rows: readonly (readonly (string | number)[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => String(row[column]).length))) ?? []
  const cell = (value: string | number, column: number) =>
    typeof value === 'number' ? String(value).padStart(widths[column] as number) : value.padEnd(widths[column] as number)
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n')
}
