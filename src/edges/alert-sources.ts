import type { Scope } from '../access/scope.ts'
import type { AlertSource } from '../facilities/external-system/alert-source.ts'
import type { AlertNotification } from '../facilities/external-system/alerts.ts'

export type AlertSourceInput = Omit<AlertSource, 'id'>

/** A source as it is told: without its token. Times in ms. */
export interface ListedAlertSource extends AlertSource {
  token: { since: number; by: string } | null
  /** Since the start; null: not yet. */
  lastHeard: number | null
  lastHeartbeat: number | null
  /** Alerts that stand, and those that were beyond its bound. */
  active: number
  leftOut: number
}

export interface TakenAlerts {
  /** Alarms that a notification raised or ended. */
  changed: number
  /** Alerts of it that were only counted. */
  leftOut: number
}

/** Systems whose alerts become alarms. Methods throw `LamplighterError`; `by` is who asks. */
export interface AlertSources {
  /** By id. */
  list(): ListedAlertSource[]
  /** Makes or changes one, and the facility that stands for it. */
  put(id: string, input: AlertSourceInput, by: string): ListedAlertSource
  /** Refused while its alarms stand, unless its facility is out of service. */
  remove(id: string, by: string, scope: Scope): void
  /** Gives a token in place of the one before; it is told once and kept nowhere. */
  giveToken(id: string, by: string): string
  revokeToken(id: string, by: string): void
  /** Takes a notification of an admitted source: what it changes is on disk when this resolves. */
  take(id: string, notification: AlertNotification): Promise<TakenAlerts>
  /** Counts a notification of an admitted source that could not be read as an alert left out. */
  noteUnread(id: string): void
}
