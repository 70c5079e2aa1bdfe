import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { encodeGb18030 } from '../../../src/edges/exchange/gb18030.ts'
import type { FacilityView } from '../../../src/edges/http/schemas.ts'
import { hours } from '../../../src/telemetry/duration.ts'
import { type City, startCity } from '../city.ts'

let city: City
beforeAll(async () => {
  city = await startCity()
  await city.signIn()
})
afterAll(() => city.stop())

const send = (content: string | Uint8Array<ArrayBuffer>, query = '', type = 'text/csv') =>
  fetch(`${city.url}/api/imports${query}`, { method: 'POST', body: content, headers: { cookie: city.cookie(), 'content-type': type } })

/** The import when it has come to rest. */
async function settled(id: string) {
  for (let tries = 0; tries < 500; tries++) {
    const { body } = await city.ask('GET', `/api/imports/${id}`)
    if (body.state !== 'checking' && body.state !== 'committing') return body
    await pause(10)
  }
  throw new Error('the import never came to rest')
}

async function sent(content: string | Uint8Array<ArrayBuffer>, query = '', type?: string) {
  const response = await send(content, query, type)
  const body = await response.json()
  expect(response.status, JSON.stringify(body)).toBe(202)
  return settled(body.id)
}

const commit = async (id: string) => {
  expect((await city.ask('POST', `/api/imports/${id}/commit`)).status).toBe(202)
  return settled(id)
}
const forget = (id: string) => city.ask('DELETE', `/api/imports/${id}`)
const facility = async (id: string): Promise<FacilityView> => (await city.ask('GET', `/api/facilities/${id}`)).body.facility
const latitude = (prefix: string) => 30 + (prefix.charCodeAt(0) - 84) / 100
/** Tanks in a row of their own, so that none stands where one of another file does. */
const rows = (count: number, prefix = 'T') =>
  `id,kind,name,lon,lat,rated.height\n${Array.from({ length: count }, (_, i) => `${prefix}-${i},tank,箱 ${i},${120 + i / 1e5},${latitude(prefix)},8`).join('\n')}\n`

beforeEach(async () => {
  for (const { id } of (await city.ask('GET', '/api/imports')).body) await forget(id)
})

test('a file is checked, looked at, committed; audit and versions say who did it', async () => {
  const checked = await sent(encodeGb18030(rows(3)) as Uint8Array<ArrayBuffer>, '?name=%E5%8F%B0%E8%B4%A6.csv')
  expect(checked).toMatchObject({
    state: 'checked', by: 'admin', name: '台账.csv', format: 'csv', encoding: 'gb18030', hasMark: false, mayCommit: true, progress: 1, trouble: null,
    report: { rows: 3, new: 3, changed: 0, unchanged: 0, errors: 0, warnings: 0, reasons: [] },
  }) // biome-ignore format: a record
  expect((await city.ask('GET', '/api/facilities/T-0')).status).toBe(404)
  expect(await commit(checked.id)).toMatchObject({ state: 'committed', progress: 1, mayCommit: false, trouble: null })
  expect(await facility('T-2')).toMatchObject({ name: '箱 2', kind: 'tank', position: [120.00002, 30], rated: { height: 8 } })
  expect((await city.ask('GET', '/api/audit?limit=1')).body.items[0]).toMatchObject({
    by: 'admin', action: 'import-facilities', subject: '3 facilities', detail: '台账.csv: 3 rows, 3 new, 0 changed',
  }) // biome-ignore format: a record
  const versions = (await city.ask('GET', '/api/facilities/T-2/versions')).body.items
  expect(versions).toMatchObject([{ action: 'import', by: 'admin', changes: [] }])
  city.report('T-2', { level: 3 })
  expect((await city.ask('GET', '/api/facilities/T-2')).body.latest).toMatchObject([{ point: 'level', value: 3 }])

  const again = await sent('id,name,owner\nT-0,箱 0,水务公司\nT-1,箱 1,\n')
  expect(again.report).toMatchObject({ new: 0, changed: 1, unchanged: 1, changedFields: { owner: 1 } })
  expect((await city.ask('GET', `/api/imports/${again.id}/changes`)).body).toEqual({
    items: [{ row: 2, id: 'T-0', fields: ['owner'] }],
    next: null,
  })
  await commit(again.id)
  expect(await facility('T-0')).toMatchObject({ owner: '水务公司', rated: { height: 8 } })
  expect((await city.ask('GET', '/api/facilities/T-0/versions')).body.items[0]).toMatchObject({
    action: 'import',
    changes: [{ field: 'owner', before: '', after: '水务公司' }],
  })
})

test('errors keep all of it out, and are listed in pages with texts in both languages', async () => {
  const checked = await sent(`${rows(2, 'E')}bad id,tank,x,120,30,8\nE-5,castle,x,120,30,8\n${rows(2, 'E').split('\n')[2]}\n`)
  expect(checked).toMatchObject({ state: 'checked', mayCommit: false, report: { errors: 2, warnings: 1 } })
  const first = (await city.ask('GET', `/api/imports/${checked.id}/problems?limit=2`)).body
  expect(first).toMatchObject({
    total: 3, next: 2, leftOut: 0,
    items: [
      { row: 4, column: 'id', value: 'bad id', reason: 'id-bad', severity: 'error' },
      { row: 5, column: 'kind', value: 'castle', reason: 'kind-unknown', text: { en: expect.stringMatching(/there are tank/), zh: expect.stringMatching(/类型/) } },
    ],
  }) // biome-ignore format: a record
  const warnings = (await city.ask('GET', `/api/imports/${checked.id}/problems?severity=warning`)).body
  expect(warnings.items).toMatchObject([{ row: 6, reason: 'duplicate', severity: 'warning' }])
  const refused = await city.ask('POST', `/api/imports/${checked.id}/commit`)
  expect([refused.status, refused.body.detail]).toEqual([409, expect.stringMatching(/2 errors, so none of it is taken/)])
  expect((await city.ask('GET', '/api/facilities/E-0')).status).toBe(404)
})

test('GeoJSON is taken by its content, whatever the type of the request', async () => {
  const point = {
    type: 'Feature',
    id: 'G-1',
    geometry: { type: 'Point', coordinates: [120, 30] },
    properties: { kind: 'tank', labels: { a: 'b' } },
  }
  const checked = await sent(JSON.stringify({ type: 'FeatureCollection', features: [point] }), '', 'application/json')
  expect(checked).toMatchObject({ format: 'geojson', report: { new: 1, errors: 0 } })
  await commit(checked.id)
  expect(await facility('G-1')).toMatchObject({ position: [120, 30], labels: { a: 'b' } })
})

describe('what is refused', () => {
  test.each<[string, string, string, number, RegExp]>([
    ['a mapping that is no JSON', 'id\n', '?mapping=x', 400, /mapping is JSON such as/],
    ['a mapping with an unknown part', 'id\n', '?mapping=%7B%22colums%22:%7B%7D%7D', 400, /mapping is JSON such as/],
    ['a mapping to an unknown field', 'id\n', '?mapping=%7B%22columns%22:%7B%22a%22:%22hue%22%7D%7D', 400, /"hue" is no field/],
    ['an unknown format', 'id\n', '?format=xls', 400, /format must be one of csv, geojson, ngsi-ld/],
  ])('%s', async (_, content, query, status, detail) => {
    const response = await send(content, query)
    expect([response.status, (await response.json()).detail]).toEqual([status, expect.stringMatching(detail)])
  })

  test('a file that is too large, before it is sent', async () => {
    const response = await send(new Uint8Array(50 * 1_048_576 + 1))
    expect(response.status).toBe(413)
  })

  test('no body at all; an empty one is an empty file', async () => {
    const { status, body } = await city.ask('POST', '/api/imports')
    expect([status, body.detail]).toEqual([400, expect.stringMatching(/Send the file as the body/)])
    expect((await sent('')).report).toMatchObject({ errors: 1, reasons: [{ reason: 'file-empty', count: 1 }] })
  })

  test('what there is not', async () => {
    for (const [method, path] of [['GET', ''], ['GET', '/problems'], ['GET', '/changes'], ['POST', '/commit'], ['DELETE', '']]) // biome-ignore format: a list
      expect((await city.ask(method as string, `/api/imports/none${path}`)).status, path).toBe(404)
  })
})

test('cancelled at any stage, nothing of it stays', async () => {
  const imports = join(city.consoleFolder, '..', 'imports')
  const running = await (await send(rows(20_000, 'X'))).json()
  expect(running.state).toBe('checking')
  expect((await forget(running.id)).status).toBe(204)
  expect((await city.ask('GET', `/api/imports/${running.id}`)).body.state).toBe('cancelled')
  const checked = await sent(rows(3000, 'X'))
  await city.ask('POST', `/api/imports/${checked.id}/commit`)
  expect((await forget(checked.id)).status).toBe(204)
  expect((await settled(checked.id)).state).toBe('cancelled')
  await pause(50)
  expect(existsSync(imports) ? readdirSync(imports) : []).toEqual([])
  expect((await city.ask('GET', '/api/facilities?q=X-')).body.total).toBe(0)
  expect((await city.ask('POST', `/api/imports/${checked.id}/commit`)).status).toBe(409)
})

test('while a decided import is taken over, nobody else changes the plant and it cannot be cancelled; the wall hears of it once', async () => {
  const changes: boolean[] = []
  city.listeners.push(({ plant }) => void changes.push(plant))
  const checked = await sent(rows(5000, 'W'))
  await city.ask('POST', `/api/imports/${checked.id}/commit`)
  // As soon as some are there, the import has been decided.
  while (!city.services.plant.get('W-0')) await pause(1)
  expect(city.services.plant.get('W-4999')).toBeUndefined()
  expect(() => city.services.setMode('T-0', 'manual', 'x', 'admin')).toThrow(/being taken over. Try again/)
  await expect(city.services.imports.cancel(checked.id)).rejects.toThrow(/can no longer be cancelled/)
  expect(await settled(checked.id)).toMatchObject({ state: 'committed' })
  expect(city.services.plant.get('W-4999')).toBeDefined()
  expect(changes.filter((plant) => plant)).toHaveLength(1)
  city.services.setMode('T-0', 'manual', 'x', 'admin')
})

test('when the plant has changed since, the file is checked again before anything is done', async () => {
  const checked = await sent('id,kind,road\nR-1,tank,东路\n')
  city.services.putFacilities([{ id: 'R-1', kind: 'tank', road: '东路' }], 'admin')
  expect(await commit(checked.id)).toMatchObject({
    state: 'checked',
    report: { new: 0, unchanged: 1 },
    trouble: { en: expect.stringMatching(/plant has changed since/), zh: expect.stringMatching(/已变化/) },
  })
  expect(await commit(checked.id)).toMatchObject({ state: 'committed', trouble: null })
})

test('few at a time, and forgotten after an hour', async () => {
  const ids: string[] = []
  for (let i = 0; i < 10; i++) ids.push((await sent('id\nT-0\n')).id)
  const full = await send('id\nT-0\n')
  expect([full.status, (await full.json()).detail]).toEqual([429, expect.stringMatching(/10 imports wait/)])
  city.clock.ahead += hours(1) + 1
  expect((await city.ask('GET', `/api/imports/${ids[0]}`)).status).toBe(401)
  await city.signIn()
  expect((await city.ask('GET', '/api/imports')).body).toEqual([])
})

describe('export', () => {
  test.each(['csv', 'csv&encoding=gb18030', 'csv&mark=true&language=zh', 'geojson'])(
    'as %s of a query comes back unchanged',
    async (format) => {
      const response = await fetch(`${city.url}/api/export?format=${format}&query=id%3DT-*`, { headers: { cookie: city.cookie() } })
      expect(response.headers.get('content-disposition')).toMatch(/attachment; filename="facilities\.(csv|geojson)"/)
      const checked = await sent(new Uint8Array(await response.arrayBuffer()))
      expect(checked.report).toMatchObject({ rows: 3, unchanged: 3, errors: 0 })
      await forget(checked.id)
    },
  )

  test('says how many a format has no place for', async () => {
    const { status, headers, body } = await city.ask('GET', '/api/export?format=ngsi-ld')
    expect([status, headers.get('x-left-out'), body]).toEqual([200, String(city.services.plant.size), []])
    expect((await city.ask('GET', '/api/export?format=csv&query=hue%3D1')).status).toBe(400)
  })
})
