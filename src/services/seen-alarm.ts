import type { Alarm } from '../alarms/alarm.ts'
import { LamplighterError } from '../errors.ts'
import type { StateStore } from '../storage/state-store.ts'

/** Steps looked at; whoever saw an alarm longer ago than this has not seen the alarm of now. */
const MOST_STEPS = 1000

/**
 * Throws `alarm-changed` when an alarm is no longer what somebody saw at that version: its fault came back, or its rule or time gave it
 * another priority. What people did meanwhile is no obstacle. Nothing is checked where no version is given.
 */
export function checkSeen(alarm: Alarm, version: number | undefined, state: Pick<StateStore, 'alarmRecords'>): void {
  if (version === undefined || version === alarm.version) return
  if (version > alarm.version) {
    throw new LamplighterError('invalid-request', `Alarm ${alarm.id} has no version ${version} yet; it is at ${alarm.version}.`)
  }
  const limit = Math.min(alarm.version - version + 1, MOST_STEPS)
  const steps = state.alarmRecords({ alarm: alarm.id, limit }).items
  const seen = steps.find((step) => step.version === version)
  const since = steps.filter((step) => step.version > version)
  const changes: string[] = []
  if (!seen) changes.push('too much has happened')
  const back = since.find(({ type }) => type === 'activate')
  if (back) changes.push(`its fault came back at ${new Date(back.at).toISOString()}`)
  const isReprioritised = since.some(({ type }) => type === 'prioritise' || type === 'escalate' || type === 'activate')
  if (seen && isReprioritised && seen.priority !== alarm.priority) changes.push(`it is ${alarm.priority} now, it was ${seen.priority}`)
  if (changes.length === 0) return
  const what = `Alarm ${alarm.id} has changed since you saw it: ${changes.join(', and ')}.`
  throw new LamplighterError('alarm-changed', `${what} Look at it again, then decide; it is at version ${alarm.version}.`)
}
