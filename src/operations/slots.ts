/** Values of equal parts of a time, one after the other; NaN where nothing was read. */
export type Slots = ArrayLike<number>

/** The mean of what is known; NaN when nothing is. */
export function meanOf(values: Slots): number {
  let [sum, count] = [0, 0]
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (Number.isNaN(value)) continue
    sum += value
    count++
  }
  return count === 0 ? Number.NaN : sum / count
}

/** The sum of what is known; NaN when nothing is. */
export function sumOf(values: Slots): number {
  const count = countKnown(values)
  return count === 0 ? Number.NaN : meanOf(values) * count
}

export function countKnown(values: Slots): number {
  let count = 0
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i] as number)) count++
  return count
}

/** What a rate per hour adds up to in parts of these hours; NaN when nothing is known. */
export const amountOf = (rates: Slots, hours: Slots): number => sumOf(product(rates, hours))

/** Part by part. */
export const product = (a: Slots, b: Slots): number[] => Array.from({ length: a.length }, (_, i) => (a[i] as number) * (b[i] as number))

/** The sum part by part of what is known in each; NaN where nothing is. */
export function addUp(all: readonly Slots[], count: number): number[] {
  return Array.from({ length: count }, (_, i) => sumOf(all.map((one) => one[i] as number)))
}

/** Of what is known; NaN when nothing is. */
export function greatest(values: Slots): number {
  let most = Number.NaN
  for (let i = 0; i < values.length; i++)
    if (!((values[i] as number) <= most) && !Number.isNaN(values[i] as number)) most = values[i] as number
  return most
}
