import { type Hours, MINUTES_A_DAY } from '../../../../src/detection/hours.ts'

/** ISO weekdays, 1 = Monday. */
export const weekdays = [1, 2, 3, 4, 5, 6, 7] as const

const two = (n: number) => String(n).padStart(2, '0')

/** A minute of the day as it is written, 24:00 for its end. */
export const formatMinuteOfDay = (minute: number): string => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`

/** Minutes since midnight of 22:00, 2200, 22：00 or 22, up to 24:00; undefined when it is no time. */
export function readMinuteOfDay(text: string): number | undefined {
  const [, hour = '', minute = '0'] = /^(\d{1,2})(?:[:：.]?([0-5]\d))?$/.exec(text.trim()) ?? []
  const minutes = hour === '' ? Number.NaN : Number(hour) * 60 + Number(minute)
  return minutes <= MINUTES_A_DAY ? minutes : undefined
}

/** Past midnight they end on the next day. */
export const endsNextDay = ({ from, until }: Pick<Hours, 'from' | 'until'>): boolean => until <= from

/** Days that follow each other as first and last, single ones as both: [1, 2, 3, 5] is Monday to Wednesday, and Friday. */
export function runsOf(days: readonly number[]): [first: number, last: number][] {
  const runs: [number, number][] = []
  for (const day of days.toSorted((a, b) => a - b)) {
    const run = runs.at(-1)
    if (run && day === run[1] + 1) run[1] = day
    else runs.push([day, day])
  }
  return runs
}
