import type { RefusedView } from '../../../../src/edges/http/alarm-schemas.ts'
import type { AlarmView, ModesChanged } from '../../../../src/edges/http/schemas.ts'
import { request, type SeenAlarm } from '../live/api.ts'
import { takeAnswer } from '../live/live.ts'
import { explain } from '../shell/notice.tsx'
import { al } from '../texts/alarms.ts'

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

/** Takes facilities out of service; those that are already are done too. */
export async function takeOutOfService(facilities: readonly string[], reason: string): Promise<Outcome> {
  let done = 0
  const refused: Refusal[] = []
  for (let from = 0; from < facilities.length; from += MOST_AT_ONCE) {
    const some = facilities.slice(from, from + MOST_AT_ONCE)
    try {
      const { results } = await request<ModesChanged>('PUT', '/api/facilities/mode', { facilities: some, mode: 'out-of-service', reason })
      for (const { facility, outcome } of results) {
        if (outcome === 'unknown') refused.push({ id: facility, detail: al().notThere })
        else done++
      }
    } catch (problem) {
      const detail = explain(problem)
      refused.push(...some.map((id) => ({ id, detail })))
    }
  }
  return { done, refused }
}
