/** How many of the links, first to last, have room in `available` pixels when a button of `more` pixels must stand beside them unless all do. */
export function fittingCount(widths: readonly number[], available: number, more: number): number {
  const sums = widths.map((_, i) => widths.slice(0, i + 1).reduce((sum, width) => sum + width, 0))
  if ((sums.at(-1) ?? 0) <= available) return widths.length
  return sums.filter((sum) => sum + more <= available).length
}
