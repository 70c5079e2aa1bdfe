import { addDays, type CalendarDay, calendarDays, countDays, dateOf } from '../control/calendar-day.ts'

type UtcOffset = (at: number) => number

/** One of the shifts of a day; `to` at or before `from` ends on the next day. */
export interface Shift {
  key: string
  name: string
  /** Minutes after midnight, city time. */
  from: number
  to: number
}

/** A team of the rotation: a crew, or the people of a desk. */
export interface Team {
  key: string
  name: string
  /** Id of the crew that is on duty with it; null for the control room. */
  crew: string | null
  /** Accounts. */
  people: readonly string[]
}

/** Who works when, again and again: four teams in three shifts, week and week about, or one that is always there. */
export interface Rotation {
  id: string
  name: string
  shifts: readonly Shift[]
  teams: readonly Team[]
  /** Date on which the cycle began, YYYY-MM-DD. */
  start: string
  /** By team, the shift of each day of the cycle; null: free. All of one length. */
  cycle: Readonly<Record<string, readonly (string | null)[]>>
}

/** Somebody is away, and perhaps another one there instead, from `from` to before `to`, ms. */
export interface DutyException {
  id: number
  rotation: string
  /** The account that is away; null: the whole team. */
  person: string | null
  team: string
  from: number
  to: number
  /** Account that stands in; null: nobody does. */
  substitute: string | null
  reason: string
}

/** A team on duty. */
export interface Duty {
  rotation: string
  team: Team
  shift: Shift
  /** Of this shift, ms. */
  from: number
  to: number
  /** Those who are really there, exceptions counted. */
  people: readonly string[]
}

const MINUTE = 60_000

/** Begin and end of a shift on a date; its hours are those of the clock on the wall, whatever clocks are set that night. */
export function shiftTimes(shift: Pick<Shift, 'from' | 'to'>, date: string, utcOffset: UtcOffset): { from: number; to: number } {
  const moment = (day: string, minute: number): number => {
    const { from } = calendarDays(day, day, utcOffset)[0] as CalendarDay
    const plain = from + minute * MINUTE
    // What clocks were set by between midnight and then.
    return plain - (utcOffset(plain) - utcOffset(from))
  }
  const end = shift.to > shift.from ? date : addDays(date, 1)
  return { from: moment(date, shift.from), to: moment(end, shift.to) }
}

/** The shifts of a rotation that begin on a date, each with its team. */
export function shiftsOn(rotation: Rotation, date: string, utcOffset: UtcOffset): Omit<Duty, 'people'>[] {
  const day = countDays(rotation.start, date) - 1
  if (day < 0) return []
  return rotation.teams.flatMap((team) => {
    const cycle = rotation.cycle[team.key] ?? []
    const key = cycle.length > 0 ? cycle[day % cycle.length] : null
    const shift = rotation.shifts.find((one) => one.key === key)
    return shift ? [{ rotation: rotation.id, team, shift, ...shiftTimes(shift, date, utcOffset) }] : []
  })
}

/** Who is on duty at a moment, ms. A shift that began the day before may still last. */
export function dutyAt(rotations: readonly Rotation[], exceptions: readonly DutyException[], at: number, utcOffset: UtcOffset): Duty[] {
  const today = dateOf(at, utcOffset)
  return rotations.flatMap((rotation) =>
    [addDays(today, -1), today]
      .flatMap((date) => shiftsOn(rotation, date, utcOffset))
      .filter(({ from, to }) => from <= at && at < to)
      .map((duty) => ({ ...duty, people: peopleOf(duty, exceptions, at) })),
  )
}

function peopleOf(duty: Omit<Duty, 'people'>, exceptions: readonly DutyException[], at: number): string[] {
  const { team } = duty
  const own = exceptions.filter((one) => concerns(one, duty) && one.from <= at && at < one.to)
  const isAway = (person: string) => own.some((one) => one.person === null || one.person === person)
  const substitutes = own.flatMap(({ substitute }) => substitute ?? [])
  return [...new Set([...team.people.filter((person) => !isAway(person)), ...substitutes])]
}

/** A shift of a plan, with what is otherwise than planned. */
export interface PlannedDuty extends Omit<Duty, 'people'> {
  /** On which it begins, YYYY-MM-DD. */
  date: string
  exceptions: readonly DutyException[]
}

/** The shifts of all rotations that begin on so many days from a date on, in order of time. */
export function dutyPlan(
  rotations: readonly Rotation[],
  exceptions: readonly DutyException[],
  { from, days }: { from: string; days: number },
  utcOffset: UtcOffset,
): PlannedDuty[] {
  return Array.from({ length: days }, (_, i) => addDays(from, i))
    .flatMap((date) => rotations.flatMap((rotation) => shiftsOn(rotation, date, utcOffset).map((duty) => ({ ...duty, date }))))
    .map((duty) => ({ ...duty, exceptions: exceptions.filter((one) => concerns(one, duty) && one.from < duty.to && duty.from < one.to) }))
    .sort((a, b) => a.from - b.from)
}

const concerns = (one: DutyException, { rotation, team }: Omit<Duty, 'people'>) => one.rotation === rotation && one.team === team.key

/** The moment at which the duty of a rotation changes next after `at`, ms; null when it does not within a fortnight. */
export function nextHandover(rotation: Rotation, at: number, utcOffset: UtcOffset): number | null {
  const today = dateOf(at, utcOffset)
  const times = Array.from({ length: 15 }, (_, i) => addDays(today, i - 1))
    .flatMap((date) => shiftsOn(rotation, date, utcOffset))
    .flatMap(({ from, to }) => [from, to])
    .filter((time) => time > at)
  return times.length > 0 ? Math.min(...times) : null
}
