import { describe, expect, test } from 'vitest'
import { defaultPolicy, MOST_REMINDERS } from '../../src/alarms/policy.ts'
import { AlarmRegister } from '../../src/alarms/register.ts'
import type { ConditionChange } from '../../src/detection/detection.ts'
import type { Priority } from '../../src/detection/rule.ts'
import { defaultSettings } from '../../src/detection/settings.ts'
import { hours, minutes, seconds } from '../../src/telemetry/duration.ts'
import { detectorWith, texts } from '../detection/fixtures.ts'
import { clockOf, evidence, memoryAlarmStore } from './fixtures.ts'

const start = 1_700_000_000_000
const { facility } = detectorWith((build) => ({
  high: build.limit({ ...texts, timeToAct: 20, priority: 'high', point: 'level', high: 5 }),
  gas: build.limit({ ...texts, priority: 'critical', point: 'level', high: 5, latching: true, shelvable: false }),
}))

/** A tank with its alarms; minutes after the start are the time. */
function tank() {
  const store = memoryAlarmStore()
  const register = new AlarmRegister(store)
  const clock = clockOf(register)
  const change = (active: boolean, at: number, priority: Priority, key: string, late = false) => {
    const index = facility.kind.rules.findIndex((rule) => rule.key === key)
    const rule = facility.kind.rules[index] as ConditionChange['rule']
    const setting = { ...defaultSettings(facility.kind, {})[index]!, priority }
    const context = () => ({ evidence, outOfService: false, suppressed: null, affects: 0 })
    return register.apply({ facility, rule, setting, active, at, late, chattering: null }, at, context)
  }
  return {
    store,
    register,
    clock,
    raise: (minute = 0, priority: Priority = 'high', key = 'high') => change(true, start + minutes(minute), priority, key)!,
    end: (minute: number, key = 'high') => change(false, start + minutes(minute), 'high', key)!,
    pass: (minute: number) => clock.passTime(start + minutes(minute)),
    acknowledge: (minute: number) => register.act(1, { type: 'acknowledge', at: start + minutes(minute), by: 'li', comment: '' }),
    /** Steps that time made, with the minute they are stamped with. */
    steps: () =>
      store.records.filter(({ by }) => by === null).map(({ type, at, priority }) => `${(at - start) / 60_000} ${type} ${priority}`),
  }
}

describe('an alarm that nobody acknowledges', () => {
  test('is told again, and is one step more urgent when its time to act is over', () => {
    const { raise, pass, steps, register } = tank()
    raise()
    pass(31)
    expect(steps()).toEqual(['0 raise high', '15 remind high', '20 escalate critical', '25 remind critical', '30 remind critical'])
    expect(register.get(1)).toMatchObject({
      priority: 'critical',
      basePriority: 'high',
      escalated: { since: start + minutes(20), reason: 'unacknowledged' },
      reminders: { count: 3, last: start + minutes(30) },
    })
  })

  test.each<[string, Priority, string[]]>([
    ['low can wait', 'low', []],
    ['critical has no step above it', 'critical', ['5 remind', '10 remind', '15 remind', '20 remind', '25 remind']],
  ])('%s', (_name, priority, expected) => {
    const { raise, pass, steps } = tank()
    raise(0, priority)
    pass(29)
    expect(steps().slice(1)).toEqual(expected.map((step) => `${step} ${priority}`))
  })

  test('has the least time from when it was told, however short its time to act is', () => {
    const { raise, register, pass, steps } = tank()
    raise()
    register.act(1, { type: 'shelve', at: start, by: 'li', until: start + minutes(60), reason: 'works' })
    pass(70)
    expect(steps().slice(1)).toEqual(['60 unshelve high', '65 escalate critical', '70 remind critical'])
  })

  test.each(['acknowledge', 'end'] as const)('comes down again by %s, and is quiet then', (step) => {
    const it = tank()
    it.raise()
    it.pass(20)
    expect(it[step](21)).toMatchObject({ priority: 'high', escalated: null })
    expect(it.pass(600)).toEqual([])
  })

  test('that comes back begins anew', () => {
    const { raise, end, pass, steps, register } = tank()
    raise()
    pass(16)
    end(17)
    raise(30)
    expect(register.get(1)).toMatchObject({ reminders: null, escalated: null, actBy: start + minutes(50) })
    pass(45)
    expect(steps().slice(-2)).toEqual(['30 activate high', '45 remind high'])
  })

  test('and that latched is told again after it is gone', () => {
    const { raise, end, pass, steps } = tank()
    raise(0, 'critical', 'gas')
    end(1, 'gas')
    pass(6)
    expect(steps().at(-1)).toBe('5 remind critical')
  })

  test('is not told again for ever', () => {
    const { raise, pass, register } = tank()
    raise(0, 'critical')
    pass(100_000)
    expect(register.get(1)?.reminders?.count).toBe(MOST_REMINDERS)
  })

  test('follows a change of its priority at once', () => {
    const { raise, pass, register } = tank()
    raise()
    pass(20)
    const at = start + minutes(21)
    expect(register.act(1, { type: 'prioritise', at, priority: 'medium' })).toMatchObject({ priority: 'high', basePriority: 'medium' })
    expect(register.act(1, { type: 'prioritise', at, priority: 'low' })).toMatchObject({ priority: 'low', escalated: null })
    expect(register.act(1, { type: 'prioritise', at, priority: 'high' })).toMatchObject({ priority: 'high', escalated: null })
    expect(pass(25)).toEqual([])
    expect(pass(26)).toMatchObject([{ priority: 'critical' }])
  })
})

test('another policy counts from when it was given, for live alarms too', () => {
  const { raise, pass, register, steps } = tank()
  raise()
  pass(10)
  const { reminders, escalation } = defaultPolicy
  register.setPolicy(
    { ...defaultPolicy, reminders: { ...reminders, high: 2 }, escalation: { ...escalation, enabled: false } },
    start + minutes(11),
  )
  pass(21)
  expect(steps().slice(1)).toEqual([11, 13, 15, 17, 19, 21].map((minute) => `${minute} remind high`))
})

test('shelving ends within the longest time of its priority', () => {
  const { raise, register } = tank()
  raise()
  const shelve = (length: number) => register.act(1, { type: 'shelve', at: start, by: 'li', until: start + minutes(length), reason: 'x' })
  expect(() => shelve(241)).toThrow(/240 minutes at most/)
  expect(shelve(240).shelved?.until).toBe(start + minutes(240))
})

test('a request for a reset waits ten minutes', () => {
  const { raise, end, pass, acknowledge, register } = tank()
  raise(0, 'critical', 'gas')
  end(1, 'gas')
  acknowledge(2)
  register.act(1, { type: 'reset', at: start + minutes(3), by: 'li' })
  pass(12)
  expect(register.get(1)?.resetRequest).not.toBeNull()
  pass(13)
  expect(register.get(1)?.resetRequest).toBeNull()
})

describe('after a pause', () => {
  test('what was missed comes once: one reminder for all, every other step at its own time', () => {
    const { raise, clock, register, steps, pass } = tank()
    raise()
    raise(0, 'critical', 'gas')
    clock.resume(start + hours(8))
    expect(steps().slice(2)).toEqual(['20 escalate critical', '480 remind critical', '480 remind critical'])
    expect([...register.live()].map(({ reminders }) => reminders?.count)).toEqual([1, 1])
    expect(clock.resume(start + hours(8))).toEqual([])
    pass(484)
    expect(steps()).toHaveLength(5)
    pass(485)
    expect(steps()).toHaveLength(7)
  })

  test('what one missed step brought about comes too, and all that changed is said', () => {
    const { raise, clock, register, steps } = tank()
    raise()
    register.act(1, { type: 'shelve', at: start, by: 'li', until: start + minutes(60), reason: 'works' })
    expect(clock.resume(start + hours(8)).map(({ version }) => version)).toEqual([3, 4, 5])
    expect(steps().slice(1)).toEqual(['60 unshelve high', '65 escalate critical', '480 remind critical'])
  })

  test('what falls due with its end comes with it, and nothing that is put off for longer', () => {
    const { raise, clock, register, steps } = tank()
    raise()
    clock.resume(start + minutes(15))
    expect(steps().slice(1)).toEqual(['15 remind high'])
    clock.resume(start + minutes(20))
    expect(steps().slice(2)).toEqual(['20 escalate critical'])
    register.act(1, { type: 'shelve', at: start + minutes(30), by: 'li', until: start + minutes(60), reason: 'works' })
    for (const minute of [30, 59]) expect(clock.resume(start + minutes(minute))).toEqual([])
    expect(register.get(1)?.shelved).not.toBeNull()
  })

  test('a reset asked for by a clock that was ahead is asked for no more, one of before the pause still is', () => {
    const { raise, end, acknowledge, clock, register } = tank()
    raise(0, 'critical', 'gas')
    end(1, 'gas')
    acknowledge(2)
    const ask = (minute: number) => register.act(1, { type: 'reset', at: start + minutes(minute), by: 'li' })
    ask(3)
    for (const minute of [3, 12]) expect(clock.resume(start + minutes(minute))).toEqual([])
    expect(clock.resume(start + minutes(13))).toMatchObject([{ resetRequest: null, latched: true }])
    ask(9000)
    expect(clock.resume(start + minutes(20))).toMatchObject([{ resetRequest: null, latched: true }])
  })

  test('reminders by a clock that was ahead put none off', () => {
    const { raise, pass, clock, register } = tank()
    raise(0, 'critical')
    register.act(1, { type: 'remind', at: start + minutes(9000) })
    expect(register.get(1)?.toldSince).toBe(start)
    expect(clock.resume(start + minutes(3))).toMatchObject([{ reminders: { count: 2, last: start + minutes(3) } }])
    expect(pass(7)).toEqual([])
    expect(pass(8)).toMatchObject([{ reminders: { count: 3 } }])
  })

  test('a clock that was ahead leaves nothing in the far future', () => {
    const { raise, clock, register, acknowledge, end } = tank()
    const ahead = 30 * 24 * 60
    raise(ahead)
    register.act(1, { type: 'shelve', at: start + minutes(ahead + 1), by: 'li', until: start + minutes(ahead + 200), reason: 'x' })
    clock.resume(start)
    expect(register.get(1)).toMatchObject({ shelved: null, toldSince: start })
    expect(clock.passTime(start + minutes(14))).toEqual([])
    expect(clock.passTime(start + minutes(15))).toMatchObject([{ reminders: { count: 1 } }])
    raise(ahead, 'critical', 'gas')
    clock.resume(start + minutes(15) + seconds(1))
    expect(clock.passTime(start + minutes(21))).toMatchObject([{ rule: 'gas', reminders: { count: 2 } }])
    end(ahead + 2)
    acknowledge(ahead + 3)
    expect(register.get(1)).toBeUndefined()
  })
})
