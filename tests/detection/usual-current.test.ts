import { describe, expect, test } from 'vitest'
import { begin, learn, PACE, type Place, SETTLED_FROM, SINCE, SLOTS, STEP, unsettle, usual } from '../../src/detection/usual-current.ts'
import { days, hours, minutes } from '../../src/telemetry/duration.ts'

const parameters = { ...PACE, nights: 3, settling: minutes(15) }
const BRIGHT = 100
const DIM = 50

/** What is known of one circuit; nights are days since 1970, hours those of the day. */
function circuit() {
  const place: Place = { memory: new Float64Array(SLOTS + 2).fill(Number.NaN), base: 1 }
  const { memory, base } = place
  begin(place, 0.5)
  const at = (night: number, hour: number) => days(night) + hours(hour)
  const setStep = (step: number) => {
    memory[base + STEP] = step
  }
  setStep(BRIGHT)
  /** Readings every five minutes from an hour on, one value for each quarter, after which the lamps are switched off. */
  function lit(night: number, hour: number, quarters: readonly number[], isHealthy = true, step = BRIGHT) {
    setStep(step)
    const begun = at(night, hour)
    const end = begun + minutes(15) * quarters.length
    for (let now = begun; now < end; now += minutes(5))
      learn(place, now, quarters[Math.floor((now - begun) / minutes(15))] as number, isHealthy, parameters)
    learn(place, end, 0, isHealthy, parameters)
    unsettle(place, end + minutes(1), parameters)
  }
  return {
    place,
    at,
    lit,
    /** Hours of one value each. */
    even(night: number, hour: number, amps: readonly number[], isHealthy = true, step = BRIGHT) {
      const quarters = amps.flatMap((value) => [value, value, value, value])
      lit(night, hour, quarters, isHealthy, step)
    },
    /** As usual half an hour into an hour. */
    usual(night: number, hour: number, step = BRIGHT) {
      setStep(step)
      return usual(place, at(night, hour) + minutes(30), parameters)
    },
  }
}

/** A circuit whose hour from 20:00 drew these currents in the first nights. */
function seen(...nights: readonly number[]) {
  const made = circuit()
  for (const [night, amps] of nights.entries()) made.even(night, 20, [amps])
  return made
}
const nowAfter = (...nights: readonly number[]) => seen(...nights).usual(nights.length, 20).now

describe('the usual current of an hour', () => {
  test('is known after as many nights as are asked for, and is their mean', () => {
    expect(seen(10, 12).usual(2, 20)).toEqual({ now: Number.NaN, brightest: Number.NaN })
    expect(nowAfter(10, 12, 14)).toBeCloseTo(12)
  })

  test('is that of its lowest quarter, each by its mean', () => {
    const { lit, usual } = circuit()
    for (let night = 0; night < 3; night++) lit(night, 20, [10, 9, 11, 12])
    expect(usual(3, 20).now).toBeCloseTo(9)
    const other = circuit()
    for (let night = 0; night < 3; night++) {
      for (let m = 0; m < 60; m += 5) learn(other.place, other.at(night, 20) + minutes(m), m % 15 === 0 ? 6 : 12, true, parameters)
      unsettle(other.place, other.at(night, 21), parameters)
    }
    expect(other.usual(3, 20).now).toBeCloseTo(10)
  })

  test.each([
    ['a little more is followed by a tenth', 10.5, 10.05],
    ['as much more as is still steady too', 11, 10.1],
    ['more than that by a fiftieth', 12, 10.04],
    ['a little less by a fiftieth', 9.5, 9.99],
    ['a dimming step that moved in by half', 8, 9],
  ])('%s a night', (_, amps, expected) => {
    expect(nowAfter(10, 10, 10, amps)).toBeCloseTo(expected)
  })

  test('is learned once a night', () => {
    const { even, usual } = seen(10, 10, 10)
    even(3, 20, [11])
    even(3, 20, [11])
    expect(usual(4, 20).now).toBeCloseTo(10.1)
  })

  test('is not learned from a fault, nor from what was lit for no whole quarter', () => {
    const { even, place, at, usual } = seen(10, 10, 10)
    even(3, 20, [5], false)
    learn(place, at(4, 20), 5, true, parameters)
    unsettle(place, at(4, 20) + minutes(10), parameters)
    expect(usual(5, 20).now).toBeCloseTo(10)
  })

  test('leaves out what was read of a quarter until a fault was found', () => {
    const { place, at, usual } = seen(10, 10, 10)
    learn(place, at(3, 20), 10.5, true, parameters)
    learn(place, at(3, 20) + minutes(15), 5, true, parameters)
    learn(place, at(3, 20) + minutes(20), 5, false, parameters)
    for (const minute of [25, 30]) learn(place, at(3, 20) + minutes(minute), 10.5, true, parameters)
    unsettle(place, at(3, 21), parameters)
    expect(usual(4, 20).now).toBeCloseTo(10.05)
  })

  test('is forgotten after thirty days without light, and learned anew', () => {
    const { even, usual } = seen(10, 10, 10)
    expect(usual(32, 20).now).toBeCloseTo(10)
    expect(usual(33, 20).now).toBeNaN()
    for (let night = 40; night < 43; night++) even(night, 20, [20])
    expect(usual(43, 20).now).toBeCloseTo(20)
  })

  test('is not forgotten while a fault goes on', () => {
    const { even, usual } = seen(10, 10, 10)
    for (let night = 3; night < 60; night++) even(night, 20, [5], false)
    expect(usual(60, 20).now).toBeCloseTo(10)
  })

  test('stays known after many nights', () => {
    expect(nowAfter(...Array<number>(200).fill(10))).toBeCloseTo(10)
  })
})

describe('what is usual', () => {
  test('is the least of the hour and those beside it at the same step', () => {
    const { even, usual } = circuit()
    for (let night = 0; night < 3; night++) {
      even(night, 18, [7])
      even(night, 20, [10, 9, 11, 12])
      even(night, 20, [5], true, DIM)
    }
    expect([20, 21, 22, 23].map((hour) => usual(3, hour).now)).toEqual([9, 9, 9, 11].map((amps) => expect.closeTo(amps)))
    expect(usual(3, 19)).toEqual({ now: Number.NaN, brightest: Number.NaN })
    expect(usual(3, 20, DIM)).toEqual({ now: expect.closeTo(5), brightest: expect.closeTo(12) })
    expect(usual(3, 21, DIM).now).toBeNaN()
  })

  test('goes over midnight', () => {
    const { even, usual } = circuit()
    for (let night = 0; night < 3; night++) even(night, 23, [10, 9])
    expect([usual(3, 23).now, usual(3, 24).now]).toEqual([expect.closeTo(9), expect.closeTo(9)])
  })

  test('has room for the hours of a long winter night at one step and part of another; the one lit longest ago makes place', () => {
    const { even, usual } = circuit()
    const winter = Array.from({ length: 18 }, (_, i) => i + 1)
    for (let night = 0; night < 3; night++) even(night, 1, winter)
    expect(usual(3, 18).now).toBeCloseTo(17)
    // Until into the second hour.
    even(3, 1, [1])
    for (let night = 4; night < 7; night++) even(night, 20, [20], true, DIM)
    expect(usual(7, 20, DIM).now).toBeCloseTo(20)
    expect([1, 2, 3].map((hour) => usual(7, hour).now)).toEqual([expect.closeTo(1), expect.closeTo(1), Number.NaN])
  })
})

test('after it was switched nothing is known until it has settled', () => {
  const { place, at } = circuit()
  const { memory, base } = place
  memory[base + SINCE] = 7
  unsettle(place, at(1, 2), parameters)
  expect([memory[base + SETTLED_FROM], memory[base + SINCE]]).toEqual([at(1, 2) + minutes(15), Number.NaN])
})

test('of other lamps nothing is known, of the same ones everything, and nobody else loses anything', () => {
  const { place, usual } = seen(10, 10, 10)
  place.memory[0] = 1
  place.memory[SLOTS + 1] = 2
  begin(place, 0.5)
  expect(usual(3, 20).now).toBeCloseTo(10)
  begin(place, 0.25)
  expect(usual(3, 20).now).toBeNaN()
  expect([place.memory[0], place.memory[SLOTS + 1]]).toEqual([1, 2])
})
