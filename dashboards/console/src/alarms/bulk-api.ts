import type { RefusedView } from '../../../../src/edges/http/alarm-schemas.ts'
import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { request, type SeenAlarm, setMode } from '../live/api.ts'
import { takeAnswer } from '../live/live.ts'
import { explain } from '../shell/notice.tsx'

/** The server takes no more at once. */
const MOST_AT_ONCE = 500

export interface Refusal {
  /** Of the alarm, or the facility. */
  id: number | string
  detail: string
}

export interface Outcome {
  done: number
  refused: readonly Refusal[]
}

export type BulkStep =
  | { type: 'acknowledge' }
  | { type: 'comment'; text: string }
  | { type: 'shelve'; minutes: number; reason: string }
  | { type: 'unshelve' }

/** Names an action, so that it is not done twice when it is sent again because its answer got lost. */
export const newActionKey = (): string => Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('-')

/** Does one thing with alarms as they were seen, each for itself; what got no answer is told as not done. */
export async function actOnMany(seen: readonly SeenAlarm[], { type, ...more }: BulkStep, key = newActionKey()): Promise<Outcome> {
  let done = 0
  const refused: Refusal[] = []
  for (let from = 0; from < seen.length; from += MOST_AT_ONCE) {
    const alarms = seen.slice(from, from + MOST_AT_ONCE).map(({ id, version }) => ({ id, version }))
    try {
      const answer = await request<{ alarms: AlarmView[]; refused: RefusedView[] }>('POST', `/api/alarms/${type}`, {
        alarms,
        ...more,
        ...(type === 'acknowledge' ? { each: true } : { key: `${key}-${from}` }),
      })
      takeAnswer(answer.alarms)
      done += answer.alarms.length
      refused.push(...answer.refused)
    } catch (problem) {
      const detail = explain(problem)
      refused.push(...alarms.map(({ id }) => ({ id, detail })))
    }
  }
  return { done, refused }
}

/** Takes facilities out of service one after the other. */
export async function takeOutOfService(facilities: readonly string[], reason: string): Promise<Outcome> {
  let done = 0
  const refused: Refusal[] = []
  for (const facility of facilities) {
    try {
      await setMode(facility, 'out-of-service', reason)
      done++
    } catch (problem) {
      refused.push({ id: facility, detail: explain(problem) })
    }
  }
  return { done, refused }
}
