import type { Scope } from '../access/scope.ts'
import type { ControlProgramme, Night } from '../control/control-programme.ts'
import type { NewOverride } from '../control/light-change.ts'
import type { LightingHistory } from '../control/lighting-history.ts'
import type { BookedChange } from '../control/programme-book.ts'
import type { ProgrammeCalendar } from '../control/programme-calendar.ts'
import type { ProgrammeAssignment, ProgrammeCondition, ProgrammeOverride, ProgrammeVersion } from '../control/programme-set.ts'
import type { ProgrammeStep } from '../detection/expected.ts'
import type { Facility } from '../facilities/plant.ts'
import type { ProgrammeDownload } from '../storage/programme-store.ts'

/** Facilities that have the same light for the same reasons in one night. */
export interface PreviewGroup {
  /** Lamps, and all facilities with a programme. */
  lamps: number
  facilities: number
  /** One of them, whose times stand here. */
  example: Facility
  dusk: number
  dawn: number
  changes: readonly BookedChange[]
}

export interface AssignedCount {
  lamps: number
  facilities: number
}

/** How what a device runs stands to what it should run. */
export const programmeStates = ['same', 'waiting', 'sent', 'unanswered', 'differs'] as const
export type ProgrammeState = (typeof programmeStates)[number]

/** A device that was given a table. */
export interface DeviceProgramme {
  facility: Facility
  state: ProgrammeState
  /** What it says it runs; null while it never said. */
  runs: number | null
  /** What it should run. */
  wanted: number
  /** Since when the two are not the same, ms; null while they are. */
  since: number | null
  download: ProgrammeDownload
}

/** Lighting programmes. `by` is the account; methods throw `LamplighterError`, with all that is wrong in words. Every change is audited and kept as a version. */
export interface Programmes {
  /** What is configured. */
  current(): ProgrammeVersion
  /** Newest first. */
  versions(): readonly ProgrammeVersion[]
  putProgramme(programme: ControlProgramme, by: string): ControlProgramme
  /** Refused while a calendar or an override speaks of it. */
  removeProgramme(id: string, by: string): void
  putCalendar(calendar: ProgrammeCalendar, by: string): ProgrammeCalendar
  /** Refused while it is assigned. */
  removeCalendar(id: string, by: string): void
  /** The whole list, in its order. Refused when another version than `seen` is in force. */
  setAssignments(assignments: readonly ProgrammeAssignment[], by: string, seen?: number): ProgrammeAssignment[]
  putCondition(condition: ProgrammeCondition, by: string): ProgrammeCondition
  removeCondition(id: string, by: string): void
  /** How many each assignment gets, by its id; '' stands for those that none finds. */
  counts(): ReadonlyMap<string, AssignedCount>
  /** Lamps and cabinets that a query finds now. */
  reach(query: string, scope: Scope): AssignedCount

  /** Newest first. */
  overrides(): readonly ProgrammeOverride[]
  isInForce(override: ProgrammeOverride, at: number): boolean
  /** Refused where it would reach facilities out of scope. */
  addOverride(override: NewOverride, by: string, scope: Scope): ProgrammeOverride
  /** Ends it now; one that is over already stays as it was. */
  endOverride(id: number, reason: string, by: string, scope: Scope): ProgrammeOverride

  /** The night that begins on a date of the city, YYYY-MM-DD; tonight or the present night when absent. */
  nightOn(date: string | undefined): Promise<Night>
  /** Looks at a large city piece by piece. */
  preview(facilities: readonly Facility[], night: Night): Promise<PreviewGroup[]>
  /** What steps would make of a night at the middle of the city. */
  tryOut(programme: Pick<ControlProgramme, 'steps'>, night: Night): { dusk: number; dawn: number; changes: { at: number; level: number }[] }
  /** What a facility should give at a moment. */
  step(facility: Facility, at: number): ProgrammeStep | undefined

  /** Devices with a table of their own, those that differ longest first. */
  devices(scope: Scope): DeviceProgramme[]
  /** Sends their tables again; returns how many devices get one. */
  download(facilities: readonly string[], by: string, scope: Scope): number

  /** All that was asked of lamps and cabinets after a moment, ms. */
  history(from: number): LightingHistory

  onChange(listener: () => void): void
}
