import { type Alarm, isTold } from '../alarms/alarm.ts'
import { minutes } from '../telemetry/duration.ts'
import type { Text } from '../telemetry/point.ts'

/** One alert as API v2 of Alertmanager takes it. */
export interface Alert {
  labels: Readonly<Record<string, string>>
  annotations: Readonly<Record<string, string>>
  /** ISO 8601. */
  startsAt: string
  endsAt: string
  generatorURL?: string
}

/** All that stands is told again so often, ms. */
export const ALERTS_REPEATED = minutes(1)
/** What is not told again is over after so long, ms: four times the above, as Prometheus has it, so that one lost request ends nothing. */
export const ALERT_VALID = 4 * ALERTS_REPEATED
/** An end is told again for so long, ms, as Prometheus has it. */
export const END_REPEATED = minutes(15)

/** Whether people have something to do with it, or will while it lasts: what is shelved or explained by another alarm is over for them. */
export const isFiring = (alarm: Alarm): boolean => (alarm.active || alarm.latched) && isTold(alarm)

/** What an Alertmanager sent itself is not sent back to one. */
export const isAlertOfOthers = ({ kind, rule }: Pick<Alarm, 'kind' | 'rule'>): boolean =>
  kind === 'external-system' && rule.startsWith('alert-')

export interface AlertSubject {
  alarm: Alarm
  title: Text
  /** Of the facility; its id where it has none. */
  name: Text
  district: string
  road: string
  domain: string
}

/**
 * An alarm at our time `at`, ms. `since`: when it ended for people, ms; null while it fires. Its labels are the same as long as its priority is,
 * for Alertmanager takes what has the same labels for the same alert. `link`: its page; empty where nobody said how the service is reached.
 */
export function alertOf(
  { alarm, title, name, district, road, domain }: AlertSubject,
  since: number | null,
  at: number,
  language: 'zh' | 'en',
  link: string,
): Alert {
  const { facility, kind, rule, priority, evidence, activated } = alarm
  const words = (text: Text | undefined) => text?.[language] ?? ''
  // A clock of a device may be ahead of ours, and Alertmanager takes no end before its beginning.
  const startsAt = Math.min(activated, at)
  return {
    labels: filled({ alertname: rule, job: 'lamplighter', severity: priority, facility, kind, domain, district, road }),
    annotations: filled({
      summary: `${title[language]} · ${name[language]}`,
      description: words(evidence.texts?.cause),
      response: (evidence.texts?.response ?? []).map(words).join('\n'),
    }),
    startsAt: new Date(startsAt).toISOString(),
    endsAt: new Date(since === null ? at + ALERT_VALID : Math.max(startsAt, Math.min(since, at))).toISOString(),
    ...(link && { generatorURL: link }),
  }
}

/** Alertmanager knows no empty labels. */
const filled = (all: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))
