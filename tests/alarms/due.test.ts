import { describe, expect, test } from 'vitest'
import type { Alarm } from '../../src/alarms/alarm.ts'
import { nextDue, reminderDue } from '../../src/alarms/due.ts'
import { type AlarmPolicy, defaultPolicy, MOST_REMINDERS, type PolicyInForce, RESET_CONFIRMATION } from '../../src/alarms/policy.ts'
import { minutes } from '../../src/telemetry/duration.ts'
import { aLiveAlarm } from './fixtures.ts'

const start = minutes(1000)
/** An alarm that people were told of at `start`, with twenty minutes to act. */
const told = (more: Partial<Alarm> = {}) => aLiveAlarm({ toldSince: start, activated: start, actBy: start + minutes(20), ...more })
const inForce = (more: Partial<AlarmPolicy> = {}, since = 0): PolicyInForce => ({ policy: { ...defaultPolicy, ...more }, since })
const quiet = inForce({ reminders: { critical: null, high: null, medium: null, low: null } })
const shelved = (until: number) => ({ at: start, by: 'li', until, reason: 'works' })
const suppressed = (until: number | null) => ({ cause: 'supply', by: 7, since: start, until }) as const
const unseen = { toldSince: null }

describe('of an alarm falls due next', () => {
  test.each<[string, Partial<Alarm>, ReturnType<typeof nextDue>]>([
    ['the end of its shelving', { ...unseen, shelved: shelved(start + 5) }, { type: 'unshelve', at: start + 5 }],
    ['the end of its grace time', { ...unseen, suppressed: suppressed(start + 5) }, { type: 'grace', at: start + 5 }],
    ['nothing while its cause lasts', { ...unseen, suppressed: suppressed(null) }, null],
    [
      'the end of a request for its reset',
      { active: false, ...unseen, resetRequest: { at: start, by: 'li' } },
      { type: 'expire-reset', at: start + RESET_CONFIRMATION },
    ],
    ['its escalation, once its time to act is over', {}, { type: 'escalate', at: start + minutes(20) }],
    ['that, but not before people had time', { actBy: start + 1 }, { type: 'escalate', at: start + minutes(5) }],
    ['nothing of what nobody is asked for', unseen, null],
    ['nothing of what is gone', { active: false }, null],
    ['nothing of what is escalated', { escalated: { since: start, reason: 'unacknowledged' } }, null],
    ['nothing of what has no step above it', { priority: 'critical', basePriority: 'critical' }, null],
    ['nothing of what has ended', { ended: start, shelved: shelved(start + 5) }, null],
  ])('%s', (_, more, due) => {
    expect(nextDue(told(more), quiet)).toEqual(due)
  })

  test('what is first, and of equal times what frees it before what tells of it', () => {
    const at = start + RESET_CONFIRMATION
    const steps: [string, Partial<Alarm>][] = [
      ['unshelve', { shelved: shelved(at) }],
      ['grace', { suppressed: suppressed(at) }],
      ['expire-reset', { resetRequest: { at: start, by: 'li' } }],
      ['escalate', { actBy: at }],
      ['remind', {}],
    ]
    const policy = inForce({ reminders: { ...defaultPolicy.reminders, high: 10 } })
    for (const [i, [type]] of steps.entries()) {
      const alarm = told(Object.assign({}, ...steps.slice(i).map(([, more]) => more)))
      expect(nextDue(alarm, policy)).toEqual({ type, at })
    }
    expect(nextDue(told({ shelved: shelved(at + 1), suppressed: suppressed(at) }), quiet)).toEqual({ type: 'grace', at })
  })

  test('nothing by a policy before it counts, and no escalation where it wants none', () => {
    const later = start + minutes(90)
    expect(nextDue(told(), { ...quiet, since: later })).toEqual({ type: 'escalate', at: later })
    expect(reminderDue(told(), inForce({}, later))).toBe(later)
    const never = { ...quiet.policy, escalation: { ...defaultPolicy.escalation, enabled: false } }
    expect(nextDue(told(), { policy: never, since: 0 })).toBeNull()
  })
})

describe('people are told again', () => {
  const every = minutes(15)
  test.each<[string, Partial<Alarm>, number | null]>([
    ['after the time of its priority', {}, start + every],
    ['as its priority is now, not as its rule has it', { priority: 'critical' }, start + minutes(5)],
    ['never of what can wait', { priority: 'low' }, null],
    ['so long after the last time', { reminders: { count: 2, last: start + minutes(40) } }, start + minutes(40) + every],
    ['or after it asked anew since', { reminders: { count: 2, last: start - minutes(40) } }, start + every],
    ['not of what asks for nothing', { toldSince: null }, null],
    ['not of what is gone', { active: false }, null],
    ['but of what is gone and latched', { active: false, latched: true }, start + every],
    ['as often as it may', { reminders: { count: MOST_REMINDERS - 1, last: start } }, start + every],
    ['and no more', { reminders: { count: MOST_REMINDERS, last: start } }, null],
  ])('%s', (_, more, due) => {
    expect(reminderDue(told(more), inForce())).toBe(due)
  })
})
