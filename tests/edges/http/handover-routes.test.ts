import { afterEach, beforeEach, expect, test } from 'vitest'
import { type City, startCity } from '../city.ts'
import { signInLimited } from '../limited.ts'

let city: City
const cookies: Record<string, string> = {}
const as = (name: string) => (method: string, path: string, body?: unknown) =>
  city.ask(method, path, body, { cookie: cookies[name] as string })
const shiftEnd = Date.parse('2026-11-24T20:00+08:00')

beforeEach(async () => {
  city = await startCity()
  city.clock.stoppedAt = shiftEnd - 3_600_000
  const accounts = { Otto: 'operator', Olga: 'operator', Carl: 'crew' } as const
  for (const [name, role] of Object.entries(accounts)) {
    await city.addPerson(name, role)
    await city.signIn(name)
    cookies[name] = city.cookie()
  }
  cookies.Eva = await signInLimited(city, 'Eva', 'operator', { districts: ['North'], domains: 'all' })
  const day = { key: 'day', name: 'Day', from: 480, to: 1200 }
  const night = { key: 'night', name: 'Night', from: 1200, to: 480 }
  const teams = ['a', 'b'].map((key) => ({ key, name: key.toUpperCase(), crew: null, people: [] }))
  const cycle = { a: ['day'], b: ['night'] }
  city.state.roster.putRotation({ id: 'desk', name: 'Desk', shifts: [day, night], teams, start: '2026-01-01', cycle })
  city.services.putFacilities(
    [1, 2, 3].map((n) => ({ id: `T-${n}`, kind: 'tank', name: `Tank ${n}`, district: 'North' })),
    'test',
  )
})
afterEach(() => city.stop())

test('says what stands, is put aside, is out of service and is being repaired', async () => {
  city.report('T-1', { level: 9 })
  city.report('T-2', { level: 9 })
  const second = [...city.services.liveAlarms()].find(({ facility }) => facility === 'T-2')
  city.services.shelve({ id: second?.id as number }, 'Otto', 30, '探头在校准')
  city.services.setMode('T-3', 'maintenance', 'test', 'Otto')
  const words = { words: 'at my door', contact: '555-0100' }
  await as('Otto')('POST', '/api/reports', { id: 'report-by-telephone-1', kind: 'other', position: [121, 31], ...words })
  await as('Otto')('POST', '/api/sound-silences', { alarms: [second?.id], linkLost: false })
  const { status, body } = await as('Carl')('GET', '/api/handovers/draft?rotation=desk')
  expect(status).toBe(200)
  expect(body.shift).toMatchObject({ shift: 'day', team: 'a', to: shiftEnd })
  expect(body.signed).toBeNull()
  expect(body.note).toMatchObject({
    standing: { total: 1, items: [{ facility: 'T-1', name: 'Tank 1', acknowledgedBy: null }] },
    shelved: { total: 1, items: [{ facility: 'T-2', by: 'Otto', reason: '探头在校准', until: city.now() + 30 * 60_000 }] },
    outOfService: { total: 1, items: [{ facility: 'T-3', mode: 'maintenance' }] },
    overrides: { total: 0 },
    events: { items: [{ type: 'silence', by: 'Otto' }] },
    reports: { total: 1, items: [{ title: { zh: '其他' }, facility: '', at: city.now() }] },
  })
  expect(JSON.stringify(body.note.reports)).not.toMatch(/555-0100|at my door/)
  expect(body.note.orders.items[0]).toMatchObject({ state: 'open', crew: null, isLate: false })
  expect(body.note.orderCounts).toEqual({ made: 2, closed: 0, overdue: 0 })
  expect((await as('Carl')('GET', '/api/handovers/draft?rotation=other')).status).toBe(404)
})

test('two people sign, each for themselves; what was signed stays as it was', async () => {
  city.report('T-1', { level: 9 })
  const left = await as('Otto')('POST', '/api/handovers', { rotation: 'desk', words: ' 泵站钥匙在柜里 ' })
  expect(left).toMatchObject({ status: 200, body: { leftBy: 'Otto', takenBy: null, isIntact: true, text: { words: '泵站钥匙在柜里' } } })
  const { id, hash } = left.body
  expect((await as('Olga')('POST', '/api/handovers', { rotation: 'desk', words: '' })).body.detail).toContain('Otto has handed')
  expect((await as('Otto')('POST', `/api/handovers/${id}/takeover`, { remark: '' })).body.detail).toContain('another account')
  for (const name of ['Carl', 'Eva']) expect((await as(name)('POST', `/api/handovers/${id}/takeover`, { remark: '' })).status).toBe(403)
  city.clock.ahead += 1000
  city.report('T-1', { level: 4 })
  const taken = await as('Olga')('POST', `/api/handovers/${id}/takeover`, { remark: '收到' })
  expect(taken.body).toMatchObject({ takenBy: 'Olga', takenAt: city.now(), remark: '收到', hash, isIntact: true })
  expect(taken.body.text).toEqual(left.body.text)
  expect((await as('Olga')('POST', `/api/handovers/${id}/takeover`, { remark: '' })).body.detail).toContain('already')
  const signatures = city.state.auditTrail({ action: 'sign-handover', limit: 5 }).items
  expect(signatures.map(({ by }) => by)).toEqual(['Olga', 'Otto'])
  expect(signatures.every(({ detail }) => detail.includes(hash))).toBe(true)
  const list = await as('Carl')('GET', '/api/handovers')
  expect(list.body).toMatchObject({ items: [{ id, leftBy: 'Otto', takenBy: 'Olga' }], next: null })
  expect((await as('Otto')('GET', '/api/handovers/draft?rotation=desk')).body.signed).toMatchObject({ id })
})

test('a text that is not the one that was signed is said to be so, and taken over by nobody', async () => {
  const hash = 'f'.repeat(64)
  const { body } = await as('Otto')('GET', '/api/handovers/draft?rotation=desk')
  const text = JSON.stringify({ shift: body.shift, at: body.at, note: body.note, words: '' })
  const id = city.state.handovers.add({ rotation: 'desk', begins: body.shift.from, body: text, hash, leftBy: 'Otto', leftAt: city.now() })
  expect((await as('Olga')('GET', `/api/handovers/${id}`)).body.isIntact).toBe(false)
  expect((await as('Olga')('POST', `/api/handovers/${id}/takeover`, { remark: '' })).status).toBe(409)
})
