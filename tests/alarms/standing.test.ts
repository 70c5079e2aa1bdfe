import { describe, expect, test } from 'vitest'
import { ActivationLog } from '../../src/alarms/activation.ts'
import type { Alarm } from '../../src/alarms/alarm.ts'
import { standingAlarms } from '../../src/alarms/standing.ts'
import { days, hours, minutes } from '../../src/telemetry/duration.ts'
import { aLiveAlarm } from './fixtures.ts'

const now = days(100)
const since = (age: number, more: Partial<Alarm> = {}) => aLiveAlarm({ activated: now - age, ...more })
const shelved = { at: 1, by: 'li', until: 2, reason: '' }
const suppressed = { cause: 'mode', by: null, since: 1, until: null } as const
const acknowledged = { at: 1, by: 'li', comment: '' }

describe('what stands', () => {
  test('is counted by age, each up to its end', () => {
    const ages = [0, hours(1), hours(1) + 1, hours(8), hours(8) + 1, days(1), days(1) + 1, days(7), days(7) + 1, days(90)]
    expect(
      standingAlarms(
        ages.map((age) => since(age)),
        now,
      ),
    ).toMatchObject({ byAge: [2, 2, 2, 2, 2], standing: 10, unacknowledged: 10, staleCount: 4 })
  })

  test('is only what is active and there for people to see; the rest is counted for why it is not', () => {
    const live = [
      since(1, { shelved }),
      since(1, { suppressed, chattering: { since: 1, onDelay: 1 } }),
      since(1, { suppressed, shelved }),
      since(1, { outOfService: true }),
      since(1, { active: false }),
      since(1, { active: false, acknowledged }),
      since(1, { acknowledged }),
      since(1, { chattering: { since: 1, onDelay: 1 } }),
    ]
    expect(standingAlarms(live, now)).toEqual({
      byAge: [2, 0, 0, 0, 0],
      standing: 2,
      stale: [],
      staleCount: 0,
      unacknowledged: 2,
      chattering: 2,
      suppressed: 2,
      shelved: 2,
      outOfService: 1,
    })
  })

  test('for more than a day is listed, the oldest first, a hundred at most', () => {
    const live = Array.from({ length: 120 }, (_, i) => since(days(2) + minutes(i % 60), { id: i + 1 }))
    const { stale, staleCount } = standingAlarms([since(days(1)), ...live], now)
    expect([stale.length, staleCount]).toEqual([100, 120])
    expect(stale[0]).toEqual({ id: 60, facility: 'T-1', rule: 'high', priority: 'high', activated: now - days(2) - minutes(59) })
    expect(stale.slice(0, 3).map(({ id }) => id)).toEqual([60, 120, 59])
  })
})

describe('the log of activations', () => {
  const log = (...steps: [more: Partial<Alarm>, at: number][]) => {
    const it = new ActivationLog()
    for (const [more, at] of steps) it.note(aLiveAlarm(more), at)
    return it.all
  }
  const one = { facility: 'T-1', kind: 'tank', rule: 'high', priority: 'high', started: 1000, ended: null, toldAt: 1010 }
  const gone = { active: false, returned: 3000 }

  test('writes down each stay of a fault, with when people first saw it', () => {
    expect(log([{}, 1010])).toEqual([one])
    expect(log([{}, 1010], [{ acknowledged }, 2000], [gone, 3010])).toEqual([{ ...one, ended: 3000 }])
    expect(log([{}, 1010], [gone, 3010], [{ activated: 5000 }, 5010])).toEqual([
      { ...one, ended: 3000 },
      { ...one, started: 5000, toldAt: 5010 },
    ])
  })

  test('and when they did not at first, or never', () => {
    expect(log([{ shelved }, 1010], [{}, 2000], [{ shelved }, 2100])).toEqual([{ ...one, toldAt: 2000 }])
    expect(log([{ suppressed }, 1010], [{ ...gone, ended: 3000 }, 3010])).toEqual([{ ...one, toldAt: null, ended: 3000 }])
  })

  test('as urgent as its rule has it, whatever became of it', () => {
    expect(log([{ priority: 'critical' }, 1010])).toMatchObject([{ priority: 'high' }])
  })

  test('ends with an alarm that ends, and knows nothing of one that was gone before', () => {
    expect(log([{}, 1010], [{ ended: 4000 }, 4010])).toEqual([{ ...one, ended: 4000 }])
    expect(log([gone, 3010])).toEqual([])
    expect(log([{}, 1010], [gone, 3010], [{ ...gone, acknowledged, ended: 9000 }, 9000])).toEqual([{ ...one, ended: 3000 }])
  })

  test('keeps alarms apart', () => {
    expect(log([{}, 1010], [{ id: 2, facility: 'T-2' }, 1020], [gone, 3010])).toEqual([
      { ...one, ended: 3000 },
      { ...one, facility: 'T-2', toldAt: 1020 },
    ])
  })
})
