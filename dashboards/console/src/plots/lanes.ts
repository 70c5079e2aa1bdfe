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
 * Puts stretches in rows in which they do not overlap, each at least `least` wide, within `width`; the first ones find room first. What finds
 * none in `rows` rows is counted.
 */
export function inRows<T extends Stretch>(
  items: readonly T[],
  width: number,
  least: number,
  rows: number,
): { laid: Laid<T>[]; more: number } {
  const laid: Laid<T>[] = []
  for (const item of items) {
    const right = Math.min(width, Math.max(item.right, item.left + least))
    const left = Math.max(0, Math.min(item.left, right - least))
    const isFree = (row: number) => laid.every((other) => other.row !== row || other.left + other.width <= left || other.left >= right)
    const row = Array.from({ length: rows }, (_, i) => i).find(isFree)
    if (row !== undefined) laid.push({ item, row, left, width: right - left })
  }
  return { laid, more: items.length - laid.length }
}
