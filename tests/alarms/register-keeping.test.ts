import { describe, expect, test } from 'vitest'
import { usualFloodLimits } from '../../src/alarms/flood.ts'
import { FloodLog, type FloodStore, type StoredFlood } from '../../src/alarms/flood-log.ts'
import { defaultPolicy, LONGEST_CATCH_UP } from '../../src/alarms/policy.ts'
import { type AlarmContext, AlarmRegister } from '../../src/alarms/register.ts'
import type { ConditionChange } from '../../src/detection/detection.ts'
import { defaultSettings } from '../../src/detection/settings.ts'
import { hours, minutes } from '../../src/telemetry/duration.ts'
import { detectorWith, texts } from '../detection/fixtures.ts'
import { evidence, memoryAlarmStore } from './fixtures.ts'

const { facility: tank } = detectorWith((build) => ({
  high: build.limit({ ...texts, timeToAct: 20, priority: 'high', point: 'level', high: 5 }),
  gas: build.limit({ ...texts, priority: 'critical', point: 'level', high: 5, latching: true, shelvable: false }),
}))
const context: AlarmContext = { evidence, outOfService: false, suppressed: null, affects: 0 }

/** A store of floods that keeps the last one only. */
function floodStore(): FloodStore & { kept: StoredFlood | undefined } {
  return {
    kept: undefined,
    running() {
      return this.kept?.ended === null ? this.kept : undefined
    },
    put(flood) {
      this.kept = { ...flood, id: 1 }
      return 1
    },
    annunciations: () => [],
  }
}

function keeping(floods?: FloodLog) {
  const store = memoryAlarmStore()
  const register = new AlarmRegister(store, floods)
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
  const past = (key: string, at: number, now: number, more: Partial<ConditionChange> = {}) => {
    const index = tank.kind.rules.findIndex((rule) => rule.key === key)
    const change = { facility: tank, rule: tank.kind.rules[index]!, setting: defaultSettings(tank.kind, {})[index]! }
    const found = { ...change, active: true, at, late: true, chattering: null, historySince: at, ...more }
    return register.recordHistorical(found, now, () => context)
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

  test('from what was the past already has its end when that is found, and touches no live alarm', () => {
    const { store, past, apply, register } = keeping()
    const live = apply('high', true, 5000)
    expect(past('high', 1000, 9000)).toMatchObject({
      ...{ id: 2, suppressed: { cause: 'late', since: 9000 }, version: 1 },
      occurrences: [{ started: 1000, ended: 1000 }],
    })
    const end = { active: false, historySince: 1000 }
    expect(past('high', 2000, 9500, end)).toMatchObject({
      ...{ id: 2, raised: 1000, returned: 2000, ended: 2000, version: 2 },
      occurrences: [{ started: 1000, ended: 2000 }],
    })
    expect(store.all.get(2)).toMatchObject({ ended: 2000, version: 2 })
    expect(store.records.slice(1)).toMatchObject([
      { alarm: 2, type: 'raise', at: 1000, recorded: 9000 },
      { alarm: 2, type: 'return', at: 2000, recorded: 9500, told: false, announced: false, version: 2 },
    ])
    expect([...register.live()]).toEqual([live])
    // The end of what nobody wrote down is none.
    expect(past('high', 2000, 9500, { ...end, historySince: 1001 })).toBeUndefined()
    expect([store.records.length, register.changes]).toEqual([3, 2])
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
    register.act(1, { type: 'withdraw', at: 6, by: 'li' })
    expect([...register.of('T-1')]).toEqual([gas])
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

  test('are found by what explains them, as long as it does', () => {
    const { apply, register, store } = keeping()
    const by = (cause: number | null) => ({ cause: 'supply', by: cause, since: 1, until: null }) as const
    const explained = (...causes: number[]) => causes.map((cause) => [...register.explainedBy(cause)].map(({ id }) => id))
    apply('high', true, 1, { suppressed: by(8) })
    apply('high', true, 1, { suppressed: by(8), id: 'T-2' })
    apply('high', true, 1, { id: 'T-3' })
    expect(explained(8, 9)).toEqual([[1, 2], []])
    register.act(1, { type: 'suppress', at: 2, suppression: by(9) })
    register.act(3, { type: 'suppress', at: 2, suppression: by(9) })
    expect(explained(8, 9)).toEqual([[2], [1, 3]])
    register.act(1, { type: 'comment', at: 3, by: 'li', text: 'x' })
    expect([...register.explainedBy(9)].map(({ version }) => version)).toEqual([3, 2])
    register.act(1, { type: 'suppress', at: 4, suppression: by(null) })
    register.act(2, { type: 'unsuppress', at: 4 })
    register.act(3, { type: 'withdraw', at: 4, by: 'li' })
    expect(explained(8, 9)).toEqual([[], []])
    register.act(2, { type: 'suppress', at: 5, suppression: by(8) })
    store.all.set(2, { ...register.get(2)!, suppressed: by(7) })
    register.reload()
    expect(explained(7, 8)).toEqual([[2], []])
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

describe('what is written', () => {
  test('is counted, of alarms and of floods, and what changes nothing is not', () => {
    const { apply, register } = keeping(new FloodLog(floodStore(), { ...usualFloodLimits, begin: 1 }))
    const changes = (write: () => void) => {
      const before = register.changes
      write()
      return register.changes - before
    }
    expect(changes(() => apply('high', true, 1))).toBe(1)
    expect(changes(() => apply('high', true, 2))).toBe(0)
    expect(changes(() => apply('high', false, 3))).toBe(1)
    expect(changes(() => register.act(1, { type: 'unshelve', at: 4, by: 'li' }))).toBe(0)
    // The second alarm makes a flood.
    expect(changes(() => apply('gas', true, 5))).toBe(2)
    expect(changes(() => register.setPolicy({ ...defaultPolicy, floods: { operators: 1, begin: 1, end: 1 } }, 6))).toBe(1)
    // Its end is one more, besides the policy.
    expect(changes(() => register.setPolicy(defaultPolicy, 7))).toBe(2)
  })

  test('of a policy counts for floods from then on, and no longer after a transaction that did not go through', () => {
    const floods = new FloodLog(floodStore(), usualFloodLimits)
    const { apply, register, store } = keeping(floods)
    apply('high', true, 1)
    register.setPolicy({ ...defaultPolicy, floods: { operators: 2, begin: 0, end: 0 } }, 5)
    expect(floods.limits).toEqual({ operators: 2, begin: 0, end: 0, span: usualFloodLimits.span })
    expect(floods.running).toMatchObject({ recognised: 5, alarms: 1 })
    store.setAlarmPolicy({ policy: defaultPolicy, since: 0 })
    register.reload()
    expect([register.policy, floods.limits]).toEqual([defaultPolicy, usualFloodLimits])
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
    const message = 'A high alarm can be shelved for 240 minutes at most. Choose a shorter time.'
    expect(shelve('high', minutes(240) + 1)).toThrow(expect.objectContaining({ code: 'action-refused', message }))
  })

  test('anew before its end counts from when it was put aside first', () => {
    const { apply, register } = keeping()
    apply('high', true, 0)
    const start = hours(1)
    const shelve = (at: number, until: number) => () =>
      register.act(1, { type: 'shelve', at: start + minutes(at), by: 'li', until: start + minutes(until), reason: '' })
    shelve(0, 100)()
    expect(shelve(90, 241)).toThrow('240 minutes at most, and this one has been for 90. Choose a shorter time.')
    expect(shelve(90, 240)()).toMatchObject({ shelved: { at: start, until: start + minutes(240) } })
    register.act(1, { type: 'unshelve', at: start + minutes(239), by: 'li' })
    expect(shelve(239, 479)()).toMatchObject({ shelved: { at: start + minutes(239), until: start + minutes(479) } })
  })

  test('of what protects lives is refused for that, however long', () => {
    expect(shelve('gas', minutes(999))).toThrow(/protects lives/)
  })
})
