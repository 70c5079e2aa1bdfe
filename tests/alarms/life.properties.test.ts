import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isTold } from '../../src/alarms/alarm.ts'
import { openStateStore } from '../../src/storage/embedded/state-store.ts'
import { minutes, seconds } from '../../src/telemetry/duration.ts'
import { brokenLaws, falselyAnnounced } from './legal.ts'
import { anyStep, conditionOf, FailingStore, SmallWorld, type Step, timed } from './small-world.ts'

/** The full measure is 100,000 and takes some minutes. */
const numRuns = Number(process.env.PROPERTY_RUNS ?? 2000)
const allowed = 5000 + numRuns * 20
const lives = fc.array(anyStep, { minLength: 1, maxLength: 30 })

const contents = ({ all, records }: FailingStore) => ({ alarms: [...all.values()], records })

const asMade = (a: { id: number }, b: { id: number }) => a.id - b.id

/** The matcher says what differs, and is slow. */
function expectSame(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected)
}

/** Lives through all steps without any mishap; looks at the world after each. */
function live(steps: readonly Step[], look: (world: SmallWorld<FailingStore>, now: number) => void = () => {}) {
  const world = new SmallWorld(new FailingStore())
  for (const { step, now, after } of timed(steps)) {
    world.take(step, now)
    look(world, after)
  }
  return world
}

describe('any life of alarms', () => {
  test(
    'breaks no law, and leaves nothing undone that was due',
    () => {
      fc.assert(
        fc.property(lives, (steps) => {
          const seen = new WeakSet()
          live(steps, ({ store, clock }, now) => {
            for (const alarm of store.all.values()) {
              if (seen.has(alarm)) continue
              seen.add(alarm)
              const broken = brokenLaws(alarm)
              if (broken.length > 0) throw new Error(`${alarm.facility} ${alarm.rule}: ${broken.join('; ')}\n${JSON.stringify(alarm)}`)
            }
            if (clock.isDue(now - 1)) throw new Error('something is overdue')
          })
        }),
        { numRuns },
      )
    },
    allowed,
  )

  test(
    'loses and doubles no activation, and records every step once',
    () => {
      fc.assert(
        fc.property(lives, (steps) => {
          const on = new Set<string>()
          let activations = 0
          for (const step of steps) {
            if (step.do !== 'change') continue
            if (step.active && !on.has(conditionOf(step))) activations++
            if (step.active) on.add(conditionOf(step))
            else on.delete(conditionOf(step))
          }
          const { all, records } = live(steps).store
          const occurrences = [...all.values()].reduce((sum, alarm) => sum + alarm.occurrenceCount, 0)
          const recorded = records.filter(({ type }) => type === 'raise' || type === 'activate').length
          expectSame([occurrences, recorded], [activations, activations])
          const active = [...all.values()].filter((alarm) => alarm.active).map(({ facility, rule }) => `${facility} ${rule}`)
          expectSame(active.sort(), [...on].sort())
          for (const alarm of all.values()) {
            const own = records.filter((record) => record.alarm === alarm.id)
            expectSame(
              own.map(({ version }) => version),
              own.map((_, i) => i + 1),
            )
            const last = own.at(-1)
            expectSame([last?.version, last?.priority, last?.told], [alarm.version, alarm.priority, isTold(alarm)])
          }
        }),
        { numRuns },
      )
    },
    allowed,
  )

  test(
    'lets no alarm end that people were told of and nobody acknowledged, but by what a person does',
    () => {
      fc.assert(
        fc.property(lives, (steps) => {
          const asked = new Set<number>()
          const { versions, records } = live(steps).store
          versions.forEach((alarm, i) => {
            const isByPerson = alarm.outOfService || records[i]?.by != null
            if (alarm.ended !== null && asked.has(alarm.id) && !alarm.acknowledged && !isByPerson)
              throw new Error(`${alarm.facility} ${alarm.rule} ended by ${records[i]?.type}\n${JSON.stringify(alarm)}`)
            if (alarm.ended !== null || alarm.acknowledged) asked.delete(alarm.id)
            else if (isTold(alarm)) asked.add(alarm.id)
          })
        }),
        { numRuns },
      )
    },
    allowed,
  )

  test(
    'announces nothing that is hidden in the same moment',
    () => {
      fc.assert(
        fc.property(lives, (steps) => {
          expectSame(live(steps).store.transactions.flatMap(falselyAnnounced), [])
        }),
        { numRuns },
      )
    },
    allowed,
  )

  test(
    'is the same however often the time is told',
    () => {
      fc.assert(
        fc.property(lives, fc.integer({ min: 1, max: minutes(20) }), (steps, tick) => {
          const often = new SmallWorld(new FailingStore())
          let told = 0
          for (const { step, now, after } of timed(steps)) {
            for (let at = Math.max(told, now - step.gap); at < now; at += Math.max(tick, step.gap / 50))
              often.attempt(() => often.clock.passTime(at))
            often.take(step, now)
            told = after
          }
          expectSame(contents(often.store), contents(live(steps).store))
        }),
        { numRuns },
      )
    },
    allowed,
  )

  test(
    'is the same when writes fail or the process dies at any step',
    () => {
      const mishap = fc.record({ at: fc.nat(29), failAfter: fc.integer({ min: -1, max: 12 }) })
      fc.assert(
        fc.property(lives, fc.array(mishap, { maxLength: 5 }), (steps, mishaps) => {
          let world = new SmallWorld(new FailingStore())
          timed(steps).forEach(({ step, now }, i) => {
            for (const { failAfter } of mishaps.filter(({ at }) => at === i)) {
              const plant = world.plant()
              world.store.failAfter = failAfter
              try {
                world.take(step, now)
                // It went through, so the restart comes after it, and the step is not done again.
                world.store.failAfter = -1
                world = new SmallWorld(world.store, world.plant())
                return
              } catch {
                expectSame([...world.register.live()], world.store.liveAlarms())
                // The plant is kept in the same transaction.
                world = new SmallWorld(world.store, plant)
              }
            }
            world.store.failAfter = -1
            world.take(step, now)
          })
          expectSame(contents(world.store), contents(live(steps).store))
        }),
        { numRuns },
      )
    },
    allowed,
  )
})

test(
  'the state file keeps a life as memory does, over restarts',
  () => {
    fc.assert(
      fc.property(lives, fc.nat(29), (steps, restart) => {
        const state = openStateStore(':memory:')
        try {
          let world = new SmallWorld(state)
          timed(steps).forEach(({ step, now }, i) => {
            if (i === restart) world = new SmallWorld(state, world.plant())
            world.take(step, now)
          })
          const { alarms, records } = contents(live(steps).store)
          expectSame(state.alarmHistory({ limit: 1000 }).items.sort(asMade), alarms)
          expectSame(
            state.alarmRecords({ limit: 10_000 }).items.sort(asMade),
            records.map((record, i) => ({ id: i + 1, ...record })),
          )
        } finally {
          state.close()
        }
      }),
      { numRuns: Math.ceil(numRuns / 20) },
    )
  },
  allowed,
)

test(
  'of things that happen to different alarms at the same time, the order makes no difference',
  () => {
    // Rules of the two facilities that explain nothing of each other.
    const alone = [1, 3, 4]
    const moment = fc.array(
      anyStep.filter((step) => step.do === 'change' && alone.includes(step.condition)),
      { minLength: 1, maxLength: 3 },
    )
    fc.assert(
      fc.property(fc.array(moment, { minLength: 1, maxLength: 8 }), (moments) => {
        const outcome = (isReversed: boolean) => {
          const world = new SmallWorld(new FailingStore())
          let now = 1_700_000_000_000
          for (const steps of moments) {
            now += (steps[0] as Step).gap + seconds(1)
            const each = [...new Map(steps.map((step) => [step.do === 'change' ? step.condition : -1, step])).values()]
            for (const step of isReversed ? each.reverse() : each) world.take(step, now)
          }
          return [...world.store.all.values()]
            .map(({ id: _, ...alarm }) => alarm)
            .sort((a, b) => a.rule.localeCompare(b.rule) || a.raised - b.raised)
        }
        expectSame(outcome(true), outcome(false))
      }),
      { numRuns },
    )
  },
  allowed,
)
