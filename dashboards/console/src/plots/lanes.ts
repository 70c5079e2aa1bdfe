/** Something that lasted, in pixels from the left edge. */
export interface Stretch {
  left: number
  right: number
}

export interface Laid<T> {
  item: T
  row: number
  left: number
  width: number
}

/**
 * Puts stretches in rows in which they do not overlap, each at least `least` wide, within `width`. What finds no room in `rows` rows is
 * counted.
 */
export function inRows<T extends Stretch>(
  items: readonly T[],
  width: number,
  least: number,
  rows: number,
): { laid: Laid<T>[]; more: number } {
  const ends = Array<number>(rows).fill(Number.NEGATIVE_INFINITY)
  const laid: Laid<T>[] = []
  for (const item of [...items].sort((a, b) => a.left - b.left)) {
    const right = Math.min(width, Math.max(item.right, item.left + least))
    const left = Math.max(0, Math.min(item.left, right - least))
    const row = ends.findIndex((end) => end <= left)
    if (row < 0) continue
    ends[row] = right
    laid.push({ item, row, left, width: right - left })
  }
  return { laid, more: items.length - laid.length }
}
