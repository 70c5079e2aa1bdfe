import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Alarm, alarmState, MAX_OCCURRENCES } from '../../src/alarms/alarm.ts'
import { type AlarmEvent, stepAlarm } from '../../src/alarms/lifecycle.ts'
import { LamplighterError } from '../../src/errors.ts'
import { aLiveAlarm, evidence, unexplained } from './fixtures.ts'

const run = (alarm: Alarm, ...events: AlarmEvent[]) => events.reduce(stepAlarm, alarm)
const acknowledge: AlarmEvent = { type: 'acknowledge', at: 2000, by: 'li', comment: 'seen' }
const goes: AlarmEvent = { type: 'return', at: 3000, chattering: null }
const comes: AlarmEvent = { type: 'activate', at: 4000, priority: 'high', actBy: 600_000, evidence, chattering: null, ...unexplained }
const shelve: AlarmEvent = { type: 'shelve', at: 2000, by: 'li', until: 9000, reason: 'works' }

describe('life cycle', () => {
  const cases: [string, Partial<Alarm>, AlarmEvent[], string, boolean][] = [
    ['new', {}, [], 'unacknowledged', false],
    ['acknowledged', {}, [acknowledge], 'acknowledged', false],
    ['returned before anybody saw it', {}, [goes], 'rtn-unacknowledged', false],
    ['returned, then acknowledged', {}, [goes, acknowledge], 'normal', true],
    ['acknowledged, then returned', {}, [acknowledge, goes], 'normal', true],
    ['came back before it was acknowledged', {}, [goes, comes], 'unacknowledged', false],
    ['latching, returned and acknowledged', { latching: true, latched: true }, [acknowledge, goes], 'latched', false],
    ['latching, reset', { latching: true, latched: true }, [acknowledge, goes, { type: 'reset', at: 5000, by: 'li' }], 'normal', true],
    ['latched, fault comes back', { latching: true, latched: true }, [acknowledge, goes, comes], 'unacknowledged', false],
    ['shelved', {}, [shelve], 'shelved', false],
    ['shelved and back', {}, [shelve, { type: 'unshelve', at: 9000, by: null }], 'unacknowledged', false],
    ['shelved, gone, back', {}, [shelve, goes, { type: 'unshelve', at: 9000, by: null }], 'rtn-unacknowledged', false],
    ['out of service', {}, [{ type: 'take-out-of-service', at: 2000, by: null }], 'out-of-service', false],
    ['out of service, gone', {}, [{ type: 'take-out-of-service', at: 2000, by: null }, goes], 'out-of-service', true],
    [
      'back in service',
      {},
      [
        { type: 'take-out-of-service', at: 2000, by: null },
        { type: 'return-to-service', at: 3000, by: null },
      ],
      'unacknowledged',
      false,
    ],
  ]
  test.each(cases)('%s', (_name, more, events, state, ended) => {
    const alarm = run(aLiveAlarm(more), ...events)
    expect([alarmState(alarm), alarm.ended !== null]).toEqual([state, ended])
  })

  test('re-activation asks for a new acknowledgement and adds an occurrence', () => {
    const alarm = run(aLiveAlarm({ latching: true, latched: true }), acknowledge, goes, comes)
    expect(alarm).toMatchObject({ acknowledged: null, raised: 1000, activated: 4000, occurrenceCount: 2 })
    expect(alarm.occurrences).toEqual([
      { started: 1000, ended: 3000 },
      { started: 4000, ended: null },
    ])
  })

  test('the first acknowledgement stands', () => {
    const alarm = run(aLiveAlarm(), acknowledge)
    expect(stepAlarm(alarm, { ...acknowledge, by: 'wang' })).toBe(alarm)
  })

  const refused: [string, Partial<Alarm>, AlarmEvent[]][] = [
    ['shelving what protects lives', { shelvable: false }, [shelve]],
    ['shelving into the past', {}, [{ ...shelve, until: 1000 } as AlarmEvent]],
    ['resetting what is not latched', {}, [{ type: 'reset', at: 1, by: 'li' }]],
    ['resetting while the fault is there', { latched: true }, [acknowledge, { type: 'reset', at: 1, by: 'li' }]],
    ['resetting what nobody acknowledged', { latched: true }, [goes, { type: 'reset', at: 1, by: 'li' }]],
    ['anything after the end', {}, [acknowledge, goes, acknowledge]],
  ]
  test.each(refused)('refuses %s', (_name, more, events) => {
    expect(() => run(aLiveAlarm(more), ...events)).toThrow(LamplighterError)
  })

  describe('the reset of what protects lives', () => {
    const gone = run(aLiveAlarm({ latching: true, latched: true, shelvable: false }), acknowledge, goes)
    const reset = (by: string): AlarmEvent => ({ type: 'reset', at: 5000, by })

    test('takes two people', () => {
      const asked = stepAlarm(gone, reset('li'))
      expect(asked).toMatchObject({ latched: true, ended: null, resetRequest: { at: 5000, by: 'li' } })
      expect(() => stepAlarm(asked, reset('li'))).toThrow(/another person/)
      expect(stepAlarm(asked, reset('wang'))).toMatchObject({ latched: false, ended: 5000, resetRequest: null })
    })

    test('is asked for again after the request expired or the fault came back', () => {
      const asked = stepAlarm(gone, reset('li'))
      for (const forgotten of [stepAlarm(asked, { type: 'expire-reset', at: 6000 }), run(asked, comes, acknowledge, goes)]) {
        expect(forgotten.resetRequest).toBeNull()
        expect(stepAlarm(forgotten, reset('wang'))).toMatchObject({ latched: true, resetRequest: { by: 'wang' } })
      }
    })
  })

  test('no run of events reaches an illegal state', () => {
    const event = fc.oneof(
      fc.record({
        type: fc.constant('activate' as const),
        at: fc.nat(),
        priority: fc.constant('high' as const),
        evidence: fc.constant(evidence),
        suppressed: fc.constant(null),
      }),
      fc.record({
        type: fc.constantFrom('return', 'unshelve', 'take-out-of-service', 'return-to-service'),
        at: fc.nat(),
        by: fc.constant(null),
      }),
      fc.record({ type: fc.constant('acknowledge' as const), at: fc.nat(), by: fc.constant('li'), comment: fc.string() }),
      fc.record({ type: fc.constant('comment' as const), at: fc.nat(), by: fc.constant('li'), text: fc.string() }),
      fc.record({
        type: fc.constant('shelve' as const),
        at: fc.nat(1000),
        by: fc.constant('li'),
        until: fc.nat(2000),
        reason: fc.string(),
      }),
      fc.record({ type: fc.constant('reset' as const), at: fc.nat(), by: fc.constant('li') }),
    )
    fc.assert(
      fc.property(fc.array(event, { maxLength: 80 }), fc.boolean(), fc.boolean(), (events, latching, shelvable) => {
        let alarm = aLiveAlarm({ latching, latched: latching, shelvable })
        for (const e of events) {
          const before = alarm
          try {
            alarm = stepAlarm(alarm, e as AlarmEvent)
          } catch (error) {
            expect(error).toBeInstanceOf(LamplighterError)
            continue
          }
          expect(alarm.version === before.version).toBe(alarm === before)
          expect(alarm.active).toBe(alarm.occurrences.at(-1)?.ended === null)
          expect(alarm.occurrences.length).toBeLessThanOrEqual(MAX_OCCURRENCES)
          expect(alarm.shelved !== null && !shelvable).toBe(false)
          expect(alarm.latched && !latching).toBe(false)
          expect(alarm.ended !== null && alarm.active).toBe(false)
          expect(alarmState(alarm) === 'normal').toBe(alarm.ended !== null && !alarm.outOfService && !alarm.shelved)
          if (alarm.ended !== null) expect(alarm.latched).toBe(false)
          if (alarm.ended !== null && !alarm.outOfService) expect(alarm.acknowledged).not.toBeNull()
        }
      }),
      { numRuns: 2000 },
    )
  })
})
