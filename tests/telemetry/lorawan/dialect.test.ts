import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { streetLight } from '../../../src/facilities/street-light/index.ts'
import { LorawanDialect } from '../../../src/telemetry/codecs/lorawan/dialect.ts'
import type { CommandMapping } from '../../../src/telemetry/command-mapping.ts'
import type { Bindings, DeviceProfile } from '../../../src/telemetry/device-profile.ts'
import type { Translation } from '../../../src/telemetry/dialect.ts'
import { minutes } from '../../../src/telemetry/duration.ts'
import { analog, digital, pointTable, text } from '../../../src/telemetry/point.ts'
import { noCodecs } from '../../../src/telemetry/translation-parts.ts'
import { UnboundDevices } from '../../../src/telemetry/unbound-devices.ts'
import type { CodecInput, CodecResult } from '../../../src/telemetry/vendor-codec.ts'

const t = text('t', 't')
const table = pointTable({
  power: analog(t, 'W', [0, 400]),
  current: analog(t, 'A', [0, 5]),
  relay: digital(t, t, t),
  rssi: analog(t, 'dBm', [-140, 0]),
  battery: analog(t, '%', [0, 100]),
})
const facility = { id: 'L-17', number: 17, kind: { key: 'street-light', table }, gateway: null }
const lamp: DeviceProfile = {
  id: 'lamp',
  title: 'Lamp controller',
  dialect: 'lorawan',
  kind: 'street-light',
  codec: null,
  fields: [
    { field: '/lamp/power_w', point: 'power' },
    { field: '/lamp/current_mA', point: 'current', unit: 'mA' },
    { field: '/lamp/on', point: 'relay' },
    { field: '$rssi', point: 'rssi' },
    { field: '$battery', point: 'battery' },
  ],
}
const eui = '70b3d5b020073208'
const received = Date.parse('2026-03-01T12:00:00Z')
const envelope = (file: string) => readFileSync(join(import.meta.dirname, '../../fixtures/lorawan', file))

function dialectWith(change: Partial<DeviceProfile> = {}, result: CodecResult = { data: {}, warnings: [] }) {
  const profile = { ...lamp, ...change }
  const calls: [string, CodecInput][] = []
  const encoded: object[] = []
  const sent: [string, object][] = []
  const answers: object[] = []
  const bindings: Bindings = {
    find: (dialect, address) => (dialect === 'lorawan' && address === eui ? { address, facility, profile } : undefined),
    at: () => [],
  }
  const unbound = new UnboundDevices()
  const codecs = {
    decode: (codec: string, input: CodecInput) => {
      calls.push([codec, input])
      return Promise.resolve(result)
    },
    encode: (_codec: string, data: object) => {
      encoded.push(data)
      return Promise.resolve(result)
    },
  }
  const dialect = new LorawanDialect({
    ...{ bindings, codecs, unbound },
    send: (_source, topic, payload) => void sent.push([topic, JSON.parse(String(payload))]),
    onAnswer: (answer) => void answers.push(answer),
  })
  const say = (payload: Uint8Array, event = 'up', device = eui, at = received) =>
    dialect.translate({ topic: `application/1/device/${device}/event/${event}`, payload, received: at, source: 'embedded' })
  /** Tells the device a command; in words why it cannot be told. */
  const tell = async (mapping: CommandMapping, value: number | null, id = 'command-1') => {
    const road = dialect.road({ address: eui, facility, profile }, mapping, value)
    if (!('send' in road)) return road.en
    await road.send({ id, command: mapping.command, value, at: received, expires: received + minutes(15) })
    return sent.splice(0)
  }
  return { dialect, say, calls, unbound, tell, encoded, answers }
}
const reports = ({ messages }: Translation) => messages.map(({ topic, payload }) => [topic, JSON.parse(payload)])
const at = Date.parse('2026-03-01T11:59:58.427Z')

test('an uplink gives what the profile maps, at the time the gateway heard it, and nothing else', async () => {
  const said = await dialectWith().say(envelope('chirpstack-v4-up.json'))
  expect(reports(said)).toEqual([
    ['facilities/street-light/L-17/telemetry', { at, values: { power: 58.5, current: 0.262, relay: true, rssi: -97 } }],
  ])
  expect(said.rejections).toEqual([])
})

test('with a codec the values come from it, and it is given what its signature asks for', async () => {
  const { say, calls } = dialectWith(
    { codec: 'acme', fields: [{ field: '/watts', point: 'power' }] },
    { data: { watts: 60, lamp: { power_w: 1 } }, warnings: [] },
  )
  expect(reports(await say(envelope('chirpstack-v4-up.json')))).toEqual([
    ['facilities/street-light/L-17/telemetry', { at, values: { power: 60 } }],
  ])
  expect(calls).toEqual([['acme', { fPort: 23, bytes: Uint8Array.of(1, 2, 0x3a, 1, 0x64, 0), recvTime: at, device: eui }]])
})

test('records of one uplink have times of their own', async () => {
  const data = [{ at: at - 60_000, w: 1 }, { at: '2026-03-01T11:59:00Z', w: 2 }, { w: 3 }, { at: 'soon', w: 4 }]
  const said = await dialectWith({ codec: 'acme', fields: [{ field: '/w', point: 'power' }] }, { data, warnings: [] }).say(
    envelope('chirpstack-v4-up.json'),
  )
  expect(reports(said)).toEqual([
    [
      'facilities/street-light/L-17/telemetry',
      [
        { at: at - 60_000, values: { power: 1 } },
        { at: Date.parse('2026-03-01T11:59:00Z'), values: { power: 2 } },
        { at, values: { power: 3 } },
      ],
    ],
  ])
  expect(said.rejections).toMatchObject([{ reason: 'bad-time', detail: 'record 3: "soon"', facility: 'L-17' }])
})

test('more records than are read are told, and a time that is deep is refused like any other', async () => {
  const profile = { codec: 'acme', fields: [{ field: '/w', point: 'power' }] }
  const data = Array.from({ length: 300 }, (_, i) => ({ at: at - i, w: 1 }))
  const said = await dialectWith(profile, { data, warnings: [] }).say(envelope('chirpstack-v4-up.json'))
  expect(said.messages.flatMap(({ payload }) => JSON.parse(payload))).toHaveLength(256)
  expect(said.rejections).toEqual([{ reason: 'payload-too-large', detail: '300 records, the first 256 are read', facility: 'L-17' }])

  const deep = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`)
  const refused = await dialectWith(profile, { data: [{ at: deep, w: 1 }], warnings: [] }).say(envelope('chirpstack-v4-up.json'))
  expect(refused.rejections).toEqual([{ reason: 'bad-time', detail: 'record 0: an array', facility: 'L-17' }])
})

test('a codec that fails leaves the sign of life and the link, and is told', async () => {
  const said = await dialectWith({ codec: 'acme' }, { error: 'no such port', reason: 'codec-error' }).say(envelope('chirpstack-v4-up.json'))
  expect(reports(said)).toEqual([['facilities/street-light/L-17/telemetry', { at, values: { rssi: -97 } }]])
  expect(said.rejections).toEqual([{ reason: 'not-decoded', detail: 'codec acme: codec-error: no such port', facility: 'L-17' }])
})

test.each(['codec-suspended', 'device-suspended'] as const)('values lost to %s are counted by themselves', async (reason) => {
  const said = await dialectWith({ codec: 'acme' }, { error: 'until noon', reason }).say(envelope('chirpstack-v4-up.json'))
  expect(said.messages).toHaveLength(1)
  expect(said.rejections).toEqual([{ reason: 'codec-suspended', detail: `codec acme: ${reason}: until noon`, facility: 'L-17' }])
})

test('bytes that nobody decodes are told', async () => {
  const { object: _, ...rest } = JSON.parse(envelope('chirpstack-v4-up.json').toString())
  const said = await dialectWith().say(Buffer.from(JSON.stringify(rest)))
  expect(reports(said)).toEqual([['facilities/street-light/L-17/telemetry', { at, values: { rssi: -97 } }]])
  expect(said.rejections).toMatchObject([{ reason: 'not-decoded', facility: 'L-17' }])
})

test('a join or a status is a sign of life, without values but those of the link', async () => {
  const { say, calls } = dialectWith({ codec: 'acme' })
  const joined = await say(envelope('chirpstack-v4-join.json'), 'join')
  expect(reports(joined)).toEqual([['facilities/street-light/L-17/telemetry', { at: Date.parse('2026-03-01T11:58:00.823Z'), values: {} }]])
  const status = await say(envelope('chirpstack-v3-status.json'), 'status')
  expect(reports(status)).toEqual([
    ['facilities/street-light/L-17/telemetry', { at: Date.parse('2026-03-01T11:59:57.875Z'), values: { battery: 75.5 } }],
  ])
  expect([joined.rejections, status.rejections, calls]).toEqual([[], [], []])
})

test.each([
  ['log', 'chirpstack-v4-log.json'],
  ['ack', 'chirpstack-v4-join.json'],
  ['txack', 'chirpstack-v4-join.json'],
  ['integration', 'chirpstack-v4-join.json'],
])('%s says nothing of the device', async (event, file) => {
  expect(await dialectWith().say(envelope(file), event)).toEqual({ messages: [], rejections: [] })
})

test('an event that another broker had kept is no news', () => {
  const message = { topic: `application/1/device/${eui}/event/up`, payload: Buffer.from('{}'), received, source: 'city', isRetained: true }
  expect(dialectWith().dialect.translate(message)).toMatchObject({ messages: [], rejections: [{ reason: 'retained' }] })
})

test('a downlink of an old ChirpStack is none of our business', () => {
  const topic = `application/1/device/${eui}/tx`
  const message = { topic, payload: Buffer.from('{"fPort":1,"data":"AA=="}'), received, source: 'embedded' }
  expect(dialectWith().dialect.translate(message)).toEqual({ messages: [], rejections: [] })
})

test('an unbound device is refused by its EUI and remembered with what it sent', async () => {
  const { say, unbound } = dialectWith()
  const payload = Buffer.from(envelope('chirpstack-v4-up.json').toString().replaceAll(eui, '0101010101010101'))
  const said = await say(payload, 'up', '0101010101010101')
  expect(said).toEqual({
    messages: [],
    rejections: [{ reason: 'unknown-facility', detail: 'DevEUI 0101010101010101 is bound to no facility', facility: null }],
  })
  await say(payload, 'up', '0101010101010101')
  expect(unbound.list()).toMatchObject([{ dialect: 'lorawan', address: '0101010101010101', messages: 2, last: received }])
})

test('where the topic names no DevEUI its sender must be allowed to report for the facility', async () => {
  const { dialect } = dialectWith()
  const asked: string[][] = []
  const say = (topic: string, file: string, answer: boolean) =>
    dialect.translate({
      ...{ topic, payload: envelope(file), received, source: 'embedded' },
      mayReportFor: (...wanted) => asked.push(wanted) > 0 && answer,
    })
  const topic = 'v3/city-lamps@ttn/devices/lamp-17/up'
  expect(await say(topic, 'the-things-stack-up.json', false)).toMatchObject({
    messages: [],
    rejections: [{ reason: 'not-allowed', facility: 'L-17' }],
  })
  expect((await say(topic, 'the-things-stack-up.json', true)).messages).toHaveLength(1)
  expect(asked).toEqual(Array(2).fill(['L-17', 'v3/city-lamps@ttn/devices/+/up']))
  expect((await say(`application/1/device/${eui}/event/up`, 'chirpstack-v4-up.json', false)).messages).toHaveLength(1)
})

test('remembers the newest unbound devices and no more than it can hold', () => {
  const unbound = new UnboundDevices()
  for (let i = 0; i < 600; i++)
    unbound.note({ dialect: 'lorawan', address: `${i}` }, { topic: 't', payload: new Uint8Array(9000), received: i })
  const list = unbound.list()
  expect([list.length, list[0]?.address, list.at(-1)?.address, list[0]?.payload.length]).toEqual([500, '599', '100', 4096])
  unbound.forget('lorawan', '599', null)
  expect(unbound.list()[0]?.address).toBe('598')
})

test('whatever the payload decodes to, it is told in native reports or refused', async () => {
  const whole = JSON.parse(envelope('chirpstack-v4-up.json').toString())
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.boolean(), async (value, isCodec) => {
      const fields = [{ field: '', point: 'power' }, ...lamp.fields.slice(0, 3)]
      const data = isCodec ? value : {}
      const { say } = dialectWith({ codec: isCodec ? 'acme' : null, fields }, { data, warnings: [] })
      const said = await say(Buffer.from(JSON.stringify({ ...whole, object: value })))
      for (const [topic, report] of reports(said)) {
        expect(topic).toBe('facilities/street-light/L-17/telemetry')
        for (const each of [report].flat()) expect(each).toMatchObject({ at: expect.any(Number), values: expect.any(Object) })
      }
      expect(said.messages.length + said.rejections.length).toBeGreaterThan(0)
    }),
  )
})

test('reads topics of network servers and no others', () => {
  const { dialect } = dialectWith()
  expect(
    [
      `application/1/device/${eui}/event/up`,
      'v3/a@ttn/devices/b/down/sent',
      'application/1/x',
      'facilities/a/b/telemetry',
      'spBv1.0/a/NDATA/b',
    ].map((topic) => dialect.reads(topic)),
  ).toEqual([true, true, false, false, false])
  expect(dialect.translate({ topic: 'v3/a@ttn/devices/b/down/sent', payload: new Uint8Array(), received, source: 'embedded' })).toEqual({
    messages: [],
    rejections: [],
  })
})

const published = join(import.meta.dirname, '../../../../shared/data/lorawan-envelopes')

test.skipIf(!existsSync(published))(
  'published envelopes of real street-light controllers become readings of lamps, and a status none',
  async () => {
    const controller: DeviceProfile = {
      ...{ id: 'lcu', title: 'LCU', dialect: 'lorawan', kind: 'street-light', codec: null },
      fields: [
        { field: '/data/mcu_temperature__C', point: 'driver-temperature', unit: '°C' },
        { field: '/data/dimming_source/0/dimming_level__percent', point: 'dim-actual' },
        { field: '/data/dimming_source/0/status/lamp_on', point: 'relay' },
        { field: '$rssi', point: 'rssi' },
      ],
    }
    const lamp = { ...facility, kind: streetLight }
    const bindings: Bindings = { find: (_, address) => ({ address, facility: lamp, profile: controller }), at: () => [] }
    const dialect = new LorawanDialect({ bindings, codecs: noCodecs, unbound: new UnboundDevices() })
    const say = async (file: string, device: string, event: string, came: string) => {
      const payload = readFileSync(join(published, file))
      const topic = `application/430/device/${device}/event/${event}`
      const { messages, rejections } = await dialect.translate({ topic, payload, received: Date.parse(came), source: 'embedded' })
      return { rejections, said: messages.map((message) => JSON.parse(message.payload)) }
    }
    expect(await say('chirpstack_v3_up_LCU.json', eui, 'up', '2024-07-01T13:43:47Z')).toEqual({
      rejections: [],
      said: [
        {
          at: Date.parse('2024-07-01T13:43:42.236Z'),
          values: { 'driver-temperature': 26, 'dim-actual': 0, relay: false, rssi: -57 },
        },
      ],
    })
    expect(await say('chirpstack_v4_status.json', '0101010101010101', 'status', '2022-07-18T09:35:07Z')).toEqual({
      rejections: [],
      said: [{ at: Date.parse('2022-07-18T09:35:06.927Z'), values: {} }],
    })
  },
)

describe('a command', () => {
  const off: CommandMapping = { command: 'off', downlink: { fPort: 10, bytes: '0100' } }
  const dim: CommandMapping = { command: 'dim', downlink: { fPort: 10, confirmed: false } }
  const topic = (end: string) => `application/1/device/${eui}/${end}`

  test('goes to the server by which the device was heard last, once it was', async () => {
    const { say, tell } = dialectWith()
    expect(await tell(off, null)).toMatch(/has not been heard/)
    await say(envelope('chirpstack-v4-up.json'))
    expect(await tell(off, null)).toEqual([
      [
        topic('command/down'),
        {
          id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/),
          devEui: eui,
          confirmed: true,
          fPort: 10,
          data: 'AQA=',
        },
      ],
    ])
    await say(envelope('chirpstack-v3-json-v3-up.json'))
    expect(await tell(off, null)).toEqual([[topic('command/down'), { confirmed: true, fPort: 10, data: 'AQA=' }]])
  })

  test('is what the codec makes of it', async () => {
    const { say, tell, encoded } = dialectWith({ codec: 'acme' }, { data: { fPort: 12, bytes: [3, 40] }, warnings: [] })
    await say(envelope('chirpstack-v4-up.json'))
    expect(await tell(dim, 40)).toMatchObject([[topic('command/down'), { confirmed: false, fPort: 12, data: 'Ayg=' }]])
    expect(encoded).toEqual([{ command: 'dim', value: 40 }])
    const odd = dialectWith({ codec: 'acme' }, { data: { bytes: [300] }, warnings: [] })
    await odd.say(envelope('chirpstack-v4-up.json'))
    await expect(odd.tell(dim, 40)).rejects.toThrow(/without bytes/)
  })

  test('is answered by the acknowledgement that names it', async () => {
    const { say, tell, answers } = dialectWith()
    await say(envelope('chirpstack-v4-up.json'))
    await tell(off, null, 'command-0')
    await tell(off, null, 'command-1')
    await say(Buffer.from(envelope('chirpstack-v4-ack.json').toString().replace('b5a14335', '00000000')), 'ack')
    expect(answers).toEqual([])
    await say(envelope('chirpstack-v4-ack.json'), 'ack')
    await say(envelope('chirpstack-v4-ack.json'), 'ack')
    expect(answers).toEqual([{ facility: 'L-17', id: 'command-1', outcome: 'done' }])
  })

  test('is answered by what names none when it has waited longest, and while it is waited for', async () => {
    const { say, tell, answers } = dialectWith()
    await say(envelope('chirpstack-v3-json-v3-up.json'))
    for (const id of ['command-1', 'command-2']) await tell(off, null, id)
    await say(envelope('chirpstack-v3-nack.json'), 'ack')
    await say(envelope('chirpstack-v3-ack.json'), 'ack')
    await say(envelope('chirpstack-v3-ack.json'), 'ack')
    expect(answers).toEqual([
      { facility: 'L-17', id: 'command-1', outcome: 'undelivered', words: 'not acknowledged by the device' },
      { facility: 'L-17', id: 'command-2', outcome: 'done' },
    ])
    await tell(off, null, 'command-3')
    await say(envelope('chirpstack-v3-ack.json'), 'ack', eui, received + minutes(15))
    expect(answers).toHaveLength(2)
  })

  const tooLong = 'exceeds the max. payload size'
  test.each([
    ['chirpstack-v4-up.json', 'chirpstack-v4-nack.json', 'ack', 'undelivered', 'not acknowledged by the device'],
    [
      'chirpstack-v4-up.json',
      'chirpstack-v4-log-payload-size.json',
      'log',
      'undelivered',
      `DOWNLINK_PAYLOAD_SIZE: Device queue-item discarded because it ${tooLong}`,
    ],
    ['chirpstack-v4-up.json', 'chirpstack-v4-log-gateway.json', 'log', 'pending', 'DOWNLINK_GATEWAY: COLLISION_PACKET'],
    ['chirpstack-v3-json-v3-up.json', 'chirpstack-v3-nack.json', 'ack', 'undelivered', 'not acknowledged by the device'],
    [
      'chirpstack-v3-json-v3-up.json',
      'chirpstack-v3-error.json',
      'error',
      'undelivered',
      'DOWNLINK_PAYLOAD_SIZE: payload exceeds max payload size',
    ],
    ['chirpstack-v4-up.json', 'chirpstack-v4-log.json', 'log', null, null],
  ])('heard by %s: %s says what became of it', async (heardBy, file, event, outcome, words) => {
    const { say, tell, answers } = dialectWith()
    await say(envelope(heardBy))
    await tell(off, null)
    expect(await say(envelope(file), event)).toEqual({ messages: [], rejections: [] })
    expect(answers).toEqual(outcome === null ? [] : [{ facility: 'L-17', id: 'command-1', outcome, words }])
  })

  test('that a gateway could not send is sent again by its server, and may be acknowledged then', async () => {
    const { say, tell, answers } = dialectWith()
    await say(envelope('chirpstack-v4-up.json'))
    await tell(off, null)
    await say(envelope('chirpstack-v4-log-gateway.json'), 'log')
    await say(envelope('chirpstack-v4-ack.json'), 'ack')
    expect(answers).toMatchObject([{ outcome: 'pending' }, { outcome: 'done' }])
  })

  test.each([
    ['down/ack', 'the-things-stack-down-ack.json', 'done', undefined],
    ['down/nack', 'the-things-stack-down-nack.json', 'pending', 'not acknowledged by the device, attempt 1 of 8'],
    ['down/failed', 'the-things-stack-down-failed.json', 'undelivered', 'application downlink payload length 64 exceeds maximum 51'],
  ])('The Things Stack says on %s what became of it', async (end, file, outcome, words) => {
    const { dialect, tell, answers } = dialectWith()
    const say = (event: string, payload: Buffer) =>
      dialect.translate({ topic: `v3/city-lamps@ttn/devices/lamp-17/${event}`, payload, received, source: 'embedded' })
    await say('up', envelope('the-things-stack-up.json'))
    await tell(off, null)
    await say(end, envelope(file))
    expect(answers).toEqual([{ facility: 'L-17', id: 'command-1', outcome, ...(words !== undefined && { words }) }])
  })

  test('is not delivered when The Things Stack has used up its attempts', async () => {
    const { dialect, tell, answers } = dialectWith()
    const say = (event: string, payload: Buffer) =>
      dialect.translate({ topic: `v3/city-lamps@ttn/devices/lamp-17/${event}`, payload, received, source: 'embedded' })
    await say('up', envelope('the-things-stack-up.json'))
    await tell(off, null)
    await say('down/nack', Buffer.from(envelope('the-things-stack-down-nack.json').toString().replace('"attempt": 1', '"attempt": 8')))
    expect(answers).toMatchObject([{ outcome: 'undelivered', words: 'not acknowledged by the device, attempt 8 of 8' }])
  })

  test('goes to The Things Stack and is answered there, by who may speak for the device', async () => {
    const { dialect, tell, answers } = dialectWith()
    const base = 'v3/lights@city/devices/lamp-17'
    const ids = { end_device_ids: { device_id: 'lamp-17', application_ids: { application_id: 'lights' }, dev_eui: eui } }
    const say = (end: string, body: object, mayReportFor?: () => boolean) =>
      dialect.translate({
        ...{
          topic: `${base}/${end}`,
          payload: Buffer.from(JSON.stringify({ ...ids, ...body })),
          received,
          source: 'embedded',
          mayReportFor,
        },
      })
    await say('up', { uplink_message: { f_port: 1, f_cnt: 3, frm_payload: '' } })
    expect(await tell(off, null)).toEqual([
      [
        `${base}/down/push`,
        {
          downlinks: [{ f_port: 10, frm_payload: 'AQA=', confirmed: true, priority: 'NORMAL', correlation_ids: ['lamplighter:command-1'] }],
        },
      ],
    ])
    const ack = { downlink_ack: { f_port: 10, correlation_ids: ['as:downlink:1', 'lamplighter:command-1'] } }
    await say('down/ack', ack, () => false)
    expect(answers).toEqual([])
    await say('down/ack', ack)
    expect(answers).toEqual([{ facility: 'L-17', id: 'command-1', outcome: 'done' }])
  })
})
