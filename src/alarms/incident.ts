import { type Priority, priorities } from '../detection/rule.ts'
import { minutes } from '../telemetry/duration.ts'
import { type CauseTree, findCauses } from './incident-causes.ts'

/** An alarm as the incident tree sees it. */
export interface IncidentAlarm {
  id: number
  facility: string
  rule: string
  priority: Priority
  /** Event time of its activation, ms. */
  at: number
  /** The alarm that explains it by design; null when it stands for itself. */
  by: number | null
}

/**
 * What alarms have in common. alarm: one that explains the others by design; feeder: what feeds their facilities, on one circuit if there
 * is a number; gateway: what reports for them; facility: they are of the same one; road, district: they came there at about the same time;
 * single: nothing.
 */
export type IncidentType = 'alarm' | 'feeder' | 'gateway' | 'facility' | 'road' | 'district' | 'single'

export interface IncidentCause {
  type: IncidentType
  /** What feeds or reports, or has the alarms; null for a place, and for an alarm that is not among those given. */
  facility: string | null
  circuit: number | null
  /** The alarm that explains the others. */
  alarm: number | null
  district: string | null
  road: string | null
}

/** Alarms with a common cause, or what looks like one. Counts and times are of all alarms below. */
export interface Incident {
  /** Names it among those of the same alarms. */
  key: string
  cause: IncidentCause
  /** The alarm that came first: most likely where it began. */
  firstOut: IncidentAlarm
  alarms: number
  byPriority: Record<Priority, number>
  facilities: number
  /** Event times of the first and last activation, ms. */
  from: number
  to: number
  children: readonly Incident[]
  /** Alarms that belong to none of the children, in the order they came. */
  own: readonly IncidentAlarm[]
}

export interface IncidentOptions {
  /** Alarms with a common feeder, gateway or facility are two incidents when more than this lies between them, ms. */
  gap: number
  /** Alarms on one road or in one district belong together while no more than this lies between them, ms. */
  near: number
}

/** Ten minutes are the span in which floods are counted; two are long enough for the reports of one event to come in. */
export const usualIncidentOptions: IncidentOptions = { gap: minutes(10), near: minutes(2) }

/** An alarm and those it explains, in the order they came. */
interface Unit {
  head: number
  alarms: Placed[]
  /** The facility whose alarm it is; null when that alarm is not among those given. */
  facility: string | null
}

interface Placed {
  alarm: IncidentAlarm
  /** In the order of first-out. */
  rank: number
}

/** An explanation of an explanation and so on ends here. */
const DEEPEST = 8

/**
 * Groups alarms by what explains them: an alarm that does so by design, a common feeder, a common gateway, the same facility, and only then
 * closeness in time on a road or in a district. The most urgent and then the largest come first. The order in which the alarms are given
 * makes no difference.
 */
export function incidentTree(
  alarms: readonly IncidentAlarm[],
  tree: CauseTree,
  { gap, near }: IncidentOptions = usualIncidentOptions,
): Incident[] {
  const units = unitsOf(inOrder(alarms, tree))
  const causes = findCauses(
    units.flatMap(({ facility }) => (facility === null ? [] : [facility])),
    tree,
  )
  const byRoot = new Map<string, Unit[]>()
  const found: Draft[] = []
  for (const unit of units) {
    if (unit.facility === null) found.push(draftOfUnit(unit))
    else addTo(byRoot, causes.root(unit.facility), unit)
  }
  const build = (node: string, below: readonly Unit[]): Draft[] =>
    split(below, gap, unitStart).flatMap((cluster) => {
      const own: Draft[] = []
      const branches = new Map<string, Unit[]>()
      for (const unit of cluster) {
        const branch = causes.branch(node, unit.facility as string)
        if (branch === null) own.push(draftOfUnit(unit))
        else addTo(branches, branch, unit)
      }
      if (branches.size === 0) return [together(own, causeOf('facility', { facility: node }))]
      const parts = [...branches].map(([branch, units]) => ({ drafts: build(branch, units), ...causes.link(branch) }))
      return [feederDraft(node, own, parts)]
    })
  for (const [root, below] of byRoot) found.push(...build(root, below))
  const byRoad = byPlace(found, near, ({ district, road }) => (road === '' ? null : causeOf('road', { district, road })), tree)
  const byDistrict = byPlace(byRoad, near, ({ district }) => (district === '' ? null : causeOf('district', { district })), tree)
  return byDistrict.map((each) => finish(each)).sort(byUrgency)
}

/** In the order of first-out: event time; of equal ones the more urgent, then the rule its kind names earlier. */
function inOrder(alarms: readonly IncidentAlarm[], tree: CauseTree): Placed[] {
  const ordered = alarms.map((alarm) => ({
    alarm,
    urgency: priorities.indexOf(alarm.priority),
    rule: tree.get(alarm.facility)?.kind.rules.findIndex(({ key }) => key === alarm.rule) ?? -1,
  }))
  ordered.sort(
    (a, b) =>
      a.alarm.at - b.alarm.at ||
      a.urgency - b.urgency ||
      a.rule - b.rule ||
      compare(a.alarm.facility, b.alarm.facility) ||
      a.alarm.id - b.alarm.id,
  )
  return ordered.map(({ alarm }, rank) => ({ alarm, rank }))
}

function unitsOf(ordered: readonly Placed[]): Unit[] {
  const byId = new Map(ordered.map(({ alarm }) => [alarm.id, alarm]))
  const headOf = (alarm: IncidentAlarm): number => {
    let head = alarm
    for (let depth = 0; head.by !== null && depth < DEEPEST; depth++) {
      const next = byId.get(head.by)
      if (!next) return head.by
      head = next
    }
    return head.id
  }
  const units = new Map<number, Unit>()
  for (const placed of ordered) {
    const head = headOf(placed.alarm)
    const unit = units.get(head)
    if (unit) unit.alarms.push(placed)
    else units.set(head, { head, alarms: [placed], facility: byId.get(head)?.facility ?? null })
  }
  return [...units.values()]
}

const unitStart = ({ alarms }: Unit) => (alarms[0] as Placed).alarm.at

/** An incident that may still become part of another one. */
interface Draft {
  cause: IncidentCause
  own: Placed[]
  children: Draft[]
  first: Placed
  from: number
  to: number
}

function draft(cause: IncidentCause, own: Placed[], children: Draft[]): Draft {
  const firsts = [...own.slice(0, 1), ...children.map(({ first }) => first)]
  const first = firsts.reduce((a, b) => (b.rank < a.rank ? b : a))
  const last = own.at(-1)?.alarm.at ?? first.alarm.at
  return { cause, own, children, first, from: first.alarm.at, to: children.reduce((to, child) => Math.max(to, child.to), last) }
}

function draftOfUnit({ head, alarms, facility }: Unit): Draft {
  const isSingle = alarms.length === 1 && facility !== null
  return draft(causeOf(isSingle ? 'single' : 'alarm', isSingle ? { facility } : { facility, alarm: head }), alarms, [])
}

/** Puts drafts under one cause; a lone one needs none. Alarms that have nothing else in common stand directly under it. */
function together(drafts: readonly Draft[], cause: IncidentCause): Draft {
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

interface Part {
  drafts: Draft[]
  type: 'feeder' | 'gateway'
  circuit: number | null
}

/** What hangs on a facility, in groups by circuit where there is more than one. */
function feederDraft(facility: string, own: Draft[], parts: readonly Part[]): Draft {
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

/** Puts those that concern one facility only, and come at about the same time in one place, together. */
function byPlace(
  drafts: readonly Draft[],
  near: number,
  placeOf: (facility: { district: string; road: string }) => IncidentCause | null,
  tree: CauseTree,
): Draft[] {
  const rest: Draft[] = []
  const places = new Map<string, { cause: IncidentCause; drafts: Draft[] }>()
  for (const each of drafts) {
    const facility = each.cause.facility === null ? undefined : tree.get(each.cause.facility)
    const cause = facility && (each.cause.type === 'single' || each.cause.type === 'facility') ? placeOf(facility) : null
    if (!cause) {
      rest.push(each)
      continue
    }
    const place = places.get(subjectOf(cause))
    if (place) place.drafts.push(each)
    else places.set(subjectOf(cause), { cause, drafts: [each] })
  }
  for (const { cause, drafts } of places.values()) {
    drafts.sort((a, b) => a.first.rank - b.first.rank)
    for (const cluster of split(
      drafts,
      near,
      ({ from }) => from,
      ({ to }) => to,
    ))
      rest.push(together(cluster, cause))
  }
  return rest
}

/** Cuts a list in order of time where more than `gap` lies between one and the next. */
function split<T>(list: readonly T[], gap: number, from: (each: T) => number, to = from): T[][] {
  const clusters: T[][] = []
  let until = Number.NEGATIVE_INFINITY
  for (const each of list) {
    if (from(each) - until > gap) clusters.push([each])
    else clusters.at(-1)?.push(each)
    until = Math.max(until, to(each))
  }
  return clusters
}

/** Counts what is below, and adds the facilities concerned to `concerned`. */
function finish({ cause, own, children, first, from, to }: Draft, concerned: Set<string> = new Set()): Incident {
  const facilities = new Set<string>()
  const below = children.map((child) => finish(child, facilities)).sort(byUrgency)
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
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

function causeOf(type: IncidentType, of: Partial<IncidentCause>): IncidentCause {
  return { type, facility: null, circuit: null, alarm: null, district: null, road: null, ...of }
}

function subjectOf({ facility, circuit, alarm, district, road }: IncidentCause): string {
  return [facility, circuit, alarm, district, road].filter((part) => part !== null).join('/')
}

function addTo<T>(lists: Map<string, T[]>, key: string, one: T): void {
  const list = lists.get(key)
  if (list) list.push(one)
  else lists.set(key, [one])
}
