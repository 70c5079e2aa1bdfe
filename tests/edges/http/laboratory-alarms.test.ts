import { afterAll, beforeAll, expect, test } from 'vitest'
import { sewagePlant } from '../../../src/facilities/sewage-plant/index.ts'
import { days, hours, minutes, seconds } from '../../../src/telemetry/duration.ts'
import { type City, startCity } from '../city.ts'

/** Noon of the city on 10 March 2026. */
const noon = Date.parse('2026-03-10T04:00:00Z')
let city: City

const plants = ['SP-1', 'SP-2', 'SP-3'].map((id) => ({ id, kind: 'sewage-plant' }))
const limits = { '1a': sewagePlant.variants['class-1a']?.rated, '1b': sewagePlant.variants['class-1b']?.rated }

beforeAll(async () => {
  city = await startCity({ kinds: [sewagePlant] })
  city.clock.stoppedAt = noon
  await city.signIn()
  expect((await city.ask('POST', '/api/facilities', { facilities: plants })).status).toBe(200)
})
afterAll(() => city.stop())

async function pass(time: number) {
  city.clock.ahead += time
  city.tick()
}
async function enter(facility: string, values: Record<string, number>, at: number) {
  const readings = Object.entries(values).map(([point, value]) => ({ facility, point, value, at }))
  const { status, body } = await city.ask('POST', '/api/entered-readings', { source: 'laboratory', readings })
  expect(status, JSON.stringify(body)).toBe(200)
  await pass(seconds(1))
}
const report = (id: string, values: Record<string, number>) =>
  city.publishRaw(`facilities/sewage-plant/${id}/telemetry`, Buffer.from(JSON.stringify({ at: city.now(), values })))
const alarmsOf = async (facility: string) => (await city.ask('GET', `/api/alarms?facility=${facility}`)).body.items
const active = async (facility: string) =>
  (await alarmsOf(facility))
    .filter((alarm: { active: boolean }) => alarm.active)
    .map(({ rule }: { rule: string }) => rule)
    .sort()
const setLimits = async (id: string, rated: object | undefined) => {
  expect((await city.ask('POST', '/api/facilities', { facilities: [{ id, kind: 'sewage-plant', rated }] })).status).toBe(200)
  await pass(seconds(1))
}

/** Just within and just beyond class 1A, warm water. */
const within = {
  ...{ 'lab-cod': 50, 'lab-nh3-n': 5, 'lab-tn': 15, 'lab-tp': 0.5, 'lab-ss': 10, 'lab-ph': 9, 'lab-coliforms': 1000 },
  ...{ 'effluent-bod5': 8, 'sludge-moisture': 80 },
}
const beyond = {
  ...{ 'lab-cod': 50.1, 'lab-nh3-n': 5.01, 'lab-tn': 15.01, 'lab-tp': 0.501, 'lab-ss': 10.1, 'lab-ph': 9.01, 'lab-coliforms': 1001 },
  ...{ 'effluent-bod5': 10.1, 'sludge-moisture': 80.1 },
}
const rules = [
  ...['effluent-bod5-breach', 'effluent-bod5-near-limit', 'lab-cod-breach', 'lab-coliforms-breach', 'lab-nh3-n-breach'],
  ...['lab-ph-out-of-range', 'lab-ss-breach', 'lab-tn-breach', 'lab-tp-breach', 'sludge-moisture-high'],
]

test('each quality beyond its limit is an alarm of the plant, with cause and response in both languages', async () => {
  await enter('SP-1', within, noon - days(2))
  expect(await active('SP-1')).toEqual([])
  await enter('SP-1', beyond, noon - days(1))
  expect(await active('SP-1')).toEqual(rules)
  const { kinds } = (await city.ask('GET', '/api/kinds')).body
  const known = kinds.find(({ key }: { key: string }) => key === 'sewage-plant').rules
  for (const { activated, state, rule } of await alarmsOf('SP-1')) {
    const { title, cause, response } = known.find(({ key }: { key: string }) => key === rule)
    for (const words of [title, cause, ...response])
      expect([words.en, words.zh], rule).toEqual([expect.any(String), expect.stringMatching(/\p{Script=Han}/u)])
    // What the breach says already is recorded and bothers nobody.
    expect([rule, activated, state]).toEqual([
      rule,
      noon - days(1),
      rule.endsWith('near-limit') ? 'suppressed-by-design' : 'unacknowledged',
    ])
  }
  await enter('SP-1', within, noon - hours(2))
  expect(await active('SP-1')).toEqual([])
})

test('a file with a result of three days ago: occurred then, known now; its correction ends it', async () => {
  const send = async (csv: string) => {
    expect((await city.ask('POST', '/api/entered-readings/import', csv, { 'content-type': 'text/csv' })).status).toBe(200)
    await pass(seconds(1))
  }
  const taken = Date.parse('2026-03-07T00:30:00Z')
  const known = city.now()
  await send('设施编号,取样时间,lab-cod\nSP-2,2026-03-07 08:30,61\n')
  const [alarm] = await alarmsOf('SP-2')
  expect(alarm).toMatchObject({
    rule: 'lab-cod-breach',
    active: true,
    raised: taken,
    activated: taken,
    historical: false,
    state: 'unacknowledged',
  })
  expect(alarm.evidence).toMatchObject({ values: { 'lab-cod': 61 }, parameters: { high: 50 } })
  // Two hours to act, from now on and not from three days ago.
  expect(alarm.actBy).toBe(known + hours(2))
  const [step] = (await city.ask('GET', `/api/alarms/${alarm.id}/record?limit=9`)).body.items
  expect(step).toMatchObject({ type: 'raise', at: taken, recorded: known, announced: true })
  await send('facility,at,point,value\nSP-2,2026-03-07 08:30,lab-cod,41\n')
  expect((await alarmsOf('SP-2'))[0]).toMatchObject({ id: alarm.id, active: false, returned: taken, state: 'rtn-unacknowledged' })
  expect((await city.ask('POST', `/api/alarms/${alarm.id}/acknowledge`, {})).status).toBe(200)
  // Sent again it changes nothing.
  await send('facility,at,point,value\nSP-2,2026-03-07 08:30,lab-cod,41\n')
  expect(await active('SP-2')).toEqual([])
})

test('one known after a newer result that is good is told, and over with that', async () => {
  await enter('SP-2', { 'lab-tp': 0.2 }, noon - days(1))
  await enter('SP-2', { 'lab-tp': 0.9 }, noon - days(5))
  const alarm = (await alarmsOf('SP-2')).find(({ rule }: { rule: string }) => rule === 'lab-tp-breach')
  expect(alarm).toMatchObject({ active: false, activated: noon - days(5), returned: noon - days(1), state: 'rtn-unacknowledged' })
  expect(alarm.evidence.values).toEqual({ 'lab-tp': 0.9 })
})

test('other limits make no alarm of results that were within those of their time, and end what is within the new ones', async () => {
  await setLimits('SP-3', limits['1b'])
  await enter('SP-3', { 'lab-cod': 55, 'lab-tn': 25, 'lab-coliforms': 5000 }, noon - days(1))
  expect(await active('SP-3')).toEqual(['lab-tn-breach'])
  await setLimits('SP-3', limits['1a'])
  for (let minute = 0; minute < 5; minute++) {
    report('SP-3', { 'influent-flow': 2000, 'water-temperature': 15 })
    await pass(minutes(1))
  }
  expect(await active('SP-3')).toEqual(['lab-tn-breach'])
  await enter('SP-3', { 'lab-cod': 55 }, noon - hours(3))
  expect(await active('SP-3')).toEqual(['lab-cod-breach', 'lab-tn-breach'])
  await setLimits('SP-3', { ...limits['1b'], 'tn-limit': 30 })
  expect(await active('SP-3')).toEqual([])
})

test('in cold water more ammonia is allowed', async () => {
  report('SP-3', { 'water-temperature': 10 })
  await pass(seconds(1))
  await enter('SP-3', { 'lab-nh3-n': 12 }, noon - hours(1))
  expect(await active('SP-3')).toEqual([])
  report('SP-3', { 'water-temperature': 14 })
  await pass(seconds(1))
  expect(await active('SP-3')).toEqual([])
  await enter('SP-3', { 'lab-nh3-n': 12.1 }, noon - minutes(30))
  expect(await active('SP-3')).toEqual(['lab-nh3-n-breach'])
})
