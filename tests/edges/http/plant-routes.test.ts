import { Value } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FacilityDetailSchema, FacilityPageSchema, FacilityVersionSchema } from '../../../src/edges/http/schemas.ts'
import { type City, startCity } from '../city.ts'

let city: City
beforeAll(async () => {
  city = await startCity()
  await city.signIn()
  const facilities = [
    { id: 'A', kind: 'tank', name: '上池', nameEn: 'Upper tank', district: 'North' },
    { id: 'B', kind: 'tank', fedBy: 'A', labels: { pole: '7' } },
    ...Array.from({ length: 12 }, (_, i) => ({ id: `C-${i}`, kind: 'tank', fedBy: 'B', gateway: 'GW', rated: { height: 5 + (i % 2) } })),
  ]
  expect((await city.ask('POST', '/api/facilities', { facilities, reason: 'first survey' })).status).toBe(200)
})
afterAll(() => city.stop())

const get = async (path: string) => (await city.ask('GET', path)).body
const put = (facility: object, more = {}) => city.ask('POST', '/api/facilities', { facilities: [facility], ...more })
const ids = (items: { id: string }[]) => items.map(({ id }) => id)

describe('the list', () => {
  test('is found by a query', async () => {
    const query = (text: string) => get(`/api/facilities?limit=3&query=${encodeURIComponent(text)}`)
    const page = await query('fedBy=B rated.height=5')
    expect(Value.Errors(FacilityPageSchema, page)).toEqual([])
    expect([ids(page.items), page.total, page.next]).toEqual([['C-0', 'C-2', 'C-4'], 6, String(page.items[2].number)])
    expect(ids((await query('name=*upper* district=north')).items)).toEqual(['A'])
    const wrong = await query('colour=red')
    expect(wrong).toMatchObject({
      status: 400,
      code: 'invalid-request',
      detail: expect.stringMatching(/no field "colour"; there are id, kind/),
    })
  })
})

describe('the tree', () => {
  test('a facility comes with what feeds it and the number of those on it', async () => {
    const detail = await get('/api/facilities/C-3')
    expect(Value.Errors(FacilityDetailSchema, detail)).toEqual([])
    expect(detail.feeders).toMatchObject([
      { id: 'B', kind: 'tank', circuit: null, state: 'no-report' },
      { id: 'A', nameEn: 'Upper tank' },
    ])
    expect([(await get('/api/facilities/B')).children, (await get('/api/facilities/A')).children]).toEqual([
      { supply: 12, link: 0 },
      { supply: 1, link: 0 },
    ])
  })

  test('children come in pages, by supply and by link', async () => {
    const first = await get('/api/facilities/B/children?limit=10')
    const second = await get(`/api/facilities/B/children?limit=10&after=${first.next}`)
    expect(Value.Errors(FacilityPageSchema, first)).toEqual([])
    expect([...ids(first.items), ...ids(second.items)]).toEqual(Array.from({ length: 12 }, (_, i) => `C-${i}`))
    expect([first.total, second.next, first.items[0].state]).toEqual([12, null, 'no-report'])
    expect((await get('/api/facilities/B/children?of=link')).total).toBe(0)
    await put({ id: 'GW', kind: 'tank' })
    expect((await get('/api/facilities/GW/children?of=link')).total).toBe(12)
    expect(await get('/api/facilities/B/children?of=neighbours')).toMatchObject({ status: 400 })
    expect(await get('/api/facilities/none/children')).toMatchObject({ status: 404 })
  })

  test('what feeds others is not removed, and nothing feeds itself', async () => {
    expect((await city.ask('DELETE', '/api/facilities/B')).body).toMatchObject({
      status: 409,
      detail: expect.stringMatching(/B feeds 12 facilities/),
    })
    expect((await put({ id: 'A', kind: 'tank', fedBy: 'C-1' })).body.detail).toMatch(/A is fed by C-1 is fed by B is fed by A/)
    expect((await put({ id: 'C-1', kind: 'tank', circuit: 1 })).body.detail).toMatch(/a tank has no circuits/)
  })
})

describe('versions', () => {
  const versions = async (id: string, more = '') => (await get(`/api/facilities/${id}/versions${more}`)).items

  test('tell who changed what, when and why, newest first, even after the end', async () => {
    const before = city.now()
    await put({ id: 'V', kind: 'tank', name: 'old', labels: { pole: '7' } }, { reason: 'survey' })
    await put({ id: 'V', kind: 'tank', name: 'new', labels: { pole: '8' }, rated: { height: 4 } })
    await city.ask('PUT', '/api/facilities/V/mode', { mode: 'maintenance', reason: 'paint' })
    expect((await city.ask('DELETE', '/api/facilities/V?reason=demolished')).status).toBe(204)
    const found = await versions('V')
    for (const version of found) expect(Value.Errors(FacilityVersionSchema, version)).toEqual([])
    expect(found).toMatchObject([
      { action: 'remove', reason: 'demolished', by: 'admin', changes: [], facility: null, isRegistration: false },
      { action: 'mode', reason: 'paint', changes: [{ field: 'mode', before: 'auto', after: 'maintenance' }] },
      {
        action: 'put',
        changes: [
          { field: 'name', before: 'old', after: 'new' },
          { field: 'label.pole', before: '7', after: '8' },
          { field: 'rated.height', before: null, after: 4 },
        ],
        facility: { name: 'new', mode: 'auto' },
      },
      { action: 'put', reason: 'survey', changes: [], isRegistration: true, facility: { name: 'old' } },
    ])
    expect(found.at(-1).at).toBeGreaterThanOrEqual(before)
    const page = await get('/api/facilities/V/versions?limit=3')
    expect((await versions('V', `?limit=3&before=${page.next}`)).map((version: { id: number }) => version.id)).toEqual([found[3].id])
  })

  test('where nothing changed there is no version, and the trail says that it was asked', async () => {
    const count = (await versions('B')).length
    await put({ id: 'B', kind: 'tank', labels: { pole: '7' }, fedBy: 'A' })
    await city.ask('PUT', '/api/facilities/B/mode', { mode: 'auto', reason: 'once more' })
    expect([count, (await versions('B')).length]).toEqual([1, 1])
    expect((await get('/api/audit?limit=2')).items).toMatchObject([
      { action: 'request', subject: 'PUT /api/facilities/B/mode' },
      { action: 'request', subject: 'POST /api/facilities' },
    ])
  })

  test('one action on many is audited once, with its reason', async () => {
    const { items } = await get('/api/audit?limit=500')
    expect(items.find(({ detail }: { detail: string }) => detail === 'first survey')).toMatchObject({
      action: 'put-facilities',
      subject: '14 facilities',
    })
    expect(await get('/api/facilities/none/versions')).toMatchObject({ status: 404 })
  })
})
