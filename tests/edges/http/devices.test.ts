import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hours } from '../../../src/telemetry/duration.ts'
import { type City, startCity } from '../city.ts'

let city: City
beforeAll(async () => {
  city = await startCity()
  await city.signIn()
  const tanks = ['t-1', 't-2', 't-3', 't-4'].map((id) => ({ id, kind: 'tank', name: id, district: 'north', road: 'a' }))
  city.services.putFacilities([...tanks, { ...tanks[0]!, id: 't-5', gateway: 't-1' }], 'test')
})
afterAll(() => city.stop())

const csv = (text: string) => city.ask('POST', '/api/devices/import', text, { 'content-type': 'text/csv' })
const audited = () => JSON.stringify(city.state.auditTrail({ limit: 100 }).items)
const lines = (text: string) => text.trimEnd().split('\r\n')

describe('a device', () => {
  test('is registered, given a credential that is told once, rotated, revoked and removed', async () => {
    expect((await city.ask('GET', '/api/devices/t-2')).status).toBe(404)
    const put = await city.ask('PUT', '/api/devices/t-2', { topics: ['application/+/device/t-2/#'], note: 'by the bridge' })
    expect(put).toMatchObject({ status: 200, body: { id: 't-2', sort: 'device', lacksCredential: true, credentials: [] } })
    const given = await city.ask('POST', '/api/devices/t-2/credentials', { type: 'password', label: 'main' })
    expect(given).toMatchObject({ status: 200, body: { id: 't-2', username: 't-2', credential: { type: 'password', label: 'main' } } })
    expect(given.headers.get('cache-control')).toBe('no-store')
    const { secret, credential } = given.body
    const rotated = await city.ask('POST', `/api/devices/t-2/credentials/${credential.id}/rotate`, { overlap: 60 })
    expect(rotated.body.secret).not.toBe(secret)
    const { body } = await city.ask('GET', '/api/devices/t-2')
    expect(body.credentials).toMatchObject([{ id: credential.id, expires: expect.any(Number) }, { expires: null }])
    expect((await city.ask('DELETE', `/api/devices/t-2/credentials/${credential.id}`)).status).toBe(400)
    expect((await city.ask('DELETE', `/api/devices/t-2/credentials/${credential.id}?reason=lost`)).status).toBe(204)
    expect((await city.ask('DELETE', `/api/devices/t-2/credentials/${credential.id}?reason=lost`)).status).toBe(404)
    expect((await city.ask('DELETE', '/api/devices/t-2?reason=scrapped')).status).toBe(204)
    expect((await city.ask('GET', '/api/devices/t-2')).status).toBe(404)
    for (const action of ['put-device', 'add-credential', 'rotate-credential', 'revoke-credential', 'remove-device'])
      expect(audited()).toContain(action)
    for (const told of [secret, rotated.body.secret]) expect(audited()).not.toContain(told)
  })

  test.each([
    ['/api/devices/t-2', { topics: ['#'] }],
    ['/api/devices/t-2', { sort: 'thing' }],
    ['/api/devices/nobody', {}],
    ['/api/devices/t-2', { limits: { rate: 0, burst: 1 } }],
    ['/api/devices/t-2', { secret: 'x' }],
  ])('PUT %s %j is refused', async (path, body) => expect((await city.ask('PUT', path, body)).status).toBe(400))

  test('a certificate is known by its fingerprint in any spelling', async () => {
    await city.ask('PUT', '/api/devices/t-3', {})
    const fingerprint = Array.from({ length: 32 }, () => 'AB').join(':')
    const { body } = await city.ask('POST', '/api/devices/t-3/credentials', { type: 'certificate', fingerprint })
    expect(body).toMatchObject({ secret: null, credential: { fingerprint: 'ab'.repeat(32) } })
    expect((await city.ask('POST', '/api/devices/t-3/credentials', { type: 'certificate', fingerprint: 'ab' })).status).toBe(400)
    await city.ask('DELETE', '/api/devices/t-3?reason=test')
  })
})

describe('lists', () => {
  test('go in pages, and out as CSV without secrets', async () => {
    for (const id of ['t-1', 't-2', 't-3']) await city.ask('PUT', `/api/devices/${id}`, { note: '=cmd()' })
    const { secret } = (await city.ask('POST', '/api/devices/t-1/credentials', { type: 'password' })).body
    const first = (await city.ask('GET', '/api/devices?limit=2')).body
    expect(first).toMatchObject({
      items: [{ id: 't-1', sort: 'gateway', speaksFor: 2 }, { id: 't-2' }],
      next: 't-2',
      total: 3,
      unprovided: 3,
    })
    expect((await city.ask('GET', '/api/devices?limit=2&after=t-2')).body).toMatchObject({ items: [{ id: 't-3' }], next: null })
    expect((await city.ask('GET', '/api/devices?state=no-credential')).body.total).toBe(2)
    const out = await city.ask('GET', '/api/export/devices')
    expect(lines(out.body)).toHaveLength(4)
    expect(out.body).toContain(`t-1,gateway,'=cmd(),no`)
    expect(out.body).not.toContain(secret)
    for (const id of ['t-1', 't-2', 't-3']) await city.ask('DELETE', `/api/devices/${id}?reason=test`)
  })
})

describe('provisioning', () => {
  test('a CSV of ids comes back with secrets, once', async () => {
    const given = await csv('id,note\nt-1,"pole, north"\nt-2,\nplatform,\n')
    expect(given).toMatchObject({ status: 400, body: { detail: expect.stringMatching(/line 4: .*platform/) } })
    const made = await csv('\ufeffID;Sort;note\r\nt-1;;pole\r\nt-2;;\r\nplatform;service;\r\n')
    expect(made.status).toBe(200)
    expect(made.headers.get('cache-control')).toBe('no-store')
    const [head, ...rows] = lines(made.body)
    expect(head).toBe('id,username,client_id,type,secret,expires')
    expect(rows.map((row) => row.replace(/[\w-]{32}/, 'SECRET'))).toEqual([
      't-1,t-1,t-1,password,SECRET,',
      't-2,t-2,t-2,password,SECRET,',
      'platform,platform,platform,password,SECRET,',
    ])
    expect(audited()).not.toContain(rows[0]!.split(',')[4])
    const again = await csv('id\nt-1\nt-2\n')
    expect([again.headers.get('x-skipped'), lines(again.body)]).toEqual(['2', [head]])
    const missing = await city.ask('POST', '/api/devices/missing', { kind: 'tank' })
    expect(lines(missing.body).map((row) => row.split(',')[0])).toEqual(['id', 't-3', 't-4'])
    expect((await city.ask('POST', '/api/devices/missing', { kind: 'nothing' })).status).toBe(400)
    expect((await city.ask('GET', '/api/devices')).body.unprovided).toBe(0)
  })

  test.each(['', 'id\n', 'name\nt-1\n', 'id,sort\nt-1,thing\n', 'id\nt-1\nt-1\n', 'id\n"t-1\n', 'id\n../x\n'])(
    '%j is refused in words',
    async (text) => expect(await csv(text)).toMatchObject({ status: 400, body: { detail: expect.stringMatching(/\w{3}/) } }),
  )
})

describe('claim codes', () => {
  test('a device fetches its password without anybody signed in, once', async () => {
    const made = await city.ask('POST', '/api/claim-codes', { devices: ['t-4'], hours: 2 })
    expect(made).toMatchObject({ status: 200, body: { claim: { devices: ['t-4'], claimed: [], by: 'admin' } } })
    const { code, claim } = made.body
    expect(claim.expires - claim.created).toBe(hours(2))
    const claimed = await city.ask('POST', '/api/claims', { code, id: 't-4' }, { cookie: '' })
    expect(claimed).toMatchObject({ status: 200, body: { username: 't-4', secret: expect.stringMatching(/^[\w-]{32}$/) } })
    const refused = await city.ask('POST', '/api/claims', { code, id: 't-4' }, { cookie: '' })
    const unknown = await city.ask('POST', '/api/claims', { code: '00000-00000', id: 'nobody' }, { cookie: '' })
    expect([refused.status, refused.body]).toEqual([403, unknown.body])
    const list = await city.ask('GET', '/api/claim-codes')
    expect(list.body.items).toMatchObject([{ claimed: ['t-4'] }])
    expect(JSON.stringify(list.body) + audited()).not.toContain(code)
    expect((await city.ask('DELETE', `/api/claim-codes/${claim.id}`)).status).toBe(204)
    expect((await city.ask('DELETE', `/api/claim-codes/${claim.id}`)).status).toBe(404)
  })
})
