import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CompanyViewAnswer } from '../../../src/edges/http/company-schemas.ts'
import { gasStation } from '../../../src/facilities/gas-station/index.ts'
import { days, hours, minutes } from '../../../src/telemetry/duration.ts'
import { type City, startCity } from '../city.ts'

/** Midnight of the city, with which Monday, 16 March 2026, begins. */
const midnight = Date.parse('2026-03-15T16:00:00Z')
const now = midnight + hours(10)
const DAY = days(1)
/** Thursday 12th was a holiday, Saturday 14th was worked in its place; Wednesday 18th will be a holiday. */
const holidays = ['2026-03-12', '2026-03-18']
const workdays = ['2026-03-14']
let city: City

const dateOf = (place: number) => new Date(midnight + place * DAY + hours(8)).toISOString().slice(0, 10)
const isWorked = (place: number) => {
  const weekday = new Date(dateOf(place)).getUTCDay()
  return workdays.includes(dateOf(place)) || (weekday > 0 && weekday < 6 && !holidays.includes(dateOf(place)))
}
/** Of a place in the calendar, Nm³/h: as much again on working days, and every day a little other. */
const flowOn = (place: number, hour: number) => (isWorked(place) ? 2000 : 1000) + 40 * (((place + 70) * 7) % 5) + 10 * hour
const report = (at: number, values: Record<string, number>) => {
  city.clock.stoppedAt = at
  city.publishRaw('facilities/gas-station/G-1/telemetry', Buffer.from(JSON.stringify({ at, values })))
}

beforeAll(async () => {
  city = await startCity({ kinds: [gasStation] })
  city.clock.stoppedAt = midnight - 35 * DAY
  await city.signIn()
  const facilities = [{ id: 'G-1', kind: 'gas-station', rated: { tank: 1, 'daily-use': 25, 'report-interval': 60 } }]
  expect((await city.ask('POST', '/api/facilities', { facilities })).status).toBe(200)
  for (let at = midnight - 35 * DAY; at <= now; at += hours(1))
    report(at, { flow: flowOn(Math.floor((at - midnight) / DAY), ((at - midnight) / hours(1) + 35 * 24) % 24), 'air-temperature': 4 })
  await city.signIn()
  for (const [as, dates] of Object.entries({ holidays, workdays })) {
    const { status, body } = await city.ask('POST', '/api/dispatch-policy/holidays', { text: dates.join('\n'), as })
    expect(status, JSON.stringify(body)).toBe(200)
  }
})
afterAll(() => city.stop())

const view = async (path = 'gas'): Promise<CompanyViewAnswer> => (await city.ask('GET', `/api/operations/${path}`)).body
const rowsOf = (answer: CompanyViewAnswer, key: string) => {
  const table = answer.tables.find((one) => one.key === key)
  return (table?.rows ?? []).map(({ cells }) => Object.fromEntries(table?.columns.map((column, i) => [column.key, cells[i]]) ?? []))
}
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
/** t of a day, from the raw readings in the store. */
async function usedOn(place: number): Promise<number> {
  const span = { from: midnight + place * DAY, to: midnight + (place + 1) * DAY }
  const [series] = await city.telemetry.range({ kind: 'gas-station', facilities: ['G-1'], points: ['flow'], ...span }, 100)
  return (series?.value ?? []).reduce((sum, value) => sum + value, 0) * 0.000717
}
/** Mean of days of the four weeks before one that were of its sort. */
async function forecastFor(place: number, before: number): Promise<number> {
  const like = Array.from({ length: 28 }, (_, i) => before - 28 + i).filter((one) => isWorked(one) === isWorked(place))
  return mean(await Promise.all(like.map(usedOn)))
}

test('days off are forecast from days off, by the calendar that orders go by', async () => {
  const answer = await view()
  const coming = await Promise.all(Array.from({ length: 7 }, (_, place) => forecastFor(place, 0)))
  expect(coming.filter((use) => use < 30)).toHaveLength(3)
  const [station] = rowsOf(answer, 'gas-now')
  expect(station?.forecast).toBeCloseTo(mean(coming), 6)
  expect(station?.made).toMatchObject({ en: expect.stringMatching(/^mean of 20 working days, cold/) })
  const balance = rowsOf(answer, 'gas-balance')
  // From ten in the morning to ten the next day.
  expect(balance[0]?.demand as number).toBeGreaterThan(35)
  expect(balance[2]?.demand as number).toBeLessThan(30)
})

test('how wrong the forecasts of the last seven days were is counted from what came', async () => {
  const answer = await view()
  const errors: number[] = []
  for (let place = -7; place < 0; place++) {
    const used = await usedOn(place)
    errors.push(((await forecastFor(place, place)) - used) / used)
  }
  const checked = rowsOf(answer, 'gas-check')
  expect(checked.map(({ date }) => date)).toEqual([-7, -6, -5, -4, -3, -2, -1].map(dateOf))
  for (const [i, { error, known }] of checked.entries()) expect([error, known]).toEqual([expect.closeTo(errors[i] as number, 9), 1])
  const figure = answer.figures.find(({ key }) => key === 'forecast-error')
  expect(figure).toMatchObject({ value: expect.closeTo(mean(errors.map(Math.abs)), 9), at: midnight })
  expect(figure?.value).toBeLessThan(0.06)
})

test('the alarms of the reserve go by the forecast, and the page tells the same number', async () => {
  const alarms = async () => (await city.ask('GET', '/api/alarms?facility=G-1&rule=reserve-warning')).body.items
  // 200 t: eight days of the planned use, and five of what is expected.
  const stay = async (inventory: number) => {
    for (let minute = 0; minute < 15; minute++) {
      report(city.now() + minutes(1), { inventory, flow: 2000, 'air-temperature': 4 })
      city.tick()
    }
  }
  const usual = 25
  await stay(200)
  expect((200 * 0.9) / usual).toBeGreaterThan(7)
  expect(await alarms()).toEqual([])
  await city.services.companyFigures.tellExpectedUse()
  await stay(200)
  const [alarm] = await alarms()
  expect(alarm).toMatchObject({ rule: 'reserve-warning', active: true })
  const told = alarm.evidence.values['expected-use']
  city.clock.ahead += 20_000
  const [station] = rowsOf(await view(), 'gas-now')
  city.clock.ahead = 0
  expect(station?.forecast).toBe(told)
  expect(station?.days).toBeCloseTo((200 * 0.9) / told, 9)
  expect(alarm.evidence.figures.expected).toBeCloseTo((7 * told) / 0.9, 9)
  // Told again nothing is stored, and of another weather the page tells another number.
  const count = async () =>
    (
      await city.telemetry.range({ kind: 'gas-station', facilities: ['G-1'], points: ['expected-use'], from: 0, to: city.now() + 1 }, 100)
    )[0]?.at.length
  expect(await count()).toBe(1)
  await city.services.companyFigures.tellExpectedUse()
  expect(await count()).toBe(1)
  expect(rowsOf(await view('gas?weather=freezing'), 'gas-now')[0]?.made).toMatchObject({ en: expect.stringMatching(/of any weather/) })
})
