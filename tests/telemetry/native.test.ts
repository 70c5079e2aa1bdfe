import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeNative, type FacilityLookup } from '../../src/telemetry/codecs/native.ts'
import { days, minutes } from '../../src/telemetry/duration.ts'
import { analog, digital, pointTable, state, text } from '../../src/telemetry/point.ts'
import type { ReportingFacility } from '../../src/telemetry/report.ts'

const t = text('t', 't')
const kind = {
  key: 'tank',
  table: pointTable({ level: analog(t, 'm', [0, 10]), valve: digital(t, t, t), mode: state(t, { auto: t, manual: t }) }),
}
const facilities: ReportingFacility[] = [
  { id: 'T-1', number: 1, kind, gateway: null },
  { id: 'T-2', number: 2, kind, gateway: 'G-1' },
  { id: 'T-3', number: 3, kind, gateway: 'T-1' },
  { id: 'R-1', number: 4, kind: { ...kind, key: 'relay', relays: true }, gateway: null },
  { id: 'T-4', number: 5, kind, gateway: 'R-1' },
  { id: 'S-1', number: 6, kind: { ...kind, key: 'self', reportsItself: true }, gateway: 'R-1' },
]
const plant: FacilityLookup = {
  get: (id) => facilities.find((f) => f.id === id),
  behind: (gateway) => facilities.filter((f) => f.gateway === gateway),
}
const limits = { maxPayload: 1000, maxFuture: minutes(5), maxAge: days(400) }
const now = Date.parse('2026-03-01T12:00:00Z')

function decode(payload: unknown, topic = 'facilities/tank/T-1/telemetry') {
  const bytes =
    payload instanceof Uint8Array ? payload : new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload))
  return decodeNative({ position: 0, received: now, topic, payload: bytes }, plant, limits)
}
const readings = (payload: unknown, topic?: string) =>
  decode(payload, topic).reports.map(({ facility, at, readings }) => [
    facility.id,
    at,
    ...readings.map((r) => `${r.point}=${r.value} ${r.quality}`),
  ])
const reasons = (payload: unknown, topic?: string) => decode(payload, topic).rejections.map((r) => r.reason)

describe('a report', () => {
  test('gives readings of all types', () => {
    expect(readings({ at: now, values: { level: 1.5, valve: true, mode: 'manual' } })).toEqual([
      ['T-1', now, '0=1.5 good', '1=1 good', '2=1 good'],
    ])
  })
  test('takes ISO times with a zone', () => {
    expect(readings({ at: '2026-03-01T20:00:00.250+08:00', values: {} })).toEqual([['T-1', now + 250]])
  })
  test('says whether a person took it', () => {
    const entered = (given: unknown) => decode({ at: now, values: { level: 2 }, entered: given }).reports.map((report) => report.entered)
    expect([true, false, 'yes', undefined].map(entered)).toEqual([[true], [undefined], [undefined], [undefined]])
  })
  test('flags an impossible value and keeps it', () => {
    expect(readings({ at: now, values: { level: 746 } })).toEqual([['T-1', now, '0=746 bad']])
  })
  test('keeps the good part beside a bad one', () => {
    const payload = { at: now, values: { level: 2, depth: 3, valve: 'open', mode: null } }
    expect(readings(payload)).toEqual([['T-1', now, '0=2 good']])
    expect(reasons(payload)).toEqual(['unknown-point', 'wrong-type', 'wrong-type'])
  })
  test('that a gateway passes on is a sign of its own life, as old as the newest it passed on', () => {
    const passedOn = [now - 9000, now - 5000].map((at) => ({ facility: 'T-4', at, values: { level: 1 } }))
    expect(readings(passedOn, 'gateways/R-1/telemetry')).toEqual([
      ['T-4', now - 9000, '0=1 good'],
      ['T-4', now - 5000, '0=1 good'],
      ['R-1', now - 5000],
    ])
    expect(readings([], 'gateways/R-1/telemetry')).toEqual([])
  })
  test('comes in arrays, from a facility for itself and those behind it, and from a gateway', () => {
    expect(
      readings([
        { at: now, values: {} },
        { facility: 'T-3', at: now, values: { level: 1 } },
      ]),
    ).toEqual([
      ['T-1', now],
      ['T-3', now, '0=1 good'],
    ])
    expect(readings([{ facility: 'T-2', at: now, values: { level: 1 } }], 'gateways/G-1/telemetry')).toEqual([['T-2', now, '0=1 good']])
    expect(
      reasons([
        { facility: 'T-2', at: now, values: {} },
        { facility: 'T-9', at: now, values: {} },
      ]),
    ).toEqual(['not-behind-gateway', 'unknown-facility'])
    expect(reasons({ at: now, values: {} }, 'gateways/G-1/telemetry')).toEqual(['wrong-shape'])
  })
  test('comes from no gateway where a facility reports itself', () => {
    const forged = { facility: 'S-1', at: now, values: { level: 1 } }
    expect(reasons(forged, 'gateways/R-1/telemetry')).toEqual(['not-behind-gateway'])
    expect(readings(forged, 'gateways/R-1/telemetry')).toEqual([])
  })
})

describe('a status', () => {
  test('speaks for the facility or all behind the gateway', () => {
    expect(decode('offline', 'facilities/tank/T-1/status').links).toMatchObject([{ facility: { id: 'T-1' }, online: false }])
    expect(decode('online', 'gateways/G-1/status').links).toMatchObject([{ facility: { id: 'T-2' }, online: true }])
    expect(decode('offline', 'gateways/R-1/status').links.map(({ facility }) => facility.id)).toEqual(['R-1', 'T-4'])
    expect(reasons('gone', 'gateways/G-1/status')).toEqual(['wrong-shape'])
    expect(decode('', 'facilities/tank/T-1/status')).toEqual({ reports: [], links: [], told: [], rejections: [] })
  })
})

test.each([
  ['unknown-topic', {}, 'facilities/tank/T-1/telemetry/more'],
  ['unknown-topic', {}, 'somewhere'],
  ['unknown-facility', { at: now, values: {} }, 'facilities/tank/T-9/telemetry'],
  ['unknown-facility', { at: now, values: {} }, 'facilities/pump/T-1/telemetry'],
  ['payload-too-large', 'x'.repeat(1001), undefined],
  ['not-utf8', new Uint8Array([0x7b, 0xff, 0x7d]), undefined],
  ['malformed-json', '{"at": 1,', undefined],
  ['malformed-json', '', undefined],
  ['wrong-shape', '7', undefined],
  ['wrong-shape', 'null', undefined],
  ['wrong-shape', { at: now }, undefined],
  ['wrong-shape', { at: now, values: [1] }, undefined],
  ['wrong-shape', { at: now, values: {}, told: [{ rule: 'alert' }] }, 'facilities/self/S-1/telemetry'],
  ['wrong-shape', { at: now, values: {}, told: {} }, 'facilities/self/S-1/telemetry'],
  ['wrong-shape', { at: now, values: { level: [1] } }, undefined],
  ['too-deep', `${'['.repeat(400)}${']'.repeat(400)}`, undefined],
  ['too-deep', { at: now, values: { level: { a: { b: { c: 1 } } } } }, undefined],
  ['bad-time', { values: {} }, undefined],
  ['bad-time', { at: '2026-03-01', values: {} }, undefined],
  ['bad-time', { at: '2026-03-01T12:00:00', values: {} }, undefined],
  ['bad-time', { at: -5, values: {} }, undefined],
  ['time-in-future', { at: now + minutes(6), values: {} }, undefined],
  ['time-too-old', { at: now - days(401), values: {} }, undefined],
  ['wrong-type', { at: now, values: { level: '5' } }, undefined],
  ['wrong-type', '{"at": 1772366400000, "values": {"level": 1e999}}', undefined],
])('refuses %s: %o on %s', (reason, payload, topic) => {
  expect(reasons(payload, topic)).toEqual([reason])
})

test('a time in seconds gets a hint', () => {
  expect(decode({ at: now / 1000, values: {} }).rejections[0]?.detail).toMatch(/send milliseconds/)
})

test('no bytes make it throw', () => {
  const topics = fc.constantFrom('facilities/tank/T-1/telemetry', 'gateways/G-1/telemetry', 'gateways/G-1/status', 'x', '')
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), topics, (bytes, topic) => void decode(bytes, topic)),
    { numRuns: 2000 },
  )
  fc.assert(
    fc.property(fc.json(), topics, (json, topic) => {
      const { reports, rejections, links } = decode(json, topic)
      expect(reports.length + rejections.length + links.length > 0 || /^\s*\[\s*\]\s*$/.test(json) || topic.endsWith('status')).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

describe('a report in CBOR', () => {
  const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))
  // Written by hand after RFC 8949: maps, names, a 64-bit time, a half-precision number, true.
  const at = now.toString(16).padStart(16, '0')
  const values = '66 76616c756573 a2 65 6c6576656c f9 3e00 65 76616c7665 f5'

  test('is read like the same in JSON', () => {
    expect(readings(hex(`a2 62 6174 1b ${at} ${values}`))).toEqual([['T-1', now, '0=1.5 good', '1=1 good']])
    expect(readings(hex(`81 a2 62 6174 1b ${at} ${values}`))).toEqual([['T-1', now, '0=1.5 good', '1=1 good']])
    expect(readings(hex(`d9d9f7 bf 62 6174 1b ${at} ${values} ff`))).toEqual([['T-1', now, '0=1.5 good', '1=1 good']])
    expect(readings(hex(`81 a3 68 666163696c697479 63 542d34 62 6174 1b ${at} ${values}`), 'gateways/R-1/telemetry')).toEqual([
      ['T-4', now, '0=1.5 good', '1=1 good'],
      ['R-1', now],
    ])
  })
  test.each([
    ['that ends too soon', 'a2 62 61', 'malformed-cbor'],
    ['with numbers for names', 'a1 01 02', 'malformed-cbor'],
    ['with a name twice', 'a2 62 6174 01 62 6174 02', 'malformed-cbor'],
    ['that is an empty map', 'a0', 'wrong-shape'],
    ['with a time beyond all numbers', `a2 62 6174 1b ffffffffffffffff ${values}`, 'bad-time'],
    ['with a value beyond all numbers', `a2 62 6174 1b ${at} 66 76616c756573 a1 65 6c6576656c 1b ffffffffffffffff`, 'wrong-type'],
  ])('%s is refused', (_, bytes, reason) => {
    expect(reasons(hex(bytes))).toEqual([reason])
  })
  test('nested without end is refused', () => {
    const large = { ...limits, maxPayload: 100_000 }
    const topic = 'facilities/tank/T-1/telemetry'
    const { rejections } = decodeNative({ position: 0, received: now, topic, payload: new Uint8Array(90_000).fill(0x81) }, plant, large)
    expect(rejections.map(({ reason }) => reason)).toEqual(['malformed-cbor'])
  })
  test('is no status', () => {
    expect(reasons(hex('a0'), 'facilities/tank/T-1/status')).toEqual(['not-utf8'])
  })
})

test('only for what the service reports itself conditions may be told that others have judged', () => {
  const told = [{ rule: 'alert', instance: 'a', active: true, at: now, title: 'T', cause: '', response: '' }]
  const decoded = decode({ at: now, values: {}, told }, 'facilities/self/S-1/telemetry')
  expect([decoded.told, decoded.rejections]).toEqual([[{ ...told[0], facility: facilities[5], received: now }], []])
  expect(decode({ at: now, values: {}, told }).told).toEqual([])
})
