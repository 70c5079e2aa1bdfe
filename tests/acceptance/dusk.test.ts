import { beforeAll, describe, expect, test } from 'vitest'
import { MOST_ATTEMPTS, SENT_AGAIN } from '../../src/services/programmes/programme-downloads.ts'
import { minutes } from '../../src/telemetry/duration.ts'
import { type DuskResult, liveDusk } from './dusk-city.ts'

/** The long form, with 20,000 lamps: bench/dusk.ts. */
describe('a dusk faster than time', () => {
  let dusk: DuskResult
  beforeAll(async () => {
    dusk = await liveDusk({ lamps: 600, cabinets: 24, speed: 60, deaf: 2, silent: 1 })
  }, 300_000)

  test('all that can be reached run their table before it, and those that do not answer are named within their deadline', () => {
    expect(dusk.following).toBe(22)
    expect(dusk.unanswered.toSorted()).toEqual(dusk.deaf.toSorted())
    // Three attempts of three minutes, and what it takes to look at all and to hear of them.
    expect(dusk.namedAfter).toBeLessThan(MOST_ATTEMPTS * SENT_AGAIN + minutes(5))
  })

  test('the lamp-on rate rises to its target', () => {
    const before = dusk.rates.filter(({ at }) => at < -minutes(1))
    expect(before.length).toBeGreaterThan(3)
    expect(before.every(({ lit }) => lit === 0)).toBe(true)
    const after = dusk.rates.filter(({ at }) => at > minutes(10))
    expect(after.length).toBeGreaterThan(20)
    // All but the lamps that report through the silent cabinet.
    const heard = 600 - 25
    expect(after.at(-1)?.lit).toBe(heard)
    expect(after.every(({ due, lit }) => due === 600 && lit >= 0.98 * heard)).toBe(true)
    const lit = dusk.rates.map((one) => one.lit)
    expect(lit.every((count, i) => i === 0 || count >= (lit[i - 1] as number) - 5)).toBe(true)
  })

  test('lamps follow the second step of their programme', () => {
    expect(dusk.asked).toBeGreaterThan(40)
    expect(dusk.dimmed).toBe(dusk.asked)
  })

  test('a silent cabinet is named within its deadline, and nobody else for not following', () => {
    const named = (rule: string) => dusk.alarms.filter((alarm) => alarm.rule === rule)
    expect(named('communication-loss').map(({ facility }) => facility)).toEqual(dusk.silent)
    expect(named('communication-loss')[0]?.at).toBeLessThan(minutes(20))
    expect(named('schedule-deviation')).toEqual([])
    expect(named('programme-differs')).toEqual([])
  })

  test('cabinets that take no table are an alarm each, and no others', () => {
    const unanswered = dusk.alarms.filter(({ rule }) => rule === 'programme-unanswered').map(({ facility }) => facility)
    expect(unanswered.toSorted()).toEqual(dusk.deaf.toSorted())
  })

  test('the load never jumps', () => {
    expect(dusk.load.full).toBeGreaterThan(100)
    // One circuit of a cabinet, of six, at a time.
    expect(dusk.load.cabinetJump).toBeLessThan(0.25)
    expect(dusk.load.cityJump).toBeLessThan(0.1)
  })
})
