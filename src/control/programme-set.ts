import type { ControlProgramme } from './control-programme.ts'
import type { ProgrammeCalendar } from './programme-calendar.ts'

/** Gives a calendar to all facilities that a query finds; of several the first in the list counts. */
export interface ProgrammeAssignment {
  id: string
  name: string
  nameEn: string
  /** A facility query, resolved whenever it is asked. */
  query: string
  /** Id of a calendar. */
  calendar: string
}

/** Light by a sensor: while its point is beyond a limit, facilities have at least a level. */
export interface ProgrammeCondition {
  id: string
  name: string
  nameEn: string
  /** Id of the facility that measures, and its point. */
  facility: string
  point: string
  when: 'above' | 'below'
  limit: number
  /** The value that ends it, on the other side of the limit or the same. */
  clear: number
  /** For so long on either side before it begins or ends, ms. */
  delay: number
  query: string
  /** At least so much light, %. */
  level: number
  disabled: boolean
}

/** Everything that is configured, as one whole that is kept with each change. */
export interface ProgrammeSet {
  programmes: ControlProgramme[]
  calendars: ProgrammeCalendar[]
  assignments: ProgrammeAssignment[]
  conditions: ProgrammeCondition[]
  /** Dates of the city's calendar of holidays, as they were when it was kept. */
  holidays: string[]
}

/** In force from a moment on, ms since 1970. */
export interface ProgrammeVersion extends ProgrammeSet {
  id: number
  at: number
  by: string
}

export const nothingConfigured: ProgrammeSet = { programmes: [], calendars: [], assignments: [], conditions: [], holidays: [] }

/** Another light for a time; goes before all assignments. Of several the newest counts, by hand before those of conditions, and of these the one that asks for most light. */
export interface ProgrammeOverride {
  id: number
  query: string
  /** Light, %; of a condition at least so much. Null where `programme` says. */
  level: number | null
  /** Id of a control programme; null where `level` says. */
  programme: string | null
  from: number
  until: number
  reason: string
  by: string
  made: number
  /** When it was ended before its time, and by whom; null while it was not. */
  ended: number | null
  endedBy: string | null
  /** The activation of an emergency plan that made it. */
  plan: string | null
  /** Id of the condition that made it. */
  condition: string | null
}

/** From when to when an override counts, whatever was planned, ms; `until` not after `from` where it never did. */
export const spanOf = ({ from, until, made, ended }: Pick<ProgrammeOverride, 'from' | 'until' | 'made' | 'ended'>) => ({
  from: Math.max(from, made),
  until: Math.min(until, ended ?? until),
})
