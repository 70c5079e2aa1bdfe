import { afterAll, beforeAll, expect, test } from 'vitest'
import { days, hours } from '../../../src/telemetry/duration.ts'
import { type City, startCity } from '../city.ts'

let city: City
beforeAll(async () => {
  city = await startCity()
  await city.signIn()
  await city.ask('POST', '/api/facilities', { facilities: [{ id: 'T-1', kind: 'tank' }] })
})
afterAll(() => city.stop())

test.each<[string, (now: number) => object, RegExp]>([
  ['a time before time', () => ({ from: -1e300 }), /^from is no time/],
  ['an end that is no time', () => ({ from: 0, to: 1e300 }), /^to is no time/],
  ['words that are no time', () => ({ from: 'yesterday' }), /^from is no time/],
  ['no time at all', () => ({}), /needs from/],
  ['the future', (now) => ({ from: now + 1e6 }), /must lie in the past/],
  ['an end before the beginning', (now) => ({ from: now - 10, to: now - 11 }), /in the past and before to/],
  ['more than a year', (now) => ({ from: now - days(401), lead: 0 }), /400 days at most/],
  ['a year and what is played before it', (now) => ({ from: now - days(399), lead: days(2) }), /400 days at most/],
  ['endless warming up', (now) => ({ from: now - hours(1), lead: 1e300 }), /lead/],
  ['a label of nobody', (now) => ({ from: now - 10, labels: [{ facility: 'T-9', from: 0 }] }), /T-9, which is no registered facility/],
  ['a label at no time', (now) => ({ from: now - 10, labels: [{ facility: 'T-1', from: 0, to: 'x' }] }), /^labels\[0\]\.to is no time/],
])('a back-test of %s is refused with words', async (_, request, words) => {
  const { status, body } = await city.ask('POST', '/api/backtests', { proposals: [], ...request(city.now()) })
  expect([status, body.detail]).toEqual([400, expect.stringMatching(words)])
  expect((await city.ask('GET', '/api/backtests')).body).toEqual([])
})
