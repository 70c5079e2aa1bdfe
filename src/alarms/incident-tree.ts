import { priorities } from '../detection/rule.ts'
import { ruleIndex } from '../detection/rule-key.ts'
import { minutes } from '../telemetry/duration.ts'
import type { Incident, IncidentAlarm, IncidentCause } from './incident.ts'
import { type Causes, type CauseTree, findCauses } from './incident-causes.ts'
import {
  causeOf,
  compare,
  type Draft,
  draft,
  feederDraft,
  finishAll,
  type Part,
  type Placed,
  subjectOf,
  together,
} from './incident-draft.ts'
import { atOnce, type Steps } from './steps.ts'

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

/** An explanation of an explanation and so on ends here. */
const DEEPEST = 8

/**
 * Groups alarms by what explains them: an alarm that does so by design, a common feeder, a common gateway, the same facility, and only then
 * closeness in time on a road or in a district. The most urgent and then the largest come first. The order in which the alarms are given
 * makes no difference.
 */
export function incidentTree(alarms: readonly IncidentAlarm[], tree: CauseTree, options?: IncidentOptions): Incident[] {
  return atOnce(incidentSteps(alarms, tree, options))
}

/** The same in short steps; the longest is to put the alarms in order. */
export function* incidentSteps(
  alarms: readonly IncidentAlarm[],
  tree: CauseTree,
  { gap, near }: IncidentOptions = usualIncidentOptions,
): Steps<Incident[]> {
  const units = yield* unitsOf(yield* inOrder(alarms, tree))
  const causes = yield* findCauses(
    units.flatMap(({ facility }) => (facility === null ? [] : [facility])),
    tree,
  )
  const byRoot = new Map<string, Unit[]>()
  const found: Draft[] = []
  for (const unit of units) {
    if (unit.facility === null) found.push(draftOfUnit(unit))
    else addTo(byRoot, causes.root(unit.facility), unit)
    yield
  }
  for (const [root, below] of byRoot) found.push(...(yield* build(root, below, causes, gap)))
  const byRoad = yield* byPlace(found, near, ({ district, road }) => (road === '' ? null : causeOf('road', { district, road })), tree)
  const byDistrict = yield* byPlace(byRoad, near, ({ district }) => (district === '' ? null : causeOf('district', { district })), tree)
  return yield* finishAll(byDistrict)
}

/** What is at or below a facility. */
function* build(node: string, below: readonly Unit[], causes: Causes, gap: number): Steps<Draft[]> {
  const drafts: Draft[] = []
  for (const cluster of split(below, gap, unitStart)) {
    const own: Draft[] = []
    const branches = new Map<string, Unit[]>()
    for (const unit of cluster) {
      const branch = causes.branch(node, unit.facility as string)
      if (branch === null) own.push(draftOfUnit(unit))
      else addTo(branches, branch, unit)
      yield
    }
    if (branches.size === 0) {
      drafts.push(together(own, causeOf('facility', { facility: node })))
      continue
    }
    const parts: Part[] = []
    for (const [branch, units] of branches) parts.push({ drafts: yield* build(branch, units, causes, gap), ...causes.link(branch) })
    drafts.push(feederDraft(node, own, parts))
  }
  return drafts
}

/** In the order of first-out: event time; of equal ones the more urgent, then the rule its kind names earlier. */
function* inOrder(alarms: readonly IncidentAlarm[], tree: CauseTree): Steps<Placed[]> {
  const ordered: { alarm: IncidentAlarm; urgency: number; rule: number }[] = []
  for (const alarm of alarms) {
    const rule = ruleIndex(tree.get(alarm.facility)?.kind.rules ?? [], alarm.rule)
    ordered.push({ alarm, urgency: priorities.indexOf(alarm.priority), rule })
    yield
  }
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

function* unitsOf(ordered: readonly Placed[]): Steps<Unit[]> {
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
    yield
  }
  return [...units.values()]
}

const unitStart = ({ alarms }: Unit) => (alarms[0] as Placed).alarm.at

function draftOfUnit({ head, alarms, facility }: Unit): Draft {
  const isSingle = alarms.length === 1 && facility !== null
  return draft(causeOf(isSingle ? 'single' : 'alarm', isSingle ? { facility } : { facility, alarm: head }), alarms, [])
}

/** Puts those that concern one facility only, and come at about the same time in one place, together. */
function* byPlace(
  drafts: readonly Draft[],
  near: number,
  placeOf: (facility: { district: string; road: string }) => IncidentCause | null,
  tree: CauseTree,
): Steps<Draft[]> {
  const rest: Draft[] = []
  const places = new Map<string, { cause: IncidentCause; drafts: Draft[] }>()
  for (const each of drafts) {
    yield
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
    yield
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

function addTo<T>(lists: Map<string, T[]>, key: string, one: T): void {
  const list = lists.get(key)
  if (list) list.push(one)
  else lists.set(key, [one])
}
