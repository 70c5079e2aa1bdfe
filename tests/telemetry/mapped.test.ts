import { encode } from 'cborg'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BindingIndex } from '../../src/telemetry/binding-index.ts'
import { MappedDialect } from '../../src/telemetry/codecs/mapped/dialect.ts'
import type { DeviceBinding, DeviceProfile, FieldMapping, TopicMapping } from '../../src/telemetry/device-profile.ts'
import { analog, digital, pointTable, text } from '../../src/telemetry/point.ts'
import type { ReportingFacility } from '../../src/telemetry/report.ts'
import { UnboundDevices } from '../../src/telemetry/unbound-devices.ts'

const t = text('t', 't')
const kind = { key: 'street-light', table: pointTable({ power: analog(t, 'W', [0, 400]), relay: digital(t, t, t) }) }
const facilities: ReportingFacility[] = [
  { id: 'L-7', number: 7, kind, gateway: null },
  { id: 'L-8', number: 8, kind, gateway: null },
  { id: 'P-1', number: 1, kind: { ...kind, key: 'pump-station' }, gateway: null },
  { id: 'S-1', number: 2, kind: { ...kind, reportsItself: true }, gateway: null },
]
const received = Date.parse('2026-03-01T12:00:00Z')
const fields: FieldMapping[] = [{ field: '/p', point: 'power', unit: 'kW' }]
const profile = (id: string, topics: TopicMapping, change: Partial<DeviceProfile> = {}): DeviceProfile => ({
  ...{ id, title: id, dialect: 'mapped', kind: 'street-light', codec: null, fields, topics },
  ...change,
})
const binding = (address: string, facility: string, of: string): DeviceBinding => ({ dialect: 'mapped', address, facility, profile: of })

function dialectOf(profiles: DeviceProfile[], bindings: DeviceBinding[] = []) {
  const index = new BindingIndex((id) => facilities.find((f) => f.id === id))
  index.replace(profiles, bindings)
  const unbound = new UnboundDevices()
  const dialect = new MappedDialect({ match: (topic) => index.match(topic), takes: (topic) => index.takes(topic), unbound })
  const say = (topic: string, payload: unknown, isRetained = false) => {
    const bytes = payload instanceof Uint8Array ? payload : Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload))
    const { messages, rejections } = dialect.translate({ topic, payload: bytes, received, source: 'embedded', isRetained })
    const said = messages.map(({ topic, payload }) => [topic, topic.endsWith('/status') ? payload : JSON.parse(payload)])
    return { said, rejections, reasons: rejections.map(({ reason }) => reason) }
  }
  return { dialect, say, unbound, index }
}
const lamp7 = 'facilities/street-light/L-7/telemetry'

describe('a topic of a profile', () => {
  test('names its facility in a capture', () => {
    const { say, dialect } = dialectOf([profile('a', { pattern: 'site/{site}/lamp/{id}/state', facility: 'id', payload: 'json' })])
    expect(say('site/north/lamp/L-7/state', { p: 0.1 }).said).toEqual([[lamp7, { at: received, values: { power: 100 } }]])
    expect(say('site/north/lamp/L-9/state', { p: 0.1 }).reasons).toEqual(['unknown-facility'])
    expect(say('site/north/lamp/P-1/state', { p: 0.1 }).reasons).toEqual(['unknown-facility'])
    expect(say('site/north/lamp/S-1/state', { p: 0.1 }).reasons).toEqual(['unknown-facility'])
    expect(['site/north/lamp/L-7/state', 'site/north/lamp/L-7', 'other'].map((topic) => dialect.reads(topic))).toEqual([true, false, false])
  })

  test('is answered on a topic with all that it captured, once it was heard', () => {
    const given = profile('a', { pattern: 'site/{site}/lamp/{id}/state', facility: 'id', payload: 'json' })
    const { say, dialect } = dialectOf([given])
    const told = { id: 'c-1', command: 'dim', value: 40, at: received, expires: received + 1 }
    const mapping = { command: 'dim', message: { topic: 'site/{site}/lamp/{id}/set', payload: '{value} {id} {expires}' } }
    const road = () => dialect.road({ address: 'L-7', facility: facilities[0]!, profile: given }, mapping, 40)
    expect(road()).toMatchObject({ en: expect.stringMatching(/not been heard/) })
    say('site/north/lamp/L-7/state', { p: 0.1 })
    const found = road()
    expect('render' in found && found.render(told)).toEqual({
      ...{ source: 'embedded', qos: 1, topic: 'site/north/lamp/L-7/set', payload: `40 c-1 ${received + 1}` },
    })
  })

  test('says nothing new of what another broker had kept, unless it tells its time; a status counts', () => {
    const topics: TopicMapping = {
      ...{ pattern: 'site/{id}', facility: 'id', payload: 'json', time: { field: '/t', format: 'ms' } },
      status: { field: '/s', online: ['on'], offline: ['off'] },
    }
    const { say } = dialectOf([profile('a', topics)])
    expect(say('site/L-7', { p: 0.1 }, true)).toEqual({
      ...{ said: [], reasons: ['retained'] },
      rejections: [{ reason: 'retained', detail: 'it has no device time', facility: 'L-7' }],
    })
    expect(say('site/L-7', { p: 0.1, t: 5 }, true)).toMatchObject({ said: [[lamp7, { at: 5, values: { power: 100 } }]], rejections: [] })
    expect(say('site/L-7', { p: 0.1, s: 'off' }, true)).toMatchObject({
      said: [['facilities/street-light/L-7/status', 'offline']],
      rejections: [],
    })
    expect(say('site/L-7', { p: 0.1 }).said).toEqual([[lamp7, { at: received, values: { power: 100 } }]])
  })

  test('is bound by all its captures', () => {
    const { say, unbound } = dialectOf(
      [profile('a', { pattern: 'site/{site}/lamp/{id}/#', payload: 'json' })],
      [binding('north/7', 'L-7', 'a')],
    )
    expect(say('site/north/lamp/7/state', { p: 0.1 }).said).toEqual([[lamp7, { at: received, values: { power: 100 } }]])
    expect(say('site/north/lamp/8/state', { p: 0.1 }).rejections).toEqual([
      { reason: 'unknown-facility', detail: 'north/8 of profile a is no facility', facility: null },
    ])
    expect(unbound.list()).toMatchObject([{ dialect: 'mapped', address: 'north/8', profile: 'a', topic: 'site/north/lamp/8/state' }])
  })

  test('gives one value each where several profiles are bound to one address', () => {
    const bare = (id: string, pattern: string, mapping: FieldMapping) => profile(id, { pattern, payload: 'bare' }, { fields: [mapping] })
    const { say } = dialectOf(
      [
        bare('power', 'plug/{id}/power', { field: '', point: 'power' }),
        bare('relay', 'plug/{id}/relay', { field: '', point: 'relay', enum: { on: true, off: false } }),
      ],
      [binding('7', 'L-7', 'power'), binding('7', 'L-7', 'relay')],
    )
    expect(say('plug/7/power', ' 58.5\n').said).toEqual([[lamp7, { at: received, values: { power: 58.5 } }]])
    expect(say('plug/7/relay', 'on').said).toEqual([[lamp7, { at: received, values: { relay: true } }]])
    expect(say('plug/7/power', 'much')).toMatchObject({ reasons: ['wrong-type'] })
  })
})

describe('a time', () => {
  const at = Date.parse('2026-03-01T11:59:00.250Z')
  test.each<[TopicMapping['time'], unknown, number | undefined]>([
    [{ field: '/t', format: 'ms' }, at, at],
    [{ field: '/t', format: 'ms' }, String(at), at],
    [{ field: '/t', format: 's' }, at / 1000, at],
    [{ field: '/t', format: 'iso' }, '2026-03-01T19:59:00.250+08:00', at],
    [{ field: '/t', format: 'iso' }, at, undefined],
    [{ field: '/t', format: 's' }, 'noon', undefined],
    [{ field: '/t', format: 'ms' }, null, received],
    [undefined, at, received],
  ])('%j of %j', (time, written, expected) => {
    const topics: TopicMapping = { pattern: 'lamp/{id}', facility: 'id', payload: 'json', ...(time && { time }) }
    const { said, reasons } = dialectOf([profile('a', topics)]).say('lamp/L-7', { t: written, p: 0.1 })
    expect([said.map(([, report]) => report.at), reasons]).toEqual(expected === undefined ? [[], ['bad-time']] : [[expected], []])
  })
})

test('several reports in one payload keep their order and times, and a bad one takes no other along', () => {
  const topics: TopicMapping = {
    pattern: 'lamp/{id}',
    facility: 'id',
    payload: 'json',
    reports: '/log',
    time: { field: '/t', format: 'ms' },
  }
  const { say } = dialectOf([profile('a', topics)])
  const log = [{ t: 1000, p: 0.1 }, { t: 'x', p: 0.2 }, { t: 2000, p: 'y' }, { t: 3000, p: 0.3 }, 7]
  expect(say('lamp/L-7', { log })).toMatchObject({
    said: [
      [
        lamp7,
        [
          { at: 1000, values: { power: 100 } },
          { at: 3000, values: { power: 300 } },
        ],
      ],
    ],
    reasons: ['bad-time', 'wrong-type', 'bad-time'],
  })
  expect(say('lamp/L-7', { log: {} }).reasons).toEqual(['wrong-shape'])
})

test('of several reports without a time none is taken, for all but one would be lost; a single one is of now', () => {
  const topics: TopicMapping = { pattern: 'lamp/{id}', facility: 'id', payload: 'json', reports: '/log' }
  const { say } = dialectOf([profile('a', topics)])
  expect(say('lamp/L-7', { log: [{ p: 0.1 }, { p: 0.2 }] })).toMatchObject({ said: [], reasons: ['bad-time', 'bad-time'] })
  expect(say('lamp/L-7', { log: [{ p: 0.1 }] }).said).toEqual([[lamp7, { at: received, values: { power: 100 } }]])
})

test('what a small payload can become is bounded, and what is passed over is told', () => {
  const topics: TopicMapping = { pattern: 'lamp/{id}', facility: 'id', payload: 'json', reports: '', time: { field: '/t', format: 'ms' } }
  const { say } = dialectOf([profile('a', topics)])
  const many = say(
    'lamp/L-7',
    Array.from({ length: 30_000 }, (_, t) => ({ t, p: 0.1 })),
  )
  expect(many.said.flatMap(([, reports]) => reports)).toHaveLength(2000)
  expect(many.rejections).toEqual([{ reason: 'payload-too-large', detail: '30000 reports, the first 2000 are read', facility: 'L-7' }])
  const empty = Array.from({ length: 1500 }, (_, t) => ({ t }))
  expect(say('lamp/L-7', empty).said).toEqual([[lamp7, { at: 1499, values: {} }]])
})

test('many reports become several messages, none of them long', () => {
  const topics: TopicMapping = { pattern: 'lamp/{id}', facility: 'id', payload: 'json', reports: '', time: { field: '/t', format: 'ms' } }
  const { said } = dialectOf([profile('a', topics)]).say(
    'lamp/L-7',
    Array.from({ length: 1000 }, (_, t) => ({ t, p: 0.1 })),
  )
  expect(said.flatMap(([, reports]) => reports.map(({ at }: { at: number }) => at))).toEqual(Array.from({ length: 1000 }, (_, t) => t))
  expect(Math.max(...said.map(([, reports]) => JSON.stringify(reports).length))).toBeLessThan(9000)
})

describe('a status', () => {
  const status = { field: '', online: ['ONLINE', '1'], offline: ['OFFLINE', '0'] }
  test('of a topic without values is a status alone', () => {
    const { say } = dialectOf([profile('a', { pattern: 'lamp/{id}/LWT', facility: 'id', payload: 'bare', status }, { fields: [] })])
    expect(say('lamp/L-7/LWT', 'OFFLINE').said).toEqual([['facilities/street-light/L-7/status', 'offline']])
    expect(say('lamp/L-7/LWT', '1').said).toEqual([['facilities/street-light/L-7/status', 'online']])
    expect(say('lamp/L-7/LWT', 'perhaps')).toEqual({ said: [], rejections: [], reasons: [] })
    expect(say('lamp/L-7/LWT', '')).toEqual({ said: [], rejections: [], reasons: [] })
  })
  test('of a report comes after its values, and one that is gone gives no sign of life', () => {
    const topics: TopicMapping = { pattern: 'lamp/{id}', facility: 'id', payload: 'json', status: { ...status, field: '/s' } }
    const { say } = dialectOf([profile('a', topics)])
    expect(say('lamp/L-7', { s: 1, p: 0.1 }).said).toEqual([
      [lamp7, { at: received, values: { power: 100 } }],
      ['facilities/street-light/L-7/status', 'online'],
    ])
    expect(say('lamp/L-7', { s: 'OFFLINE' }).said).toEqual([['facilities/street-light/L-7/status', 'offline']])
    expect(say('lamp/L-7', {}).said).toEqual([[lamp7, { at: received, values: {} }]])
  })
})

test('CBOR is read like JSON', () => {
  const topics: TopicMapping = { pattern: 'lamp/{id}', facility: 'id', payload: 'cbor', time: { field: '/t', format: 'ms' } }
  const { say } = dialectOf([profile('a', topics)])
  expect(say('lamp/L-7', encode({ t: 5000, p: 0.1 })).said).toEqual([[lamp7, { at: 5000, values: { power: 100 } }]])
  // {"t": 1(1772366340.25), "p": 0.1_2}: a tagged time in seconds and a half-precision number, as RFC 8949 writes them.
  const tagged = Buffer.from('a26174c1fb41da690a811000006170f92e66', 'hex')
  expect(say('lamp/L-7', tagged).said).toEqual([[lamp7, { at: 1772366340250, values: { power: expect.closeTo(100, 0) } }]])
  expect(say('lamp/L-7', Uint8Array.of(0xa1, 0x61)).reasons).toEqual(['malformed-cbor'])
  expect(say('lamp/L-7', new Uint8Array(60_000).fill(0x81)).reasons).toEqual(['malformed-cbor'])
})

test('whatever comes is translated or refused', () => {
  const topic = { pattern: 'lamp/{id}', facility: 'id', reports: '', time: { field: '/t', format: 's' } as const }
  const dialects = (['json', 'cbor'] as const).map((payload) => dialectOf([profile('a', { ...topic, payload })]))
  const bodies = fc.oneof(
    fc.uint8Array(),
    fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value))),
    fc.array(fc.record({ t: fc.jsonValue(), p: fc.jsonValue() })).map((value) => encode(value)),
  )
  fc.assert(
    fc.property(bodies, (bytes) => {
      for (const { say } of dialects) for (const [, report] of say('lamp/L-7', bytes).said) expect(report).toBeDefined()
    }),
  )
})

describe('the index of bindings', () => {
  const sparkplug = (address: string, facility: string): DeviceBinding => ({ dialect: 'sparkplug', address, facility, profile: 's' })
  const s = profile('s', { pattern: 'x/{id}', payload: 'json' }, { dialect: 'sparkplug', topics: undefined as never })
  const index = () => {
    const { index } = dialectOf([s], [sparkplug('City/Edge1', 'L-7'), sparkplug('City/Edge1/Lamp', 'L-8'), sparkplug('City/Edge10', 'P-1')])
    return index
  }
  test('finds a device, and those below a node', () => {
    expect(index().find('sparkplug', 'City/Edge1/Lamp')).toMatchObject({ facility: { id: 'L-8' }, profile: { id: 's' } })
    expect([...index().at('sparkplug', 'City/Edge1')].map(({ address }) => address)).toEqual(['City/Edge1', 'City/Edge1/Lamp'])
    expect([...index().at('sparkplug', 'City')].length).toBe(2)
  })
  test('takes bindings one by one, and forgets them', () => {
    const one = index()
    one.bind(sparkplug('City/Edge1/Lamp', 'L-7'))
    one.bind(sparkplug('City/Edge1/Other', 'L-8'))
    expect([...one.at('sparkplug', 'City/Edge1')].map(({ address, facility }) => `${address} ${facility.id}`)).toEqual([
      'City/Edge1 L-7',
      'City/Edge1/Lamp L-7',
      'City/Edge1/Other L-8',
    ])
    for (const name of ['', '/Lamp', '/Other']) one.unbind(sparkplug(`City/Edge1${name}`, 'any'))
    expect([...one.at('sparkplug', 'City/Edge1'), one.find('sparkplug', 'City/Edge1/Lamp')]).toEqual([undefined])
  })
  test('finds nothing of another kind, another dialect or a profile that is gone', () => {
    expect(index().find('sparkplug', 'City/Edge10')).toBeUndefined()
    expect(index().find('lorawan', 'City/Edge1')).toBeUndefined()
    expect(dialectOf([], [sparkplug('City/Edge1', 'L-7')]).index.find('sparkplug', 'City/Edge1')).toBeUndefined()
  })
})
