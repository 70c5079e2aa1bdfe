import type { Alarm } from '../alarms/alarm.ts'
import { stepType } from '../alarms/alarm-log.ts'
import type { AlarmEvent } from '../alarms/lifecycle.ts'
import type { AlarmPolicy } from '../alarms/policy.ts'
import { type ManyAction, type ManyDone, type RefusedAlarm, refusalCodes, type SeenAlarm } from '../edges/services.ts'
import { type ErrorCode, LamplighterError } from '../errors.ts'
import { minutes } from '../telemetry/duration.ts'
import type { ServiceParts } from './parts.ts'
import { checkSeen } from './seen-alarm.ts'

type Parts = Pick<ServiceParts, 'pipeline' | 'register' | 'state' | 'now'>

/** What is noted of an action besides what it was. */
interface Note {
  by: string
  detail?: string
}

/** What operators do with alarms. An action that states the version it saw is refused when something that matters has changed since. */
export function alarmServices(parts: Parts) {
  const { pipeline, register, state, now } = parts
  /** Audited when it changed something: a second click on the same button is no second action. */
  const actOn = (seen: SeenAlarm, { by, detail = '' }: Note, event: AlarmEvent): Alarm => {
    const before = register.get(seen.id)
    if (before) checkSeen(before, seen.version, state)
    const alarm = register.act(seen.id, event)
    if (alarm !== before) state.audit({ at: event.at, by, action: stepType(alarm, event.type), subject: `alarm ${seen.id}`, detail })
    return alarm
  }
  const act = (seen: SeenAlarm, note: Note, event: AlarmEvent): Alarm => {
    const [alarm] = pipeline.act(event.at, () => [actOn(seen, note, event)])
    return alarm as Alarm
  }
  return {
    acknowledge(seen: readonly SeenAlarm[], by: string, comment: string): Alarm[] {
      const at = now()
      const each = [...new Map(seen.map((one) => [one.id, one])).values()]
      return pipeline.act(at, () => each.map((one) => actOn(one, { by, detail: comment }, { type: 'acknowledge', at, by, comment })))
    },
    actOnMany(seen: readonly SeenAlarm[], by: string, action: ManyAction): ManyDone {
      const at = now()
      const refused: ManyDone['refused'] = []
      const { event, detail } = eventOf(action, by, at)
      const each = [...new Map(seen.map((one) => [one.id, one])).values()]
      const alarms = pipeline.act(at, () =>
        each.flatMap((one) => {
          try {
            return [actOn(one, { by, detail }, event)]
          } catch (problem) {
            // Refused before anything of this alarm was changed.
            if (!isRefusal(problem)) throw problem
            refused.push({ id: one.id, code: problem.code, detail: problem.message })
            return []
          }
        }),
      )
      return { alarms, refused }
    },
    comment: (seen: SeenAlarm, by: string, text: string) => act(seen, { by, detail: text }, { type: 'comment', at: now(), by, text }),
    shelve(seen: SeenAlarm, by: string, length: number, reason: string) {
      const { event, detail } = eventOf({ type: 'shelve', minutes: length, reason }, by, now())
      return act(seen, { by, detail }, event)
    },
    unshelve: (seen: SeenAlarm, by: string) => act(seen, { by }, { type: 'unshelve', at: now(), by }),
    /** Of what protects lives, the first person's reset is a request. */
    reset: (seen: SeenAlarm, by: string) => act(seen, { by }, { type: 'reset', at: now(), by }),
    alarmPolicy: () => register.policy,
    setAlarmPolicy: (policy: AlarmPolicy, reason: string, by: string) => setPolicy(parts, policy, reason, by),
  }
}

/** A step of what people do with several alarms, and what is noted of it. */
function eventOf(action: ManyAction, by: string, at: number): { event: AlarmEvent; detail: string } {
  if (action.type === 'acknowledge') return { event: { ...action, at, by }, detail: action.comment }
  if (action.type === 'comment') return { event: { ...action, at, by }, detail: action.text }
  if (action.type === 'unshelve') return { event: { ...action, at, by }, detail: '' }
  const { minutes: length, reason } = action
  return { event: { type: 'shelve', at, by, until: at + minutes(length), reason }, detail: `${length} min: ${reason}` }
}

const isRefusal = (problem: unknown): problem is LamplighterError & { code: RefusedAlarm['code'] } =>
  problem instanceof LamplighterError && (refusalCodes as readonly ErrorCode[]).includes(problem.code)

function setPolicy({ pipeline, register, state, now }: Parts, policy: AlarmPolicy, reason: string, by: string): AlarmPolicy {
  const at = now()
  const before = JSON.stringify(register.policy)
  const after = JSON.stringify(policy)
  if (before === after) return policy
  const { begin, end } = policy.floods
  // Or one that has just ended would begin again with the next alarm.
  if (end > begin)
    throw new LamplighterError(
      'invalid-request',
      `A flood that begins above ${begin} alarms ends below ${begin} at most, not below ${end}.`,
    )
  pipeline.act(at, () => {
    state.audit({ at, by, action: 'set-alarm-policy', subject: 'alarm policy', detail: `${before} -> ${after}: ${reason}` })
    register.setPolicy(policy, at)
    return []
  })
  return policy
}
