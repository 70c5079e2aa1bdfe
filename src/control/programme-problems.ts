import { LamplighterError } from '../errors.ts'
import { parseFacilityQuery } from '../facilities/facility-query.ts'
import { parseIso } from '../telemetry/iso-time.ts'
import type { ControlProgramme } from './control-programme.ts'
import type { CalendarLine, ProgrammeCalendar } from './programme-calendar.ts'
import type { ProgrammeAssignment, ProgrammeSet } from './programme-set.ts'

/** Dusk and dawn are shifted by at most so much, minutes. */
export const MOST_SHIFT = 360

const isDate = (date: string) => /^\d{4}-\d{2}-\d{2}$/.test(date) && Number.isFinite(parseIso(date))
/** 2024 has a 29 February. */
const isDayOfYear = (day: string) => isDate(`2024-${day}`)

/** What is wrong with the steps of a night, in English; the shapes are checked by whoever takes them. */
export function programmeProblems({ steps }: Pick<ControlProgramme, 'steps'>): string[] {
  const problems = steps.flatMap(({ anchor, minutes }, i) => {
    if (anchor === 'clock')
      return minutes >= 0 && minutes < 1440 ? [] : [`Step ${i + 1}: a time by the clock is 0 to 1439 minutes after midnight.`]
    return Math.abs(minutes) <= MOST_SHIFT ? [] : [`Step ${i + 1}: at most ${MOST_SHIFT} minutes from ${anchor}.`]
  })
  if (steps.length === 0) problems.push('A control programme has at least one step.')
  else if (!steps.some(({ level }) => level > 0) && steps.length > 1)
    problems.push('No step gives light; one step of 0 % says that for the whole night.')
  return problems
}

function lineProblem(line: CalendarLine, programmes: ReadonlySet<string>): string[] {
  const unknown = programmes.has(line.programme) ? [] : [`there is no control programme ${line.programme}`]
  if (line.on === 'dates') {
    if (!isDate(line.from) || !isDate(line.to)) return [...unknown, 'dates are written as 2026-10-01']
    return line.to < line.from ? [...unknown, `it ends on ${line.to}, before it begins on ${line.from}`] : unknown
  }
  if (line.on === 'yearly' && !(isDayOfYear(line.from) && isDayOfYear(line.to)))
    return [...unknown, 'days of every year are written as 10-01']
  return unknown
}

export function calendarProblems({ lines, usual }: ProgrammeCalendar, { programmes }: Pick<ProgrammeSet, 'programmes'>): string[] {
  const known = new Set(programmes.map(({ id }) => id))
  const ofLines = lines.flatMap((line, i) => lineProblem(line, known).map((problem) => `Line ${i + 1}: ${problem}.`))
  return known.has(usual) ? ofLines : [...ofLines, `There is no control programme ${usual} for the usual night.`]
}

export function assignmentProblems(assignments: readonly ProgrammeAssignment[], { calendars }: Pick<ProgrammeSet, 'calendars'>): string[] {
  const known = new Set(calendars.map(({ id }) => id))
  const ids = assignments.map(({ id }) => id)
  const twice = ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `The id ${id} stands twice in the list.`)
  return [
    ...twice,
    ...assignments.flatMap(({ id, query, calendar }) => [
      ...(known.has(calendar) ? [] : [`Assignment ${id}: there is no calendar ${calendar}.`]),
      ...lightQueryProblem(query).map((problem) => `Assignment ${id}: ${problem}`),
    ]),
  ]
}

/** What is wrong with a query that says whose light it is. By mode it would find whatever is put under maintenance, which must never cost anybody the light. */
export function lightQueryProblem(query: string): string[] {
  const problems = queryProblem(query)
  if (problems.length > 0 || parseFacilityQuery(query).conditions.every(({ field }) => field !== 'mode')) return problems
  return ['Light is not given by mode; name facilities by what they are or where they stand.']
}

export function queryProblem(query: string): string[] {
  try {
    parseFacilityQuery(query)
    return []
  } catch (error) {
    if (error instanceof LamplighterError) return [error.message]
    throw error
  }
}
