import { describe, expect, test } from 'vitest'
import type { Alarm, Suppression } from '../../src/alarms/alarm.ts'
import { type AlarmRecord, recordOf } from '../../src/alarms/alarm-log.ts'
import { type AlarmEvent, stepAlarm } from '../../src/alarms/lifecycle.ts'
import { aLiveAlarm, evidence, unexplained } from './fixtures.ts'

const cause: Suppression = { cause: 'supply', by: 7, since: 1, until: null }
const byMode: Suppression = { cause: 'mode', by: null, since: 1, until: null }
const request = { at: 2000, by: 'li' }
const shelved = { at: 2000, by: 'li', until: 152_000, reason: 'works' }

test.each<[AlarmEvent | { type: 'raise'; at: number }, Partial<AlarmRecord>, Partial<Alarm>?]>([
  [
    { type: 'raise', at: 2000 },
    { by: null, detail: '' },
  ],
  [
    { type: 'activate', at: 2000, priority: 'high', actBy: 1, evidence, chattering: null, ...unexplained },
    { by: null, detail: '' },
  ],
  [
    { type: 'acknowledge', at: 2000, by: 'li', comment: 'on my way' },
    { by: 'li', detail: 'on my way' },
  ],
  [
    { type: 'comment', at: 2000, by: 'li', text: 'valve changed' },
    { by: 'li', detail: 'valve changed' },
  ],
  // Lengths are said in whole minutes.
  [{ type: 'shelve', ...shelved }, { by: 'li', detail: '3 min: works', told: false }, { shelved }],
  [
    { type: 'unshelve', at: 2000, by: null },
    { by: null, detail: '' },
  ],
  [{ type: 'suppress', at: 2000, suppression: cause }, { by: null, detail: 'supply 7', told: false }, { suppressed: cause }],
  [{ type: 'suppress', at: 2000, suppression: byMode }, { by: null, detail: 'mode', told: false }, { suppressed: byMode }],
  [{ type: 'escalate', at: 2000 }, { by: null, detail: 'unacknowledged', priority: 'critical' }, { priority: 'critical' }],
  [
    { type: 'withdraw', at: 2000, by: 'li' },
    { by: 'li', detail: '' },
  ],
  [
    { type: 'reset', at: 2000, by: 'wang' },
    { by: 'wang', type: 'reset' },
  ],
  // The first of two people who reset what protects lives.
  [{ type: 'reset', at: 2000, by: 'li' }, { by: 'li', type: 'request-reset' }, { resetRequest: request }],
  [{ type: 'comment', at: 2000, by: 'li', text: '' }, { by: 'li', type: 'comment' }, { resetRequest: request }],
])('the record of %o', (event, expected, more = {}) => {
  const alarm = aLiveAlarm({ id: 4, version: 9, ...more })
  expect(recordOf(alarm, alarm, event, 5000)).toStrictEqual({
    alarm: 4,
    facility: 'T-1',
    rule: 'high',
    type: event.type,
    at: 2000,
    recorded: 5000,
    detail: '',
    priority: 'high',
    told: true,
    announced: event.type === 'activate',
    version: 9,
    ...expected,
  })
})

describe('one more alarm for operators', () => {
  const hidden: Partial<Alarm> = { toldSince: null }
  const acknowledged = { at: 1500, by: 'li', comment: '' }
  const comes: AlarmEvent = { type: 'activate', at: 2000, priority: 'high', actBy: 1, evidence, chattering: null, ...unexplained }
  const gone: Partial<Alarm> = { active: false, returned: 1900 }
  const announced = (before: Partial<Alarm>, event: AlarmEvent) => {
    const alarm = aLiveAlarm(before)
    return recordOf(alarm, stepAlarm(alarm, event), event, 5000).announced
  }

  test('is one that is raised where people see it', () => {
    const raise = { type: 'raise', at: 2000 } as const
    expect(recordOf(null, aLiveAlarm(), raise, 5000).announced).toBe(true)
    expect(recordOf(null, aLiveAlarm({ ...hidden, suppressed: cause }), raise, 5000).announced).toBe(false)
  })

  test.each<[string, Partial<Alarm>, AlarmEvent, boolean]>([
    ['comes back', gone, comes, true],
    ['comes back unseen', { ...gone, ...hidden, shelved }, comes, false],
    ['stands for itself', { ...hidden, suppressed: cause }, { type: 'unsuppress', at: 2000 }, true],
    ['stands for itself, on the shelf', { ...hidden, suppressed: cause, shelved }, { type: 'unsuppress', at: 2000 }, false],
    ['comes off the shelf', { ...hidden, shelved }, { type: 'unshelve', at: 2000, by: null }, true],
    ['comes off the shelf acknowledged', { ...hidden, shelved, acknowledged }, { type: 'unshelve', at: 2000, by: null }, false],
    ['comes off the shelf when it is gone', { ...gone, ...hidden, shelved }, { type: 'unshelve', at: 2000, by: null }, false],
    ['comes back into service', { ...hidden, outOfService: true }, { type: 'return-to-service', at: 2000, by: null }, true],
    ['is told again', {}, { type: 'remind', at: 2000 }, false],
    ['is escalated', {}, { type: 'escalate', at: 2000 }, false],
    ['goes', {}, { type: 'return', at: 2000, chattering: null }, false],
    ['goes, and was explained before', { ...hidden, suppressed: cause }, { type: 'return', at: 2000, chattering: null }, false],
    ['is withdrawn', {}, { type: 'withdraw', at: 2000, by: null }, false],
  ])('one that %s', (_, before, event, expected) => {
    expect(announced(before, event)).toBe(expected)
  })
})
