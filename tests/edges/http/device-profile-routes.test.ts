import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Value } from 'typebox/value'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BindingSchema, ProfileSchema, TrialSchema, UnboundSchema } from '../../../src/edges/http/dialect-schemas.ts'
import { type City, startCity } from '../city.ts'

let city: City
beforeEach(async () => {
  city = await startCity()
  await city.signIn()
  await city.ask('POST', '/api/facilities', { facilities: ['T-1', 'T-2'].map((id) => ({ id, kind: 'tank' })) })
})
afterEach(() => city.stop())

const radar = {
  title: 'Radar level',
  dialect: 'lorawan',
  kind: 'tank',
  codec: null,
  fields: [
    { field: '/lamp/dim', point: 'level', unit: 'cm' },
    { field: '/lamp/on', point: 'valve' },
  ],
}
const plain = { ...radar, dialect: 'mapped', topics: { pattern: 'site/{site}/tank/{id}', payload: 'json' } }
const put = (id: string, profile: object) => city.ask('PUT', `/api/device-profiles/${id}`, profile)
const bind = (address: string, facility: string, more: object = {}) =>
  city.ask('PUT', '/api/device-bindings', { dialect: 'lorawan', address, facility, profile: 'radar', ...more })
const bindings = async (query = '') => (await city.ask('GET', `/api/device-bindings${query}`)).body.items
const audit = async () =>
  (await city.ask('GET', '/api/audit')).body.items.map(({ action, subject }: Record<string, string>) => `${action} ${subject}`)
const envelope = readFileSync(join(import.meta.dirname, '../../fixtures/lorawan/chirpstack-v4-up.json'), 'utf8')
const eui = '70b3d5b020073208'

describe('a device profile', () => {
  test('is kept, changed and removed, and each change is audited', async () => {
    const { status, body } = await put('radar', radar)
    expect([status, Value.Errors(ProfileSchema, body)]).toEqual([200, []])
    expect(body).toMatchObject({ id: 'radar', ...radar, by: 'admin', devices: 0 })
    expect((await put('radar', { ...radar, title: 'Radar 2' })).body.title).toBe('Radar 2')
    expect((await put('plain', plain)).body.topics).toEqual(plain.topics)
    expect((await city.ask('GET', '/api/device-profiles')).body.items.map(({ id }: { id: string }) => id)).toEqual(['plain', 'radar'])
    expect((await city.ask('DELETE', '/api/device-profiles/radar')).status).toBe(204)
    expect((await city.ask('GET', '/api/device-profiles/radar')).status).toBe(404)
    expect((await audit()).slice(0, 4)).toEqual([
      'remove-device-profile device profile radar',
      'put-device-profile device profile plain',
      'put-device-profile device profile radar',
      'put-device-profile device profile radar',
    ])
  })

  test.each<[object, RegExp]>([
    [{ fields: [{ field: '/a', point: 'level', unit: 'A' }] }, /A cannot be converted; into m can be converted: m, km, cm, mm, in, ft/],
    [{ fields: [{ field: '/a', point: 'depth' }] }, /there is no such point; there are level, valve/],
    [{ kind: 'lamp' }, /There is no kind lamp/],
    [{ codec: 'acme' }, /There is no codec "acme"/],
    [{ dialect: 'mapped', topics: { pattern: 'facilities/{id}/#', payload: 'json' } }, /in another way/],
    [{ dialect: 'mapped', topics: { pattern: 'site/+/tank/{id}', payload: 'json' } }, /of profile plain takes too/],
  ])('%j is refused', async (change, detail) => {
    await put('plain', plain)
    const { status, body } = await put('other', { ...radar, ...change })
    expect([status, body.detail]).toEqual([400, expect.stringMatching(detail)])
  })

  test('of bound devices keeps its kind and cannot be removed', async () => {
    await put('radar', radar)
    await bind(eui, 'T-1')
    expect((await city.ask('DELETE', '/api/device-profiles/radar')).body.detail).toMatch(/1 device is bound/)
    expect((await put('radar', { ...radar, dialect: 'sparkplug' })).status).toBe(409)
    expect((await put('radar', { ...radar, title: 'other' })).status).toBe(200)
  })

  test('is tried on a message without being kept', async () => {
    const topic = `application/1/device/${eui}/event/up`
    const { body } = await city.ask('POST', '/api/device-profiles/try', { profile: radar, topic, payload: envelope })
    expect(Value.Errors(TrialSchema, body)).toEqual([])
    expect(body).toMatchObject({
      event: { server: 'chirpstack-v4', event: 'up', devEui: eui, fPort: 23, fCnt: 4711, gateways: 3, signal: { rssi: -97, snr: 7.25 } },
      address: eui,
      messages: [{ topic: 'facilities/tank/trial/telemetry', payload: '{"at":1772366398427,"values":{"level":0.8,"valve":true}}' }],
      rejections: [],
    })
    expect(body.fields.map(({ field, raw, point, value }: Record<string, unknown>) => [field, raw, point, value])).toEqual([
      ['/lamp/dim', '80', 'level', 0.8],
      ['/lamp/on', 'true', 'valve', true],
      ['$rssi', '-97', null, null],
      ['$snr', '7.25', null, null],
      ['$gateways', '3', null, null],
      ['/lamp/power_w', '"58.5"', null, null],
      ['/lamp/current_mA', '262', null, null],
      ['/state', '"day"', null, null],
    ])
    expect((await city.ask('GET', '/api/device-profiles')).body.items).toEqual([])
    expect((await audit())[0]).toMatch(/facilit/)
  })

  test('of plain topics is tried on bytes in hex', async () => {
    const profile = { ...plain, fields: [{ field: '/l', point: 'level' }], topics: { ...plain.topics, payload: 'cbor' } }
    // {"l": 1.5, "x": null, "t": 2^63} by RFC 8949
    const sample = { profile, topic: 'site/north/tank/7', payload: 'a3 61 6c f9 3e00 61 78 f6 61 74 1b 8000000000000000', encoding: 'hex' }
    const { body } = await city.ask('POST', '/api/device-profiles/try', sample)
    expect(body).toMatchObject({
      event: null,
      address: 'north/7',
      fields: [
        { field: '/l', value: 1.5 },
        { field: '/t', raw: '9223372036854775808', point: null },
      ],
      rejections: [],
    })
    const refused = await city.ask('POST', '/api/device-profiles/try', { ...sample, topic: 'site/north' })
    expect(refused.body.rejections).toMatchObject([{ reason: 'unknown-topic' }])
    expect((await city.ask('POST', '/api/device-profiles/try', { ...sample, payload: 'xyz' })).body.detail).toMatch(/not written in hex/)
  })
})

describe('a binding', () => {
  beforeEach(() => put('radar', radar))

  test('is kept by its address however that is written, replaced and removed', async () => {
    expect((await bind('70:B3:D5:B0:20:07:32:08', 'T-1')).body).toEqual({ changed: 1 })
    expect((await bind(eui, 'T-1')).body).toEqual({ changed: 0 })
    const [first] = await bindings()
    expect(Value.Errors(BindingSchema, first)).toEqual([])
    expect(first).toMatchObject({ address: eui, facility: 'T-1', profile: 'radar', by: 'admin', problem: null })
    await bind(eui, 'T-2')
    expect(await bindings()).toMatchObject([{ id: first.id, facility: 'T-2' }])
    expect((await city.ask('DELETE', `/api/device-bindings?dialect=lorawan&address=${eui}&profile=radar`)).status).toBe(204)
    expect(await bindings()).toEqual([])
    expect((await audit()).filter((record: string) => !record.startsWith('request')).slice(0, 3)).toEqual([
      `unbind-device device lorawan ${eui}`,
      `bind-device device lorawan ${eui}`,
      `bind-device device lorawan ${eui}`,
    ])
  })

  test.each<[string, object, RegExp]>([
    ['no EUI', { address: '70b3' }, /no DevEUI/],
    ['a facility that there is not', { facility: 'T-9' }, /no facility T-9/],
    ['a profile that there is not', { profile: 'other' }, /no profile other/],
    ['another dialect than its profile', { dialect: 'sparkplug', address: 'a/b' }, /is of lorawan, not sparkplug/],
  ])('of %s is refused', async (_, change, detail) => {
    const { status, body } = await bind(eui, 'T-1', change)
    expect([status, body.detail]).toEqual([400, expect.stringMatching(detail)])
  })

  test('of plain topics has what the pattern captures, for each profile by itself', async () => {
    await put('plain', plain)
    await put('status', { ...plain, topics: { ...plain.topics, pattern: 'site/{site}/tank/{id}/status' } })
    for (const profile of ['plain', 'status'])
      expect((await bind('north/7', 'T-1', { dialect: 'mapped', profile })).body).toEqual({ changed: 1 })
    expect((await bindings('?dialect=mapped')).length).toBe(2)
    expect((await bind('north', 'T-1', { dialect: 'mapped', profile: 'plain' })).body.detail).toMatch(/not site\/id/)
  })

  test('comes in files, all or nothing, and goes out as it came', async () => {
    const send = (file: string) => city.ask('POST', '/api/device-bindings/import', file, { 'content-type': 'text/csv' })
    const wrong = await send(`profile,address,facility,dialect\r\nradar,${eui},T-1,lorawan\r\nradar,1,T-9,lorawan\r\n`)
    expect([wrong.status, wrong.body.detail]).toEqual([400, expect.stringMatching(/Nothing was bound.*2: 1 is no DevEUI/)])
    const twice = `dialect,address,facility,profile\r\nlorawan,${eui},T-1,radar\r\nlorawan,${eui.toUpperCase()},T-2,radar\r\n`
    expect((await send(twice)).body.detail).toMatch(/2: 70b3d5b020073208 was bound further up/)
    expect(await bindings()).toEqual([])
    const file = `dialect,address,facility,profile\r\nlorawan,${eui},T-1,radar\r\nlorawan,0101010101010101,T-2,radar\r\n`
    expect((await send(file)).body).toEqual({ changed: 2 })
    expect((await send(file)).body).toEqual({ changed: 0 })
    const out = await fetch(`${city.url}/api/device-bindings/export`, { headers: { cookie: city.cookie() } })
    expect(await out.text()).toBe(file)
    for (const [bad, detail] of [
      ['', /empty/],
      ['a,b\r\n', /must name the columns/],
      ['dialect,address,facility,profile\r\nzigbee,1,T-1,radar', /Row 2: there is no dialect/],
    ] as const)
      expect((await send(bad)).body.detail).toMatch(detail)
  })

  test('is found in pages, by words, and says when its facility is gone', async () => {
    const addresses = Array.from({ length: 5 }, (_, i) => `000000000000000${i}`)
    for (const address of addresses) await bind(address, address.endsWith('4') ? 'T-2' : 'T-1')
    const first = await city.ask('GET', '/api/device-bindings?limit=2')
    expect(first.body.items.map(({ address }: { address: string }) => address)).toEqual([addresses[4], addresses[3]])
    expect((await bindings(`?limit=2&before=${first.body.next}`)).map(({ address }: { address: string }) => address)).toEqual([
      addresses[2],
      addresses[1],
    ])
    expect((await bindings('?words=t-2')).length).toBe(1)
    expect((await city.ask('DELETE', '/api/facilities/T-2')).status).toBe(204)
    expect(await bindings('?facility=T-2')).toMatchObject([{ problem: 'there is no facility T-2' }])
  })

  test('takes a device off the list of those that are unbound', async () => {
    city.dialects.unbound.note({ dialect: 'lorawan', address: eui }, { topic: 't', payload: Buffer.from('{"a":1}'), received: 1 })
    const list = async () => (await city.ask('GET', '/api/device-bindings/unbound')).body.items
    expect(Value.Errors(UnboundSchema, (await list())[0])).toEqual([])
    expect(await list()).toMatchObject([{ address: eui, text: '{"a":1}', hex: '7b2261223a317d', messages: 1 }])
    city.dialects.unbound.note({ dialect: 'lorawan', address: '01' }, { topic: 't', payload: Uint8Array.of(0xff), received: 2 })
    expect((await city.ask('GET', '/api/device-bindings/unbound?limit=1')).body.items).toMatchObject([
      { address: '01', text: null, hex: 'ff' },
    ])
    await bind(eui, 'T-1')
    expect((await list()).map(({ address }: { address: string }) => address)).toEqual(['01'])
    expect(city.dialects.index.find('lorawan', eui)).toMatchObject({ facility: { id: 'T-1' }, profile: { id: 'radar' } })
  })
})
