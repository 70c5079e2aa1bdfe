import { expect, test } from 'vitest'
import { type Position, solarElevation, sunTimes } from '../../src/control/astronomical-clock.ts'

const beijing: Position = [116.407, 39.904]
const london: Position = [-0.1276, 51.5072]
const sydney: Position = [151.2093, -33.8688]
const quito: Position = [-78.4678, -0.1807]

// Published times of almanacs, to the minute.
test.each([
  ['Beijing, midsummer', beijing, '2024-06-21T12:00+08:00', '2024-06-21T04:46+08:00', '2024-06-21T19:46+08:00'],
  ['Beijing, midwinter', beijing, '2024-12-21T12:00+08:00', '2024-12-21T07:33+08:00', '2024-12-21T16:53+08:00'],
  ['London, midwinter', london, '2024-12-21T12:00Z', '2024-12-21T08:04Z', '2024-12-21T15:53Z'],
  ['London, midsummer', london, '2024-06-20T12:00Z', '2024-06-20T03:43Z', '2024-06-20T20:21Z'],
  ['Sydney, midsummer', sydney, '2024-12-21T12:00+11:00', '2024-12-21T05:41+11:00', '2024-12-21T20:05+11:00'],
  ['Quito, equinox', quito, '2024-03-20T12:00-05:00', '2024-03-20T06:18-05:00', '2024-03-20T18:24-05:00'],
])('%s', (_name, position, noon, rise, set) => {
  const times = sunTimes(Date.parse(noon), position)
  expect(times.state).toBe('crosses')
  expect(Math.abs((times.rise as number) - Date.parse(rise))).toBeLessThan(120_000)
  expect(Math.abs((times.set as number) - Date.parse(set))).toBeLessThan(120_000)
  expect(solarElevation(times.rise as number, position)).toBeCloseTo(-0.833, 1)
  expect(solarElevation(times.set as number, position)).toBeCloseTo(-0.833, 1)
})

test('the polar day and night have no sunrise', () => {
  const tromso: Position = [18.955, 69.649]
  expect(sunTimes(Date.parse('2024-06-21T12:00Z'), tromso)).toMatchObject({ rise: null, set: null, state: 'always-above' })
  expect(sunTimes(Date.parse('2024-12-21T12:00Z'), tromso)).toMatchObject({ rise: null, set: null, state: 'always-below' })
})

test('noon is the highest point, and midnight belongs to the new day', () => {
  const start = Date.parse('2024-04-15T00:00+08:00')
  const { noon } = sunTimes(start + 12 * 3_600_000, beijing)
  for (let hour = 0; hour < 24; hour++) {
    expect(solarElevation(start + hour * 3_600_000, beijing)).toBeLessThanOrEqual(solarElevation(noon, beijing) + 0.01)
  }
  expect(sunTimes(noon - 11 * 3_600_000, beijing).noon).toBe(noon)
  expect(sunTimes(noon + 11 * 3_600_000, beijing).noon).toBe(noon)
})
