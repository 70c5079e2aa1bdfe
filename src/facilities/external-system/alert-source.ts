import type { Priority } from '../../detection/rule.ts'

/** How urgent an alert is taken; `none`: it is no alarm. */
export type AlertPriority = Priority | 'none'

/** A monitoring system whose alerts become alarms, as people set it up. */
export interface AlertSource {
  /** Of the facility, too. */
  id: string
  name: string
  /** The alert that comes again and again while all is well, and after how many minutes without it the system is silent; null: nobody waits. */
  heartbeat: { alertname: string; minutes: number } | null
  /** The label that says how urgent an alert is, what its values mean, in small letters, and what any other one does. */
  severityLabel: string
  priorities: Readonly<Record<string, AlertPriority>>
  otherwise: AlertPriority
  /** Alarms that it may have at a time; those beyond are counted. */
  most: number
}

/** As Prometheus and what comes with it are usually set up. */
export const usualAlertSource: Omit<AlertSource, 'id' | 'name'> = {
  heartbeat: { alertname: 'Watchdog', minutes: 10 },
  severityLabel: 'severity',
  priorities: {
    ...{ critical: 'critical', page: 'critical', error: 'high', major: 'high', warning: 'medium', minor: 'low', info: 'low', none: 'none' },
  },
  otherwise: 'medium',
  most: 100,
}
