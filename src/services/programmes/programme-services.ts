import { isInScope, isWhole, type Scope } from '../../access/scope.ts'
import { type ControlProgramme, duskAndDawn, nightChanges, nightOf } from '../../control/control-programme.ts'
import type { LightChange, NewOverride } from '../../control/light-change.ts'
import type { ProgrammeBook, ProgrammeHistory } from '../../control/programme-book.ts'
import type { ProgrammeCalendar } from '../../control/programme-calendar.ts'
import {
  assignmentProblems,
  calendarProblems,
  lightQueryProblem,
  programmeProblems,
  queryProblem,
} from '../../control/programme-problems.ts'
import {
  nothingConfigured,
  type ProgrammeAssignment,
  type ProgrammeCondition,
  type ProgrammeOverride,
  type ProgrammeSet,
  type ProgrammeVersion,
  spanOf,
} from '../../control/programme-set.ts'
import { changedParts } from '../../dispatch/changed-parts.ts'
import type { AssignedCount, PreviewGroup, Programmes } from '../../edges/programmes.ts'
import { LamplighterError, refuse } from '../../errors.ts'
import { formatFacilityQuery, matchesFacility, parseFacilityQuery } from '../../facilities/facility-query.ts'
import { type Facility, isProgrammed } from '../../facilities/plant.ts'
import { days } from '../../telemetry/duration.ts'
import { parseIso } from '../../telemetry/iso-time.ts'
import { makeRoom } from '../../telemetry/make-room.ts'
import type { ServiceParts } from '../parts.ts'
import { refuseOutside } from '../scope-checks.ts'
import { takeTurns } from '../turns.ts'
import { lightingHistory } from './lighting-history.ts'
import type { ProgrammeDownloads } from './programme-downloads.ts'

/** A city has some dozens; more is a mistake of a program. */
const MOST = { programmes: 200, calendars: 100, assignments: 300, conditions: 50, overrides: 200 }
/** Queries whose reach is remembered. */
const MOST_REACHED = 2000
/** An override for longer is a programme, ms. */
export const LONGEST_OVERRIDE = days(31)
/** How far ahead one may be made, ms. */
const FURTHEST = days(366)

/** Lighting programmes as changes of light go through them. */
export interface ChangedProgrammes extends Programmes {
  /** All that is configured and overridden. */
  present(): ProgrammeHistory
  /** What would be configured and overridden after a change. Throws as `apply` would. */
  foresee(change: LightChange, by: string, scope: Scope): ProgrammeHistory
  /** Puts a change in force; the id of the override that it made or ended, if any. */
  apply(change: LightChange, by: string, scope: Scope): number | null
  /** Lamps and cabinets that a query finds now. */
  found(query: string): Facility[]
}

export type ProgrammeParts = Pick<ServiceParts, 'plant' | 'state' | 'now' | 'utcOffset'> & {
  book: ProgrammeBook
  downloads: ProgrammeDownloads
}

const check = (problems: readonly string[]) => {
  if (problems.length > 0) throw new LamplighterError('invalid-request', problems.slice(0, 10).join(' '))
}
const listedAt = {
  'control programme': '/api/programmes',
  calendar: '/api/calendars',
  condition: '/api/programme-conditions',
  override: '/api/programme-overrides',
  facility: '/api/facilities',
}
const noSuch = (what: keyof typeof listedAt, id: string | number): never => {
  throw new LamplighterError('not-found', `There is no ${what} ${JSON.stringify(id)}; ${listedAt[what]} lists them.`)
}

/** What people do with lighting programmes. The book is what detection and all figures go by; it follows each change at once. */
export function programmeServices({ plant, state, now, utcOffset, book, downloads }: ProgrammeParts): ChangedProgrammes & {
  /** Ends overrides of conditions and makes them; for the clock. */
  overrideByCondition(override: Omit<ProgrammeOverride, 'id'>): void
  /** Keeps a version where the holidays of the city are others than before. */
  followHolidays(): void
} {
  const store = state.programmes
  const listeners: (() => void)[] = []
  const tell = () => {
    for (const listener of listeners) listener()
  }
  downloads.onChange(tell)
  let versions = store.versions()
  let overrides = store.overrides()
  const current = (): ProgrammeVersion => versions.at(-1) ?? { ...nothingConfigured, id: 0, at: 0, by: '' }
  const holidays = () => state.roster.dispatchPolicy().calendar.holidays

  const middleOfCity = () => {
    const places = [...plant].flatMap(({ position }) => (position ? [position] : []))
    const middle = (axis: 0 | 1) => places.reduce((sum, place) => sum + place[axis], 0) / Math.max(1, places.length)
    return [middle(0), middle(1)] as const
  }
  async function isAnyDue(): Promise<boolean> {
    const turn = takeTurns()
    for (const facility of [...plant]) {
      if (isProgrammed(facility) && (book.step(facility, now())?.level ?? 0) > 0) return true
      await turn()
    }
    return false
  }
  /** The present night, and from its last light on the coming one, since that is what people mean by tonight. */
  const tonight = async () => {
    const night = nightOf(now(), utcOffset)
    const { dusk, dawn } = duskAndDawn(night, middleOfCity())
    const isOver = dusk < dawn && now() >= dawn && !(await isAnyDue())
    return isOver ? nightOf(night.until, utcOffset) : night
  }

  /** What the book goes by is what is kept, also where a write failed. */
  const reload = () => {
    versions = store.versions()
    overrides = store.overrides()
    book.set({ versions, overrides })
    tell()
  }
  const durable = <T>(by: string, action: string, subject: string, detail: string, work: () => T): T => {
    const done = state.transaction(() => {
      const result = work()
      state.audit({ at: now(), by, action, subject, detail })
      return result
    })
    reload()
    return done
  }
  const change = (by: string, action: string, subject: string, next: Partial<ProgrammeSet>) => {
    const before = current()
    const after = { ...before, ...next, holidays: [...holidays()] }
    const keys = Object.keys(next) as (keyof ProgrammeSet)[]
    const pick = (set: ProgrammeSet) => Object.fromEntries(keys.map((key) => [key, set[key]]))
    const detail = changedParts(pick(before), pick(after)).join('; ')
    if (detail === '') return
    // Versions stand in order, whatever the clock was set to.
    const at = Math.max(now(), before.at)
    durable(by, action, subject, detail, () => store.addVersion(after, at, by))
  }
  const placed = <T extends { id: string }>(list: readonly T[], one: T): T[] =>
    list.some(({ id }) => id === one.id) ? list.map((each) => (each.id === one.id ? one : each)) : [...list, one]
  const checkRoom = (what: keyof typeof MOST, count: number) => {
    if (count > MOST[what]) refuse(`There are at most ${MOST[what]} ${what}.`)
  }
  const inForce = (override: ProgrammeOverride, at: number): boolean => {
    const { from, until } = spanOf(override)
    return from <= at && at < until
  }
  const isOver = (override: ProgrammeOverride, at: number) => spanOf(override).until <= at
  const found = (query: string): Facility[] => {
    const parsed = parseFacilityQuery(query)
    return [...plant].filter((facility) => isProgrammed(facility) && matchesFacility(parsed, facility))
  }
  /** Lists ask for the same queries again and again, and a large city takes a while to look through. */
  let reached = { revision: -1, counts: new Map<string, AssignedCount>() }
  const count = (facilities: readonly Facility[]): AssignedCount => ({
    lamps: facilities.filter(({ kind }) => kind.light !== null).length,
    facilities: facilities.length,
  })
  /** What lies elsewhere is told of as little as what there is not. */
  const checkScope = (query: string, scope: Scope, none: () => never) => {
    if (isWhole(scope)) return
    const reached = found(query)
    const own = reached.filter((facility) => isInScope(scope, facility))
    if (own.length === 0) none()
    if (own.length < reached.length) refuseOutside('it would reach beyond it; say which facilities are meant')
  }

  const nextProgrammes = (programme: ControlProgramme): Pick<ProgrammeSet, 'programmes'> => {
    check(programmeProblems(programme))
    const programmes = placed(current().programmes, programme)
    checkRoom('programmes', programmes.length)
    return { programmes }
  }
  const nextCalendars = (calendar: ProgrammeCalendar): Pick<ProgrammeSet, 'calendars'> => {
    check(calendarProblems(calendar, current()))
    const calendars = placed(current().calendars, calendar)
    checkRoom('calendars', calendars.length)
    return { calendars }
  }
  const nextAssignments = (list: readonly ProgrammeAssignment[], seen = current().id): Pick<ProgrammeSet, 'assignments'> => {
    if (seen !== current().id) refuse('The programmes were changed meanwhile; look at them again.')
    checkRoom('assignments', list.length)
    check(assignmentProblems(list, current()))
    return { assignments: list.map((one) => ({ ...one, query: formatFacilityQuery(parseFacilityQuery(one.query)) })) }
  }
  const nextConditions = (condition: ProgrammeCondition): Pick<ProgrammeSet, 'conditions'> => {
    const { facility: id, point: key, when, limit, clear } = condition
    const facility = plant.get(id) ?? noSuch('facility', id)
    const point = facility.kind.table.points[facility.kind.table.index.get(key) ?? -1]
    if (point?.type !== 'number') check([`${id} has no measured point ${key}.`])
    if (when === 'above' ? clear > limit : clear < limit)
      check([`It ends at ${clear}, which is still ${when} the limit ${limit}; it would begin and end at once.`])
    check(lightQueryProblem(condition.query))
    const conditions = placed(current().conditions, condition)
    checkRoom('conditions', conditions.length)
    return { conditions }
  }
  const withoutCondition = (id: string): Pick<ProgrammeSet, 'conditions'> => {
    const { conditions } = current()
    if (!conditions.some((one) => one.id === id)) noSuch('condition', id)
    return { conditions: conditions.filter((one) => one.id !== id) }
  }
  const openOf = (condition: string) => overrides.filter((one) => one.condition === condition && !isOver(one, now()))
  const newOverride = ({ query, level, programme, from, until, reason, plan = null }: NewOverride, by: string, scope: Scope) => {
    const at = now()
    if ((level === null) === (programme === null)) check(['An override has either a level or a control programme.'])
    check(lightQueryProblem(query))
    if (programme !== null && !current().programmes.some(({ id }) => id === programme)) noSuch('control programme', programme)
    if (until <= at || until <= from) check(['The override is over before it begins; give an `until` that lies ahead, and after `from`.'])
    if (until - from > LONGEST_OVERRIDE)
      check([`An override lasts at most ${LONGEST_OVERRIDE / days(1)} days; for longer change the calendar.`])
    if (from > at + FURTHEST) check(['It begins more than a year from now.'])
    checkRoom('overrides', overrides.filter((one) => !isOver(one, at)).length + 1)
    checkScope(query, scope, () => refuseOutside('it finds no facility of it'))
    const asked = { query: formatFacilityQuery(parseFacilityQuery(query)), level, programme, from: Math.max(from, at), until, reason }
    return { id: 0, ...asked, by, made: at, ended: null, endedBy: null, plan, condition: null }
  }
  const knownOverride = (id: number, scope: Scope) => {
    const override = overrides.find((one) => one.id === id) ?? noSuch('override', id)
    checkScope(override.query, scope, () => noSuch('override', id))
    return override
  }
  /** What would be configured and overridden after a change. */
  const foresee = (asked: LightChange, by: string, scope: Scope): ProgrammeHistory => {
    const at = now()
    const configured = (next: Partial<ProgrammeSet>): readonly ProgrammeVersion[] => {
      const before = current()
      return [...versions, { ...before, ...next, id: before.id + 1, at: Math.max(at, before.at), by }]
    }
    const ended = (ids: readonly number[]) => overrides.map((one) => (ids.includes(one.id) ? { ...one, ended: at, endedBy: by } : one))
    const idsOf = (some: readonly ProgrammeOverride[]) => some.map(({ id }) => id)
    switch (asked.type) {
      case 'override':
        return { versions, overrides: [...overrides, newOverride(asked.override, by, scope)] }
      case 'end-override': {
        const { id } = knownOverride(asked.override, scope)
        return { versions, overrides: overrides.some((one) => one.id === id && !isOver(one, at)) ? ended([id]) : overrides }
      }
      case 'programme':
        return { versions: configured(nextProgrammes(asked.programme)), overrides }
      case 'calendar':
        return { versions: configured(nextCalendars(asked.calendar)), overrides }
      case 'assignments':
        return { versions: configured(nextAssignments(asked.assignments, asked.version)), overrides }
      case 'condition': {
        const { condition } = asked
        return {
          versions: configured(nextConditions(condition)),
          overrides: condition.disabled ? ended(idsOf(openOf(condition.id))) : overrides,
        }
      }
      case 'remove-condition':
        return { versions: configured(withoutCondition(asked.condition)), overrides: ended(idsOf(openOf(asked.condition))) }
    }
  }

  const services: ReturnType<typeof programmeServices> = {
    current,
    versions: () => versions.toReversed(),
    present: () => ({ versions, overrides }),
    foresee,
    found,
    apply(asked, by, scope) {
      switch (asked.type) {
        case 'override':
          return services.addOverride(asked.override, by, scope).id
        case 'end-override':
          return services.endOverride(asked.override, asked.reason, by, scope).id
        case 'programme':
          services.putProgramme(asked.programme, by)
          return null
        case 'calendar':
          services.putCalendar(asked.calendar, by)
          return null
        case 'assignments':
          services.setAssignments(asked.assignments, by, asked.version)
          return null
        case 'condition':
          services.putCondition(asked.condition, by)
          return null
        case 'remove-condition':
          services.removeCondition(asked.condition, by)
          return null
      }
    },

    putProgramme(programme, by) {
      change(by, 'put-control-programme', `control programme ${programme.id}`, nextProgrammes(programme))
      return programme
    },
    removeProgramme(id, by) {
      const { programmes, calendars } = current()
      if (!programmes.some((one) => one.id === id)) noSuch('control programme', id)
      const calendar = calendars.find(({ usual, lines }) => usual === id || lines.some(({ programme }) => programme === id))
      if (calendar) refuse(`The calendar ${calendar.name} speaks of it; change that first.`)
      const override = overrides.find((one) => one.programme === id && !isOver(one, now()))
      if (override) refuse(`Override ${override.id} goes by it; end that first.`)
      change(by, 'remove-control-programme', `control programme ${id}`, { programmes: programmes.filter((one) => one.id !== id) })
    },
    putCalendar(calendar, by) {
      change(by, 'put-programme-calendar', `calendar ${calendar.id}`, nextCalendars(calendar))
      return calendar
    },
    removeCalendar(id, by) {
      const { calendars, assignments } = current()
      if (!calendars.some((one) => one.id === id)) noSuch('calendar', id)
      const assignment = assignments.find(({ calendar }) => calendar === id)
      if (assignment) refuse(`It is assigned by ${assignment.name}; change that first.`)
      change(by, 'remove-programme-calendar', `calendar ${id}`, { calendars: calendars.filter((one) => one.id !== id) })
    },
    setAssignments(list, by, seen) {
      const next = nextAssignments(list, seen)
      change(by, 'set-programme-assignments', 'programme assignments', next)
      return next.assignments
    },
    putCondition(condition, by) {
      change(by, 'put-programme-condition', `programme condition ${condition.id}`, nextConditions(condition))
      return condition
    },
    removeCondition(id, by) {
      change(by, 'remove-programme-condition', `programme condition ${id}`, withoutCondition(id))
      for (const override of openOf(id))
        durable(by, 'end-programme-override', `override ${override.id}`, 'its condition was removed', () =>
          store.endOverride(override.id, now(), by),
        )
    },
    counts() {
      const assigned = current().assignments.map(({ id, query }) => ({ id, query: parseFacilityQuery(query) }))
      const groups = Map.groupBy(
        [...plant].filter(isProgrammed),
        (facility) => assigned.find(({ query }) => matchesFacility(query, facility))?.id ?? '',
      )
      return new Map([...assigned.map(({ id }) => id), ''].map((id) => [id, count(groups.get(id) ?? [])]))
    },
    reach(query, scope) {
      if (plant.revision !== reached.revision) reached = { revision: plant.revision, counts: new Map() }
      const key = `${JSON.stringify(scope)} ${query}`
      const known = reached.counts.get(key)
      if (known) return known
      check(queryProblem(query))
      const parsed = parseFacilityQuery(query)
      const fresh = count(
        [...plant].filter((facility) => isProgrammed(facility) && isInScope(scope, facility) && matchesFacility(parsed, facility)),
      )
      reached.counts.set(key, fresh)
      makeRoom(reached.counts, MOST_REACHED)
      return fresh
    },

    overrides: () => overrides.toReversed(),
    isInForce: inForce,
    addOverride(asked, by, scope) {
      const fresh = newOverride(asked, by, scope)
      const { query, level, programme, from, until, reason } = fresh
      const { lamps } = count(found(query))
      const light = level === null ? `control programme ${programme}` : `${level} %`
      const detail = `${light} from ${new Date(from).toISOString()} until ${new Date(until).toISOString()} for ${lamps} lamps: ${query}: ${reason}`
      const id = durable(by, 'add-programme-override', 'programme override', detail, () => store.addOverride(fresh))
      return { ...fresh, id }
    },
    endOverride(id, reason, by, scope) {
      const override = knownOverride(id, scope)
      if (isOver(override, now())) return override
      durable(by, 'end-programme-override', `override ${id}`, reason, () => store.endOverride(id, now(), by))
      return overrides.find((one) => one.id === id) ?? override
    },
    overrideByCondition(fresh) {
      const { condition, level, query } = fresh
      durable('clock', 'add-programme-override', `programme condition ${condition}`, `at least ${level} %: ${query}: ${fresh.reason}`, () =>
        store.addOverride({ ...fresh, id: 0 }),
      )
    },

    followHolidays() {
      const { calendars, holidays: known } = current()
      if (calendars.length > 0 && JSON.stringify(known) !== JSON.stringify(holidays()))
        change('clock', 'follow-holidays', 'programme calendars', { holidays: [...holidays()] })
    },

    async nightOn(date) {
      if (date === undefined) return tonight()
      const noon = parseIso(`${date}T12:00:00Z`)
      if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(noon)) check([`${date} is no date; write it as 2026-10-01.`])
      return nightOf(noon - utcOffset(noon), utcOffset)
    },
    async preview(facilities, night) {
      const groups = new Map<string, { facilities: Facility[]; changes: PreviewGroup['changes'] }>()
      const turn = takeTurns()
      const keys = new Map<PreviewGroup['changes'], string>()
      for (const facility of facilities) {
        if (!isProgrammed(facility) || !facility.position) continue
        await turn()
        const changes = book.changes(facility, night.from, night.until)
        const key =
          keys.get(changes) ?? changes.map((one) => `${one.level} ${one.assignment} ${one.programme} ${one.override?.id}`).join(';')
        keys.set(changes, key)
        const group = groups.get(key)
        if (group) group.facilities.push(facility)
        else groups.set(key, { facilities: [facility], changes })
      }
      return [...groups.values()]
        .map(({ facilities: some, changes }) => {
          const example = some[0] as Facility
          return { ...count(some), example, ...duskAndDawn(night, example.position as [number, number]), changes }
        })
        .sort((a, b) => b.facilities - a.facilities)
    },
    tryOut(programme, night) {
      check(programmeProblems(programme))
      const position = middleOfCity()
      return { ...duskAndDawn(night, position), changes: nightChanges(programme, night, position, utcOffset) }
    },
    step: (facility, at) => book.step(facility, at),

    devices: (scope) => downloads.devices().filter(({ facility }) => isInScope(scope, facility)),
    download(ids, by, scope) {
      const wanted = downloads
        .devices()
        .filter(({ facility }) => ids.includes(facility.id) && isInScope(scope, facility))
        .map(({ facility }) => facility.id)
      if (wanted.length === 0) refuse('None of these has a table of its own.')
      state.audit({ at: now(), by, action: 'download-programmes', subject: 'programme tables', detail: wanted.slice(0, 50).join(', ') })
      downloads.again(wanted)
      return wanted.length
    },
    history: (from) => lightingHistory(state, from),
    onChange: (listener) => void listeners.push(listener),
  }
  return services
}
