import { minutes } from '../telemetry/duration.ts'

/** All offsets in use today begin at a quarter of an hour. */
const QUARTER = minutes(15)
/** Some days of quarters; what is asked for lies close together in time. */
const MAX_KNOWN = 1000

/** What local time in a zone of the IANA data base is ahead of UTC, ms, at a time in ms since 1970. Asks the calendar once per quarter of an hour. */
export function utcOffsets(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
  })
  const known = new Map<number, number>()
  const ask = (at: number): number => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)])) as Record<string, number>
    const { year, month, day, hour, minute, second } = parts as Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>
    return Date.UTC(year, month - 1, day, hour, minute, second) - at
  }
  return (at) => {
    const quarter = Math.floor(at / QUARTER)
    let offset = known.get(quarter)
    if (offset === undefined) {
      if (known.size >= MAX_KNOWN) known.clear()
      offset = ask(quarter * QUARTER)
      known.set(quarter, offset)
    }
    return offset
  }
}
