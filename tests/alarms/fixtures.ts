import type { Alarm } from '../../src/alarms/alarm.ts'
import type { AlarmRecord } from '../../src/alarms/alarm-log.ts'
import type { AlarmStore } from '../../src/alarms/register.ts'

export const evidence = {
  ruleType: 'limit',
  ruleVersion: '1',
  parameters: { high: 5 },
  onDelay: 0,
  offDelay: 0,
  values: { level: 6 },
  figures: {},
  mode: 'auto',
}

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
    evidence,
    version: 1,
    ...more,
  }
}

/** Keeps alarms in memory the way a store would: by value, and one live alarm per (facility, rule). */
export function memoryAlarmStore(): AlarmStore & { all: Map<number, Alarm>; records: AlarmRecord[] } {
  const all = new Map<number, Alarm>()
  const records: AlarmRecord[] = []
  return {
    all,
    records,
    liveAlarms: () => [...all.values()].filter((alarm) => alarm.ended === null),
    alarm: (id) => all.get(id),
    insertAlarm(alarm) {
      for (const other of all.values()) {
        if (other.ended === null && other.facility === alarm.facility && other.rule === alarm.rule) throw new Error('second live alarm')
      }
      const id = all.size + 1
      all.set(id, structuredClone({ ...alarm, id }))
      return id
    },
    updateAlarm: (alarm) => void all.set(alarm.id, structuredClone(alarm)),
    recordAlarm: (record) => void records.push(record),
  }
}
