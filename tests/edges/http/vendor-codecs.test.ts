import { Value } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CodecDetailSchema,
  CodecPageSchema,
  CodecTrialSchema,
  CodecVersionSchema,
  CodecVersionsSchema,
} from '../../../src/edges/http/codec-schemas.ts'
import { type City, startCity } from '../city.ts'

let city: City
beforeAll(async () => {
  city = await startCity()
  await city.signIn()
})
afterAll(() => city.stop())

const LEVEL = 'function decodeUplink(input) { return { data: { level: input.bytes[0] } } }'
const sample = { name: 'full', fPort: 1, bytes: '64', expected: { data: { level: 100 } } }
const put = (id: string, more: object = {}) =>
  city.ask('PUT', `/api/vendor-codecs/${id}`, { title: 'Lamp', source: LEVEL, samples: [sample], reason: 'new', ...more })
const attempt = (source: string, bytes: string, more: object = {}) =>
  city.ask('POST', '/api/vendor-codecs/try', { source, fPort: 1, bytes, ...more })
const decode = (id: string, ...bytes: number[]) =>
  city.services.vendorCodecs.decode(id, { fPort: 1, bytes: Uint8Array.from(bytes), recvTime: 0 })
const audited = async (subject: string) =>
  (await city.ask('GET', '/api/audit')).body.items.filter((entry: { subject: string }) => entry.subject === subject)

describe('saving', () => {
  test('a codec counts at once, with a version and an audit entry for each change', async () => {
    const { status, body } = await put('lamp')
    expect(status).toBe(200)
    expect(Value.Errors(CodecDetailSchema, body)).toEqual([])
    expect(body).toMatchObject({ id: 'lamp', title: 'Lamp', source: LEVEL, samples: [sample], by: 'admin', reason: 'new', usedBy: [] })
    expect(await decode('lamp', 7)).toEqual({ data: { level: 7 }, warnings: [] })

    const doubled = LEVEL.replace('input.bytes[0]', '2 * input.bytes[0]')
    const changed = await put('lamp', { source: doubled, samples: [], reason: 'doubled', replaces: body.version })
    expect(changed.body.version).toBeGreaterThan(body.version)
    expect(await decode('lamp', 7)).toEqual({ data: { level: 14 }, warnings: [] })

    const versions = (await city.ask('GET', '/api/vendor-codecs/lamp/versions?limit=1')).body
    expect(Value.Errors(CodecVersionsSchema, versions)).toEqual([])
    expect(versions).toMatchObject({ items: [{ version: changed.body.version, reason: 'doubled', by: 'admin', isRemoval: false }] })
    expect((await city.ask('GET', `/api/vendor-codecs/lamp/versions?before=${versions.next}`)).body).toMatchObject({
      items: [{ version: body.version, reason: 'new' }],
      next: null,
    })
    const first = (await city.ask('GET', `/api/vendor-codecs/lamp/versions/${body.version}`)).body
    expect(Value.Errors(CodecVersionSchema, first)).toEqual([])
    expect(first).toMatchObject({ source: LEVEL, samples: [sample] })
    expect(await audited('codec lamp')).toMatchObject([
      { action: 'put-codec', by: 'admin', detail: expect.stringMatching(/^version \d+, SHA-256 [0-9a-f]{16}…, 0 samples: doubled$/) },
      { action: 'put-codec' },
    ])
  })

  test.each([
    ['does not compile', 'function decodeUplink( {', 'line 1'],
    ['defines no decoder', 'var x', 'decodeUplink'],
    ['does not end while it is loaded', 'while (true) {}', 'stopped'],
  ])('what %s is refused', async (_name, source, told) => {
    const { status, body } = await put('broken', { source, samples: [] })
    expect([status, body.code]).toEqual([400, 'invalid-request'])
    expect(body.detail).toContain(told)
    expect((await city.ask('GET', '/api/vendor-codecs/broken')).status).toBe(404)
  })

  test('a save that breaks a sample is refused, unless it is forced', async () => {
    const samples = [
      sample,
      { name: 'half', fPort: 1, bytes: '32', expected: { data: { level: 50 } } },
      { name: 'wrong port', fPort: 2, bytes: '00', expected: null },
    ]
    const strict = `function decodeUplink(input) {
      if (input.fPort !== 1) return { errors: ['no such port'] }
      return { data: { level: input.bytes[0] } }
    }`
    expect((await put('strict', { source: strict, samples })).status).toBe(200)
    const broken = strict.replace('!== 1', '=== 9').replace('input.bytes[0]', 'input.bytes[0] | 1')
    const refused = await put('strict', { source: broken, samples })
    expect([refused.status, refused.body.code]).toEqual([409, 'action-refused'])
    expect(refused.body.detail).toContain('Sample "full" gives {"level":101} instead of {"level":100}.')
    expect(refused.body.detail).toContain('Sample "wrong port" should be refused, and gives {"level":1}.')
    expect(await decode('strict', 100)).toMatchObject({ data: { level: 100 } })

    const forced = await put('strict', { source: broken, samples, force: true, reason: 'vendor says so' })
    expect(forced.body).toMatchObject({ isForced: true })
    expect((await audited('codec strict'))[0].detail).toContain('saved although samples fail: vendor says so')
    expect(await decode('strict', 100)).toMatchObject({ data: { level: 101 } })
  })

  test('a change of what has changed meanwhile is refused', async () => {
    const { body } = await put('raced')
    expect((await put('raced', { replaces: null })).status).toBe(409)
    expect((await put('raced', { replaces: body.version - 1 })).status).toBe(409)
    const both = await Promise.all([1, 2].map((n) => put('raced', { replaces: body.version, reason: `change ${n}` })))
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
  })

  test.each([
    ['an id that is none', 'Ä', {}],
    ['bytes that are none', 'odd', { samples: [{ ...sample, bytes: '6' }] }],
    ['too long a source', 'long', { source: ' '.repeat(262_145) }],
    ['no reason', 'why', { reason: ' ' }],
  ])('%s is refused', async (_name, id, more) => {
    expect((await put(encodeURIComponent(id), more)).status).toBe(400)
  })
})

test('codecs are listed by id in pages, with their figures', async () => {
  await put('paged.b')
  await put('paged.a')
  await decode('paged.a', 1)
  await put('paged.a', { source: 'function decodeUplink(input) { throw new Error("no") }', samples: [] })
  await decode('paged.a', 1)
  const { body } = await city.ask('GET', '/api/vendor-codecs?after=paged&limit=1')
  expect(Value.Errors(CodecPageSchema, body)).toEqual([])
  expect(body).toMatchObject({
    items: [
      {
        id: 'paged.a',
        figures: {
          decodes: 1,
          failures: { 'codec-error': 1 },
          lastFailure: { reason: 'codec-error', error: 'Error: no', line: 1 },
          suspendedUntil: null,
        },
      },
    ],
    next: 'paged.a',
  })
  expect((await city.ask('GET', `/api/vendor-codecs?after=${body.next}&limit=1`)).body.items[0].id).toBe('paged.b')

  const metrics = (await city.ask('GET', '/metrics')).body
  expect(metrics).toContain('lamplighter_codec_decodes_total{codec="paged.a"} 1')
  expect(metrics).toContain('lamplighter_codec_failures_total{codec="paged.a",reason="codec-error"} 1')
  expect(metrics).toContain('lamplighter_codec_suspended{codec="paged.a"} 0')
})

test('a codec that was removed decodes no more, and its versions stay', async () => {
  await put('gone')
  expect((await city.ask('DELETE', '/api/vendor-codecs/gone?reason=old')).status).toBe(204)
  expect(await decode('gone', 1)).toEqual({ reason: 'codec-unknown', error: 'There is no codec gone.' })
  expect((await city.ask('GET', '/api/vendor-codecs/gone')).status).toBe(404)
  expect((await city.ask('GET', '/api/vendor-codecs/gone/versions')).body.items).toMatchObject([
    { isRemoval: true, reason: 'old' },
    { isRemoval: false },
  ])
  expect((await audited('codec gone'))[0]).toMatchObject({ action: 'remove-codec' })
  expect((await city.ask('DELETE', '/api/vendor-codecs/gone?reason=old')).status).toBe(404)
})

test('a codec that a device profile uses is not removed', async () => {
  await put('used')
  const profile = { id: 'lamps', title: 'Lamps', dialect: 'lorawan', kind: 'tank', codec: 'used', fields: [], by: 'li', at: 1 } as const
  city.state.profiles.putProfile(profile)
  expect((await city.ask('GET', '/api/vendor-codecs/used')).body.usedBy).toEqual(['lamps'])
  const { status, body } = await city.ask('DELETE', '/api/vendor-codecs/used?reason=old')
  expect([status, body.code]).toEqual([409, 'action-refused'])
  expect(body.detail).toContain('lamps')
  city.state.profiles.removeProfile('lamps')
  expect((await city.ask('DELETE', '/api/vendor-codecs/used?reason=old')).status).toBe(204)
})

describe('trying', () => {
  test.each([
    ['hex', '01 ff:0A', '01ff0a'],
    ['hex', '0x01 0xff', '01ff'],
    ['base64', 'Af8K', '01ff0a'],
  ])('takes bytes in %s: %s', async (encoding, bytes, hex) => {
    const { status, body } = await attempt('function Decode(fPort, bytes) { return { bytes: bytes } }', bytes, { encoding })
    expect(status).toBe(200)
    expect(Value.Errors(CodecTrialSchema, body)).toEqual([])
    expect(body.bytes).toBe(hex)
    expect(body.result).toEqual({ data: { bytes: [...Buffer.from(hex, 'hex')] }, warnings: [] })
    expect(body.ms).toEqual(expect.any(Number))
    expect(body.memory.loaded).toBeGreaterThan(10_000)
  })

  test('tells what is wrong and on which line', async () => {
    const { body } = await attempt('\nfunction decodeUplink(input) { return nothing.there }', '01')
    expect(body.result).toEqual({ reason: 'codec-error', error: "ReferenceError: 'nothing' is not defined", line: 2 })
  })

  test('tells of what had to be stopped, and changes nothing at work', async () => {
    const before = city.services.vendorCodecs.figures()
    const { body } = await attempt('function decodeUplink() { while (true) {} }', '01')
    expect(body.result).toMatchObject({ reason: 'codec-timeout' })
    expect(city.services.vendorCodecs.figures()).toEqual(before)
  })

  test.each([
    ['hex', '0'],
    ['hex', 'xx'],
    ['base64', '***'],
  ])('refuses what is no %s: %s', async (encoding, bytes) => {
    expect((await attempt(LEVEL, bytes, { encoding })).status).toBe(400)
  })
})

test('a codec that is suspended is told to whoever runs the service', async () => {
  await put('endless', { source: 'function decodeUplink() { while (true) {} }', samples: [] })
  for (let i = 0; i < 3; i++) await decode('endless', 1)
  expect(await decode('endless', 1)).toMatchObject({ reason: 'codec-suspended' })
  expect(city.logged).toContain('a payload codec had to be stopped too often and is suspended')
  expect((await city.ask('GET', '/metrics')).body).toContain('lamplighter_codec_suspended{codec="endless"} 1')
  expect(city.services.vendorCodecs.problems()).toEqual([expect.stringMatching(/^Codec endless is suspended until /)])
})
