import { priorities } from '../detection/rule.ts'
import type { Incident, IncidentAlarm, IncidentCause, IncidentType } from './incident.ts'
import type { Steps } from './steps.ts'

export interface Placed {
  alarm: IncidentAlarm
  /** In the order of first-out. */
  rank: number
}

/** An incident that may still become part of another one. */
export interface Draft {
  cause: IncidentCause
  own: Placed[]
  children: Draft[]
  first: Placed
  from: number
  to: number
}

export function draft(cause: IncidentCause, own: Placed[], children: Draft[]): Draft {
  const firsts = [...own.slice(0, 1), ...children.map(({ first }) => first)]
  const first = firsts.reduce((a, b) => (b.rank < a.rank ? b : a))
  const last = own.at(-1)?.alarm.at ?? first.alarm.at
  return { cause, own, children, first, from: first.alarm.at, to: children.reduce((to, child) => Math.max(to, child.to), last) }
}

/** Puts drafts under one cause; a lone one needs none. Alarms that have nothing else in common stand directly under it. */
export function together(drafts: readonly Draft[], cause: IncidentCause): Draft {
  const [only] = drafts
  if (only && drafts.length === 1) return only
  const singles = drafts.filter(({ cause: { type } }) => type === 'single').flatMap(({ own }) => own)
  singles.sort((a, b) => a.rank - b.rank)
  return draft(
    cause,
    singles,
    drafts.filter(({ cause: { type } }) => type !== 'single'),
  )
}

export interface Part {
  drafts: Draft[]
  type: 'feeder' | 'gateway'
  circuit: number | null
}

/** What hangs on a facility, in groups by circuit where there is more than one. */
export function feederDraft(facility: string, own: Draft[], parts: readonly Part[]): Draft {
  const type = parts.some((part) => part.type === 'feeder') ? 'feeder' : 'gateway'
  const circuits = new Set(parts.map(({ circuit }) => circuit))
  const [circuit = null] = circuits
  if (circuits.size === 1 && own.length === 0)
    return together(
      parts.flatMap(({ drafts }) => drafts),
      causeOf(type, { facility, circuit }),
    )
  const groups = [...circuits].flatMap((circuit) => {
    const drafts = parts.filter((part) => part.circuit === circuit).flatMap((part) => part.drafts)
    return circuit === null || circuits.size === 1 ? drafts : [together(drafts, causeOf('feeder', { facility, circuit }))]
  })
  return together([...own, ...groups], causeOf(type, { facility }))
}

/** Counts what is below each, puts them in order of urgency, and adds the facilities concerned to `concerned`. */
export function* finishAll(drafts: readonly Draft[], concerned: Set<string> = new Set()): Steps<Incident[]> {
  const finished: Incident[] = []
  for (const each of drafts) {
    finished.push(yield* finish(each, concerned))
    yield
  }
  return finished.sort(byUrgency)
}

function* finish({ cause, own, children, first, from, to }: Draft, concerned: Set<string>): Steps<Incident> {
  const facilities = new Set<string>()
  const below = yield* finishAll(children, facilities)
  const byPriority = { critical: 0, high: 0, medium: 0, low: 0 }
  for (const { alarm } of own) {
    byPriority[alarm.priority]++
    facilities.add(alarm.facility)
  }
  for (const child of below) for (const priority of priorities) byPriority[priority] += child.byPriority[priority]
  for (const facility of facilities) concerned.add(facility)
  return {
    key: `${cause.type}:${subjectOf(cause)}:${first.alarm.id}`,
    cause,
    firstOut: first.alarm,
    alarms: own.length + below.reduce((sum, child) => sum + child.alarms, 0),
    byPriority,
    facilities: facilities.size,
    from,
    to,
    children: below,
    own: own.map(({ alarm }) => alarm),
  }
}

function byUrgency(a: Incident, b: Incident): number {
  return worst(a) - worst(b) || b.alarms - a.alarms || a.from - b.from || a.firstOut.id - b.firstOut.id || compare(a.key, b.key)
}

const worst = ({ byPriority }: Incident) => priorities.findIndex((priority) => byPriority[priority] > 0)
export const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

export function causeOf(type: IncidentType, of: Partial<IncidentCause>): IncidentCause {
  return { type, facility: null, circuit: null, alarm: null, district: null, road: null, ...of }
}

export function subjectOf({ facility, circuit, alarm, district, road }: IncidentCause): string {
  return [facility, circuit, alarm, district, road].filter((part) => part !== null).join('/')
}
