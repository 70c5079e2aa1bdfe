import type { Priority } from '../../detection/rule.ts'
import { partsOfKey } from '../../detection/rule-key.ts'
import { hours } from '../../telemetry/duration.ts'
import type { AlertSource } from './alert-source.ts'

/** One alert of a webhook of Alertmanager, version 4; times are ISO 8601. */
export interface Alert {
  status: 'firing' | 'resolved'
  labels: Readonly<Record<string, string>>
  annotations: Readonly<Record<string, string>>
  startsAt: string
  endsAt?: string
  generatorURL?: string
  fingerprint: string
}

/** What a notification says of a group of alerts. */
export interface AlertNotification {
  groupKey: string
  alerts: readonly Alert[]
  /** Alerts that the sender left out by a bound of its own. */
  truncatedAlerts: number
}

/** An alert as an alarm tells it. */
export interface ToldAlert {
  fingerprint: string
  priority: Priority
  firing: boolean
  /** ms; null where nobody knows. */
  startsAt: number | null
  endsAt: number | null
  title: string
  cause: string
  response: string
}

const LONGEST_TITLE = 200
const LONGEST_CAUSE = 1500
const LONGEST_RESPONSE = 500

export const isHeartbeat = ({ labels }: Alert, { heartbeat }: Pick<AlertSource, 'heartbeat'>): boolean =>
  heartbeat !== null && labels.alertname === heartbeat.alertname

/** An alert in the words of an alarm, as urgent as its source is set up; null where it is no alarm. */
export function toldAlert(alert: Alert, { severityLabel, priorities, otherwise }: AlertSource): ToldAlert | null {
  const { labels, annotations, fingerprint } = alert
  const severity = labels[severityLabel]?.toLowerCase() ?? ''
  const priority = Object.hasOwn(priorities, severity) ? (priorities[severity] as Priority | 'none') : otherwise
  if (priority === 'none') return null
  const name = labels.alertname ?? ''
  const summary = annotations.summary || annotations.title || annotations.message || ''
  const rest = Object.entries(labels).filter(([label]) => label !== 'alertname' && label !== severityLabel)
  const more = rest.map(([label, value]) => `${label}=${value}`).sort()
  return {
    ...{ fingerprint, priority, firing: alert.status === 'firing', startsAt: timeOf(alert.startsAt), endsAt: timeOf(alert.endsAt) },
    title: cut([name, summary].filter(Boolean).join(': ') || fingerprint, LONGEST_TITLE),
    cause: cut([annotations.description ?? '', more.join(', ')].filter(Boolean).join(' — '), LONGEST_CAUSE),
    response: cut([annotations.runbook_url ?? '', alert.generatorURL ?? ''].filter(Boolean).join(' '), LONGEST_RESPONSE),
  }
}

/** The time of a message; null for none, and for the year 1 by which the sender says that there is none. */
function timeOf(text: string | undefined): number | null {
  const at = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isFinite(at) && at > 0 ? at : null
}

const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`)

/** The alarm there is of an alert: by which rule it came, and whether it stands. */
export interface KnownAlert {
  rule: string
  active: boolean
  activated: number
  returned: number | null
}

/** A condition to be told of, at its event time, ms. */
export interface AlertCondition {
  rule: string
  instance: string
  active: boolean
  at: number
  title: string
  cause: string
  response: string
}

export interface AlertChoice {
  conditions: AlertCondition[]
  /** Fingerprints of those that are beyond what the source may have. */
  leftOut: string[]
}

const order: readonly Priority[] = ['critical', 'high', 'medium', 'low']

/** Who acts on it had no time before it came, so an older begin does not count against them. */
const OLDEST_BEGIN = hours(1)

/**
 * What a notification changes of the alarms of a source, at our time `now`, ms: what is told again changes nothing, and of the new ones the most
 * urgent come first, as many as there is room for. `known` finds the alarm of a fingerprint.
 */
export function chooseConditions(
  alerts: readonly ToldAlert[],
  known: (fingerprint: string) => KnownAlert | undefined,
  room: number,
  now: number,
): AlertChoice {
  const choice: AlertChoice = { conditions: [], leftOut: [] }
  let left = room
  const sorted = [...new Map(alerts.map((alert) => [alert.fingerprint, alert])).values()].sort(
    (a, b) => order.indexOf(a.priority) - order.indexOf(b.priority),
  )
  for (const alert of sorted) {
    const { fingerprint: instance, firing: active, title, cause, response } = alert
    const alarm = known(instance)
    if (alarm ? alarm.active === active : !active) continue
    if (!alarm && left-- <= 0) {
      choice.leftOut.push(instance)
      continue
    }
    const rule = alarm ? partsOfKey(alarm.rule).rule : `alert-${alert.priority}`
    choice.conditions.push({ ...{ rule, instance, active, title, cause, response }, at: eventTime(alert, alarm, now) })
  }
  return choice
}

/** When it began or ended, by its sender, as far as that fits what was told before. */
function eventTime({ firing, startsAt, endsAt }: ToldAlert, alarm: KnownAlert | undefined, now: number): number {
  const at = (firing ? startsAt : endsAt) ?? now
  const least = firing ? Math.max(alarm?.returned ?? 0, now - OLDEST_BEGIN) : (alarm?.activated ?? 0)
  return at < least && firing && alarm === undefined ? now : Math.min(now, Math.max(at, least))
}
