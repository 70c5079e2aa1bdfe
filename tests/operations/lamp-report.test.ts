import { expect, test } from 'vitest'
import { integrityOf, type LampPlace, type LightFigures, noLight, rateOf, SLOT, sumOfLight } from '../../src/operations/lamp-history.ts'
import { lampTables } from '../../src/operations/lamp-report.ts'
import { hours } from '../../src/telemetry/duration.ts'

const HOUR = hours(1) / SLOT
const place: LampPlace = { district: 'North', road: '', roadClass: 'main', keyArea: true, feeder: '' }
const period = (own: Partial<LightFigures>) => {
  const places = [{ place, light: { ...noLight(), ...own } }]
  return { light: sumOfLight(places), rate: rateOf(places), integrity: integrityOf(places) }
}
const days = (key: string, own: Partial<LightFigures>) => ({ key, roadClass: 'main' as const, ...period(own), days: [] })
/** Hundred lamps for ten hours, five of them dark. */
const light = { lit: 950 * HOUR, dark: 50 * HOUR, drawn: 95_000 * HOUR, full: 100_000 * HOUR, night: 100_000 * HOUR, due: 100_000 * HOUR }

test('tells the rate of classes and all, roads that missed it the worst first, and the energy', () => {
  const good = { lit: 100 * HOUR }
  const bad = { lit: 90 * HOUR, dark: 10 * HOUR }
  const tables = lampTables({
    ...{
      total: period({ ...light, facilities: 200, intact: 188 }),
      classes: [days('main', light)],
      keyAreas: [days('yes', light)],
      seen: 0.5,
    },
    roads: [days('Good Road', good), days('Bad Road', { lit: 95 * HOUR, dark: 5 * HOUR }), days('Worse Road', bad)],
  })
  const [rate, roads, energy] = tables
  expect(rate?.rows.map((row) => row.slice(1, 3))).toEqual([
    [0.95, 0.98],
    [0.95, 0.98],
    [0.95, 0.98],
  ])
  expect(rate?.rows[0]?.slice(4, 7)).toEqual([1000, 50, 0])
  expect(rate?.note?.en).toContain('Only 50 % of the time')
  expect(rate?.figures?.map(({ key, value, target }) => [key, value, target])).toEqual([
    ['lamps.rate', 0.95, { atLeast: 0.98 }],
    ['lamps.missed', 2, { atMost: 0 }],
    ['lamps.integrity', 0.94, { atLeast: 0.95 }],
  ])
  expect(roads?.rows.map(([road]) => road)).toEqual(['Worse Road', 'Bad Road'])
  expect(energy?.figures?.map(({ value }) => value)).toEqual([95, 0.05])
  for (const { columns, rows, key } of tables) for (const row of rows) expect([key, row.length]).toEqual([key, columns.length])
})

test('of a time of which nothing is known there is no rate', () => {
  const [rate, roads] = lampTables({ total: period({}), classes: [], keyAreas: [], roads: [], seen: 0 })
  expect(rate?.rows).toHaveLength(1)
  expect(rate?.figures?.[0]).toMatchObject({ value: null })
  expect(roads?.rows).toEqual([])
})
