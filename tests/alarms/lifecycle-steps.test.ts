import { describe, expect, test } from 'vitest'
import { type Alarm, alarmState, isTold, MAX_COMMENTS, MAX_OCCURRENCES, type Suppression } from '../../src/alarms/alarm.ts'
import { type AlarmEvent, isEscalating, stepAlarm } from '../../src/alarms/lifecycle.ts'
import { RESET_CONFIRMATION } from '../../src/alarms/policy.ts'
import { priorities } from '../../src/detection/rule.ts'
import { aLiveAlarm, evidence, unexplained } from './fixtures.ts'

const acknowledged = { at: 1500, by: 'li', comment: '' }
const shelved = { at: 1500, by: 'li', until: 9000, reason: 'works' }
const bySupply: Suppression = { cause: 'supply', by: 7, since: 1000, until: null }
const byLateData: Suppression = { cause: 'late', by: null, since: 1800, until: 9000 }
const request = { at: 1700, by: 'li' }
const gone: Partial<Alarm> = { active: false, returned: 1900, occurrences: [{ started: 1000, ended: 1900 }] }
const escalated = { since: 1200, reason: 'unacknowledged' } as const
const comes: AlarmEvent = { type: 'activate', at: 2000, priority: 'medium', actBy: 8000, evidence, chattering: null, ...unexplained }

describe('a step that changes nothing leaves the very same alarm', () => {
  test.each<[string, Partial<Alarm>, AlarmEvent]>([
    ['an activation while it is active', {}, comes],
    ['a return while it is gone', gone, { type: 'return', at: 2000, chattering: null }],
    ['the priority it has', {}, { type: 'prioritise', at: 2000, priority: 'high' }],
    ['a rule as it was', {}, { type: 'follow-rule', at: 2000, latching: false, shelvable: true, suppressed: null }],
    ['an escalation of what is escalated', { escalated }, { type: 'escalate', at: 2000 }],
    ['of what nobody is asked about', { toldSince: null }, { type: 'escalate', at: 2000 }],
    ['of what is gone', gone, { type: 'escalate', at: 2000 }],
    ['of what is critical', { basePriority: 'critical' }, { type: 'escalate', at: 2000 }],
    ['of what can wait', { basePriority: 'low' }, { type: 'escalate', at: 2000 }],
    ['a reminder of what nobody is asked about', { toldSince: null }, { type: 'remind', at: 2000 }],
    ['a second acknowledgement', { acknowledged }, { type: 'acknowledge', at: 2000, by: 'wang', comment: '' }],
    ['the end of shelving that is none', {}, { type: 'unshelve', at: 2000, by: 'li' }],
    ['the end of a request that is none', {}, { type: 'expire-reset', at: 2000 }],
    ['out of service twice', { outOfService: true }, { type: 'take-out-of-service', at: 2000, by: null }],
    ['back in service twice', {}, { type: 'return-to-service', at: 2000, by: null }],
    ['the end of suppression that is none', {}, { type: 'unsuppress', at: 2000 }],
  ])('%s', (_, more, event) => {
    const alarm = aLiveAlarm(more)
    expect(stepAlarm(alarm, event)).toBe(alarm)
  })
})

describe('a step', () => {
  test.each<[string, Partial<Alarm>, AlarmEvent, Partial<Alarm>]>([
    [
      'comes back',
      { ...gone, acknowledged, latching: true, resetRequest: request, escalated, reminders: { count: 2, last: 1400 } },
      comes,
      {
        active: true,
        latched: true,
        basePriority: 'medium',
        priority: 'medium',
        actBy: 8000,
        acknowledged: null,
        resetRequest: null,
        escalated: null,
        reminders: null,
        activated: 2000,
        returned: null,
        raised: 1000,
        occurrenceCount: 2,
        occurrences: [
          { started: 1000, ended: 1900 },
          { started: 2000, ended: null },
        ],
        toldSince: 2000,
        ended: null,
      },
    ],
    [
      'goes',
      {},
      { type: 'return', at: 2000, chattering: { since: 1, onDelay: 2 } },
      {
        active: false,
        returned: 2000,
        chattering: { since: 1, onDelay: 2 },
        occurrences: [{ started: 1000, ended: 2000 }],
        occurrenceCount: 1,
        toldSince: 1000,
        ended: null,
      },
    ],
    [
      'begins to chatter',
      {},
      { type: 'chatter', at: 2000, chattering: { since: 1, onDelay: 2 } },
      { chattering: { since: 1, onDelay: 2 }, toldSince: 1000 },
    ],
    [
      'is more urgent by its rule',
      {},
      { type: 'prioritise', at: 2000, priority: 'critical' },
      { basePriority: 'critical', priority: 'critical', toldSince: 2000 },
    ],
    [
      'protects lives by its rule from now on',
      { ...gone, shelved, outOfService: true, suppressed: bySupply, toldSince: null },
      { type: 'follow-rule', at: 2000, latching: true, shelvable: false, suppressed: null },
      { latching: true, latched: true, shelvable: false, shelved: null, outOfService: false, suppressed: null, toldSince: 2000 },
    ],
    [
      'protects lives, and late data hid it from those who had acknowledged it',
      { acknowledged, suppressed: byLateData, toldSince: null },
      { type: 'follow-rule', at: 2000, latching: false, shelvable: false, suppressed: null },
      { latched: false, shelvable: false, suppressed: null, acknowledged: null, toldSince: 2000 },
    ],
    [
      'latches from now on, and stays where people and its cause put it',
      { shelved, outOfService: true, suppressed: bySupply, toldSince: null },
      { type: 'follow-rule', at: 2000, latching: true, shelvable: true, suppressed: bySupply },
      { latched: true, shelved, outOfService: true, suppressed: bySupply, toldSince: null },
    ],
    [
      'needs two people as before, of whom one asked, and latches no more',
      { ...gone, acknowledged, latching: true, latched: true, shelvable: false, resetRequest: request, toldSince: null },
      { type: 'follow-rule', at: 2000, latching: false, shelvable: false, suppressed: null },
      { latched: false, resetRequest: null, ended: 2000 },
    ],
    [
      'protects no lives any more, so that late data have to hide it or not to mark it',
      { historical: true, shelvable: false },
      { type: 'follow-rule', at: 2000, latching: false, shelvable: true, suppressed: null },
      { historical: false, shelvable: true, toldSince: 2000 },
    ],
    [
      'waits for a reset from now on, and reminds of it from now on',
      { ...gone },
      { type: 'follow-rule', at: 2000, latching: true, shelvable: true, suppressed: null },
      { latched: true, toldSince: 2000 },
    ],
    [
      'protects no lives by its rule any more',
      { ...gone, acknowledged, latching: true, latched: true, shelvable: false, resetRequest: request, toldSince: null },
      { type: 'follow-rule', at: 2000, latching: true, shelvable: true, suppressed: null },
      { latched: true, shelvable: true, resetRequest: null, ended: null },
    ],
    [
      'latches no more, so nothing is left to do',
      { ...gone, acknowledged, latching: true, latched: true, toldSince: null },
      { type: 'follow-rule', at: 2000, latching: false, shelvable: true, suppressed: null },
      { latching: false, latched: false, ended: 2000 },
    ],
    [
      'is escalated',
      {},
      { type: 'escalate', at: 2000 },
      { basePriority: 'high', priority: 'critical', escalated: { since: 2000, reason: 'unacknowledged' }, toldSince: 2000 },
    ],
    [
      'is told again',
      { reminders: { count: 2, last: 1400 } },
      { type: 'remind', at: 2000 },
      { reminders: { count: 3, last: 2000 }, toldSince: 1000 },
    ],
    ['is told again by a clock that was set back', {}, { type: 'remind', at: 900 }, { reminders: { count: 1, last: 900 }, toldSince: 900 }],
    [
      'is acknowledged',
      { escalated, priority: 'critical' },
      { type: 'acknowledge', at: 2000, by: 'wang', comment: 'on my way' },
      {
        acknowledged: { at: 2000, by: 'wang', comment: 'on my way' },
        toldSince: null,
        escalated: null,
        priority: 'high',
      },
    ],
    [
      'is commented',
      { comments: [{ at: 1, by: 'a', text: 'x' }], commentCount: 1 },
      { type: 'comment', at: 2000, by: 'li', text: 'y' },
      {
        comments: [
          { at: 1, by: 'a', text: 'x' },
          { at: 2000, by: 'li', text: 'y' },
        ],
        commentCount: 2,
        toldSince: 1000,
      },
    ],
    [
      'is shelved',
      {},
      { type: 'shelve', at: 2000, by: 'li', until: 2001, reason: 'works' },
      { shelved: { at: 2000, by: 'li', until: 2001, reason: 'works' }, toldSince: null },
    ],
    [
      'is shelved anew',
      { shelved, toldSince: null },
      { type: 'shelve', at: 2000, by: 'wang', until: 9001, reason: 'more works' },
      { shelved: { at: 1500, by: 'wang', until: 9001, reason: 'more works' } },
    ],
    ['is back from shelving', { shelved, toldSince: null }, { type: 'unshelve', at: 9000, by: null }, { shelved: null, toldSince: 9000 }],
    ['goes out of service', {}, { type: 'take-out-of-service', at: 2000, by: null }, { outOfService: true, toldSince: null }],
    [
      'comes back into service',
      { outOfService: true, toldSince: null },
      { type: 'return-to-service', at: 2000, by: null },
      { outOfService: false, toldSince: 2000 },
    ],
    [
      'is explained by another alarm',
      { escalated, priority: 'critical' },
      { type: 'suppress', at: 2000, suppression: bySupply },
      { suppressed: bySupply, toldSince: null, escalated: null, priority: 'high' },
    ],
    [
      'stands for itself again',
      { suppressed: bySupply, toldSince: null },
      { type: 'unsuppress', at: 2000 },
      { suppressed: null, toldSince: 2000 },
    ],
    [
      'is asked to be reset no longer',
      { ...gone, latched: true, shelvable: false, acknowledged, resetRequest: request },
      { type: 'expire-reset', at: 2000 },
      { resetRequest: null, latched: true, ended: null },
    ],
    ...([request.at - 1, request.at + RESET_CONFIRMATION] as const).map((at): [string, Partial<Alarm>, AlarmEvent, Partial<Alarm>] => [
      'is asked to be reset anew when nobody took back a request of another time',
      { ...gone, latched: true, shelvable: false, acknowledged, resetRequest: request },
      { type: 'reset', at, by: 'wang' },
      { resetRequest: { at, by: 'wang' }, latched: true, ended: null },
    ]),
    [
      'is reset by another person in time',
      { ...gone, latched: true, shelvable: false, acknowledged, resetRequest: request },
      { type: 'reset', at: request.at + RESET_CONFIRMATION - 1, by: 'wang' },
      { resetRequest: null, latched: false, ended: request.at + RESET_CONFIRMATION - 1 },
    ],
    [
      'is withdrawn while active',
      { escalated, priority: 'critical', latched: true },
      { type: 'withdraw', at: 2000, by: 'li' },
      {
        active: false,
        returned: 2000,
        occurrences: [{ started: 1000, ended: 2000 }],
        latched: false,
        escalated: null,
        priority: 'high',
        toldSince: null,
        ended: 2000,
      },
    ],
    [
      'is withdrawn when gone',
      { ...gone, resetRequest: request },
      { type: 'withdraw', at: 2000, by: 'li' },
      { returned: 1900, resetRequest: null, ended: 2000 },
    ],
  ])('%s', (_, more, event, expected) => {
    const before = aLiveAlarm(more)
    const frozen = structuredClone(before)
    expect(stepAlarm(before, event)).toMatchObject({ ...expected, version: 2 })
    expect(before).toEqual(frozen)
  })
})

describe('it ends', () => {
  const latched = { ...gone, latched: true, latching: true }
  const cases: [string, Partial<Alarm>, AlarmEvent, boolean][] = [
    ['when it is gone and acknowledged', gone, { type: 'acknowledge', at: 2000, by: 'li', comment: '' }, true],
    ['not while it is there', {}, { type: 'acknowledge', at: 2000, by: 'li', comment: '' }, false],
    ['when it is gone and out of service', gone, { type: 'take-out-of-service', at: 2000, by: null }, true],
    ['not unanswered because something explains it', gone, { type: 'suppress', at: 2000, suppression: bySupply }, false],
    [
      'when it is gone, explained and nobody was told of it',
      { suppressed: bySupply, toldSince: null, unanswered: false },
      { type: 'return', at: 2000, chattering: null },
      true,
    ],
    [
      'not when it is gone and explained and people were told of it before',
      { suppressed: bySupply, toldSince: null },
      { type: 'return', at: 2000, chattering: null },
      false,
    ],
    ['not when late data hide it', gone, { type: 'suppress', at: 2000, suppression: byLateData }, false],
    ['not while it is latched', latched, { type: 'acknowledge', at: 2000, by: 'li', comment: '' }, false],
    ['not while it is latched, were it out of service', latched, { type: 'take-out-of-service', at: 2000, by: null }, false],
    ['when it is reset', { ...latched, acknowledged }, { type: 'reset', at: 2000, by: 'li' }, true],
    [
      'when it was a matter of the past and is gone',
      { historical: true, latched: true, suppressed: byLateData },
      { type: 'return', at: 2000, chattering: null },
      true,
    ],
    ['not when people were told of it', { historical: true }, { type: 'return', at: 2000, chattering: null }, false],
    ['not while that lasts', { historical: true, suppressed: byLateData }, { type: 'comment', at: 2000, by: 'li', text: '' }, false],
  ]
  test.each(cases)('%s', (_, more, event, ends) => {
    const next = stepAlarm(aLiveAlarm(more), event)
    expect(next.ended).toBe(ends ? 2000 : null)
    if (ends) expect(() => stepAlarm(next, event)).toThrow('Alarm 1 has ended; it can only be read.')
  })
})

describe('what comes back under what explains it', () => {
  const byAnother: Suppression = { cause: 'link', by: 8, since: 2000, until: null }
  const explained: AlarmEvent = { ...comes, suppressed: byAnother, affects: 3 }
  test('is hidden from its first moment, and asks people nothing', () => {
    const next = stepAlarm(aLiveAlarm({ ...gone, acknowledged, unanswered: false, latching: true, latched: true }), explained)
    expect(next).toMatchObject({ active: true, acknowledged: null, suppressed: byAnother, affects: 3, toldSince: null, unanswered: false })
  })

  test('stays unanswered if it was, and hidden since when it first was', () => {
    expect(stepAlarm(aLiveAlarm(gone), explained)).toMatchObject({ unanswered: true, toldSince: null, suppressed: byAnother })
    const { suppressed } = stepAlarm(aLiveAlarm({ ...gone, suppressed: { ...bySupply, until: 9000 } }), explained)
    expect(suppressed).toEqual({ ...byAnother, since: bySupply.since })
  })

  test('is explained by that alone when only late data hid it', () => {
    expect(stepAlarm(aLiveAlarm({ ...gone, suppressed: byLateData }), explained).suppressed).toEqual(byAnother)
  })
})

describe('late data', () => {
  const lately: AlarmEvent = { ...comes, late: true, suppressed: byLateData }
  test('ask for no new acknowledgement and hide the alarm', () => {
    expect(stepAlarm(aLiveAlarm({ ...gone, acknowledged }), lately)).toMatchObject({
      acknowledged,
      suppressed: byLateData,
      toldSince: null,
    })
  })

  test('are no longer late when the fault comes back in time; what else explains it stays', () => {
    expect(stepAlarm(aLiveAlarm({ ...gone, suppressed: byLateData }), comes).suppressed).toBeNull()
    expect(stepAlarm(aLiveAlarm({ ...gone, suppressed: bySupply }), comes).suppressed).toEqual(bySupply)
  })

  test('hide what was explained, whatever explained it', () => {
    expect(stepAlarm(aLiveAlarm({ ...gone, suppressed: bySupply }), lately).suppressed).toEqual(byLateData)
  })

  test.each<[string, Partial<Alarm>, AlarmEvent, Partial<Alarm>]>([
    [
      'what outlives them is no matter of the past',
      { historical: true },
      { type: 'unsuppress', at: 2000 },
      { historical: false, suppressed: null, toldSince: 2000 },
    ],
    [
      'people are asked who acknowledged it before',
      { acknowledged },
      { type: 'unsuppress', at: 2000 },
      { acknowledged: null, toldSince: 2000 },
    ],
    [
      'not those who did since',
      { acknowledged: { ...acknowledged, at: 1800 } },
      { type: 'unsuppress', at: 2000 },
      { acknowledged: { ...acknowledged, at: 1800 } },
    ],
    [
      'another cause takes over',
      { historical: true },
      { type: 'suppress', at: 2000, suppression: bySupply },
      { historical: false, suppressed: bySupply },
    ],
    [
      'more late data change nothing of that',
      { historical: true, acknowledged },
      { type: 'suppress', at: 2000, suppression: { ...byLateData, until: 9900 } },
      { historical: true, acknowledged },
    ],
  ])('%s', (_, more, event, expected) => {
    expect(stepAlarm(aLiveAlarm({ suppressed: byLateData, toldSince: null, ...more }), event)).toMatchObject(expected)
  })

  describe('of what protects lives', () => {
    const gas: Partial<Alarm> = { shelvable: false, latching: true, latched: true }
    const told: Partial<Alarm> = { ...gas, historical: true }
    test.each<[string, Partial<Alarm>, AlarmEvent, Partial<Alarm>]>([
      [
        'hide nothing that people see, and ask anew',
        { ...gas, ...gone, acknowledged, resetRequest: request },
        { ...comes, late: true },
        { active: true, historical: true, suppressed: null, acknowledged: null, resetRequest: null, toldSince: 5000 },
      ],
      ['are no longer late when it comes back in time', { ...told, ...gone }, comes, { historical: false, toldSince: 5000 }],
      ['stay marked when it is gone, and it is acknowledged and reset as ever', told, { type: 'return', at: 2000, chattering: null }, told],
      ['are no longer late when the facility has caught up', told, { type: 'catch-up', at: 2000 }, { historical: false, toldSince: 1000 }],
    ])('%s', (_, more, event, expected) => {
      const next = stepAlarm(aLiveAlarm(more), event, 5000)
      expect(next).toMatchObject({ ...expected, ended: null, version: 2 })
      expect(isTold(next)).toBe(true)
    })

    test.each<[string, Partial<Alarm>]>([
      ['what was told in time', gas],
      ['what is gone', { ...told, ...gone }],
      ['what is hidden', { historical: true, suppressed: byLateData }],
    ])('are told as of now only where people see them and the fault lasts: %s', (_, more) => {
      const alarm = aLiveAlarm(more)
      expect(stepAlarm(alarm, { type: 'catch-up', at: 2000 })).toBe(alarm)
    })
  })

  test('of what is gone nobody is asked again who acknowledged it', () => {
    const alarm = aLiveAlarm({ ...gone, suppressed: byLateData, acknowledged, toldSince: null })
    expect(stepAlarm(alarm, { type: 'unsuppress', at: 2000 })).toMatchObject({ acknowledged, ended: 2000 })
  })
})

describe('what is refused says why', () => {
  const reset: AlarmEvent = { type: 'reset', at: 2000, by: 'li' }
  test.each<[RegExp, Partial<Alarm>, AlarmEvent]>([
    [/protects lives and cannot be shelved/, { shelvable: false }, { type: 'shelve', at: 1, by: 'li', until: 2, reason: '' }],
    [/end of shelving lies in the past/, {}, { type: 'shelve', at: 1, by: 'li', until: 1, reason: '' }],
    [/not latched; there is nothing to reset/, gone, reset],
    [/fault is still there/, { latched: true, acknowledged }, reset],
    [/Acknowledge the alarm before/, { ...gone, latched: true }, reset],
    [/another person must confirm/, { ...gone, latched: true, acknowledged, shelvable: false, resetRequest: request }, reset],
    [/Alarm 1 has ended; it can only be read/, { ended: 3 }, reset],
  ])('%s', (message, more, event) => {
    expect(() => stepAlarm(aLiveAlarm(more), event)).toThrow(
      expect.objectContaining({ code: 'action-refused', message: expect.stringMatching(message) }),
    )
  })
})

describe('what people were told of and nobody acknowledged', () => {
  const hidden: Partial<Alarm> = { suppressed: bySupply, toldSince: null }
  const told = (more: Partial<Alarm>, ...events: AlarmEvent[]) =>
    events.reduce((alarm, event) => stepAlarm(alarm, event), aLiveAlarm({ unanswered: false, ...more }))
  const unsuppress: AlarmEvent = { type: 'unsuppress', at: 2000 }
  const acknowledge: AlarmEvent = { type: 'acknowledge', at: 2100, by: 'li', comment: '' }
  const suppress: AlarmEvent = { type: 'suppress', at: 2200, suppression: bySupply }

  test('is unanswered, whatever hides it, until somebody does', () => {
    expect(told(hidden, { type: 'comment', at: 2000, by: 'li', text: '' }).unanswered).toBe(false)
    expect(told(hidden, unsuppress, suppress)).toMatchObject({ unanswered: true, toldSince: null })
    expect(told(hidden, unsuppress, acknowledge, suppress).unanswered).toBe(false)
    expect(told(hidden, unsuppress, suppress, acknowledge).unanswered).toBe(false)
  })

  test('is asked for again once the fault is gone, but not while late data may say more', () => {
    const goes: AlarmEvent = { type: 'return', at: 2300, chattering: null }
    expect(told(hidden, unsuppress, suppress, goes)).toMatchObject({ suppressed: null, toldSince: 2300, ended: null })
    expect(told({ suppressed: byLateData, unanswered: true, toldSince: null }, goes)).toMatchObject({ suppressed: byLateData, ended: null })
    expect(told(hidden, unsuppress, suppress, { type: 'withdraw', at: 2300, by: 'li' })).toMatchObject({
      suppressed: bySupply,
      unanswered: false,
      ended: 2300,
    })
  })
})

test('people are told at our time, whatever the time of the event', () => {
  expect(stepAlarm(aLiveAlarm(gone), comes, 5000)).toMatchObject({ activated: 2000, toldSince: 5000 })
  expect(stepAlarm(aLiveAlarm({ shelved, toldSince: null }), { type: 'unshelve', at: 2000, by: null }, 5000)).toMatchObject({
    toldSince: 5000,
  })
  expect(stepAlarm(aLiveAlarm(), { type: 'comment', at: 2000, by: 'li', text: '' }, 5000)).toMatchObject({ toldSince: 1000 })
})

test('one step up is all that waiting does, and only to what is neither critical nor can wait', () => {
  expect(priorities.filter(isEscalating)).toEqual(['high', 'medium'])
  expect(stepAlarm(aLiveAlarm({ basePriority: 'medium', priority: 'medium' }), { type: 'escalate', at: 2000 }).priority).toBe('high')
})

test('only the newest comments and occurrences are kept', () => {
  const comments = Array.from({ length: MAX_COMMENTS }, (_, i) => ({ at: i, by: 'li', text: `${i}` }))
  const more = stepAlarm(aLiveAlarm({ comments, commentCount: 90 }), { type: 'comment', at: 200, by: 'li', text: 'next' })
  expect([more.comments.length, more.comments[0]?.text, more.comments.at(-1)?.text]).toEqual([MAX_COMMENTS, '1', 'next'])
  expect(more.commentCount).toBe(91)
  const occurrences = Array.from({ length: MAX_OCCURRENCES }, (_, i) => ({ started: i, ended: i }))
  const again = stepAlarm(aLiveAlarm({ ...gone, occurrences, occurrenceCount: 90 }), comes)
  expect([again.occurrences.length, again.occurrences[0]?.started, again.occurrenceCount]).toEqual([MAX_OCCURRENCES, 1, 91])
})

describe('what an operator sees', () => {
  test.each<[Partial<Alarm>, ReturnType<typeof alarmState>, boolean]>([
    [{}, 'unacknowledged', true],
    [{ acknowledged }, 'acknowledged', true],
    [gone, 'rtn-unacknowledged', true],
    [{ ...gone, latched: true }, 'rtn-unacknowledged', true],
    [{ ...gone, latched: true, acknowledged }, 'latched', true],
    [{ ...gone, acknowledged }, 'normal', true],
    [{ shelved }, 'shelved', false],
    [{ shelved, suppressed: bySupply }, 'suppressed-by-design', false],
    [{ shelved, suppressed: bySupply, outOfService: true }, 'out-of-service', false],
    [{ historical: true }, 'unacknowledged', true],
    [{ historical: true, suppressed: byLateData }, 'suppressed-by-design', false],
  ])('%o: %s', (more, state, told) => {
    expect([alarmState(aLiveAlarm(more)), isTold(aLiveAlarm(more))]).toEqual([state, told])
  })
})
