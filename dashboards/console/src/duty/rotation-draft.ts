import type { Rotation, Shift, Team } from '../../../../src/dispatch/duty.ts'

/** A key that none of these has, which stays whatever the thing is called later. */
function freshKey(prefix: string, taken: readonly { key: string }[]): string {
  for (let n = taken.length + 1; ; n++) {
    const key = `${prefix}${n}`
    if (!taken.some((one) => one.key === key)) return key
  }
}

/** One shift that lasts all day, one team that is always there. */
export const newRotation = (start: string, names: { shift: string; team: string }): Rotation => ({
  ...{ id: '', name: '', start },
  shifts: [{ key: 's1', name: names.shift, from: 8 * 60, to: 8 * 60 }],
  teams: [{ key: 't1', name: names.team, crew: null, people: [] }],
  cycle: { t1: ['s1'] },
})

/** Days of the longest cycle of a team. */
export const cycleLength = ({ cycle }: Rotation): number => Math.max(1, ...Object.values(cycle).map((days) => days.length))

const daysOf = ({ cycle }: Rotation, key: string): readonly (string | null)[] => cycle[key] ?? []

/** The same with a cycle of so many days: what is new is free. */
export function withLength(rotation: Rotation, length: number): Rotation {
  const days = (key: string) => Array.from({ length }, (_, day) => daysOf(rotation, key)[day] ?? null)
  return { ...rotation, cycle: Object.fromEntries(rotation.teams.map(({ key }) => [key, days(key)])) }
}

export const withCell = (rotation: Rotation, team: string, day: number, shift: string | null): Rotation => ({
  ...rotation,
  cycle: { ...rotation.cycle, [team]: daysOf(rotation, team).map((one, i) => (i === day ? shift : one)) },
})

export const withShift = (rotation: Rotation, key: string, part: Partial<Shift>): Rotation => ({
  ...rotation,
  shifts: rotation.shifts.map((shift) => (shift.key === key ? { ...shift, ...part } : shift)),
})

export const withTeam = (rotation: Rotation, key: string, part: Partial<Team>): Rotation => ({
  ...rotation,
  teams: rotation.teams.map((team) => (team.key === key ? { ...team, ...part } : team)),
})

export function addShift(rotation: Rotation, name: string): Rotation {
  const { shifts } = rotation
  const from = shifts.at(-1)?.to ?? 0
  return { ...rotation, shifts: [...shifts, { key: freshKey('s', shifts), name, from: from % 1440, to: (from + 480) % 1440 }] }
}

/** Days on which somebody had it are free then. */
export const removeShift = (rotation: Rotation, key: string): Rotation => ({
  ...rotation,
  shifts: rotation.shifts.filter((shift) => shift.key !== key),
  cycle: Object.fromEntries(Object.entries(rotation.cycle).map(([team, days]) => [team, days.map((one) => (one === key ? null : one))])),
})

export function addTeam(rotation: Rotation, name: string): Rotation {
  const key = freshKey('t', rotation.teams)
  const team: Team = { key, name, crew: null, people: [] }
  return withLength({ ...rotation, teams: [...rotation.teams, team] }, cycleLength(rotation))
}

export function removeTeam(rotation: Rotation, key: string): Rotation {
  const { [key]: _, ...cycle } = rotation.cycle
  return { ...rotation, teams: rotation.teams.filter((team) => team.key !== key), cycle }
}

/** Every team has the days of the first, each `shift` days later than the one before it. */
export function filledFromFirst(rotation: Rotation, shift: number): Rotation {
  const length = cycleLength(rotation)
  const first = daysOf(rotation, rotation.teams[0]?.key ?? '')
  const days = (place: number) => Array.from({ length }, (_, day) => first[(((day - place * shift) % length) + length) % length] ?? null)
  return { ...rotation, cycle: Object.fromEntries(rotation.teams.map(({ key }, place) => [key, days(place)])) }
}
