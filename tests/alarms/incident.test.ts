import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Incident, IncidentAlarm } from '../../src/alarms/incident.ts'
import type { CauseTree, CausingFacility } from '../../src/alarms/incident-causes.ts'
import { incidentSteps, incidentTree } from '../../src/alarms/incident-tree.ts'

const rules = ['dead', 'silent', 'tilt'].map((key) => ({ key }))

function city(...facilities: Partial<CausingFacility>[]): CauseTree {
  const all = facilities.map((more, i) => ({
    ...{ id: `F-${i}`, district: '', road: '', fedBy: null, circuit: null, gateway: null, kind: { rules } },
    ...more,
  }))
  return {
    get: (id) => all.find((each) => each.id === id),
    fedBy: (id) => ({ size: all.filter(({ fedBy }) => fedBy === id).length }),
    behind: (id) => ({ size: all.filter(({ gateway }) => gateway === id).length }),
  }
}

const alarm = (id: number, facility: string, more: Partial<IncidentAlarm> = {}): IncidentAlarm => ({
  ...{ id, facility, rule: 'silent', priority: 'medium', at: 1000 * id, by: null },
  ...more,
})

/** A tree as nested lists: what it is, then what is below, alarms as numbers. */
const outline = ({ cause, children, own }: Incident): unknown[] => [
  [cause.type, cause.facility ?? cause.road ?? cause.district ?? cause.alarm, cause.circuit].filter((part) => part !== null).join(' '),
  ...children.map(outline),
  ...own.map(({ id }) => id),
]
const outlines = (alarms: IncidentAlarm[], tree: CauseTree) => incidentTree(alarms, tree).map(outline)

const cabinet = city(
  { id: 'C' },
  { id: 'L1', fedBy: 'C', circuit: 1 },
  { id: 'L2', fedBy: 'C', circuit: 1 },
  { id: 'L3', fedBy: 'C', circuit: 2 },
  { id: 'L4', fedBy: 'C', circuit: 2 },
)

describe('what alarms have in common', () => {
  test('nothing', () => {
    expect(outlines([], cabinet)).toEqual([])
    expect(outlines([alarm(1, 'L1')], cabinet)).toEqual([['single L1', 1]])
    expect(outlines([alarm(1, 'gone'), alarm(2, 'gone too')], cabinet)).toEqual([
      ['single gone', 1],
      ['single gone too', 2],
    ])
  })
  test('an alarm that explains them by design, and those that are explained by what it explains', () => {
    const dead = alarm(1, 'C', { rule: 'dead', priority: 'high' })
    expect(outlines([dead, alarm(2, 'L1', { by: 1 }), alarm(3, 'L3', { by: 2 })], cabinet)).toEqual([['alarm C', 1, 2, 3]])
  })
  test('an alarm that explains them and is not among them', () => {
    expect(outlines([alarm(2, 'L1', { by: 1 }), alarm(3, 'L3', { by: 1 })], cabinet)).toEqual([['alarm 1', 2, 3]])
    expect(outlines([alarm(2, 'L1', { by: 1 })], cabinet)).toEqual([['alarm 1', 2]])
  })
  test('alarms that explain each other do not keep it busy for ever', () => {
    expect(outlines([alarm(1, 'L1', { by: 2 }), alarm(2, 'L2', { by: 1 })], cabinet).flat(2)).toEqual(expect.arrayContaining([1, 2]))
  })
  test('a circuit, a feeder with its circuits, and a feeder that has an alarm itself', () => {
    expect(outlines([alarm(1, 'L1'), alarm(2, 'L2')], cabinet)).toEqual([['feeder C 1', 1, 2]])
    expect(outlines([alarm(1, 'L1'), alarm(2, 'L2'), alarm(3, 'L3'), alarm(4, 'L4')], cabinet)).toEqual([
      ['feeder C', ['feeder C 1', 1, 2], ['feeder C 2', 3, 4]],
    ])
    expect(outlines([alarm(1, 'L1'), alarm(2, 'L3')], cabinet)).toEqual([['feeder C', 1, 2]])
    expect(outlines([alarm(1, 'L1'), alarm(2, 'C')], cabinet)).toEqual([['feeder C', 1, 2]])
  })
  test('a feeder, where only some of what it feeds is on a circuit, or its only circuit says nothing more', () => {
    const tree = city(
      { id: 'C' },
      ...['L1', 'L2'].map((id) => ({ id, fedBy: 'C', circuit: 1 })),
      { id: 'X', fedBy: 'C' },
      { id: 'Y', fedBy: 'C' },
    )
    expect(outlines([alarm(1, 'L1'), alarm(2, 'L2'), alarm(3, 'X'), alarm(4, 'Y')], tree)).toEqual([
      ['feeder C', ['feeder C 1', 1, 2], 3, 4],
    ])
    expect(outlines([alarm(1, 'L1'), alarm(2, 'L2'), alarm(3, 'C')], tree)).toEqual([['feeder C', 1, 2, 3]])
  })
  test('one facility, also below a feeder', () => {
    expect(outlines([alarm(1, 'C'), alarm(2, 'C', { rule: 'tilt' })], cabinet)).toEqual([['facility C', 1, 2]])
    expect(outlines([alarm(1, 'L1'), alarm(2, 'L1', { rule: 'tilt' })], cabinet)).toEqual([['facility L1', 1, 2]])
    expect(outlines([alarm(1, 'L1'), alarm(2, 'L1', { rule: 'tilt' }), alarm(3, 'L2')], cabinet)).toEqual([
      ['feeder C 1', ['facility L1', 1, 2], 3],
    ])
  })
  test('a gateway', () => {
    const tree = city({ id: 'G' }, { id: 'A', gateway: 'G' }, { id: 'B', gateway: 'G' }, { id: 'X', gateway: 'G' })
    expect(outlines([alarm(1, 'A'), alarm(2, 'B')], tree)).toEqual([['gateway G', 1, 2]])
    expect(outlines([alarm(1, 'A'), alarm(2, 'G')], tree)).toEqual([['gateway G', 1, 2]])
  })
  describe('a feeder or a gateway', () => {
    const both = (more: Partial<CausingFacility>[]) =>
      city({ id: 'C' }, { id: 'G' }, { id: 'A', fedBy: 'C', gateway: 'G' }, { id: 'B', fedBy: 'C', gateway: 'G' }, ...more)
    test('the one of which the greater share is concerned', () => {
      expect(outlines([alarm(1, 'A'), alarm(2, 'B')], both([{ fedBy: 'C' }]))).toEqual([['gateway G', 1, 2]])
      expect(outlines([alarm(1, 'A'), alarm(2, 'B')], both([{ gateway: 'G' }]))).toEqual([['feeder C', 1, 2]])
      expect(outlines([alarm(1, 'A'), alarm(2, 'B')], both([]))).toEqual([['feeder C', 1, 2]])
    })
    test('the one that has an alarm itself', () => {
      expect(outlines([alarm(1, 'A'), alarm(2, 'B'), alarm(3, 'G')], both([{ gateway: 'G' }]))).toEqual([['gateway G', 1, 2, 3]])
    })
  })
  test('a feeder of feeders, when it has an alarm or half of what hangs on it is concerned', () => {
    const lamps = ['C1', 'C2', 'C3'].flatMap((fedBy) => [1, 2].map((i) => ({ id: `${fedBy}-${i}`, fedBy })))
    const cabinets = (count: number) => ['C1', 'C2', 'C3', 'C4', 'C5'].slice(0, count).map((id) => ({ id, fedBy: 'S' }))
    const alarms = [alarm(1, 'C1-1'), alarm(2, 'C1-2'), alarm(3, 'C2-1'), alarm(4, 'C2-2')]
    const two = [
      ['feeder C1', 1, 2],
      ['feeder C2', 3, 4],
    ]
    expect(outlines(alarms, city({ id: 'S' }, ...cabinets(4), ...lamps))).toEqual([['feeder S', ...two]])
    expect(outlines(alarms, city({ id: 'S' }, ...cabinets(5), ...lamps))).toEqual(two)
    expect(outlines([...alarms, alarm(5, 'S')], city({ id: 'S' }, ...cabinets(5), ...lamps))).toEqual([['feeder S', ...two, 5]])
  })
  test('of many that hang on a feeder or a gateway two are enough, and one is not', () => {
    for (const [type, by] of [
      ['feeder', 'fedBy'],
      ['gateway', 'gateway'],
    ] as const) {
      const tree = city({ id: 'C' }, ...['A', 'B', 'D', 'E', 'F', 'G'].map((id) => ({ id, [by]: 'C' })))
      expect(outlines([alarm(1, 'A'), alarm(2, 'B')], tree)).toEqual([[`${type} C`, 1, 2]])
      expect(outlines([alarm(1, 'A')], tree)).toEqual([['single A', 1]])
    }
  })
  test('but of feeders or gateways that bring about others half', () => {
    for (const by of ['fedBy', 'gateway'] as const) {
      const tree = city(
        { id: 'S' },
        ...['C1', 'C2', 'C3', 'C4', 'C5'].map((id) => ({ id, [by]: 'S' })),
        ...['C1', 'C2'].map((id) => ({ id: `${id}-1`, [by]: id })),
      )
      expect(outlines([alarm(1, 'C1'), alarm(2, 'C2')], tree)).toMatchObject([[expect.stringContaining(' S'), 1, 2]])
      expect(outlines([alarm(1, 'C1'), alarm(2, 'C2'), alarm(3, 'C1-1'), alarm(4, 'C2-1')], tree)).toMatchObject([
        [expect.stringContaining(' C1'), 1, 3],
        [expect.stringContaining(' C2'), 2, 4],
      ])
    }
  })
  test('a feeder of feeders of feeders', () => {
    const below = (ids: string[]) => ids.flatMap((fedBy) => [1, 2].map((i) => ({ id: `${fedBy}-${i}`, fedBy })))
    const stations = below(['T'])
    const cabinets = below(stations.map(({ id }) => id))
    const lamps = below(cabinets.map(({ id }) => id))
    expect(
      outlines(
        lamps.map(({ id }, i) => alarm(i + 1, id)),
        city({ id: 'T' }, ...stations, ...cabinets, ...lamps),
      ),
    ).toEqual([
      [
        'feeder T',
        ['feeder T-1', ['feeder T-1-1', 1, 2], ['feeder T-1-2', 3, 4]],
        ['feeder T-2', ['feeder T-2-1', 5, 6], ['feeder T-2-2', 7, 8]],
      ],
    ])
  })
  test('a cabinet that feeds the gateway which reports for it', () => {
    const tree = city({ id: 'C', gateway: 'G' }, { id: 'G', fedBy: 'C' })
    expect(outlines([alarm(1, 'C'), alarm(2, 'G')], tree)).toHaveLength(1)
  })
  describe('a road and a district', () => {
    const places = city(
      { id: 'A', district: 'North', road: 'First' },
      { id: 'B', district: 'North', road: 'First' },
      { id: 'X', district: 'North', road: 'Second' },
      { id: 'Y', district: 'North', road: '' },
      { id: 'Z', district: 'South', road: 'First' },
    )
    test('while they come within two minutes', () => {
      const near = (at: number) => outlines([alarm(1, 'A', { at: 0 }), alarm(2, 'B', { at })], places)
      expect(near(120_000)).toEqual([['road First', 1, 2]])
      expect(near(120_001)).toEqual([
        ['single A', 1],
        ['single B', 2],
      ])
    })
    test('a road first, then the rest of the district', () => {
      expect(
        outlines(
          [1, 2, 3, 4, 5].map((id) => alarm(id, 'ABXYZ'.charAt(id - 1))),
          places,
        ),
      ).toEqual([
        ['road First', 1, 2],
        ['district North', 3, 4],
        ['single Z', 5],
      ])
    })
    test('what hangs on one feeder is no matter of the road', () => {
      const road = { district: 'North', road: 'First' }
      const tree = city({ id: 'C', ...road }, ...['L1', 'L2'].map((id) => ({ id, fedBy: 'C', ...road })), { id: 'A', ...road })
      expect(outlines([alarm(1, 'L1'), alarm(2, 'L2'), alarm(3, 'A')], tree)).toEqual([
        ['feeder C', 1, 2],
        ['single A', 3],
      ])
    })
    test('at the time they came, also where one of them has alarms again later', () => {
      const [first, again, near] = [alarm(1, 'A', { at: 0 }), alarm(2, 'A', { at: 900_000 }), alarm(3, 'B', { at: 100_000 })]
      expect(outlines([first, again, near], places)).toEqual([
        ['road First', 1, 3],
        ['single A', 2],
      ])
    })
    test('what concerns one facility goes along as one', () => {
      expect(outlines([alarm(1, 'A'), alarm(2, 'A', { rule: 'tilt' }), alarm(3, 'B')], places)).toEqual([
        ['road First', ['facility A', 1, 2], 3],
      ])
    })
  })
  test('not when more than ten minutes lie between them, at each level', () => {
    const apart = (at: number) => outlines([alarm(1, 'L1', { at: 0 }), alarm(2, 'L2', { at })], cabinet)
    expect(apart(600_000)).toEqual([['feeder C 1', 1, 2]])
    expect(apart(600_001)).toEqual([
      ['single L1', 1],
      ['single L2', 2],
    ])
    const between = [alarm(1, 'L1', { at: 0 }), alarm(2, 'L3', { at: 400_000 }), alarm(3, 'L1', { at: 800_000, rule: 'tilt' })]
    expect(outlines(between, cabinet)).toEqual([['feeder C', ['feeder C 1', 1, 3], 2]])
  })
})

describe('an incident', () => {
  test('counts and spans all that is below it', () => {
    const [incident] = incidentTree(
      [
        alarm(1, 'C', { at: 5000, rule: 'dead', priority: 'critical' }),
        alarm(2, 'L1', { at: 3000 }),
        alarm(3, 'L1', { at: 9000, rule: 'tilt', priority: 'low' }),
        alarm(4, 'L3', { at: 4000, by: 1 }),
      ],
      cabinet,
    )
    expect(incident).toMatchObject({
      alarms: 4,
      byPriority: { critical: 1, high: 0, medium: 2, low: 1 },
      facilities: 3,
      from: 3000,
      to: 9000,
      firstOut: { id: 2 },
    })
  })
  test('begins with the first by event time, then by urgency, then by the order of the rules, then by name', () => {
    const first = (a: Partial<IncidentAlarm>, b: Partial<IncidentAlarm>) =>
      incidentTree([alarm(1, 'L1', { at: 0, ...a }), alarm(2, 'L2', { at: 0, ...b })], cabinet)[0]?.firstOut.id
    expect(first({ at: 1 }, { at: 0 })).toBe(2)
    expect(first({ priority: 'medium' }, { priority: 'high' })).toBe(2)
    expect(first({ rule: 'tilt' }, { rule: 'dead' })).toBe(2)
    expect(first({ facility: 'L2' }, { facility: 'L1' })).toBe(2)
    expect(first({}, { facility: 'L1', rule: 'silent' })).toBe(1)
  })
  test('is named by its cause and the alarm with which it began', () => {
    const keys = (...alarms: IncidentAlarm[]) => incidentTree(alarms, cabinet).map(({ key }) => key)
    expect(keys(alarm(1, 'L1'), alarm(2, 'L2'))).toEqual(['feeder:C/1:1'])
    expect(keys(alarm(7, 'L1', { at: 2 }), alarm(8, 'L3', { at: 1 }))).toEqual(['feeder:C:8'])
    expect(keys(alarm(2, 'L1', { by: 1 }))).toEqual(['alarm:1:2'])
    const road = city(...['A', 'B'].map((id) => ({ id, district: 'North', road: 'First' })))
    expect(incidentTree([alarm(1, 'A'), alarm(2, 'B')], road)[0]?.key).toBe('road:North/First:1')
  })
  test('the most urgent come first, then the largest, then the earliest', () => {
    const tree = city({ id: 'A' }, { id: 'B' }, { id: 'X' }, { id: 'Y' })
    const alarms = [
      alarm(1, 'A', { at: 2000 }),
      alarm(2, 'B', { at: 1000 }),
      alarm(3, 'X', { at: 3000 }),
      alarm(4, 'X', { at: 3000, rule: 'tilt' }),
      alarm(5, 'Y', { at: 9000, priority: 'critical' }),
    ]
    expect(incidentTree(alarms, tree).map(({ cause }) => cause.facility)).toEqual(['Y', 'X', 'B', 'A'])
  })
})

describe('for any alarms', () => {
  const plant = city(
    { id: 'S', district: 'N' },
    { id: 'C1', fedBy: 'S', district: 'N', road: 'R' },
    { id: 'C2', fedBy: 'S', district: 'N', road: 'R', gateway: 'G' },
    { id: 'G', fedBy: 'C1', district: 'N' },
    ...['A', 'B', 'D', 'E'].map((id) => ({ id, fedBy: 'C1', circuit: 1, gateway: 'G', district: 'N', road: 'R' })),
    ...['U', 'V', 'W'].map((id) => ({ id, fedBy: 'C2', circuit: 2, gateway: 'G', district: 'N', road: 'Q' })),
    ...['X', 'Y', 'Z'].map((id) => ({ id, district: 'N', road: 'R' })),
  )
  const names = ['S', 'C1', 'C2', 'G', 'A', 'B', 'D', 'E', 'U', 'V', 'W', 'X', 'Y', 'Z', 'unknown']
  const some = fc
    .array(
      fc.record({
        facility: fc.constantFrom(...names),
        rule: fc.constantFrom('dead', 'silent', 'tilt'),
        priority: fc.constantFrom('critical', 'high', 'medium', 'low'),
        at: fc.constantFrom(0, 60_000, 500_000, 1_500_000, 1_550_000),
        by: fc.option(fc.integer({ min: 1, max: 12 }), { freq: 4 }),
      }),
      { maxLength: 12 },
    )
    .map((list) => list.map((each, i): IncidentAlarm => ({ id: i + 1, ...each, by: each.by === i + 1 ? null : each.by })))
  const leaves = ({ own, children }: Incident): IncidentAlarm[] => [...own, ...children.flatMap(leaves)]
  const all = (incident: Incident): Incident[] => [incident, ...incident.children.flatMap(all)]

  test('each alarm is in the tree once, and the counts are those of what is below', () => {
    fc.assert(
      fc.property(some, (alarms) => {
        const tree = incidentTree(alarms, plant)
        expect(
          tree
            .flatMap(leaves)
            .map(({ id }) => id)
            .sort((a, b) => a - b),
        ).toEqual(alarms.map(({ id }) => id))
        const incidents = tree.flatMap(all)
        expect(new Set(incidents.map(({ key }) => key)).size).toBe(incidents.length)
        for (const incident of incidents) {
          const below = leaves(incident)
          expect(incident.alarms).toBe(below.length)
          expect(Object.values(incident.byPriority).reduce((a, b) => a + b)).toBe(below.length)
          expect(incident.facilities).toBe(new Set(below.map(({ facility }) => facility)).size)
          expect([incident.from, incident.to]).toEqual([Math.min(...below.map(({ at }) => at)), Math.max(...below.map(({ at }) => at))])
          expect(incident.firstOut.at).toBe(incident.from)
          expect(incident.children.length + incident.own.length, 'nothing is wrapped twice').toBeGreaterThan(
            incident.cause.type === 'single' || incident.cause.type === 'alarm' ? 0 : 1,
          )
        }
      }),
    )
  })
  test('however many there are, they are looked at a few in each step', () => {
    let looks = 0
    const looked: CauseTree = {
      ...plant,
      get: (id) => {
        looks++
        return plant.get(id)
      },
    }
    const mostLooks = (count: number): number => {
      const alarms = Array.from({ length: count }, (_, i) => alarm(i + 1, names[i % names.length] as string, { at: i * 1000 }))
      const steps = incidentSteps(alarms, looked)
      let most = 0
      for (let isDone: boolean | undefined = false; !isDone; looks = 0) {
        isDone = steps.next().done
        most = Math.max(most, looks)
      }
      return most
    }
    expect(mostLooks(1000)).toBe(mostLooks(100))
    expect(mostLooks(1000)).toBeLessThan(10)
  })
  test('the order in which they are given makes no difference', () => {
    fc.assert(
      fc.property(
        some.chain((alarms) => fc.tuple(fc.constant(alarms), fc.shuffledSubarray(alarms, { minLength: alarms.length }))),
        ([alarms, shuffled]) => {
          expect(incidentTree(shuffled, plant)).toEqual(incidentTree(alarms, plant))
        },
      ),
    )
  })
})
