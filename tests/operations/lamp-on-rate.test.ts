import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type RoadClass, roadClasses } from '../../src/facilities/plant.ts'
import {
  addTally,
  countLamp,
  emptyTally,
  estimatedShare,
  type LampFinding,
  type LampTally,
  lampFinding,
  lampFindings,
  lampOnRate,
  type SeenLamp,
  targetOf,
} from '../../src/operations/lamp-on-rate.ts'

const NOON = 1_000_000
const seen: SeenLamp = {
  isInService: true,
  dueSince: NOON,
  freshFrom: NOON + 100,
  report: null,
  unfedAt: Number.NaN,
  hasController: true,
  isCounted: false,
}
const lit = (at: number) => ({ report: { at, isLit: true } })
const dark = (at: number) => ({ report: { at, isLit: false } })

describe('what is known of one lamp', () => {
  test.each<[string, Partial<SeenLamp>, LampFinding]>([
    ['says that it is lit', lit(NOON + 100), 'lit'],
    ['says that it is dark', dark(NOON + 100), 'dark'],
    ['said so too long ago', lit(NOON + 99), 'unknown'],
    ['said that it is dark too long ago', dark(NOON + 99), 'unknown'],
    ['said so before it was to be lit', { ...lit(NOON - 1), freshFrom: NOON - 500 }, 'unknown'],
    ['says nothing at all', {}, 'unknown'],
    ['was lit until its circuit went dead', { ...lit(NOON + 150), unfedAt: NOON + 160 }, 'dark'],
    ['is lit although its cabinet said before that the circuit is off', { ...lit(NOON + 150), unfedAt: NOON + 140 }, 'lit'],
    ['says nothing on a dead circuit', { unfedAt: NOON + 160 }, 'dark'],
    ['has no controller', { hasController: false, isCounted: true }, 'estimated'],
    ['has no controller and a cabinet that says nothing', { hasController: false }, 'unknown'],
    ['has no controller, on a dead circuit', { hasController: false, isCounted: true, unfedAt: NOON }, 'dark'],
    ['has one that says nothing, on a circuit that is counted', { isCounted: true }, 'unknown'],
    ['is to be dark, and burns', { ...lit(NOON + 150), dueSince: null }, 'not-due'],
    ['has no programme', { ...lit(NOON + 150), dueSince: undefined }, 'unscheduled'],
    ['is out of service, and lit', { ...lit(NOON + 150), isInService: false }, 'exempt'],
    ['has been commanded on since ever', { ...lit(NOON + 150), dueSince: Number.NEGATIVE_INFINITY }, 'lit'],
  ])('one that %s', (_name, own, finding) => {
    expect(lampFinding({ ...seen, ...own })).toBe(finding)
  })

  test('none is lit without a word of its own that is new enough', () => {
    fc.assert(
      fc.property(
        fc.record({
          isInService: fc.boolean(),
          dueSince: fc.option(fc.integer({ min: 0, max: 1000 }), { nil: null }),
          freshFrom: fc.integer({ min: 0, max: 1000 }),
          report: fc.option(fc.record({ at: fc.integer({ min: 0, max: 1000 }), isLit: fc.boolean() })),
          unfedAt: fc.oneof(fc.constant(Number.NaN), fc.integer({ min: 0, max: 1000 })),
          hasController: fc.boolean(),
          isCounted: fc.boolean(),
        }),
        (lamp) => {
          if (lampFinding(lamp) !== 'lit') return
          expect(lamp.report?.isLit).toBe(true)
          expect(lamp.report?.at).toBeGreaterThanOrEqual(Math.max(lamp.freshFrom, lamp.dueSince as number))
          expect(lamp.isInService).toBe(true)
        },
      ),
    )
  })
})

describe('lamps counted by the current of their circuit', () => {
  const learning = { missing: Number.NaN }
  test.each([
    ['all of 20 draw', { lit: 0, dark: 0, unknown: 0, estimated: 20 }, { drawing: 20.3, ...learning }, 1],
    ['five of 20 draw nothing', { lit: 0, dark: 0, unknown: 0, estimated: 20 }, { drawing: 14.9, ...learning }, 0.75],
    [
      'twelve say that they are lit, so 4 of 8 others are',
      { lit: 12, dark: 0, unknown: 0, estimated: 8 },
      { drawing: 16, ...learning },
      0.5,
    ],
    ['those that say nothing share alike', { lit: 0, dark: 0, unknown: 10, estimated: 10 }, { drawing: 10, ...learning }, 0.5],
    ['more than there are is all', { lit: 0, dark: 0, unknown: 0, estimated: 4 }, { drawing: 9, ...learning }, 1],
    ['less than what says that it is lit is none', { lit: 9, dark: 0, unknown: 0, estimated: 4 }, { drawing: 7, ...learning }, 0],
    ['what is usual goes before what is rated', { lit: 0, dark: 0, unknown: 0, estimated: 20 }, { drawing: 14, missing: 0.2 }, 1],
    ['three are missing', { lit: 5, dark: 1, unknown: 0, estimated: 14 }, { drawing: 30, missing: 3.1 }, 12 / 14],
  ])('%s', (_name, circuit, counted, share) => {
    expect(estimatedShare(circuit, counted)).toBeCloseTo(share, 10)
  })
})

/** So many lamps of each finding. */
function tallyOf(counts: Partial<Record<LampFinding, number>>, roadClass: RoadClass | null = 'branch', share = 0): LampTally {
  const tally = emptyTally()
  for (const [finding, count] of Object.entries(counts))
    for (let i = 0; i < count; i++) countLamp(tally, finding as LampFinding, targetOf(roadClass), share)
  return tally
}

describe('the rate', () => {
  test.each([
    ['main', { lit: 98, dark: 2 }, { rate: 0.98, target: 0.98, margin: 0, verdict: 'met' }],
    ['main', { lit: 97, dark: 3 }, { rate: 0.97, margin: -1, verdict: 'missed' }],
    ['secondary', { lit: 96, dark: 4 }, { rate: 0.96, target: 0.96, margin: 0, verdict: 'met' }],
    ['branch', { lit: 100 }, { rate: 1, margin: 4, verdict: 'met' }],
    ['branch', { lit: 19, dark: 1 }, { rate: 0.95, margin: -1, verdict: 'missed' }],
    ['branch', { lit: 96, unknown: 4 }, { rate: 1, least: 0.96, most: 1, verdict: 'met' }],
    ['branch', { lit: 90, unknown: 10 }, { rate: 1, least: 0.9, most: 1, margin: 3, verdict: 'open' }],
    ['branch', { lit: 90, dark: 6, unknown: 4 }, { rate: 0.9375, most: 0.94, verdict: 'missed' }],
    ['branch', { unknown: 5 }, { due: 5, rate: null, least: 0, most: 1, margin: null, verdict: 'open' }],
    [
      'branch',
      { 'not-due': 50, exempt: 2, unscheduled: 1 },
      { due: 0, rate: null, least: null, target: null, margin: null, verdict: 'none' },
    ],
    ['branch', { lit: 10, exempt: 90 }, { due: 10, rate: 1, verdict: 'met' }],
    ['landscape', { lit: 9, dark: 1 }, { target: 0.9, margin: 0, verdict: 'met' }],
  ] as const)('%s %j', (roadClass, counts, expected) => {
    expect(lampOnRate(tallyOf(counts, roadClass))).toMatchObject(expected)
  })

  test('is told of no lamps at all', () => {
    expect(lampOnRate(emptyTally())).toMatchObject({ due: 0, rate: null, verdict: 'none' })
  })

  test('estimated lamps count by their share', () => {
    expect(lampOnRate(tallyOf({ lit: 10, estimated: 10 }, 'branch', 0.75))).toMatchObject({ due: 20, rate: 17.5 / 20, margin: -2 })
  })

  const anyTally = fc
    .record({
      roadClass: fc.constantFrom(...roadClasses, null),
      share: fc.integer({ min: 0, max: 8 }).map((eighths) => eighths / 8),
      counts: fc.record(
        Object.fromEntries(lampFindings.map((finding) => [finding, fc.nat(40)])) as Record<LampFinding, fc.Arbitrary<number>>,
      ),
    })
    .map(({ roadClass, share, counts }) => ({ roadClass, counts, tally: tallyOf(counts, roadClass, share) }))

  test('the margin is how many lamps may go out: so many keep a known road at its target, one more does not', () => {
    fc.assert(
      fc.property(fc.constantFrom(...roadClasses), fc.integer({ min: 1, max: 500 }), fc.nat(500), (roadClass, total, out) => {
        const lit = Math.max(0, total - out)
        const { margin } = lampOnRate(tallyOf({ lit, dark: total - lit }, roadClass))
        const verdictWith = (lamps: number) => lampOnRate(tallyOf({ lit: lamps, dark: total - lamps }, roadClass)).verdict
        if (margin === null) throw new Error('there are lamps')
        expect(verdictWith(lit - margin)).toBe('met')
        if (lit - margin > 0) expect(verdictWith(lit - margin - 1)).toBe('missed')
      }),
    )
  })

  test('the rate lies where the unknown lamps can bring it, and the verdict holds for both ends', () => {
    fc.assert(
      fc.property(anyTally, ({ tally }) => {
        const { due, rate, least, most, target, verdict } = lampOnRate(tally)
        if (due === 0) return expect(verdict).toBe('none')
        const [low, high, aim] = [least as number, most as number, target as number]
        expect(low).toBeLessThanOrEqual(high)
        if (rate !== null) {
          expect(rate).toBeGreaterThanOrEqual(low - 1e-9)
          expect(rate).toBeLessThanOrEqual(high + 1e-9)
        }
        if (verdict === 'met') expect(low).toBeGreaterThanOrEqual(aim - 1e-9)
        if (verdict === 'missed') expect(high).toBeLessThan(aim)
        if (verdict === 'open') expect([low < aim, high >= aim - 1e-9]).toEqual([true, true])
      }),
    )
  })

  test('parts add up to the whole, whatever is counted with what', () => {
    fc.assert(
      fc.property(fc.array(anyTally, { maxLength: 5 }), (parts) => {
        const sum = emptyTally()
        for (const { tally } of parts) addTally(sum, tally)
        const counted = (finding: LampFinding) => parts.reduce((all, { counts }) => all + counts[finding], 0)
        expect(lampOnRate(sum).due).toBe(counted('lit') + counted('dark') + counted('unknown') + counted('estimated'))
        expect([sum.notDue, sum.unscheduled, sum.exempt]).toEqual([counted('not-due'), counted('unscheduled'), counted('exempt')])
      }),
    )
  })
})
