import { addDays, type CalendarDay, calendarDays, countDays, dateOf } from '../control/calendar-day.ts'
import { utcOffsets } from '../control/local-time.ts'
import type { DateRange, DayFigures, PointCompleteness } from '../edges/day-figures.ts'
import { LamplighterError } from '../errors.ts'
import { type Facility, hasController } from '../facilities/plant.ts'
import { completenessOf, type DueTime, dueTime } from '../storage/completeness.ts'
import { type DayTotal, dailyTotals, dayFigureOf } from '../storage/daily-totals.ts'
import { gridOfDays } from '../storage/day-fold.ts'
import type { BucketSeries, Grid } from '../storage/telemetry-store.ts'
import type { Point } from '../telemetry/point.ts'
import { dueSpans, usualInterval } from './due-reports.ts'
import type { ServiceParts } from './parts.ts'

/** Days of one point in one answer: a week of 10,000 facilities, or a year of 200 points. */
const MOST_POINT_DAYS = 80_000
/** Days of one point asked for at once, so that nobody else has to wait. */
const POINT_DAYS_AT_ONCE = 1500
const MOST_DAYS = 400
/** A counter that was silent for longer before a day is not known to have risen on it. */
const LOOK_BACK_DAYS = 7

type Parts = Pick<ServiceParts, 'plant' | 'detector' | 'state' | 'telemetry' | 'gridOrigin' | 'timeZone' | 'book' | 'now'>

/** A question about points of facilities of one kind. */
interface Question {
  kind: string
  facilities: readonly Facility[]
  points: readonly string[]
}

/** What was read on each day of the city's calendar, and how much of what should have been. */
export function dayFigures(parts: Parts): DayFigures {
  const { plant, detector, state, telemetry, gridOrigin, timeZone, book, now } = parts
  const utcOffset = utcOffsets(timeZone)
  const programme = book.reader()

  const learnedOf = ({ number }: Facility) => detector.state(number)?.usualInterval ?? Number.NaN

  /** Counts before it builds: all the days there are would hold up everybody. */
  function days({ from, to }: DateRange): CalendarDay[] {
    const count = countDays(from, to)
    if (count === 0) throw new LamplighterError('invalid-request', `from, ${from}, must not be after to, ${to}.`)
    if (count > MOST_DAYS)
      throw new LamplighterError('invalid-request', `${count} days are too many for one answer; ask for ${MOST_DAYS} at most.`)
    return calendarDays(from, to, utcOffset)
  }

  /** Reports are due until now. */
  const dueOf = (facility: Facility, asked: readonly CalendarDay[], grid: Grid): DueTime => {
    const span = { from: asked[0]?.from ?? 0, to: Math.min(now(), asked.at(-1)?.to ?? 0) }
    const feeder = facility.fedBy === null ? undefined : plant.get(facility.fedBy)
    return dueTime(dueSpans(feeder, programme, span), asked, grid)
  }

  /** What hangs on one feeder is due at the same time, and so is all that hangs on none. */
  function dueByFeeder(asked: readonly CalendarDay[], grid: Grid): (facility: Facility) => DueTime {
    const known = new Map<string | null, DueTime>()
    return (facility) => {
      const due = known.get(facility.fedBy) ?? dueOf(facility, asked, grid)
      known.set(facility.fedBy, due)
      return due
    }
  }

  /** Since when counters are read, to know where they stood as the days began. */
  const beforeDays = ({ from }: DateRange) => calendarDays(addDays(from, -LOOK_BACK_DAYS), from, utcOffset)[0]?.from as number

  async function ask({ kind, facilities, points }: Question, from: number, to: number, grid: Grid): Promise<BucketSeries[]> {
    return await telemetry.buckets({ kind, facilities: facilities.map(({ id }) => id), points, from, to }, grid)
  }

  /** What came of the points of a question in these days. */
  function judging(asked: readonly CalendarDay[], grid: Grid) {
    const dueFor = dueByFeeder(asked, grid)
    const registered = state.firstRegistered()
    return ({ facilities, points }: Question, answer: readonly BucketSeries[]): PointCompleteness[] =>
      facilities.flatMap((facility, i) => {
        const own = answer.slice(i * points.length, (i + 1) * points.length)
        const since = dueFrom(registered.get(facility.id), own, grid.length)
        const usual = usualInterval(facility, learnedOf(facility)) ?? Number.POSITIVE_INFINITY
        return own.map((series) => {
          const interval = isDue(facility, series.point) ? usual : Number.POSITIVE_INFINITY
          return { facility, point: series.point, days: completenessOf(series, asked, dueFor(facility), { interval, since }) }
        })
      })
  }

  async function completeness(questions: readonly Question[], range: DateRange): Promise<PointCompleteness[]> {
    const asked = daysOf(questions, range)
    const grid = gridOfDays(asked, gridOrigin)
    const judge = judging(asked, grid)
    const found: PointCompleteness[] = []
    for (const part of questions.flatMap((question) => inParts(question, asked.length)))
      found.push(...judge(part, await ask(part, asked[0]?.from as number, asked.at(-1)?.to as number, grid)))
    return found
  }

  function daysOf(questions: readonly Question[], range: DateRange): CalendarDay[] {
    const asked = days(range)
    const count = questions.reduce((sum, { facilities, points }) => sum + facilities.length * points.length, 0)
    if (count * asked.length <= MOST_POINT_DAYS) return asked
    throw new LamplighterError(
      'invalid-request',
      `${asked.length} days of ${count} points are too much for one answer, which holds ${MOST_POINT_DAYS} days of a point; ask for fewer days, points or facilities.`,
    )
  }

  /** A point that the facility does not have or that comes now and then is not missed; one that was never heard at all owes its headline. */
  function isDue(facility: Facility, point: string): boolean {
    const { number, kind } = facility
    const index = kind.table.index.get(point) as number
    const { occasional } = kind.table.points[index] as Point & { occasional?: boolean }
    if (occasional || !hasController(facility)) return false
    const times = detector.state(number)?.times
    return !Number.isNaN(times?.[index] ?? Number.NaN) || (point === kind.panel.headline && (times?.every(Number.isNaN) ?? true))
  }

  return {
    timeZone,
    utcOffset,
    today: () => dateOf(now(), utcOffset),
    days,
    async completenessOf(facility, points, range) {
      const wanted = points ?? facility.kind.table.keys.filter((point) => isDue(facility, point))
      return await completeness([{ kind: facility.kind.key, facilities: [facility], points: wanted }], range)
    },
    async completeness(facilities, points, range) {
      const byKind = Map.groupBy(facilities, ({ kind }) => kind)
      const questions = [...byKind].map(([kind, own]) => ({ kind: kind.key, facilities: own, points: points ?? [kind.panel.headline] }))
      return await completeness(questions, range)
    },
    async increases(facilities, point, range) {
      const questions = [...Map.groupBy(facilities, ({ kind }) => kind)].map(([kind, own]) => ({
        ...{ kind: kind.key, facilities: own, points: [point] },
      }))
      if (facilities.length === 0) return new Map()
      const asked = daysOf(questions, range)
      const grid = gridOfDays(asked, gridOrigin)
      const before = beforeDays(range)
      const found = new Map<string, DayTotal[]>()
      for (const part of questions.flatMap((question) => inParts(question, asked.length))) {
        const answer = await ask(part, before, asked.at(-1)?.to as number, grid)
        part.facilities.forEach((facility, i) => {
          const { index, points: known } = facility.kind.table
          const interval = usualInterval(facility, learnedOf(facility)) ?? grid.length
          const totals = { point: known[index.get(point) as number] as Point, length: grid.length, interval }
          found.set(facility.id, dailyTotals(answer[i] as BucketSeries, asked, totals))
        })
      }
      return found
    },
    async totals(facility, points, range) {
      const { keys, index, points: known } = facility.kind.table
      const question = { kind: facility.kind.key, facilities: [facility], points: points ?? keys.filter((point) => isDue(facility, point)) }
      const asked = daysOf([question], range)
      const grid = gridOfDays(asked, gridOrigin)
      const before = beforeDays(range)
      const answer = await ask(question, before, asked.at(-1)?.to as number, grid)
      const received = judging(asked, grid)(question, answer)
      const interval = usualInterval(facility, learnedOf(facility)) ?? grid.length
      return answer.map((series, i) => {
        const point = known[index.get(series.point) as number] as Point
        return {
          point: series.point,
          ...dayFigureOf(point),
          totals: dailyTotals(series, asked, { point, length: grid.length, interval }),
          completeness: received[i]?.days ?? [],
        }
      })
    },
  }
}

/** Facilities in groups small enough to be asked for at once. */
function inParts({ facilities, ...question }: Question, days: number): Question[] {
  const size = Math.max(1, Math.floor(POINT_DAYS_AT_ONCE / (days * question.points.length)))
  return Array.from({ length: Math.ceil(facilities.length / size) }, (_, i) => ({
    ...question,
    facilities: facilities.slice(i * size, (i + 1) * size),
  }))
}

/** History that was imported is older than the registration; a bucket in which it was registered tells no earlier beginning. */
function dueFrom(registered: number | undefined, own: readonly BucketSeries[], length: number): number {
  if (registered === undefined) return Number.NEGATIVE_INFINITY
  const begin = Math.min(...own.map(({ at }) => at[0] ?? Number.POSITIVE_INFINITY))
  return begin + length <= registered ? begin : registered
}
