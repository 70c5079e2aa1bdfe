import type { RosterView } from '../../../../src/edges/http/roster-schemas.ts'
import { hours } from '../../../../src/telemetry/duration.ts'
import type { PlannedShift } from './duty-api.ts'
import { partIn } from './own-shifts.tsx'

/** Between two shifts somebody has so long to rest, ms. */
const REST = hours(8)

/** Somebody who could stand in for another one, and what speaks against it. */
export interface Substitute {
  account: string
  name: string
  /** Null: they may not be told, or nobody knows it. */
  phone: string | null
  /** On duty in a shift at that time; or in one so near that they have no rest. */
  isBusy: boolean
  isTired: boolean
  /** Knows all that the other one knows, in the same role. */
  isAble: boolean
  /** Belongs to a crew that works where the other one's does. */
  isFromThere: boolean
}

type Shift = Pick<PlannedShift, 'rotation' | 'team' | 'to'>

/** Who could stand in for `person` from `from` to the end of a shift, who fits best first; `planned` are the shifts around it. */
export function substitutesFor(
  person: string,
  shift: Shift,
  from: number,
  roster: RosterView,
  planned: readonly PlannedShift[],
): Substitute[] {
  const team = roster.rotations.find(({ id }) => id === shift.rotation)?.teams.find(({ key }) => key === shift.team)
  const crewOf = new Map(roster.crews.map((crew) => [crew.id, crew]))
  const theirs = team?.crew ? crewOf.get(team.crew) : undefined
  const known = new Map(roster.people.map((one) => [one.account, one]))
  const needed = known.get(person)?.skills ?? []
  const role = roster.accounts.find(({ account }) => account === person)?.role
  const during = (begin: number, end: number) => planned.filter((one) => one.from < end && begin < one.to)
  const [then, around] = [during(from, shift.to), during(from - REST, shift.to + REST)]
  const isIn = (shifts: readonly PlannedShift[], account: string) => shifts.some((one) => partIn(one, account) !== undefined)
  const isNear = (crew: RosterView['crews'][number]) =>
    theirs !== undefined && meet(crew.districts, theirs.districts) && meet(crew.domains, theirs.domains)
  const rank = ({ isBusy, isAble, isFromThere, isTired }: Substitute) =>
    Number(isBusy) * 8 + Number(!isAble) * 4 + Number(isTired) * 2 + Number(theirs !== undefined && !isFromThere)
  return roster.accounts
    .filter(({ account, disabled }) => !disabled && !team?.people.includes(account))
    .map(({ account, name, role: own }) => ({
      ...{ account, name, phone: known.get(account)?.phone || null },
      isBusy: isIn(then, account),
      isTired: isIn(around, account),
      isAble: own === role && needed.every((skill) => known.get(account)?.skills.includes(skill)),
      isFromThere: roster.crews.some((crew) => crew.members.includes(account) && isNear(crew)),
    }))
    .toSorted((a, b) => rank(a) - rank(b))
}

/** Whoever fits best, if they are free and able; null where nobody is. Where the only one has little rest, that is said beside the name. */
export const suggested = ([first]: readonly Substitute[]): string | null => (first && !first.isBusy && first.isAble ? first.account : null)

const meet = (some: 'all' | readonly string[], others: 'all' | readonly string[]): boolean =>
  some === 'all' || others === 'all' || some.some((one) => others.includes(one))
