import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isOver, newTarget, type Target } from '../../src/control/command.ts'
import { isHeldBack, stepTarget, type TargetEvent } from '../../src/control/command-step.ts'

const patience = { answer: 30, attempts: 3 }
const accept: TargetEvent = { type: 'accept', at: 0, expires: 60 }
const send = (at: number, known: number | null = 1, shown = false): TargetEvent => ({ type: 'send', at, known, shown, patience })
const answer = (at: number, done = true): TargetEvent => ({ type: 'answer', at, done, words: null, within: 100 })
const show = (at: number, reported = at, answers = true): TargetEvent => ({ type: 'show', at, reported, answers })
const pass = (at: number): TargetEvent => ({ type: 'pass', at })
const walk = (...events: TargetEvent[]): Target => events.reduce(stepTarget, newTarget('lamp'))

describe('a command to one facility', () => {
  test('goes through its five steps, each with its time', () => {
    const steps = [accept, send(5), answer(8), show(20)]
    const states = steps.map((_, i) => walk(...steps.slice(0, i + 1)).state)
    expect([newTarget('lamp').state, ...states]).toEqual(['requested', 'accepted', 'sent', 'confirmed', 'effect-seen'])
    expect(walk(...steps)).toMatchObject({
      times: { accepted: 0, sent: 5, confirmed: 8, seen: 20 },
      over: 20,
      deadline: null,
      problem: null,
    })
  })

  test('of a device that gives no answer has its effect in the next report that shows it', () => {
    expect(walk(accept, send(5), show(8, 1, false)).state).toBe('sent')
    expect(walk(accept, send(5), show(8, 8, false))).toMatchObject({ state: 'effect-seen', times: { confirmed: null, seen: 8 }, over: 8 })
  })

  test('has failed at once when it will not be delivered, unless telemetry that changed says otherwise', () => {
    const words = { en: 'too long', zh: '过长' }
    const undelivered = (at: number, isFinal = true): TargetEvent => ({ type: 'undelivered', at, isFinal, words })
    expect(walk(accept, send(5), undelivered(8))).toMatchObject({
      state: 'failed',
      problem: 'not-delivered',
      words,
      over: 8,
      deadline: null,
    })
    expect(walk(accept, send(5), undelivered(8, false))).toMatchObject({ state: 'sent', words, over: null, deadline: 35 })
    expect(walk(accept, send(5), undelivered(8, false), answer(9))).toMatchObject({ state: 'confirmed', words: null })
    expect(walk(accept, send(5), undelivered(8, false), pass(35))).toMatchObject({ state: 'failed', problem: 'no-answer', words })
    expect(walk(accept, send(5), show(7), undelivered(8))).toMatchObject({ state: 'effect-seen', problem: null, words: null, over: 8 })
    expect(walk(accept, send(5, 1, true), show(7), undelivered(8))).toMatchObject({ state: 'failed', problem: 'not-delivered' })
    expect(walk(accept, send(5), answer(7), undelivered(8)).state).toBe('confirmed')
    expect(walk(accept, undelivered(8)).state).toBe('accepted')
  })

  test('waits for a device that has gone, says why, and goes again as soon as it is back', () => {
    const words = { en: 'offline', zh: '离线' }
    const unreachable: TargetEvent = { type: 'unreachable', words }
    const reachable = (at: number): TargetEvent => ({ type: 'reachable', at })
    expect(walk(accept, unreachable)).toMatchObject({ state: 'accepted', words, deadline: 60 })
    expect(walk(accept, unreachable, send(5))).toMatchObject({ state: 'sent', words: null })
    expect(walk(accept, unreachable, pass(60))).toMatchObject({ state: 'expired', problem: 'not-sent', words })
    const gone = walk(accept, send(5), unreachable)
    expect(gone).toMatchObject({ state: 'sent', words, again: 15, deadline: 35 })
    expect([isHeldBack(gone), stepTarget(gone, unreachable)]).toEqual([true, gone])
    // What it says as it comes back is heard first.
    expect(stepTarget(gone, reachable(9))).toMatchObject({ words: null, again: 3009 })
    expect(walk(accept, send(5), reachable(9))).toMatchObject({ again: 15 })
    expect(walk(accept, send(5), answer(6), unreachable)).toMatchObject({ state: 'confirmed', words: null })
  })

  test('has a deadline at each step, and says which one it missed', () => {
    expect(walk(accept, pass(59)).state).toBe('accepted')
    expect(walk(accept, pass(60))).toMatchObject({ state: 'expired', problem: 'not-sent', over: 60 })
    expect(walk(accept, send(5), pass(34)).state).toBe('sent')
    expect(walk(accept, send(5), pass(99))).toMatchObject({ state: 'failed', problem: 'no-answer', over: 35 })
    expect(walk(accept, send(5), answer(8), pass(107)).state).toBe('confirmed')
    expect(walk(accept, send(5), answer(8), pass(108))).toMatchObject({ state: 'failed', problem: 'no-effect', over: 108 })
  })

  test('is never sent after it expired, and again only while its answer is awaited', () => {
    expect(walk(accept, send(60)).state).toBe('accepted')
    expect(walk(accept, send(5), send(14))).toMatchObject({ attempts: 1 })
    expect(walk(accept, send(5), send(15), send(25), send(35))).toMatchObject({ attempts: 3, again: null, deadline: 35 })
    expect(walk(accept, send(5), pass(35), send(36)).state).toBe('failed')
    expect(walk(accept, send(5), answer(8), send(20)).attempts).toBe(1)
  })

  test('takes only what is newer than it knew for an effect, also before the answer', () => {
    expect(walk(accept, send(5, 4), answer(8), show(9, 4)).state).toBe('confirmed')
    expect(walk(accept, send(5, 4), show(6, 5)).state).toBe('sent')
    expect(walk(accept, send(5, 4), show(6, 5), answer(8))).toMatchObject({ state: 'effect-seen', times: { confirmed: 8, seen: 6 } })
    expect(walk(accept, send(5, null), answer(8), show(9, 0)).state).toBe('effect-seen')
  })

  test('is borne out by telemetry where the answer is lost; an answer that comes too late is only noted', () => {
    expect(walk(accept, send(5), show(6), pass(35))).toMatchObject({ state: 'effect-seen', times: { confirmed: null, seen: 6 } })
    expect(walk(accept, send(5), pass(35), answer(40))).toMatchObject({ state: 'failed', problem: 'no-answer', times: { confirmed: 40 } })
    expect(walk(accept, send(5), pass(35), answer(40, false)).times.confirmed).toBeNull()
  })

  test('is not borne out by telemetry that showed it before, or said nothing before', () => {
    expect(walk(accept, send(5, 1, true), show(6), pass(35))).toMatchObject({ state: 'failed', problem: 'no-answer' })
    expect(walk(accept, send(5, null), show(6), pass(35))).toMatchObject({ state: 'failed', problem: 'no-answer' })
    expect(walk(accept, send(5, 1, true), show(6), answer(8)).state).toBe('effect-seen')
  })

  test('can be refused by the device, and called back until it is sent', () => {
    expect(walk(accept, send(5), answer(8, false))).toMatchObject({ state: 'refused', problem: 'refused-by-device' })
    expect(walk(accept, { type: 'cancel', at: 1, problem: 'cancelled' })).toMatchObject({ state: 'cancelled', over: 1 })
    expect(walk(accept, send(5), { type: 'cancel', at: 6, problem: 'cancelled' }).state).toBe('sent')
    expect(walk(accept, send(5), { type: 'cancel', at: 6, problem: 'superseded' })).toMatchObject({
      state: 'cancelled',
      problem: 'superseded',
    })
  })

  test('whatever comes in whatever order: it ends once, has a deadline until then, and never more attempts than allowed', () => {
    const time = fc.integer({ min: 0, max: 200 })
    const event = fc.oneof(
      fc.record({ type: fc.constant('accept' as const), at: time, expires: time }),
      fc.record({ type: fc.constant('refuse' as const), at: time, problem: fc.constant('interlock' as const), words: fc.constant(null) }),
      time.map((at) => send(at)),
      fc.tuple(time, fc.boolean()).map(([at, done]) => answer(at, done)),
      fc.tuple(time, time).map(([at, reported]) => show(at, reported)),
      fc.constant({ type: 'unreachable' as const, words: { en: 'offline', zh: '离线' } }),
      time.map((at) => ({ type: 'reachable' as const, at })),
      fc.record({ type: fc.constant('undelivered' as const), at: time, isFinal: fc.boolean(), words: fc.constant(null) }),
      fc.record({ type: fc.constant('cancel' as const), at: time, problem: fc.constantFrom('cancelled' as const, 'superseded' as const) }),
      time.map(pass),
    )
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        let target = newTarget('lamp')
        for (const one of events) {
          const next = stepTarget(target, one)
          if (isOver(target.state)) expect({ ...next, times: null }).toEqual({ ...target, times: null })
          if (next.state === 'sent' && target.state !== 'sent') expect(target.state).toBe('accepted')
          if (next.state === 'confirmed') expect(next.times.sent).not.toBeNull()
          target = next
        }
        expect(target.attempts).toBeLessThanOrEqual(3)
        expect(target.over === null).toBe(!isOver(target.state))
        if (target.state !== 'requested') expect(target.deadline === null).toBe(isOver(target.state))
        expect(stepTarget(target, pass(1000)).state === 'requested' || isOver(stepTarget(target, pass(1000)).state)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})
