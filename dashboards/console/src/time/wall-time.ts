import type { UtcOffset } from '../city-time.ts'

const DAY = 86_400_000
const WALL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/

/** What a clock with this offset shows, as a field for date and time has it: `2026-03-01T14:05`. `at` in ms since 1970. */
export const wallText = (at: number, offset: UtcOffset): string => new Date(at + offset(at)).toISOString().slice(0, 16)

/** When a clock with this offset shows it, ms since 1970: the earlier time where it does so twice, null for what is no time. A time that the clock skips is taken as if it had not been set yet. */
export function wallTime(text: string, offset: UtcOffset): number | null {
  const wall = WALL.test(text) ? Date.parse(`${text}Z`) : Number.NaN
  // A day that the month has not is taken for one of the next month.
  if (!Number.isFinite(wall) || !new Date(wall).toISOString().startsWith(text)) return null
  const [before, after] = [wall - offset(wall - DAY), wall - offset(wall + DAY)]
  const found = [before, after].filter((at) => at + offset(at) === wall)
  return found.length > 0 ? Math.min(...found) : before
}
