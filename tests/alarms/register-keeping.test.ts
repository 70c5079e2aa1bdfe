import { describe, expect, test } from 'vitest'
import { defaultPolicy, LONGEST_CATCH_UP } from '../../src/alarms/policy.ts'
import { type AlarmContext, AlarmRegister } from '../../src/alarms/register.ts'
import type { ConditionChange } from '../../src/detection/detection.ts'
import { defaultSettings } from '../../src/detection/settings.ts'
import { minutes } from '../../src/telemetry/duration.ts'
import { detectorWith, texts } from '../detection/fixtures.ts'
import { evidence, memoryAlarmStore } from './fixtures.ts'

const { facility: tank } = detectorWith((build) => ({
  high: build.limit({ ...texts, timeToAct: 20, priority: 'high', point: 'level', high: 5 }),
  gas: build.limit({ ...texts, priority: 'critical', point: 'level', high: 5, latching: true, shelvable: false }),
}))
const context: AlarmContext = { evidence, outOfService: false, suppressed: null, affects: 0 }

function keeping() {
  const store = memoryAlarmStore()
  const register = new AlarmRegister(store)
  const apply = (key: string, active: boolean, at: number, more: Partial<ConditionChange & AlarmContext & { id: string }> = {}) => {
    const index = tank.kind.rules.findIndex((rule) => rule.key === key)
    const { id = tank.id, affects, outOfService, suppressed, ...change } = more
    return register.apply(
      {
        facility: { ...tank, id },
        rule: tank.kind.rules[index]!,
        setting: defaultSettings(tank.kind, {})[index]!,
        active,
        at,
        late: false,
        chattering: null,
        ...change,
      },
      at,
      () => ({
        ...context,
        ...(affects !== undefined && { affects }),
        ...(outOfService !== undefined && { outOfService }),
        ...(suppressed !== undefined && { suppressed }),
      }),
    )
  }
  /** A condition of the past, as it was from `at` on. */
  const past = (key: string, at: number, now: number) => {
    const index = tank.kind.rules.findIndex((rule) => rule.key === key)
    const change = { facility: tank, rule: tank.kind.rules[index]!, setting: defaultSettings(tank.kind, {})[index]! }
    return register.recordHistorical({ ...change, active: true, at, late: true, chattering: null, historySince: at }, now, () => context)
  }
  return { store, register, apply, past }
}

describe('an alarm that is raised', () => {
  test('has what its rule, its setting and its facility say', () => {
    const { apply } = keeping()
    expect(apply('high', true, 1000, { affects: 3 })).toEqual({
      id: 1,
      facility: 'T-1',
      kind: 'tank',
      rule: 'high',
      priority: 'high',
      basePriority: 'high',
      escalated: null,
      reminders: null,
      actBy: 1000 + minutes(20),
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
      affects: 3,
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
    })
    expect(apply('gas', true, 1000)).toMatchObject({ latching: true, latched: true, shelvable: false })
  })

  test('asks nobody where it is hidden', () => {
    const suppressed = { cause: 'supply', by: 9, since: 1, until: null } as const
    expect(keeping().apply('high', true, 1000, { suppressed })).toMatchObject({ suppressed, toldSince: null, historical: false })
    expect(keeping().apply('high', true, 1000, { outOfService: true })).toMatchObject({ outOfService: true, toldSince: null })
    expect(keeping().apply('gas', true, 1000, { outOfService: true })).toMatchObject({ outOfService: false, toldSince: 1000 })
    const late = { cause: 'late', by: null, since: 1000, until: 1000 + LONGEST_CATCH_UP }
    expect(keeping().apply('high', true, 1000, { late: true, suppressed })).toMatchObject({
      suppressed: late,
      toldSince: null,
      historical: true,
    })
  })

  test('from late data is told at once where it protects lives, marked as late, unless something explains it', () => {
    expect(keeping().apply('gas', true, 1000, { late: true })).toMatchObject({ suppressed: null, toldSince: 1000, historical: true })
    const suppressed = { cause: 'consequence', by: 9, since: 1, until: null } as const
    expect(keeping().apply('gas', true, 1000, { late: true, suppressed })).toMatchObject({ suppressed, toldSince: null, historical: true })
  })

  test.each(['high', 'gas'])('from what was the past already is a record that tells nobody: %s', (key) => {
    const { store, past, register } = keeping()
    const over = { historical: true, active: false, latched: false, toldSince: null, unanswered: false, ended: 1000 }
    expect(past(key, 1000, 9000)).toMatchObject(over)
    expect(register.size).toBe(0)
    expect(store.records).toMatchObject([{ type: 'raise', at: 1000, recorded: 9000, told: false, announced: false }])
  })

  test('is counted, and so is every time it comes back', () => {
    const { apply, register } = keeping()
    apply('high', false, 500)
    apply('high', true, 1000)
    apply('high', true, 1100)
    expect([register.raised, register.size]).toEqual([1, 1])
    apply('high', false, 2000)
    apply('high', true, 3000)
    apply('gas', true, 3000)
    expect([register.raised, register.size]).toEqual([3, 2])
  })
})

describe('live alarms', () => {
  test('are found by number, by rule and by facility, and no longer when they have ended', () => {
    const { apply, register } = keeping()
    const [high, gas, other] = [apply('high', true, 1), apply('gas', true, 2), apply('high', true, 3, { id: 'T-2' })]
    expect([...register.live()]).toEqual([high, gas, other])
    expect([...register.of('T-1')]).toEqual([high, gas])
    expect([register.get(2), register.find('T-2', 'high'), register.find('T-2', 'gas')]).toEqual([gas, other, undefined])
    register.act(3, { type: 'acknowledge', at: 4, by: 'li', comment: '' })
    apply('high', false, 5, { id: 'T-2' })
    expect([[...register.of('T-2')], register.get(3), register.find('T-2', 'high'), register.size]).toEqual([[], undefined, undefined, 2])
  })

  test('are those of the store again after a transaction that did not go through', () => {
    const { apply, register, store } = keeping()
    apply('high', true, 1)
    store.all.set(1, { ...store.all.get(1)!, facility: 'T-9' })
    register.reload()
    expect([register.size, register.find('T-1', 'high'), [...register.of('T-1')]]).toEqual([1, undefined, []])
    expect(register.find('T-9', 'high')?.id).toBe(1)
    expect(register.due(minutes(15) + 1)).toMatchObject({ alarm: { id: 1 }, due: { type: 'remind', at: minutes(15) + 1 } })
    store.all.clear()
    register.reload()
    expect([register.size, register.due(minutes(60))]).toEqual([0, undefined])
  })

  test('follow their facility out of service and back, but for those that protect lives', () => {
    const { apply, register } = keeping()
    apply('high', true, 1)
    apply('gas', true, 1)
    apply('high', true, 1, { id: 'T-2' })
    expect(register.setOutOfService('T-1', true, 5, 'li')).toMatchObject([{ id: 1, outOfService: true }])
    expect([...register.live()].map(({ outOfService }) => outOfService)).toEqual([true, false, false])
    expect(register.setOutOfService('T-1', false, 6, 'li')).toMatchObject([{ id: 1, outOfService: false }])
  })

  test('end with their facility, and with nobody else', () => {
    const { apply, register, store } = keeping()
    apply('high', true, 1)
    apply('gas', true, 1)
    apply('high', true, 1, { id: 'T-2' })
    expect(register.withdraw('T-1', 5, 'li').map(({ ended }) => ended)).toEqual([5, 5])
    expect([...register.live()].map(({ facility }) => facility)).toEqual(['T-2'])
    expect(store.records.slice(-2)).toMatchObject([
      { alarm: 1, type: 'withdraw', by: 'li' },
      { alarm: 2, type: 'withdraw', by: 'li' },
    ])
  })
})

describe('what falls due', () => {
  test('comes in the order of its time and of the alarms, and only up to now', () => {
    const { apply, register } = keeping()
    apply('high', true, 1000, { id: 'T-2' })
    apply('high', true, 1000)
    apply('gas', true, 1000)
    expect(register.due(999 + minutes(5))).toBeUndefined()
    expect(register.due(minutes(60))).toMatchObject({ alarm: { id: 3 }, due: { type: 'remind', at: 1000 + minutes(5) } })
    register.act(3, { type: 'acknowledge', at: 2000, by: 'li', comment: '' })
    expect(register.due(minutes(60))).toMatchObject({ alarm: { id: 1 }, due: { type: 'remind', at: 1000 + minutes(15) } })
    register.act(1, { type: 'remind', at: 1000 + minutes(15) })
    expect(register.due(minutes(60))).toMatchObject({ alarm: { id: 2 }, due: { type: 'remind', at: 1000 + minutes(15) } })
    register.act(2, { type: 'acknowledge', at: 2000, by: 'li', comment: '' })
    expect(register.due(minutes(60))).toMatchObject({ alarm: { id: 1 }, due: { type: 'escalate', at: 1000 + minutes(20) } })
    register.act(1, { type: 'acknowledge', at: 2000, by: 'li', comment: '' })
    expect(register.due(minutes(60))).toBeUndefined()
  })

  test('besides reminders is what is left without them', () => {
    const { apply, register } = keeping()
    const alarm = apply('high', true, 1000)!
    expect([register.reminderDue(alarm), register.dueBesidesReminders(alarm)]).toEqual([
      1000 + minutes(15),
      { type: 'escalate', at: 1000 + minutes(20) },
    ])
  })

  test('by a policy that was given stays so after a restart', () => {
    const { apply, register, store } = keeping()
    apply('high', true, 1000)
    const policy = { ...defaultPolicy, reminders: { ...defaultPolicy.reminders, high: 1 } }
    register.setPolicy(policy, 5000)
    expect([register.policy, new AlarmRegister(store).policy]).toEqual([policy, policy])
    expect(new AlarmRegister(store).due(1000 + minutes(1))?.due).toEqual({ type: 'remind', at: 1000 + minutes(1) })
    expect(store.alarmPolicy()).toEqual({ policy, since: 5000 })
  })
})

describe('shelving', () => {
  const shelve = (key: string, length: number) => {
    const { apply, register } = keeping()
    apply(key, true, 0)
    return () => register.act(1, { type: 'shelve', at: 0, by: 'li', until: length, reason: '' })
  }
  test('is possible for the longest time of its priority and no longer', () => {
    expect(shelve('high', minutes(240))()).toMatchObject({ shelved: { until: minutes(240) } })
    expect(shelve('high', minutes(240) + 1)).toThrow('A high alarm can be shelved for 240 minutes at most. Choose a shorter time.')
  })

  test('anew before its end counts from when it was put aside first', () => {
    const { apply, register } = keeping()
    apply('high', true, 0)
    const shelve = (at: number, until: number) => () => register.act(1, { type: 'shelve', at, by: 'li', until, reason: '' })
    shelve(0, minutes(100))()
    expect(shelve(minutes(90), minutes(240) + 1)).toThrow('240 minutes at most, and this one has been for 90. Choose a shorter time.')
    expect(shelve(minutes(90), minutes(240))()).toMatchObject({ shelved: { at: 0, until: minutes(240) } })
    register.act(1, { type: 'unshelve', at: minutes(239), by: 'li' })
    expect(shelve(minutes(239), minutes(479))()).toMatchObject({ shelved: { at: minutes(239), until: minutes(479) } })
  })

  test('of what protects lives is refused for that, however long', () => {
    expect(shelve('gas', minutes(999))).toThrow(/protects lives/)
  })
})
