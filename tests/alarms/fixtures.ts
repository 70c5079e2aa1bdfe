import type { Activation } from '../../src/alarms/activation.ts'
import type { Alarm } from '../../src/alarms/alarm.ts'
import { AlarmClock } from '../../src/alarms/alarm-clock.ts'
import type { AlarmRecord } from '../../src/alarms/alarm-log.ts'
import { defaultPolicy, type PolicyInForce } from '../../src/alarms/policy.ts'
import type { AlarmRegister, AlarmStore } from '../../src/alarms/register.ts'
import { AlarmSuppression } from '../../src/alarms/suppression.ts'
import { minutes } from '../../src/telemetry/duration.ts'

export const evidence = {
  ruleType: 'limit',
  ruleVersion: '1',
  parameters: { high: 5 },
  onDelay: 0,
  offDelay: 0,
  values: { level: 6 },
  figures: {},
  mode: 'auto',
  texts: null,
}

/** Of an activation by data in time that nothing explains. */
export const unexplained = { late: false, suppressed: null, affects: 0 }

export function aLiveAlarm(more: Partial<Alarm> = {}): Alarm {
  return {
    id: 1,
    facility: 'T-1',
    kind: 'tank',
    rule: 'high',
    priority: 'high',
    basePriority: 'high',
    escalated: null,
    reminders: null,
    actBy: 601_000,
    active: true,
    latching: false,
    latched: false,
    shelvable: true,
    resetRequest: null,
    chattering: null,
    historical: false,
    toldSince: 1000,
    unanswered: true,
    acknowledged: null,
    shelved: null,
    outOfService: false,
    suppressed: null,
    affects: 0,
    raised: 1000,
    activated: 1000,
    returned: null,
    ended: null,
    occurrences: [{ started: 1000, ended: null }],
    occurrenceCount: 1,
    comments: [],
    commentCount: 0,
    evidence,
    version: 1,
    ...more,
  }
}

/** A stay of a fault that people were told of at once; minutes. */
export const stay = (started: number, ended: number | null, more: Partial<Activation> = {}): Activation => ({
  facility: 'T-1',
  kind: 'tank',
  rule: 'high',
  priority: 'high',
  started: minutes(started),
  ended: ended === null ? null : minutes(ended),
  toldAt: minutes(started),
  ...more,
})

/** Keeps alarms in memory the way a store would: by value, and one live alarm per (facility, rule). */
export function memoryAlarmStore(): AlarmStore & { all: Map<number, Alarm>; records: AlarmRecord[] } {
  const all = new Map<number, Alarm>()
  const records: AlarmRecord[] = []
  let inForce: PolicyInForce = { policy: defaultPolicy, since: 0 }
  return {
    all,
    records,
    liveAlarms: () => [...all.values()].filter((alarm) => alarm.ended === null),
    alarm: (id) => all.get(id),
    historicalAlarm: (facility, rule, raised) =>
      [...all.values()].findLast(
        (a) => a.historical && a.ended !== null && a.facility === facility && a.rule === rule && a.raised === raised,
      ),
    insertAlarm(alarm) {
      for (const other of all.values()) {
        const isSameRule = other.facility === alarm.facility && other.rule === alarm.rule
        if (alarm.ended === null && other.ended === null && isSameRule) throw new Error('second live alarm')
      }
      const id = all.size + 1
      all.set(id, structuredClone({ ...alarm, id }))
      return id
    },
    updateAlarm: (alarm) => void all.set(alarm.id, structuredClone(alarm)),
    recordAlarm: (record) => void records.push(record),
    alarmPolicy: () => inForce,
    setAlarmPolicy: (next) => {
      inForce = next
    },
  }
}

/** Time for alarms of facilities that hang on nothing. */
export function clockOf(register: AlarmRegister): AlarmClock<never> {
  const tree = { get: () => undefined, fedBy: () => [], behind: () => [] }
  return new AlarmClock(register, new AlarmSuppression<never>({ register, tree, grace: () => 0 }))
}
