import { expect, test } from 'vitest'
import { CITY_CENTRE } from '../../simulators/city.ts'
import { pastOfLamps } from '../../simulators/demo-lamps.ts'
import { cityOfLamps } from '../../simulators/plant-source.ts'
import { SLOT } from '../../src/operations/lamp-history.ts'
import { hours } from '../../src/telemetry/duration.ts'

const end = Date.UTC(2026, 2, 10, 4)
const past = [...pastOfLamps({ city: cityOfLamps(100, 'test'), position: CITY_CENTRE, seed: 'test', end, utcOffset: () => hours(8) })]
const sum = (at: number, key: 'lit' | 'dark' | 'drawn' | 'full') =>
  past.find((slot) => slot.at === at)?.places.reduce((all, { light }) => all + light[key], 0) ?? Number.NaN

test('the past of a new demo has every slot up to its begin, each lamp lit or dark by night and none by day', () => {
  expect(past.at(-1)?.at).toBe(end - SLOT)
  expect(past.every(({ at }, i) => i === 0 || at - (past[i - 1]?.at as number) === SLOT)).toBe(true)
  const [midnight, noon] = [end - hours(12), end - hours(24)]
  expect(sum(midnight, 'lit') + sum(midnight, 'dark')).toBe(100)
  expect([sum(noon, 'lit'), sum(noon, 'dark')]).toEqual([0, 0])
  expect(sum(midnight, 'drawn') / sum(midnight, 'full')).toBeCloseTo(0.7, 1)
})

test('a road is without light for a while', () => {
  const worst = Math.max(...past.flatMap(({ places }) => places.map(({ light }) => light.dark / (light.lit + light.dark || 1))))
  expect(worst).toBe(1)
})
