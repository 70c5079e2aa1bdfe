import { describe, expect, test } from 'vitest'
import { alarmState } from '../../src/alarms/alarm.ts'
import { AlarmClock } from '../../src/alarms/alarm-clock.ts'
import { LONGEST_CATCH_UP } from '../../src/alarms/policy.ts'
import { AlarmRegister } from '../../src/alarms/register.ts'
import { AlarmSuppression, type TreeFacility } from '../../src/alarms/suppression.ts'
import { ruleBuilders } from '../../src/detection/builders.ts'
import type { Rule, RuleDraft, RuleOptions, RuleSetting } from '../../src/detection/rule.ts'
import { texts } from '../detection/fixtures.ts'
import { treeOf } from './any-plant.ts'
import { evidence, memoryAlarmStore } from './fixtures.ts'

const build = ruleBuilders<string, never>()
const plain = (more: Partial<RuleOptions> = {}): RuleDraft =>
  build.condition({ ...texts, priority: 'medium', points: [], when: () => true, ...more })
const rulesOf = (drafts: Record<string, RuleDraft>): Rule[] =>
  Object.entries(drafts).map(([key, draft]) => ({ ...draft, key, points: [], judge: () => 0, figures: null, learned: null, lamps: null }))

const gatewayRules = rulesOf({ silent: plain({ deprives: { of: ['link'] }, needs: ['link'] }) })
const cabinetRules = rulesOf({
  silent: plain({ deprives: { of: ['supply', 'link'] }, needs: ['supply', 'link'] }),
  'tripped-1': plain({ deprives: { of: ['supply'], circuits: [1] } }),
  unbalance: plain({ consequenceOf: ['tripped-1'] }),
})
const lampRules = rulesOf({
  latch: plain({ latching: true }),
  silent: plain({ needs: ['supply', 'link'] }),
  'supply-loss': plain({ needs: ['supply'] }),
  leakage: plain({ shelvable: false, needs: [] }),
  schedule: plain({ expects: true }),
  tilt: plain(),
})

const stationRules = rulesOf({ silent: plain({ shelvable: false, priority: 'critical', needs: ['supply', 'link'] }) })
const feedableGatewayRules = rulesOf({ silent: plain({ deprives: { of: ['link'] }, needs: ['supply', 'link'] }) })

const GRACE = 1000

/** A gateway G; a cabinet C behind it with lamps on circuit 1 and 2; a lamp W that C feeds and another gateway, never seen, reports for. */
function city() {
  const make = (id: string, rules: Rule[], more: Partial<TreeFacility> = {}): TreeFacility => ({
    id,
    mode: 'auto',
    fedBy: null,
    circuit: null,
    gateway: null,
    kind: { rules },
    ...more,
  })
  const facilities = new Map(
    [
      make('G', gatewayRules),
      make('C', cabinetRules, { gateway: 'G' }),
      make('L1', lampRules, { fedBy: 'C', circuit: 1, gateway: 'C' }),
      make('L2', lampRules, { fedBy: 'C', circuit: 2, gateway: 'C' }),
      make('S', stationRules, { gateway: 'G' }),
      // A cabinet whose gateway it feeds itself.
      make('R', cabinetRules, { gateway: 'D' }),
      make('D', feedableGatewayRules, { fedBy: 'R' }),
      make('W', lampRules, { fedBy: 'C', circuit: 2, gateway: 'other' }),
    ].map((facility) => [facility.id, facility]),
  )
  const store = memoryAlarmStore()
  const register = new AlarmRegister(store)
  const suppression = new AlarmSuppression({
    register,
    tree: treeOf(facilities),
    grace: () => GRACE,
  })
  const change = (id: string, key: string, active: boolean, at: number, late = false) => {
    const facility = facilities.get(id) as TreeFacility
    const rule = facility.kind.rules.find((one) => one.key === key) as Rule
    const alarm = register.apply(
      {
        facility: facility as never,
        rule,
        setting: { priority: rule.priority, texts: rule } as unknown as RuleSetting,
        active,
        at,
        late,
        chattering: null,
      },
      at,
      () => {
        const cause = suppression.explain(facility, rule)
        return {
          evidence,
          outOfService: false,
          suppressed: cause && { ...cause, since: at, until: null },
          affects: suppression.affected(facility, rule).size,
        }
      },
    )
    if (alarm) suppression.follow(alarm, at)
    return alarm
  }
  return {
    store,
    register,
    suppression,
    clock: new AlarmClock(register, suppression),
    raise: (id: string, key: string, at: number, late = false) => change(id, key, true, at, late),
    end: (id: string, key: string, at: number, late = false) => change(id, key, false, at, late),
    caughtUp: (id: string, at: number) => suppression.caughtUp(facilities.get(id) as TreeFacility, at),
    setMode(id: string, mode: string, at: number) {
      const facility = { ...(facilities.get(id) as TreeFacility), mode }
      facilities.set(id, facility)
      suppression.followPlant(facility, at)
    },
    /** Each live alarm as "facility rule" with what suppresses it. */
    seen: () =>
      [...register.live()].map((alarm) => {
        const { suppressed } = alarm
        const why = suppressed ? ` (${suppressed.cause}${suppressed.by === null ? '' : ` ${suppressed.by}`})` : ''
        expect(alarmState(alarm) === 'suppressed-by-design').toBe(suppressed !== null)
        return `${alarm.facility} ${alarm.rule}${why}`
      }),
  }
}

test('a dead cabinet is one alarm: what its lamps lack is explained, whichever came first', () => {
  const { raise, seen, register } = city()
  raise('L1', 'silent', 1)
  raise('L2', 'supply-loss', 2)
  raise('L2', 'tilt', 3)
  expect(raise('C', 'silent', 4)?.affects).toBe(3)
  raise('W', 'silent', 5)
  expect(seen()).toEqual(['L1 silent (supply 4)', 'L2 supply-loss (supply 4)', 'L2 tilt', 'C silent', 'W silent (supply 4)'])
  expect(register.get(4)?.suppressed).toBeNull()
})

test('a dead gateway explains what reports through it, down to the lamps behind its cabinets', () => {
  const { raise, seen } = city()
  expect(raise('G', 'silent', 1)?.affects).toBe(4)
  raise('C', 'silent', 2)
  raise('L1', 'silent', 3)
  raise('L1', 'supply-loss', 4)
  // The cabinet's own silence is explained by the gateway, and that is what the lamps point to.
  expect(seen()).toEqual(['G silent', 'C silent (link 1)', 'L1 silent (supply 1)', 'L1 supply-loss (supply 1)'])
})

test('a tripped circuit explains its own lamps only, and its consequences in the cabinet', () => {
  const { raise, seen } = city()
  raise('C', 'unbalance', 1)
  raise('C', 'tripped-1', 2)
  raise('L1', 'supply-loss', 3)
  raise('L2', 'supply-loss', 4)
  expect(seen()).toEqual(['C unbalance (consequence 2)', 'C tripped-1', 'L1 supply-loss (supply 2)', 'L2 supply-loss'])
})

test('what is well again within the grace time ends unseen; what stays bad becomes an alarm of its own', () => {
  const { raise, end, seen, clock, register } = city()
  raise('C', 'silent', 1)
  raise('L1', 'silent', 2)
  raise('L2', 'silent', 3)
  end('C', 'silent', 10)
  expect(register.find('L2', 'silent')?.suppressed).toMatchObject({ until: 10 + GRACE })
  end('L1', 'silent', 11)
  clock.passTime(10 + GRACE - 1)
  expect(seen()).toEqual(['C silent', 'L2 silent (supply 1)'])
  clock.passTime(10 + GRACE)
  expect(seen()).toEqual(['C silent', 'L2 silent'])
  expect(alarmState(register.find('L2', 'silent')!)).toBe('unacknowledged')
})

test('what is over and nobody acknowledged is explained away by nothing that comes later', () => {
  const { raise, end, seen, setMode, register } = city()
  raise('L1', 'supply-loss', 1)
  raise('L2', 'tilt', 1)
  raise('C', 'unbalance', 1)
  end('L1', 'supply-loss', 2)
  end('L2', 'tilt', 2)
  end('C', 'unbalance', 2)
  raise('C', 'tripped-1', 3)
  setMode('L2', 'maintenance', 3)
  raise('G', 'silent', 4)
  expect(seen()).toEqual(['L1 supply-loss', 'L2 tilt', 'C unbalance', 'C tripped-1', 'G silent'])
  expect(alarmState(register.get(1)!)).toBe('rtn-unacknowledged')
  expect(register.act(1, { type: 'acknowledge', at: 5, by: 'li', comment: '' })).toMatchObject({ ended: 5 })
})

test('what people were told of before it was explained is asked for again when it is over', () => {
  const { raise, end, seen, register } = city()
  raise('L1', 'supply-loss', 1)
  raise('C', 'tripped-1', 2)
  expect(seen()).toEqual(['L1 supply-loss (supply 2)', 'C tripped-1'])
  expect(end('L1', 'supply-loss', 3)).toMatchObject({ suppressed: null, acknowledged: null, ended: null })
  raise('L1', 'supply-loss', 4)
  register.act(1, { type: 'acknowledge', at: 5, by: 'li', comment: '' })
  expect(seen()).toEqual(['L1 supply-loss (supply 2)', 'C tripped-1'])
  expect(end('L1', 'supply-loss', 6)).toMatchObject({ ended: 6 })
})

test('what stands for itself after its grace time explains what hangs on it, instead of what is over', () => {
  const { raise, end, seen, clock, suppression } = city()
  raise('G', 'silent', 1)
  raise('C', 'silent', 2)
  raise('L1', 'silent', 3)
  raise('W', 'silent', 3)
  expect(seen()).toEqual(['G silent', 'C silent (link 1)', 'L1 silent (supply 1)', 'W silent (supply 1)'])
  end('G', 'silent', 10)
  clock.passTime(10 + GRACE)
  expect(seen()).toEqual(['G silent', 'C silent', 'L1 silent (supply 2)', 'W silent (supply 2)'])
  raise('G', 'silent', 5000)
  expect(seen()).toEqual(['G silent', 'C silent (link 1)', 'L1 silent (supply 1)', 'W silent (supply 1)'])
  expect(suppression.followAll(5001)).toEqual([])
})

test('a cause that comes back, or another one, goes on suppressing', () => {
  const { raise, end, seen, clock } = city()
  raise('C', 'silent', 1)
  raise('C', 'tripped-1', 2)
  raise('L1', 'supply-loss', 3)
  end('C', 'silent', 4)
  expect(seen()).toContain('L1 supply-loss (supply 2)')
  end('C', 'tripped-1', 5)
  raise('C', 'tripped-1', 6)
  clock.passTime(5 + GRACE)
  expect(seen()).toContain('L1 supply-loss (supply 2)')
})

test('work on a facility suppresses its alarms but those that protect lives; manual only what compares with what should be', () => {
  const { raise, seen, setMode, clock } = city()
  raise('L1', 'leakage', 1)
  raise('L1', 'tilt', 1)
  raise('L1', 'schedule', 1)
  setMode('L1', 'manual', 2)
  expect(seen()).toEqual(['L1 leakage', 'L1 tilt', 'L1 schedule (mode)'])
  setMode('L1', 'maintenance', 3)
  expect(seen()).toEqual(['L1 leakage', 'L1 tilt (mode)', 'L1 schedule (mode)'])
  setMode('L1', 'auto', 4)
  clock.passTime(4 + GRACE)
  expect(seen()).toEqual(['L1 leakage', 'L1 tilt', 'L1 schedule'])
})

test('what comes and goes while its facility is worked on bothers nobody, though nobody answered it before', () => {
  const { raise, end, seen, setMode, store } = city()
  raise('L1', 'tilt', 1)
  setMode('L1', 'maintenance', 2)
  for (const at of [3, 5, 7]) {
    end('L1', 'tilt', at)
    expect(seen()).toEqual(['L1 tilt'])
    raise('L1', 'tilt', at + 1)
    expect(seen()).toEqual(['L1 tilt (mode)'])
  }
  expect(store.records.filter(({ announced }) => announced).map(({ type, at }) => [type, at])).toEqual([['raise', 1]])
})

test('what latched while it was worked on stays hidden for as long, though its fault is gone', () => {
  const { raise, end, seen, setMode, suppression, clock } = city()
  setMode('L1', 'maintenance', 1)
  raise('L1', 'latch', 2)
  end('L1', 'latch', 3)
  expect([suppression.followAll(4), seen()]).toEqual([[], ['L1 latch (mode)']])
  setMode('L1', 'auto', 5)
  clock.passTime(5 + GRACE)
  expect(seen()).toEqual(['L1 latch'])
})

test('what protects lives is hidden by nobody else, and a ring of feeder and gateway does not hide both', () => {
  const { raise, seen, setMode } = city()
  setMode('G', 'maintenance', 1)
  raise('S', 'silent', 2)
  expect(seen()).toEqual(['S silent'])
  const ring = city()
  ring.raise('R', 'silent', 1)
  ring.raise('D', 'silent', 2)
  expect(ring.seen()).toEqual(['R silent', 'D silent (supply 1)'])
})

test('work two levels up explains, and its end lets go', () => {
  const { raise, seen, setMode, suppression, clock } = city()
  setMode('G', 'maintenance', 1)
  raise('L1', 'silent', 2)
  expect(seen()).toEqual(['L1 silent (mode)'])
  setMode('G', 'auto', 3)
  suppression.renewGrace(10)
  clock.passTime(9 + GRACE)
  expect(seen()).toEqual(['L1 silent (mode)'])
  clock.passTime(10 + GRACE)
  expect(seen()).toEqual(['L1 silent'])
})

test('work on a cabinet suppresses what its lamps lack by it', () => {
  const { raise, seen, setMode } = city()
  raise('L2', 'supply-loss', 1)
  raise('L2', 'tilt', 1)
  setMode('C', 'maintenance', 2)
  raise('L1', 'silent', 3)
  expect(seen()).toEqual(['L2 supply-loss (mode)', 'L2 tilt', 'L1 silent (mode)'])
})

describe('late data', () => {
  test('raise an alarm of the past, which ends by itself when its fault is gone, a latching one too', () => {
    const { raise, end, seen, register } = city()
    expect(raise('L1', 'tilt', 1, true)).toMatchObject({ historical: true, toldSince: null })
    raise('L1', 'latch', 1, true)
    expect(seen()).toEqual(['L1 tilt (late)', 'L1 latch (late)'])
    expect(end('L1', 'tilt', 2, true)).toMatchObject({ historical: true, acknowledged: null, ended: 2 })
    expect(end('L1', 'latch', 2, true)).toMatchObject({ latched: false, ended: 2 })
    expect(register.size).toBe(0)
  })

  test('hide no alarm that is still there once the facility has caught up', () => {
    const { raise, caughtUp, seen, register } = city()
    raise('L1', 'tilt', 1, true)
    raise('L2', 'tilt', 1, true)
    expect(caughtUp('L1', 5)).toMatchObject([{ rule: 'tilt', historical: false, suppressed: null, toldSince: 5 }])
    expect(seen()).toEqual(['L1 tilt', 'L2 tilt (late)'])
    expect(alarmState(register.get(1)!)).toBe('unacknowledged')
  })

  test('tell at once of what protects lives, as late; once the facility has caught up it is of now', () => {
    const { raise, end, caughtUp, seen, register } = city()
    expect(raise('L1', 'leakage', 1, true)).toMatchObject({ historical: true, toldSince: 1 })
    raise('L2', 'leakage', 1, true)
    end('L2', 'leakage', 2, true)
    expect(seen()).toEqual(['L1 leakage', 'L2 leakage'])
    expect(caughtUp('L1', 5)).toMatchObject([{ rule: 'leakage', historical: false, toldSince: 1 }])
    expect(caughtUp('L2', 5)).toEqual([])
    expect(alarmState(register.get(2)!)).toBe('rtn-unacknowledged')
    expect(register.act(2, { type: 'acknowledge', at: 6, by: 'li', comment: '' })).toMatchObject({ historical: true, ended: 6 })
  })

  test('hide no alarm of what protects lives that people have still to acknowledge', () => {
    const { raise, end, seen, register } = city()
    raise('L1', 'leakage', 1)
    end('L1', 'leakage', 2)
    raise('L1', 'leakage', 3, true)
    expect(seen()).toEqual(['L1 leakage'])
    expect(register.get(1)).toMatchObject({ active: true, acknowledged: null, toldSince: 3 })
  })

  test('hide it for so long at most, when nobody says that the facility has caught up', () => {
    const { raise, clock, seen } = city()
    raise('L1', 'tilt', 1, true)
    clock.passTime(LONGEST_CATCH_UP)
    expect(seen()).toEqual(['L1 tilt (late)'])
    clock.passTime(1 + LONGEST_CATCH_UP)
    expect(seen()).toEqual(['L1 tilt'])
  })

  test('that activate a live alarm again ask nobody before the facility has caught up', () => {
    const { raise, end, caughtUp, register } = city()
    raise('L1', 'latch', 1)
    register.act(1, { type: 'acknowledge', at: 2, by: 'li', comment: '' })
    end('L1', 'latch', 3)
    const again = raise('L1', 'latch', 4, true)!
    expect([alarmState(again), again.historical, again.occurrenceCount]).toEqual(['suppressed-by-design', false, 2])
    expect(again.acknowledged).not.toBeNull()
    caughtUp('L1', 6)
    expect(register.get(1)).toMatchObject({ acknowledged: null, suppressed: null, toldSince: 6 })
  })

  test('that came and went leave a live alarm as it was', () => {
    const { raise, end, caughtUp, register } = city()
    raise('L1', 'tilt', 1)
    end('L1', 'tilt', 2)
    raise('L1', 'tilt', 3, true)
    end('L1', 'tilt', 4, true)
    caughtUp('L1', 5)
    expect(register.get(1)).toMatchObject({ active: false, acknowledged: null, suppressed: null, occurrenceCount: 2 })
    expect(alarmState(register.get(1)!)).toBe('rtn-unacknowledged')
  })

  test('that came and went hide nothing longer for what would explain it now', () => {
    const { raise, end, caughtUp, setMode, seen } = city()
    raise('L1', 'tilt', 1)
    end('L1', 'tilt', 2)
    raise('L1', 'tilt', 3, true)
    end('L1', 'tilt', 4, true)
    setMode('L1', 'maintenance', 5)
    expect(seen()).toEqual(['L1 tilt (late)'])
    caughtUp('L1', 6)
    expect(seen()).toEqual(['L1 tilt'])
  })

  test('and what was acknowledged meanwhile is not asked for again', () => {
    const { raise, caughtUp, register } = city()
    raise('L1', 'tilt', 1, true)
    register.act(1, { type: 'acknowledge', at: 2, by: 'li', comment: '' })
    caughtUp('L1', 3)
    expect(register.get(1)).toMatchObject({ acknowledged: { by: 'li' }, toldSince: null })
  })

  test('explain nothing before they are told, and what they explain then follows', () => {
    const { raise, caughtUp, seen } = city()
    raise('C', 'tripped-1', 1, true)
    raise('L1', 'supply-loss', 2)
    raise('C', 'unbalance', 2)
    expect(seen()).toEqual(['C tripped-1 (late)', 'L1 supply-loss', 'C unbalance'])
    caughtUp('C', 3)
    expect(seen()).toEqual(['C tripped-1', 'L1 supply-loss (supply 1)', 'C unbalance (consequence 1)'])
  })

  test('come before other causes; when they are over the other cause goes on', () => {
    const { raise, caughtUp, seen, register } = city()
    raise('C', 'silent', 1)
    raise('L1', 'silent', 2, true)
    expect(seen()).toEqual(['C silent', 'L1 silent (late)'])
    caughtUp('L1', 3)
    expect(register.get(2)).toMatchObject({ historical: false, suppressed: { cause: 'supply', by: 1, until: null } })
  })
})
