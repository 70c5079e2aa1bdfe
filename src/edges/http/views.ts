import { isDeepStrictEqual } from 'node:util'
import { type Alarm, alarmState } from '../../alarms/alarm.ts'
import type { AlarmPolicy } from '../../alarms/policy.ts'
import { expressionText } from '../../detection/expression.ts'
import type { Hours } from '../../detection/hours.ts'
import type { Rule } from '../../detection/rule.ts'
import { usualTexts } from '../../detection/settings.ts'
import type { FacilityKind } from '../../facilities/facility-kind.ts'
import type { FacilityVersion, FieldValue } from '../../facilities/facility-version.ts'
import type { Facility, FacilityDescription } from '../../facilities/plant.ts'
import { dayFigureOf } from '../../storage/daily-totals.ts'
import type { Point } from '../../telemetry/point.ts'
import { rejectionReasons } from '../../telemetry/rejection.ts'
import type { FacilityPage, RejectedMessage, Services } from '../services.ts'
import type { AlarmPolicyView } from './alarm-schemas.ts'
import { kindCommandView } from './command-views.ts'
import { mimicView } from './mimic-schemas.ts'
import type {
  AlarmView,
  FacilityPageView,
  FacilityState,
  FacilityVersionView,
  FacilityView,
  KindView,
  PointView,
  RejectionView,
  RuleView,
} from './schemas.ts'

/** What is inside the program, in the shapes of the API. An alarm's texts are told only where they are not those that its kind's rule has now. */
export function alarmViewer({
  kinds,
  emergencyPlans,
}: Pick<Services, 'kinds'> & Partial<Pick<Services, 'emergencyPlans'>>): (alarm: Alarm) => AlarmView {
  const usual = new Map(kinds.flatMap(({ key, rules }) => rules.map((rule) => [`${key}/${rule.key}`, usualTexts(rule)])))
  return (alarm) => {
    const { texts } = alarm.evidence
    const isUsual = texts === null || isDeepStrictEqual(texts, usual.get(`${alarm.kind}/${alarm.rule}`))
    const raisedFrom = (alarm.ended === null && emergencyPlans?.raiseOf(alarm)?.from) || null
    return { ...alarmView(alarm), raisedFrom, texts: isUsual ? null : { ...texts, response: [...texts.response] } }
  }
}

function alarmView(alarm: Alarm): Omit<AlarmView, 'texts' | 'raisedFrom'> {
  const { texts: _, ...evidence } = alarm.evidence
  return {
    id: alarm.id,
    facility: alarm.facility,
    kind: alarm.kind,
    rule: alarm.rule,
    priority: alarm.priority,
    basePriority: alarm.basePriority,
    escalated: alarm.escalated,
    reminders: alarm.reminders,
    actBy: alarm.actBy,
    state: alarmState(alarm),
    active: alarm.active,
    latched: alarm.latched,
    shelvable: alarm.shelvable,
    resetRequest: alarm.resetRequest,
    chattering: alarm.chattering,
    historical: alarm.historical,
    acknowledged: alarm.acknowledged,
    shelved: alarm.shelved,
    outOfService: alarm.outOfService,
    suppressed: alarm.suppressed && { ...alarm.suppressed },
    affects: alarm.affects,
    raised: alarm.raised,
    activated: alarm.activated,
    returned: alarm.returned,
    ended: alarm.ended,
    occurrences: [...alarm.occurrences],
    occurrenceCount: alarm.occurrenceCount,
    comments: [...alarm.comments],
    commentCount: alarm.commentCount,
    evidence: {
      ...evidence,
      parameters: { ...evidence.parameters },
      values: { ...evidence.values },
      figures: { ...evidence.figures },
    },
    version: alarm.version,
  }
}

export function alarmPolicyView({ longestShelving, reminders, escalation, floods }: AlarmPolicy): AlarmPolicyView {
  return { longestShelving: { ...longestShelving }, reminders: { ...reminders }, escalation: { ...escalation }, floods: { ...floods } }
}

export function facilityView(facility: Facility): FacilityView {
  return { number: facility.number, ...describedView({ ...facility, kind: facility.kind.key }) }
}

export function facilityPageView({ items, next, total }: FacilityPage, stateOf: (facility: Facility) => FacilityState): FacilityPageView {
  return {
    items: items.map((facility) => ({ ...facilityView(facility), state: stateOf(facility) })),
    next: next === null ? null : String(next),
    total,
  }
}

export function facilityVersionView(version: FacilityVersion & { id: number }): FacilityVersionView {
  const { id, at, by, action, reason, changes, description } = version
  return {
    id,
    at,
    by,
    action,
    reason,
    changes: changes.map(({ field, before, after }) => ({ field, before: fieldValue(before), after: fieldValue(after) })),
    isRegistration: description !== null && changes.length === 0,
    facility: description && describedView(description),
  }
}

const fieldValue = (value: FieldValue) => (typeof value === 'object' && value !== null ? [...value] : value)

function describedView(facility: FacilityDescription): Omit<FacilityView, 'number'> {
  return {
    id: facility.id,
    kind: facility.kind,
    name: facility.name,
    nameEn: facility.nameEn,
    district: facility.district,
    road: facility.road,
    roadClass: facility.roadClass,
    keyArea: facility.keyArea,
    owner: facility.owner,
    position: facility.position && [...facility.position],
    fedBy: facility.fedBy,
    circuit: facility.circuit,
    gateway: facility.gateway,
    labels: { ...facility.labels },
    rated: { ...facility.rated },
    mode: facility.mode,
  }
}

export function kindView(kind: FacilityKind): KindView {
  const { keys, points } = kind.table
  return {
    key: kind.key,
    domain: kind.domain,
    title: kind.title,
    rated: { ...kind.rated },
    variants: Object.entries(kind.variants).map(([key, { title, rated }]) => ({ key, title, rated: { ...rated } })),
    circuits: kind.circuits.length,
    commands: [...kind.commands.values()].map(kindCommandView),
    light: kind.light !== null,
    points: points.map((point, i) => pointView(keys[i] as string, point)),
    rules: kind.rules.map((rule) => ruleView(rule, kind)),
    panel: {
      gauges: [...kind.panel.gauges],
      trends: kind.panel.trends.map((trend) => [...trend]),
      headline: kind.panel.headline,
      ...(kind.panel.mimic && { mimic: mimicView(kind.panel.mimic) }),
    },
  }
}

function pointView(key: string, point: Point): PointView {
  const isNumber = point.type === 'number'
  return {
    key,
    title: point.title,
    type: point.type,
    unit: point.unit,
    digits: isNumber ? point.digits : 0,
    occasional: isNumber && point.occasional === true,
    plausible: isNumber ? [...point.plausible] : null,
    normal: isNumber && point.normal ? [...point.normal] : null,
    states: statesOf(point),
    daily: dayFigureOf(point),
  }
}

/** The keys are what a value of the API reads as text. */
function statesOf(point: Point): PointView['states'] {
  if (point.type === 'number') return []
  if (point.type === 'state') return [...point.states]
  return [
    { key: 'false', title: point.states[0] },
    { key: 'true', title: point.states[1] },
  ]
}

function ruleView(rule: Rule, { table: { keys }, rated }: FacilityKind): RuleView {
  return {
    key: rule.key,
    version: rule.version,
    type: rule.type,
    title: rule.title,
    priority: rule.priority,
    points: rule.points.map((point) => keys[point] as string),
    parameters: { ...rule.parameters },
    ratedParameters: { ...rule.ratedParameters(rated) },
    onDelay: rule.onDelay,
    offDelay: rule.offDelay,
    latching: rule.latching,
    shelvable: rule.shelvable,
    modes: rule.modes && [...rule.modes],
    hours: hoursView(rule.hours),
    condition: rule.condition && expressionText(rule.condition),
    only: rule.only && expressionText(rule.only),
    timeToAct: rule.timeToAct,
    response: [...rule.response],
    cause: rule.cause,
    consequence: rule.consequence,
    deprives: [...(rule.deprives?.of ?? [])],
  }
}

export const hoursView = (hours: Hours | null) => hours && { ...hours, weekdays: [...hours.weekdays] }

export function rejectionView({ at, reason, detail, facility, sender, topic, payload }: RejectedMessage): RejectionView {
  const bytes = Buffer.from(payload)
  return {
    at,
    reason,
    help: rejectionReasons[reason],
    detail,
    facility,
    sender,
    topic,
    payload: bytes.toString('utf8'),
    payloadHex: bytes.toString('hex'),
  }
}
