import { dateFormat } from '../format.ts'

/** When the day of the city began, ms. */
export function dayBegin(now: number): number {
  const [h = 0, m = 0, s = 0] = dateFormat('clock', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
    .format(now)
    .split(':')
    .map(Number)
  return Math.floor(now / 1000) * 1000 - ((h * 60 + m) * 60 + s) * 1000
}
