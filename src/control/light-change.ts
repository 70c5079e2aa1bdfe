import type { Permission } from '../access/permissions.ts'
import type { Text } from '../telemetry/point.ts'
import type { Approval } from './approval.ts'
import type { ControlProgramme, LevelChange } from './control-programme.ts'
import type { BookedChange } from './programme-book.ts'
import type { ProgrammeCalendar } from './programme-calendar.ts'
import type { ProgrammeAssignment, ProgrammeCondition, ProgrammeOverride } from './programme-set.ts'

export type NewOverride = Pick<ProgrammeOverride, 'query' | 'level' | 'programme' | 'from' | 'until' | 'reason'> &
  Partial<Pick<ProgrammeOverride, 'plan'>>

/** What gives facilities another light, otherwise than by a command. */
export type LightChange =
  | { type: 'override'; override: NewOverride }
  | { type: 'end-override'; override: number; reason: string }
  | { type: 'programme'; programme: ControlProgramme }
  | { type: 'calendar'; calendar: ProgrammeCalendar }
  /** `version`: of what is configured, as whoever changed the list saw it. */
  | { type: 'assignments'; assignments: ProgrammeAssignment[]; version?: number }
  | { type: 'condition'; condition: ProgrammeCondition }
  | { type: 'remove-condition'; condition: string }

export const lightChangeStates = {
  waiting: { zh: '等待第二人确认', en: 'Waits for a second person' },
  'in-force': { zh: '已生效', en: 'In force' },
  declined: { zh: '第二人未同意', en: 'Declined' },
  expired: { zh: '时限内无第二人确认', en: 'Nobody approved it in time' },
  withdrawn: { zh: '已撤回', en: 'Withdrawn' },
} as const satisfies Record<string, Text>
export type LightChangeState = keyof typeof lightChangeStates

/** How many get another light, and how many of them less than before at some time. */
export interface LightCounts {
  lamps: number
  cabinets: number
  darkerLamps: number
  darkerCabinets: number
}

/** Where the light of a facility becomes another one; levels 0 to 1. */
export interface LightDifference {
  /** ms */
  at: number
  before: number
  after: number
}

/** Facilities of which one says where its light becomes another. */
export interface CountedDifference extends LightDifference {
  lamps: number
  cabinets: number
}

/** A change of light that somebody asked for, and what became of it. */
export interface KeptLightChange {
  /** Made by whoever asks, so that it counts once however often it comes. */
  id: string
  change: LightChange
  /** A person, or `key:NAME`. */
  by: string
  /** The account that answers for it. */
  account: string
  /** ms */
  at: number
  state: LightChangeState
  counts: LightCounts
  /** Those that get less light first, then the most facilities. */
  differences: readonly CountedDifference[]
  /** Hash of the token that it was armed with; null for that of an emergency plan. */
  token: string | null
  /** Hash of whom and what it was armed for, which must be the same when it is put in force. */
  basis: string
  /** What a second person has to say to it; null where none is needed. */
  approval: Approval | null
  /** Lamps that get less light by it without anybody's approval. */
  alone: readonly string[]
  /** Id of the override that it made. */
  override: number | null
}

/** What somebody must be allowed to ask for it, and to approve it. */
export const permissionFor = ({ type }: Pick<LightChange, 'type'>): Permission =>
  type === 'override' || type === 'end-override' ? 'programme.override' : 'programme.edit'

/** Where light first becomes less, or, where it never does, first becomes another; null where it stays. Both lists begin at the same moment. */
export function differenceOf(before: readonly LevelChange[], after: readonly LevelChange[]): LightDifference | null {
  const times = [...new Set([...before, ...after].map(({ at }) => at))].sort((a, b) => a - b)
  const levelAt = (changes: readonly LevelChange[], at: number) => changes.findLast((change) => change.at <= at)?.level ?? 0
  const found = times
    .map((at) => ({ at, before: levelAt(before, at), after: levelAt(after, at) }))
    .filter((one) => one.before !== one.after)
  return found.find(isDarker) ?? found[0] ?? null
}

export const isDarker = ({ before, after }: Pick<LightDifference, 'before' | 'after'>): boolean => after < before

/** The light of a lamp: its own where something is configured for itself, else that of the cabinet which feeds it. */
export function handedOn(lamp: readonly BookedChange[], cabinet: readonly BookedChange[] | null): readonly LevelChange[] {
  if (!cabinet?.some(({ own }) => own) || lamp.every(({ own }) => own)) return lamp
  const times = [...new Set([...lamp, ...cabinet].map(({ at }) => at))].sort((a, b) => a - b)
  const at = (changes: readonly BookedChange[], time: number) => changes.findLast((change) => change.at <= time)
  return times.flatMap((time) => {
    const [own, fed] = [at(lamp, time), at(cabinet, time)]
    const light = own?.own || !fed?.own ? own : fed
    return light ? [{ at: time, level: light.level }] : []
  })
}

/** The activation of an emergency plan that asks for it. */
export const planOf = (change: LightChange): string | null => (change.type === 'override' ? (change.override.plan ?? null) : null)
