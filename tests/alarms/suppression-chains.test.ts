import { describe, expect, test } from 'vitest'
import { LONGEST_CATCH_UP } from '../../src/alarms/policy.ts'
import { GRACE, type Plant, plantOf, rules } from './any-plant.ts'

/** N0 feeds N1, which feeds N2 and so on. */
const chain = (length: number, by: 'fedBy' | 'gateway'): Plant =>
  Object.fromEntries(Array.from({ length }, (_, i) => [`N${i}`, i === 0 ? {} : { [by]: `N${i - 1}` }]))

describe('who lacks something', () => {
  const plant: Plant = {
    C: {},
    L1: { fedBy: 'C', circuit: 1, gateway: 'C' },
    L2: { fedBy: 'C', circuit: 2, gateway: 'C' },
    L3: { fedBy: 'C' },
    M: { gateway: 'L2' },
  }
  test.each<[string, object]>([
    ['dead', { L1: ['supply', 'link'], L2: ['supply', 'link'], L3: ['supply'], M: ['link'] }],
    ['unfed', { L1: ['supply'], L2: ['supply'], L3: ['supply'] }],
    ['unlinked', { L1: ['link'], L2: ['link'], M: ['link'] }],
    ['tripped', { L1: ['supply'] }],
    // What is left of the circuits still reports for all.
    ['half', { L1: ['supply'] }],
    ['plain', {}],
  ])('while its parent is %s', (key, expected) => {
    expect(plantOf(plant).affected('C', key)).toEqual(expected)
  })

  test('in a ring is not the one it began with', () => {
    expect(plantOf({ A: { fedBy: 'B' }, B: { fedBy: 'A' } }).affected('A', 'unfed')).toEqual({ B: ['supply'] })
  })

  test('is looked for eight steps down', () => {
    expect(Object.keys(plantOf(chain(12, 'fedBy')).affected('N0', 'unfed'))).toEqual(['N1', 'N2', 'N3', 'N4', 'N5', 'N6', 'N7', 'N8'])
  })
})

describe('what explains an alarm', () => {
  test.each<[string, Plant, [string, string], [string, string], object | null]>([
    ['its feeder for want of supply', { C: {}, L: { fedBy: 'C' } }, ['C', 'unfed'], ['L', 'unfed'], { cause: 'supply', by: 1 }],
    ['not its feeder for want of a link', { C: {}, L: { fedBy: 'C' } }, ['C', 'dead'], ['L', 'unlinked'], null],
    ['what reports for it for want of a link', { G: {}, L: { gateway: 'G' } }, ['G', 'dead'], ['L', 'unlinked'], { cause: 'link', by: 1 }],
    ['not what reports for it for want of supply', { G: {}, L: { gateway: 'G' } }, ['G', 'dead'], ['L', 'unfed'], null],
    ['nothing of another rule', { C: {}, L: { fedBy: 'C' } }, ['C', 'plain'], ['L', 'unfed'], null],
    ['its own circuit', { C: {}, L: { fedBy: 'C', circuit: 1 } }, ['C', 'tripped'], ['L', 'unfed'], { cause: 'supply', by: 1 }],
    ['not another circuit', { C: {}, L: { fedBy: 'C', circuit: 2 } }, ['C', 'tripped'], ['L', 'unfed'], null],
    ['not one circuit when nobody knows its own', { C: {}, L: { fedBy: 'C' } }, ['C', 'tripped'], ['L', 'unfed'], null],
    ['nothing where lives are protected', { C: {}, L: { fedBy: 'C', gateway: 'C' } }, ['C', 'dead'], ['L', 'gas'], null],
    [
      'nothing while its parent is not registered',
      { L: { fedBy: 'nobody', gateway: 'nobody' }, C: {} },
      ['C', 'dead'],
      ['L', 'dead'],
      null,
    ],
    ['another alarm of its own', { L: {} }, ['L', 'plain'], ['L', 'follows'], { cause: 'consequence', by: 1 }],
    ['or yet another', { L: {} }, ['L', 'odd'], ['L', 'follows'], { cause: 'consequence', by: 1 }],
    ['not the same of somebody else', { L: {}, M: {} }, ['M', 'plain'], ['L', 'follows'], null],
    ['work on it', { L: { mode: 'maintenance' } }, ['L', 'tripped'], ['L', 'plain'], { cause: 'mode', by: null }],
    ['not where lives are protected', { L: { mode: 'maintenance' } }, ['L', 'tripped'], ['L', 'gas'], null],
    [
      'its running by hand what compares with what should be',
      { L: { mode: 'manual' } },
      ['L', 'tripped'],
      ['L', 'odd'],
      { cause: 'mode', by: null },
    ],
    ['nothing else', { L: { mode: 'manual' } }, ['L', 'tripped'], ['L', 'plain'], null],
    [
      'work on its feeder what it lacks by it',
      { C: { mode: 'maintenance' }, L: { fedBy: 'C' } },
      ['C', 'plain'],
      ['L', 'unfed'],
      { cause: 'mode', by: null },
    ],
    ['and only that', { C: { mode: 'maintenance' }, L: { fedBy: 'C' } }, ['C', 'plain'], ['L', 'unlinked'], null],
    ['what its feeder lacks', { B: {}, C: { fedBy: 'B' }, L: { fedBy: 'C' } }, ['B', 'unfed'], ['L', 'unfed'], { cause: 'supply', by: 1 }],
    [
      'what its gateway lacks',
      { B: {}, G: { gateway: 'B' }, L: { gateway: 'G' } },
      ['B', 'unlinked'],
      ['L', 'dead'],
      { cause: 'link', by: 1 },
    ],
    ['not the supply of its gateway', { B: {}, G: { fedBy: 'B' }, L: { gateway: 'G' } }, ['B', 'unfed'], ['L', 'dead'], null],
  ])('%s', (_, plant, [id, key], [ofId, ofKey], expected) => {
    const { raise, explain } = plantOf(plant)
    raise(id, key)
    expect(explain(ofId, ofKey)).toEqual(expected)
  })

  test('is looked for eight steps up, on both ways', () => {
    for (const [by, key, cause] of [
      ['fedBy', 'unfed', 'supply'],
      ['gateway', 'unlinked', 'link'],
    ] as const) {
      const { raise, explain } = plantOf(chain(12, by))
      raise('N0', key)
      expect([explain('N8', key), explain('N9', key)]).toEqual([{ cause, by: 1 }, null])
    }
  })

  test('is no longer there when it is gone or only late data say so', () => {
    const { raise, end, explain } = plantOf({ C: {}, L: { fedBy: 'C' }, M: { fedBy: 'L' } })
    raise('C', 'dead')
    end('C', 'dead', 2)
    raise('L', 'plain', 3, true)
    raise('L', 'unfed', 3, true)
    expect([explain('L', 'unfed'), explain('L', 'follows'), explain('M', 'unfed')]).toEqual([null, null, null])
  })

  test('is the parent itself, where what explained it is over and nobody has looked at it since', () => {
    const { raise, end, explain, suppression, register } = plantOf({ B: {}, C: { fedBy: 'B' }, L: { fedBy: 'C' } })
    raise('B', 'dead')
    suppression.follow(raise('C', 'dead'), 1)
    end('B', 'dead', 5)
    expect(explain('L', 'unfed')).toEqual({ cause: 'supply', by: 2 })
    register.act(1, { type: 'acknowledge', at: 6, by: 'li', comment: '' })
    expect([register.get(1), explain('L', 'unfed')]).toEqual([undefined, { cause: 'supply', by: 2 }])
  })

  test('is no alarm of a rule that is no more', () => {
    const { raise, explain, suppression, put, facility } = plantOf({ C: {}, L: { fedBy: 'C' } })
    for (const id of ['C', 'L']) raise(id, 'dead')
    raise('C', 'plain')
    const without = (...keys: string[]) => ({ kind: { rules: rules.filter(({ key }) => !keys.includes(key)) } })
    put('C', without('dead'))
    expect([explain('L', 'unfed'), suppression.followAll(5)]).toEqual([null, []])
    // Nor is such a one explained.
    put('C', {})
    put('L', { fedBy: 'C', ...without('dead') })
    expect(suppression.follow(raise('C', 'unfed', 6), 6)).toEqual([])
    expect(suppression.followPlant(facility('L'), 7)).toEqual([])
  })

  test('is what explains the parent in turn, unless that is the child itself', () => {
    const { raise, explain, suppression } = plantOf({ B: {}, C: { fedBy: 'B' }, L: { fedBy: 'C' } })
    raise('B', 'dead')
    suppression.follow(raise('C', 'dead'), 1)
    expect(explain('L', 'unfed')).toEqual({ cause: 'supply', by: 1 })
    const ring = plantOf({ C: { gateway: 'G' }, G: { fedBy: 'C' } })
    ring.raise('G', 'dead')
    ring.suppression.follow(ring.raise('C', 'dead'), 1)
    expect([ring.explain('G', 'dead'), ring.explain('C', 'dead')]).toEqual([null, { cause: 'link', by: 1 }])
    const wide = plantOf({ C: { gateway: 'G' }, G: { gateway: 'D' }, D: { fedBy: 'C' } })
    wide.change('C', 'dead', true, 1)
    wide.change('D', 'dead', true, 1)
    expect([1, 2].map((id) => wide.register.get(id)?.suppressed)).toMatchObject([null, { cause: 'supply', by: 1 }])
  })
})

describe('what cuts a facility off', () => {
  test('is the alarm through which it lacks supply or link', () => {
    const { raise, suppression, facility } = plantOf({
      C: {},
      L: { fedBy: 'C' },
      G: {},
      M: { gateway: 'G' },
      N: { fedBy: 'W' },
      W: { mode: 'maintenance' },
    })
    expect(suppression.cutOffBy(facility('L'))).toBeUndefined()
    raise('C', 'unfed')
    raise('G', 'unlinked')
    expect(suppression.cutOffBy(facility('L'))?.id).toBe(1)
    expect(suppression.cutOffBy(facility('M'))?.id).toBe(2)
    // Its own alarm cuts nobody off, and work on its feeder is no alarm.
    expect([suppression.cutOffBy(facility('C')), suppression.cutOffBy(facility('N'))]).toEqual([undefined, undefined])
  })
})

describe('following', () => {
  const family: Plant = { C: {}, L: { fedBy: 'C', gateway: 'C' }, M: { fedBy: 'C' }, N: {} }

  test('an alarm that comes hides what it explains, and says what it changed', () => {
    const { raise, suppression, register, ids } = plantOf(family)
    for (const [id, key] of [
      ['L', 'dead'],
      ['M', 'unfed'],
      ['M', 'plain'],
      ['N', 'unfed'],
      ['L', 'gas'],
    ] as const)
      raise(id, key)
    const cause = raise('C', 'dead', 5)
    expect(ids(suppression.follow(cause, 7))).toEqual([1, 2])
    expect(register.get(1)?.suppressed).toEqual({ cause: 'supply', by: 6, since: 7, until: null })
    expect(suppression.follow(cause, 8)).toEqual([])
  })

  test('an alarm that goes lets the grace time begin, once', () => {
    const { raise, end, suppression, register, ids } = plantOf(family)
    raise('L', 'dead')
    suppression.follow(raise('C', 'dead'), 5)
    const cause = end('C', 'dead', 9)
    expect(ids(suppression.follow(cause, 9))).toEqual([1])
    expect(register.get(1)?.suppressed).toEqual({ cause: 'supply', by: 2, since: 5, until: 9 + GRACE })
    expect(suppression.follow(cause, 20)).toEqual([])
    // Another cause within the grace time goes on from when it was hidden first.
    suppression.follow(raise('C', 'unfed', 30), 30)
    expect(register.get(1)?.suppressed).toEqual({ cause: 'supply', by: 3, since: 5, until: null })
  })

  test('an alarm that goes lets go what it explained in a plant that was another then', () => {
    const { raise, end, suppression, register, put, ids } = plantOf(family)
    raise('L', 'unfed')
    suppression.follow(raise('C', 'unfed'), 5)
    put('L', {})
    expect(ids(suppression.follow(end('C', 'unfed', 9), 9))).toEqual([1])
    expect(register.get(1)?.suppressed).toMatchObject({ by: 2, until: 9 + GRACE })
  })

  test('an alarm of what is registered no more, or of a rule that is no more, changes nothing', () => {
    const { raise, suppression, facilities } = plantOf(family)
    raise('L', 'dead')
    const cause = raise('C', 'dead')
    expect(suppression.follow({ ...cause, rule: 'gone' }, 5)).toEqual([])
    facilities.delete('C')
    expect(suppression.follow(cause, 5)).toEqual([])
  })

  test('a facility that is worked on, and all that hangs on it', () => {
    const { raise, suppression, register, facility, put, ids } = plantOf({ ...family, P: { gateway: 'L' } })
    for (const id of ['L', 'M', 'N', 'P', 'C']) raise(id, 'dead')
    put('C', { mode: 'maintenance' })
    expect(ids(suppression.followPlant(facility('C'), 5))).toEqual([5, 1, 2, 4])
    put('C', {})
    expect(ids(suppression.followPlant(facility('C'), 6))).toEqual([5, 1, 4, 2])
    expect([5, 1, 2, 4].map((id) => register.get(id)?.suppressed)).toMatchObject([
      { cause: 'mode', until: 6 + GRACE },
      { cause: 'supply', by: 5, until: null },
      { cause: 'supply', by: 5, until: null },
      { cause: 'link', by: 5, until: null },
    ])
  })

  test('all at once, where nobody followed', () => {
    const { raise, suppression, ids } = plantOf(family)
    for (const id of ['L', 'C', 'N']) raise(id, 'dead')
    expect(ids(suppression.followAll(5))).toEqual([1])
    expect(suppression.followAll(6)).toEqual([])
  })
})

describe('grace time', () => {
  test('begins anew after a pause, of late data as long as they may take', () => {
    const { raise, end, suppression, register, facilities } = plantOf({ C: {}, L: { fedBy: 'C' }, M: { fedBy: 'C' } })
    raise('L', 'unfed')
    raise('M', 'plain', 1, true)
    suppression.follow(raise('C', 'unfed'), 1)
    expect(suppression.renewGrace(50).map(({ id }) => id)).toEqual([2])
    expect(register.get(2)?.suppressed?.until).toBe(50 + LONGEST_CATCH_UP)
    suppression.follow(end('C', 'unfed', 60), 60)
    suppression.renewGrace(500)
    expect(register.get(1)?.suppressed).toMatchObject({ since: 1, until: 500 + GRACE })
    facilities.delete('L')
    expect(suppression.renewGrace(600).map(({ id }) => id)).toEqual([2])
  })

  test('ends in an alarm of its own, or in another cause', () => {
    const { raise, suppression, register } = plantOf({ C: {}, L: { fedBy: 'C' } })
    const hidden = { cause: 'consequence', by: 9, since: 3, until: 40 } as const
    raise('L', 'unfed')
    const hide = () => register.act(1, { type: 'suppress', at: 3, suppression: hidden })
    expect(suppression.endGrace(hide(), 40)).toMatchObject([{ suppressed: null }])
    raise('C', 'unfed')
    expect(suppression.endGrace(hide(), 40)).toMatchObject([{ suppressed: { cause: 'supply', by: 2, since: 3, until: null } }])
  })

  test('of what is registered no more ends in an alarm of its own', () => {
    const { raise, suppression, facilities } = plantOf({ L: {} })
    const alarm = raise('L', 'plain', 1, true)
    facilities.delete('L')
    expect(suppression.endGrace(alarm, 5)).toMatchObject([{ suppressed: null }])
  })

  test('of late data explains others only when it is over and the fault still there', () => {
    const { raise, suppression, facility, ids } = plantOf({ C: {}, L: { fedBy: 'C' } })
    raise('L', 'unfed')
    raise('C', 'unfed', 2, true)
    raise('C', 'plain', 2)
    expect(ids(suppression.caughtUp(facility('C'), 5))).toEqual([2, 1])
    expect(suppression.caughtUp(facility('C'), 6)).toEqual([])
  })

  test.each([
    ['when the facility has caught up', (made: ReturnType<typeof plantOf>) => made.suppression.caughtUp(made.facility('L'), 5)],
    ['when nobody said so', (made: ReturnType<typeof plantOf>) => made.clock.passTime(1 + LONGEST_CATCH_UP)],
    ['after a pause', (made: ReturnType<typeof plantOf>) => [made.clock.resume(5), made.clock.passTime(5 + LONGEST_CATCH_UP)]],
  ])('of late data tells nobody of what is explained by what comes out with it, %s', (_, come) => {
    const made = plantOf({ C: {}, L: { fedBy: 'C' } })
    made.raise('L', 'follows', 1, true)
    made.raise('L', 'plain', 1, true)
    come(made)
    expect([...made.register.live()].map(({ suppressed }) => suppressed?.cause ?? null)).toEqual(['consequence', null])
    expect(made.store.records.filter(({ announced }) => announced).map(({ alarm }) => alarm)).toEqual([2])
  })
})
