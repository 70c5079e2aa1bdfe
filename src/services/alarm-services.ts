import type { Alarm } from '../alarms/alarm.ts'
import type { AlarmEvent } from '../alarms/lifecycle.ts'
import { minutes } from '../telemetry/duration.ts'
import type { ServiceParts } from './parts.ts'

/** What operators do with alarms. */
export function alarmServices({ pipeline, register, state, now }: Pick<ServiceParts, 'pipeline' | 'register' | 'state' | 'now'>) {
  /** Audited when it changed something: a second click on the same button is no second action. */
  const actOn = (id: number, by: string, action: string, detail: string, event: AlarmEvent): Alarm => {
    const before = register.get(id)
    const alarm = register.act(id, event)
    if (alarm !== before) state.audit({ at: now(), by, action, subject: `alarm ${id}`, detail })
    return alarm
  }
  const act = (id: number, by: string, action: string, detail: string, event: AlarmEvent): Alarm => {
    const [alarm] = pipeline.act(now(), () => [actOn(id, by, action, detail, event)])
    return alarm as Alarm
  }
  return {
    acknowledge: (ids: readonly number[], by: string, comment: string): Alarm[] =>
      pipeline.act(now(), () =>
        [...new Set(ids)].map((id) => actOn(id, by, 'acknowledge', comment, { type: 'acknowledge', at: now(), by, comment })),
      ),
    comment: (id: number, by: string, text: string) => act(id, by, 'comment', text, { type: 'comment', at: now(), by, text }),
    shelve: (id: number, by: string, length: number, reason: string) =>
      act(id, by, 'shelve', `${length} min: ${reason}`, { type: 'shelve', at: now(), by, until: now() + minutes(length), reason }),
    unshelve: (id: number, by: string) => act(id, by, 'unshelve', '', { type: 'unshelve', at: now(), by }),
    /** Of what protects lives, the first person's reset is a request. */
    reset: (id: number, by: string) => {
      const isRequest = register.get(id)?.shelvable === false && register.get(id)?.resetRequest === null
      return act(id, by, isRequest ? 'request-reset' : 'reset', '', { type: 'reset', at: now(), by })
    },
  }
}
