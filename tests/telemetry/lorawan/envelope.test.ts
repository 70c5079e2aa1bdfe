import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type LorawanReading, parseLorawanTopic, readLorawan } from '../../../src/telemetry/codecs/lorawan/envelope.ts'
import type { LorawanEvent } from '../../../src/telemetry/codecs/lorawan/event.ts'

const published = join(import.meta.dirname, '../../../../shared/data/lorawan-envelopes')
const isPublished = existsSync(published)
const fixtures = join(import.meta.dirname, '../../fixtures/lorawan')
const now = Date.parse('2026-03-01T12:00:00Z')

const read = (folder: string, file: string, topic?: string) =>
  readLorawan(topic === undefined ? undefined : parseLorawanTopic(topic), readFileSync(join(folder, file)), now)
const chirpstack = (eui: string, event: string) => `application/430/device/${eui}/event/${event}`
const base64 = ({ bytes }: LorawanEvent) => Buffer.from(bytes).toString('base64')
const event = (reading: LorawanReading): LorawanEvent => {
  if ('reason' in reading) throw new Error(`${reading.reason}: ${reading.detail}`)
  return reading
}

describe.skipIf(!isPublished)('envelopes as network servers publish them', () => {
  test.each([
    [
      'chirpstack_v3_up_LCU.json',
      chirpstack('70b3d5b020073208', 'up'),
      { server: 'chirpstack-v3', event: 'up', devEui: '70b3d5b020073208', fPort: 23, fCnt: 3, gateways: 2 },
      '2024-07-01T13:43:42.236Z',
      { gateway: '70b3d5b02000017e', rssi: -57, snr: 9.75 },
      'AY6ygmYgAEcHGgACAd7+IQAA',
    ],
    [
      'chirpstack_v3_up_OIR.json',
      undefined,
      { server: 'chirpstack-v3', event: 'up', devEui: '70b3d5b020048836', fPort: 25, fCnt: 104, gateways: 2 },
      '2024-07-03T08:05:50.816Z',
      { gateway: '70b3d5b02000017e', rssi: -59, snr: 8.75 },
      'AoAFAA==',
    ],
    [
      'chirpstack_v4_up.json',
      chirpstack('0101010101010101', 'up'),
      { server: 'chirpstack-v4', event: 'up', devEui: '0101010101010101', fPort: 1, fCnt: 0, gateways: 1 },
      '2022-07-18T09:34:15.775Z',
      { gateway: '0016c001f153a14c', rssi: -36, snr: 10.5 },
      'qg==',
    ],
    [
      'ttn_v3_console_event.json',
      'v3/xxxxx-xxxx-all@ttn/devices/eui-3ae3400a2ac087e8/up',
      { server: 'the-things-stack', event: 'up', devEui: '3ae3400a2ac087e8', fPort: 10, fCnt: 1, gateways: 1 },
      '2023-12-26T10:43:46.487Z',
      { gateway: 'my-gateway-01', rssi: -49, snr: 9 },
      'AAI=',
    ],
  ])('%s: device, time, port, frame counter, best signal', (file, topic, expected, at, signal, data) => {
    const reading = event(read(published, file, topic))
    expect(reading).toMatchObject(expected)
    expect(new Date(reading.at).toISOString()).toBe(at)
    expect(reading.signal).toEqual(signal)
    expect(base64(reading)).toBe(data)
  })

  test('chirpstack_v3_up_LCU.json has the values that the network server decoded', () => {
    expect(event(read(published, 'chirpstack_v3_up_LCU.json')).object).toMatchObject({ data: { mcu_temperature__C: 26 } })
  })

  test('chirpstack_v4_status.json is a status and no uplink', () => {
    const status = event(read(published, 'chirpstack_v4_status.json', chirpstack('0101010101010101', 'status')))
    expect(status).toMatchObject({ event: 'status', devEui: '0101010101010101', battery: 88.3, margin: 10, signal: null, gateways: 0 })
    expect(new Date(status.at).toISOString()).toBe('2022-07-18T09:35:06.927Z')
    expect(event(read(published, 'chirpstack_v4_status.json')).event).toBe('status')
  })
})

describe('our own envelopes', () => {
  const eui = '70b3d5b020073208'
  test.each<[string, string, Partial<LorawanEvent>, string]>([
    [
      'chirpstack-v4-up.json',
      chirpstack(eui, 'up'),
      { event: 'up', fPort: 23, fCnt: 4711, gateways: 3, signal: { gateway: '0016c001f153a14d', rssi: -97, snr: 7.25 } },
      '2026-03-01T11:59:58.427Z',
    ],
    ['chirpstack-v4-join.json', chirpstack(eui, 'join'), { event: 'join', signal: null, fCnt: 0 }, '2026-03-01T11:58:00.823Z'],
    ['chirpstack-v4-log.json', chirpstack(eui, 'log'), { event: 'log', battery: null }, '2026-03-01T11:58:30.823Z'],
    ['chirpstack-v3-status.json', chirpstack(eui, 'status'), { event: 'status', battery: 75.5, margin: 7 }, '2026-03-01T11:59:57.875Z'],
    [
      'chirpstack-v3-json-v3-up.json',
      `application/430/device/${eui}/rx`,
      { event: 'up', fPort: 5, fCnt: 10, object: { temperature: 21.5 }, signal: { gateway: '0303030303030303', rssi: -48, snr: 9 } },
      '2026-03-01T12:00:00.000Z',
    ],
    [
      'the-things-stack-up.json',
      'v3/city-lamps@ttn/devices/lamp-17/up',
      { event: 'up', fPort: 2, fCnt: 0, gateways: 2, battery: 93.7, signal: { gateway: 'at-zero', rssi: -101, snr: 0 } },
      '2026-03-01T11:59:59.250Z',
    ],
    ['the-things-stack-join.json', 'v3/city-lamps/devices/lamp-17/join', { event: 'join' }, '2026-03-01T11:55:00.487Z'],
  ])('%s', (file, topic, expected, at) => {
    const reading = event(read(fixtures, file, topic))
    expect(reading).toMatchObject({ devEui: eui, ...expected })
    expect(new Date(reading.at).toISOString()).toBe(at)
  })

  const lamp = JSON.parse(readFileSync(join(fixtures, 'chirpstack-v4-up.json'), 'utf8'))
  const change = (fields: object) =>
    readLorawan(parseLorawanTopic(chirpstack(eui, 'up')), new TextEncoder().encode(JSON.stringify({ ...lamp, ...fields })), now)

  test.each([
    ['never set', '1970-01-01T00:00:12Z', '2026-03-01T11:59:59.000Z'],
    ['an hour ahead', '2026-03-01T12:59:58Z', '2026-03-01T11:59:59.000Z'],
    ['not there', undefined, '2026-03-01T11:59:59.000Z'],
    ['that kept the uplink for two hours', '2026-03-01T09:59:58Z', '2026-03-01T09:59:58.000Z'],
    ['that writes no time', 'yesterday', '2026-03-01T11:59:59.000Z'],
  ])('with a clock of the gateway %s', (_, gwTime, at) => {
    const reading = change({ time: '2026-03-01T11:59:59Z', rxInfo: [{ gatewayId: 'g', gwTime, rssi: -50, snr: 1 }] })
    expect(new Date(event(reading).at).toISOString()).toBe(at)
  })

  test('a device with outside supply tells no battery, and an absent one is empty', () => {
    const status = (fields: object) =>
      event(
        readLorawan(
          { server: 'chirpstack', devEui: eui, event: 'status' },
          new TextEncoder().encode(JSON.stringify({ ...lamp, ...fields })),
          now,
        ),
      ).battery
    expect(status({ externalPowerSource: true })).toBeNull()
    expect(status({ batteryLevelUnavailable: true })).toBeNull()
    expect(status({})).toBe(0)
  })

  test.each<[string, object, RegExp]>([
    ['another device than the topic', { deviceInfo: { devEui: '0101010101010101' } }, /the topic is of device 70b3d5b020073208/],
    ['no device', { deviceInfo: {} }, /no EUI/],
    ['a port beyond 255', { fPort: 256 }, /fPort/],
    ['a negative counter', { fCnt: -1 }, /fCnt/],
    ['data that is not in base64', { data: '***' }, /base64/],
  ])('refuses %s', (_, fields, detail) => {
    expect(change(fields)).toEqual({ reason: 'wrong-shape', detail: expect.stringMatching(detail) })
  })

  test.each<[string, string, string, RegExp]>([
    [
      'another device id',
      'v3/city-lamps@ttn/devices/lamp-9/up',
      'the-things-stack-up.json',
      /of device city-lamps\/lamp-9, .* of city-lamps\/lamp-17/,
    ],
    ['another application', 'v3/mine@ttn/devices/lamp-17/up', 'the-things-stack-up.json', /of device mine\/lamp-17, /],
    ['no DevEUI', 'application/7/device/mine/event/up', 'chirpstack-v4-up.json', /without a DevEUI/],
    [
      'another server',
      'v3/city-lamps@ttn/devices/lamp-17/up',
      'chirpstack-v4-up.json',
      /message of chirpstack on a topic of the-things-stack/,
    ],
    ['the other server', chirpstack(eui, 'up'), 'the-things-stack-up.json', /message of the-things-stack on a topic of chirpstack/],
  ])('refuses a topic of %s', (_, topic, file, detail) => {
    expect(read(fixtures, file, topic)).toEqual({ reason: 'wrong-shape', detail: expect.stringMatching(detail) })
  })

  test('refuses what is no JSON or no text', () => {
    expect(readLorawan(undefined, new TextEncoder().encode('{'), now)).toMatchObject({ reason: 'malformed-json' })
    expect(readLorawan(undefined, Uint8Array.of(0xff, 0xfe), now)).toMatchObject({ reason: 'not-utf8' })
  })

  test.each([
    ['application/1/device/70B3D5B020073208/event/up', { server: 'chirpstack', devEui: eui, event: 'up' }],
    ['application/1/device/70b3d5b020073208/event/error', { server: 'chirpstack', devEui: eui, event: 'log' }],
    ['application/1/device/70b3d5b020073208/rx', { server: 'chirpstack', devEui: eui, event: 'up' }],
    ['application/1/device/70b3d5b020073208/tx', { server: 'chirpstack', devEui: eui, event: 'other' }],
    ['application/1/device/70b3d5b020073208/command/down', { server: 'chirpstack', devEui: eui, event: undefined }],
    [
      'v3/app@tenant/devices/lamp/down/sent',
      { server: 'the-things-stack', names: { application: 'app', device: 'lamp' }, event: undefined },
    ],
    ['application/1/device', undefined],
    ['v3/app/gateways/x/up', undefined],
    ['site/1/lamp/2', undefined],
  ])('topic %s', (topic, expected) => {
    expect(parseLorawanTopic(topic)).toEqual(expected)
  })
})

/** Bodies that are a bit like those of network servers: some values replaced by others, members taken away. */
const mutated = (body: unknown): fc.Arbitrary<unknown> =>
  fc
    .tuple(fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), fc.oneof(fc.jsonValue(), fc.constantFrom('', 'NaN', '-0', '1e999')))
    .map(([places, odd]) => {
      const copy = structuredClone(body)
      for (const place of places) spoil(copy, place, structuredClone(odd))
      return copy
    })

function spoil(body: unknown, place: number, odd: unknown): void {
  let target = body as Record<string, unknown>
  let rest = place
  for (;;) {
    const names = Object.keys(target)
    const name = names[rest % names.length]
    if (name === undefined) return
    rest = Math.floor(rest / names.length)
    const next = target[name]
    if (typeof next === 'object' && next !== null && rest % 3 !== 0) target = next as Record<string, unknown>
    else {
      if (rest % 2 === 0) target[name] = odd
      else delete target[name]
      return
    }
  }
}

describe('whatever comes', () => {
  const folders = [fixtures, ...(isPublished ? [published] : [])]
  const bodies = folders.flatMap((folder) => readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8'))))
  const isSound = (reading: LorawanReading) => {
    if ('reason' in reading) return reading.detail !== ''
    const { devEui, at, fPort, fCnt } = reading
    return /^[0-9a-f]{16}$/.test(devEui) && Number.isInteger(at) && fPort >= 0 && fPort <= 255 && fCnt >= 0
  }

  test('a spoilt envelope gives a sound event or a refusal', () => {
    const envelope = fc.constantFrom(...bodies).chain(mutated)
    fc.assert(
      fc.property(envelope, fc.constantFrom('up' as const, 'status' as const, 'join' as const, undefined), (body, name) => {
        const topic = name && ({ server: 'chirpstack', devEui: '70b3d5b020073208', event: name } as const)
        const reading = readLorawan(topic, new TextEncoder().encode(JSON.stringify(body) ?? ''), now)
        expect(isSound(reading)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  test('bytes give a sound event or a refusal', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(isSound(readLorawan(undefined, bytes, now))).toBe(true)
      }),
    )
  })
})
