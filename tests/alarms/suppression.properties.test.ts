import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GRACE, type Plant, plantOf, rules } from './any-plant.ts'
import { falselyAnnounced } from './legal.ts'

const numRuns = Number(process.env.PROPERTY_RUNS ?? 2000)

const SIZE = 4
const name = (i: number) => `N${i}`
const node = fc.nat(SIZE - 1)
/** Where a node hangs: fed by one before it, as no plant takes a ring of feeders, and behind any, so that other rings come about. */
const place = fc.record({
  fedBy: fc.option(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { freq: 2 }),
  gateway: fc.option(node.map(name), { freq: 2 }),
  circuit: fc.constantFrom(null, 1, 2),
})
type Place = typeof place extends fc.Arbitrary<infer P> ? P : never
const mode = fc.constantFrom('auto', 'auto', 'manual', 'maintenance')
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('change' as const),
      node,
      rule: fc.constantFrom('dead', 'dead', 'unfed', 'unlinked', 'follows', ...rules.map(({ key }) => key)),
      active: fc.constantFrom(true, true, false),
      late: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), length: fc.constantFrom(1, GRACE - 1, GRACE, 2 * GRACE) }) },
  // What is there goes and comes back: chance alone hardly ever names it again.
  { weight: 2, arbitrary: fc.record({ do: fc.constant('flicker' as const), alarm: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('mode' as const), node, mode }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('move' as const), node, place }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('caught-up' as const), node }) },
)
const plants = fc.array(place, { minLength: SIZE, maxLength: SIZE })

test(
  'whatever happens in any plant, nobody is forgotten, nobody is told of what is explained, and nothing is explained by what is over beyond its grace time',
  () => {
    fc.assert(
      fc.property(plants, fc.array(step, { minLength: 1, maxLength: 30 }), (places, steps) => {
        const placed = (i: number, { fedBy, ...more }: Place) => ({
          ...more,
          fedBy: fedBy === null || i === 0 ? null : name(Math.floor(fedBy * i)),
        })
        const plant: Plant = Object.fromEntries(places.map((each, i) => [name(i), placed(i, each)]))
        const { store, register, suppression, clock, change, put, facility } = plantOf(plant)
        let now = 1
        for (const one of steps) {
          let known = store.records.length
          if (one.do === 'wait') now += one.length
          clock.passTime(now)
          expect(falselyAnnounced(store.records.slice(known))).toEqual([])
          known = store.records.length
          if (one.do === 'change') change(name(one.node), one.rule, one.active, now, one.late)
          else if (one.do === 'flicker') {
            const there = [...register.live()][one.alarm]
            for (const active of there?.active ? [false, true] : [true]) if (there) change(there.facility, there.rule, active, now)
          } else if (one.do === 'caught-up') suppression.caughtUp(facility(name(one.node)), now)
          else if (one.do !== 'wait') {
            const more = one.do === 'mode' ? { mode: one.mode } : placed(one.node, one.place)
            put(name(one.node), { ...facility(name(one.node)), ...more })
            suppression.followPlant(facility(name(one.node)), now)
          }
          const live = [...register.live()]
          for (const { id, suppressed } of live) {
            if (suppressed?.by == null || suppressed.until !== null) continue
            const cause = register.get(suppressed.by)
            const isThere = cause?.active && cause.suppressed?.cause !== 'late'
            if (!isThere) throw new Error(`${id} is explained by ${suppressed.by}, which is over`)
          }
          expect(falselyAnnounced(store.records.slice(known))).toEqual([])
          expect(suppression.followAll(now)).toEqual([])
        }
      }),
      { numRuns },
    )
  },
  5000 + numRuns * 20,
)
