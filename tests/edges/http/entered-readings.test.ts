import { afterAll, beforeAll, expect, test } from 'vitest'
import { gasStation } from '../../../src/facilities/gas-station/index.ts'
import { hours, minutes } from '../../../src/telemetry/duration.ts'
import { tankKind } from '../../tank-kind.ts'
import { type City, startCity } from '../city.ts'

/** Noon of the city on 10 March 2026. */
const noon = Date.parse('2026-03-10T04:00:00Z')
let city: City

beforeAll(async () => {
  // Its valve protects nobody here, so that people may tell of it.
  city = await startCity({ kinds: [{ ...tankKind, rules: tankKind.rules.map((rule) => ({ ...rule, shelvable: true })) }] })
  city.clock.stoppedAt = noon
  await city.signIn()
  const facilities = ['T-1', 'T-2'].map((id) => ({ id, kind: 'tank' }))
  expect((await city.ask('POST', '/api/facilities', { facilities })).status).toBe(200)
})
afterAll(() => city.stop())

const enter = (...readings: object[]) => city.ask('POST', '/api/entered-readings', { source: 'laboratory', readings })
const send = (csv: string) => city.ask('POST', '/api/entered-readings/import', csv, { 'content-type': 'text/csv' })
const reading = (value: unknown, at: number | string = noon - hours(1)) => ({ facility: 'T-1', point: 'level', value, at })
const stored = async (facility = 'T-1', point = 'level') => {
  const [series] = await city.telemetry.range(
    { kind: 'tank', facilities: [facility], points: [point], from: noon - hours(48), to: noon + hours(48) },
    100,
  )
  return series?.at.map((at, i) => [at - noon, series.value[i]])
}
const audited = () =>
  city.state.auditTrail({ action: 'enter-readings', limit: 9 }).items.map(({ by, subject, detail }) => [by, subject, detail])

test('a reading goes the road of all readings, once, and another value of its time corrects it', async () => {
  expect((await enter(reading(4))).body).toEqual({ entered: 1, corrected: 0, known: 0 })
  expect((await enter(reading(4), reading(5, noon - minutes(1)))).body).toEqual({ entered: 1, corrected: 0, known: 1 })
  expect(await stored()).toEqual([
    [-hours(1), 4],
    [-minutes(1), 5],
  ])
  expect((await enter(reading(3.5), reading(5.5, noon - minutes(1)))).body).toEqual({ entered: 0, corrected: 2, known: 0 })
  expect(await stored()).toEqual([
    [-hours(1), 3.5],
    [-minutes(1), 5.5],
  ])
  const { items } = (await city.ask('GET', '/api/entered-readings?facility=T-1&limit=1')).body
  expect(items).toMatchObject([{ point: 'level', value: 5.5, replaced: 5, by: 'admin', source: 'laboratory', entered: noon }])
  const latest = (await city.ask('GET', '/api/facilities/T-1')).body.latest
  expect(latest.find(({ point }: { point: string }) => point === 'level')).toMatchObject({ value: 5.5, at: noon - minutes(1) })
  expect(audited()).toHaveLength(3)
  expect(audited()[0]).toEqual([
    'admin',
    'facility T-1',
    'laboratory: level 3.5 in place of 4 at 2026-03-10T03:00:00.000Z, level 5.5 in place of 5 at 2026-03-10T03:59:00.000Z',
  ])
})

test('what cannot be taken is told reading by reading, and then nothing is', async () => {
  const before = audited().length
  const { status, body } = await enter(
    reading(6, noon - hours(2)),
    { ...reading(1), facility: 'T-9' },
    { ...reading(1), point: 'colour' },
    reading('full'),
    reading(746),
    reading(1, noon + hours(1)),
    reading(1, noon - hours(24 * 500)),
  )
  expect(status).toBe(400)
  expect(body.detail).toBe(
    [
      'Nothing was entered. reading 2: there is no facility "T-9"',
      'reading 3: a tank has no point "colour"',
      'reading 4: level of T-1 must be a number, not "full"',
      'reading 5: level of T-1 lies between 0 and 10 m, so that 746 is impossible',
      'reading 6: level of T-1 cannot have been taken in the future, 2026-03-10T05:00:00.000Z',
      'reading 7: level of T-1 was taken too long ago, 2024-10-26T04:00:00.000Z; a file of telemetry takes older readings.',
    ].join('; '),
  )
  expect((await enter(reading(1, 'yesterday'))).body.detail).toMatch(/readings\[0\]\.at is no time/)
  expect(await stored()).toHaveLength(2)
  expect(audited()).toHaveLength(before)
})

test('a file has a column for each point, or one row for each value; times are those of the city', async () => {
  const wide = 'facility,at,level,阀门\r\nT-2,2026-03-10 08:00,2.5,true\r\nT-2,2026/3/10 9:30,2.75,\r\nT-2,2026-03-10T02:00:00Z,3,\r\n'
  expect((await send(wide)).body).toEqual({ entered: 4, corrected: 0, known: 0 })
  expect(await stored('T-2')).toEqual([
    [-hours(4), 2.5],
    [-hours(2.5), 2.75],
    [-hours(2), 3],
  ])
  expect(await stored('T-2', 'valve')).toEqual([[-hours(4), 1]])
  const long = '设施编号;取样时间;测点;数值\nT-2;2026-03-10 08:00;level;2.5\nT-2;2026-03-10 11:00;level;4\n'
  expect((await send(long)).body).toEqual({ entered: 1, corrected: 0, known: 1 })
  expect((await city.ask('GET', '/api/entered-readings?source=file&facility=T-2')).body.items).toHaveLength(5)
})

test('a file with anything that cannot be read is refused whole, with the rows', async () => {
  const { status, body } = await send(
    'facility,at,level\nT-2,2026-03-10 07:00,1\nT-2,2026-02-30 07:00,1\nT-8,2026-03-10 07:00,1\nT-2,2026-03-10 07:00,"1,5"\n',
  )
  expect(status).toBe(400)
  expect(body.detail).toBe(
    'Nothing was entered. row 3: "2026-02-30 07:00" is no time; write it as 2026-03-01 08:30, by the clock of the city; row 4: there is no facility "T-8"; row 5: "1,5" is no value of level.',
  )
  expect((await send('facility,level\nT-2,1\n')).body.detail).toMatch(/at is missing/)
  expect((await send('facility,at,level\n')).body.detail).toBe('There is no reading in the file.')
  expect(await stored('T-2')).toHaveLength(4)
})

test('what a rule that protects lives goes by is told by its device alone', async () => {
  const own = await startCity({ kinds: [gasStation] })
  await own.signIn()
  await own.ask('POST', '/api/facilities', { facilities: [{ id: 'GS-1', kind: 'gas-station' }] })
  const at = own.now() - minutes(1)
  const enterOne = (point: string, value: unknown) =>
    own.ask('POST', '/api/entered-readings', { source: 'laboratory', readings: [{ facility: 'GS-1', point, value, at }] })
  for (const [point, value] of [
    ['ch4-1', 2],
    ['flame', false],
    ['esd', false],
  ] as const) {
    const { status, body } = await enterOne(point, value)
    expect([point, status, body.detail]).toEqual([point, 400, expect.stringContaining('only its device may tell it')])
  }
  expect((await enterOne('odorant', 15)).status).toBe(200)
  await own.stop()
})
