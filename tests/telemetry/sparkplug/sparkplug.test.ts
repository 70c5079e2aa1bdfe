import { describe, expect, test } from 'vitest'
import { encodeCommand } from '../../../src/telemetry/codecs/sparkplug/encode.ts'
import { decodePayload } from '../../../src/telemetry/codecs/sparkplug/payload.ts'
import { EMBEDDED } from '../../../src/telemetry/dialect.ts'
import { minutes, seconds } from '../../../src/telemetry/duration.ts'
import { tryProfile } from '../../../src/telemetry/profile-trial.ts'
import { noCodecs } from '../../../src/telemetry/translation-parts.ts'
import { BORN, bytesOf, type Fixture, messages } from '../../fixtures/sparkplug/messages.ts'
import { tankKind } from '../../tank-kind.ts'
import { boundToBoth, hostOf, type Sent } from './city.ts'
import { encodeText, protoc } from './protoc.ts'

const { nodeBirth, deviceBirth, deviceData, nodeData, history, qualities, missing, afterGap, rebirth, afterRebirth } = messages
const { nodeDeath, deviceDeath, earlierDeath } = messages

/** Births of the node and its device, heard. */
function bornHost(...more: Parameters<typeof hostOf>) {
  const city = hostOf(...more)
  city.told(nodeBirth, BORN)
  city.told(deviceBirth, BORN + 100)
  return city
}
const askedForBirth = ({ topic, payload, qos, retain }: Sent) => {
  const decoded = decodePayload(payload as Uint8Array)
  return { topic, qos, retain, asks: 'payload' in decoded && decoded.payload.metrics[0]?.name }
}
const rebirthRequest = { topic: 'spBv1.0/City/NCMD/Edge1', qos: 0, retain: false, asks: 'Node Control/Rebirth' }

describe('a session of a node and a device', () => {
  test('is not touched by what another broker had kept', () => {
    const { host, told } = bornHost()
    const kept = { topic: nodeBirth.topic, payload: bytesOf(nodeBirth), received: BORN + 500, source: EMBEDDED, isRetained: true }
    expect(host.translate(kept)).toMatchObject({ messages: [], rejections: [{ reason: 'retained' }] })
    expect(told(deviceData, BORN + 1000)).toMatchObject([['T-2/telemetry', [{}, {}]]])
  })

  test('is told in native messages: births, data by alias, a death', () => {
    const { told, sent } = hostOf()
    expect(told(nodeBirth, BORN)).toEqual([
      ['T-1/status', 'online'],
      ['T-1/telemetry', [{ at: BORN, values: { level: 2.41, valve: true } }]],
    ])
    expect(told(deviceBirth, BORN + 100)).toEqual([
      ['T-2/status', 'online'],
      ['T-2/telemetry', [{ at: BORN + 100, values: { level: 4.75 } }]],
    ])
    expect(told(deviceData, BORN + 1000)).toEqual([
      [
        'T-2/telemetry',
        [
          { at: BORN + 900, values: { level: 9.1 } },
          { at: BORN + 1000, values: { valve: false } },
        ],
      ],
    ])
    expect(told(nodeData, BORN + 2000)).toEqual([
      [
        'T-1/telemetry',
        [
          { at: BORN + 1500, values: { level: 2.5 } },
          { at: BORN + 2000, values: { level: 2.75 } },
        ],
      ],
    ])
    expect(told(nodeDeath, BORN + 3000)).toEqual([
      ['T-1/status', 'offline'],
      ['T-2/status', 'offline'],
    ])
    expect(sent).toEqual([])
  })

  test('tells history with the times of the device, oldest first', () => {
    const { told } = bornHost()
    told(deviceData, BORN + 1000)
    told(nodeData, BORN + 2000)
    expect(told(history, BORN + 3000)).toEqual([
      [
        'T-1/telemetry',
        [
          { at: BORN - 7_200_000, values: { level: 1.5 } },
          { at: BORN - 3_600_000, values: { level: 1.75 } },
          { at: BORN + 3000, values: { valve: false } },
        ],
      ],
    ])
  })

  test('tells no value that the device itself holds to be bad or stale', () => {
    const { told } = bornHost()
    for (const message of [deviceData, nodeData, history]) told(message, BORN + 3000)
    expect(told(qualities, BORN + 4000)).toEqual([['T-1/telemetry', [{ at: BORN + 4001, values: { level: 3 } }]], 'bad-quality'])
  })

  test('of a device alone ends by its own death', () => {
    const { told } = bornHost()
    expect(told(deviceDeath, BORN + 1100)).toEqual([['T-2/status', 'offline']])
    expect(told(nodeData, BORN + 2000)).toHaveLength(1)
  })

  test('goes on after the number 255', () => {
    const { told } = hostOf()
    // The node begins at 254; only the last field of the payload, its number, is another.
    const numbered = ({ topic, hex }: Fixture, seq: number): Fixture => ({
      topic,
      text: '',
      hex: hex.replace(/18[0-9a-f]{2}$/, `18${(0x80 | (seq & 0x7f)).toString(16)}${(seq >> 7).toString(16).padStart(2, '0')}`),
    })
    told(numbered(nodeBirth, 254), BORN)
    expect(told(numbered(deviceBirth, 255), BORN + 100)).toHaveLength(2)
    expect(told(numbered(deviceData, 0), BORN + 1000)).toHaveLength(1)
    expect(told(numbered(nodeData, 1), BORN + 2000)).toHaveLength(1)
  })
})

describe('a death', () => {
  test('of an earlier session says nothing of this one', () => {
    const { told } = bornHost()
    expect(told(earlierDeath, BORN + 500)).toEqual([])
    expect(told(deviceData, BORN + 1000)).toHaveLength(1)
  })
  test('that comes twice is told once', () => {
    const { told } = bornHost()
    expect(told(nodeDeath, BORN + 500)).toHaveLength(2)
    expect(told(nodeDeath, BORN + 600)).toEqual([])
  })
  test('of a node heard for the first time since our start is told', () => {
    expect(hostOf().told(nodeDeath, BORN)).toEqual([
      ['T-1/status', 'offline'],
      ['T-2/status', 'offline'],
    ])
  })
  test('ends what the aliases meant', () => {
    const { told } = bornHost()
    told(nodeDeath, BORN + 500)
    expect(told(deviceData, BORN + 1000)).toEqual(['before-birth'])
  })
})

describe('a gap in the numbers', () => {
  /** All up to number 5. */
  function hostBeforeGap() {
    const city = bornHost()
    for (const message of [deviceData, nodeData, history, qualities]) city.told(message, BORN + 4000)
    return city
  }

  test('that closes in time is told in order, and nothing is asked', () => {
    const { told, host, sent } = hostBeforeGap()
    expect(told(afterGap, BORN + 5000)).toEqual([])
    expect(told(missing, BORN + 6900)).toEqual([
      ['T-1/telemetry', [{ at: BORN + 4500, values: { level: 3.5 } }]],
      ['T-1/telemetry', [{ at: BORN + 5000, values: { level: 4 } }]],
    ])
    host.tick(BORN + 60_000)
    expect(sent).toEqual([])
  })

  test('that does not close makes the host ask for births; by them the aliases mean something else', () => {
    const { told, host, sent } = hostBeforeGap()
    expect(told(afterGap, BORN + 5000)).toEqual([])
    host.tick(BORN + 6999)
    expect(sent).toEqual([])
    host.tick(BORN + 7000)
    expect(sent.map(askedForBirth)).toEqual([rebirthRequest])
    // What comes now may belong to births that were missed.
    expect(told(missing, BORN + 7500)).toEqual(['out-of-sequence', 'before-birth'])
    expect(told(rebirth, BORN + 9000)).toEqual([
      ['T-1/status', 'online'],
      ['T-1/telemetry', [{ at: BORN + 9000, values: { valve: false, level: 4.25 } }]],
    ])
    expect(told(afterRebirth, BORN + 10_000)).toEqual([['T-1/telemetry', [{ at: BORN + 10_000, values: { valve: true, level: 4.5 } }]]])
    expect(sent).toHaveLength(1)
  })

  test('is none when a message comes twice', () => {
    const { told, host, sent } = bornHost()
    told(deviceData, BORN + 1000)
    expect(told(deviceData, BORN + 1001)).toEqual([])
    host.tick(BORN + 60_000)
    expect(sent).toEqual([])
  })

  test('is there also when a message from before the birth comes in its turn', () => {
    const { told, host, sent } = bornHost()
    const older = { ...deviceData, hex: deviceData.hex.replace(/^08e8d7eab6b733/, '0880c8eab6b733') }
    expect(told(older, BORN + 1000)).toEqual(['out-of-sequence'])
    host.tick(BORN + 4000)
    expect(sent.map(askedForBirth)).toEqual([rebirthRequest])
  })
})

describe('a birth', () => {
  /** As if sent before the clock of the fixtures, by the session of `earlierDeath`. */
  const earlierBirth = {
    ...nodeBirth,
    hex: nodeBirth.hex.replace('0880d0eab6b733', '0880c8eab6b733').replace('20045807', '20045806'),
  }

  test('of an earlier session that comes late changes nothing', () => {
    const { told } = bornHost()
    expect(told(earlierBirth, BORN + 500)).toEqual(['out-of-sequence'])
    expect(told(deviceData, BORN + 1000)).toHaveLength(1)
  })

  test('of a node whose clock was set back is taken when it comes again', () => {
    const { told, host, sent } = bornHost()
    expect(told(earlierBirth, BORN + 500)).toEqual(['out-of-sequence'])
    host.tick(BORN + 2500)
    expect(sent.map(askedForBirth)).toEqual([rebirthRequest])
    expect(told(earlierBirth, BORN + 3000)).toEqual([
      ['T-1/status', 'online'],
      ['T-1/telemetry', [{ at: BORN, values: { level: 2.41, valve: true } }]],
      'out-of-sequence',
    ])
  })

  test('that comes twice is told once', () => {
    const { told } = bornHost()
    expect(told(nodeBirth, BORN + 500)).toEqual([])
    expect(told(deviceData, BORN + 1000)).toHaveLength(1)
  })
})

describe('births are asked for', () => {
  test('at the first data after our restart, and data by alias is not guessed', () => {
    const { told, sent } = hostOf()
    expect(told(nodeData, BORN + 2000, 'city-broker')).toEqual(['before-birth'])
    expect(sent.map(askedForBirth)).toEqual([rebirthRequest])
    expect(sent[0]?.source).toBe('city-broker')
  })

  test('of a node whose device has not been born', () => {
    const { told, sent } = hostOf()
    told(nodeBirth, BORN)
    const first = { ...deviceData, hex: deviceData.hex.replace(/1802$/, '1801') }
    expect(told(first, BORN + 1000)).toEqual(['before-birth'])
    expect(sent).toHaveLength(1)
  })

  test.skipIf(!protoc)('for an unknown alias, while what is known is told', () => {
    const { hear, sent } = bornHost()
    const text = `sequence: 2 sent_at: ${BORN + 1000} measurements { alias: 1 taken_at: ${BORN + 1000} as_float: 5 } measurements { alias: 3 as_int: 1 }`
    const { messages: told, rejections } = hear('spBv1.0/City/NDATA/Edge1', encodeText(text), BORN + 1000)
    expect(told.map(({ payload }) => payload)).toEqual([`{"at":${BORN + 1000},"values":{"level":5}}`])
    // Alias 3 is one of the device, which the node itself may not use.
    expect(rejections).toEqual([{ reason: 'unknown-metric', detail: '1 of 2 metrics: alias 3', facility: 'T-1' }])
    expect(sent.map(askedForBirth)).toEqual([rebirthRequest])
  })

  test('seldom and ever more seldom while they do not come', () => {
    const { told, host, sent } = hostOf()
    told(nodeData, BORN)
    const asked = () => sent.splice(0).length
    expect(asked()).toBe(1)
    for (let at = 1; at <= 9; at++) told(nodeData, BORN + seconds(at))
    expect(asked()).toBe(0)
    for (let at = 0; at < 3600; at++) host.tick(BORN + seconds(10 + at))
    // After 10, 20, 40, 80, 160, 320, 640 s, then each 20 minutes.
    expect(asked()).toBe(8)
  })

  test('of at most 20 nodes in a second', () => {
    const nodes = Array.from({ length: 30 }, (_, i) => ({ ...boundToBoth[0], address: `City/N${i}` }) as (typeof boundToBoth)[number])
    const { hear, host, sent } = hostOf(nodes)
    for (const { address } of nodes) hear(`spBv1.0/City/NDATA/${address.split('/')[1]}`, bytesOf(nodeData), BORN)
    expect(sent).toHaveLength(20)
    host.tick(BORN + 1000)
    expect(new Set(sent.map(({ topic }) => topic)).size).toBe(30)
  })
})

describe('what is nobody’s', () => {
  test('is counted and listed, and its node gets no commands', () => {
    const { told, host, sent, unbound } = hostOf([])
    expect(told(nodeBirth, BORN)).toEqual(['unknown-facility'])
    expect(told(deviceData, BORN)).toEqual(['unknown-facility'])
    expect(told(nodeDeath, BORN)).toEqual(['unknown-facility'])
    expect(told(nodeData, BORN)).toEqual(['unknown-facility'])
    expect(unbound.list().map(({ address, topic, messages: heard }) => [address, topic, heard])).toEqual([
      ['City/Edge1', nodeBirth.topic, 2],
      ['City/Edge1/Tank2', deviceData.topic, 1],
    ])
    host.tick(BORN + minutes(60))
    expect(sent).toEqual([])
  })

  test('does not disturb the order of what is somebody’s', () => {
    const { told, sent } = hostOf(boundToBoth.slice(0, 1))
    told(nodeBirth, BORN)
    expect(told(deviceBirth, BORN + 100)).toEqual(['unknown-facility'])
    expect(told(deviceData, BORN + 1000)).toEqual(['unknown-facility'])
    expect(told(nodeData, BORN + 2000)).toHaveLength(1)
    expect(sent).toEqual([])
  })

  test('is asked for its births once somebody’s', () => {
    const devices = boundToBoth.slice(0, 1)
    const { told, sent } = hostOf(devices)
    told(nodeBirth, BORN)
    told(deviceBirth, BORN + 100)
    devices.push(boundToBoth[1] as (typeof boundToBoth)[number])
    expect(told(deviceData, BORN + 1000)).toEqual(['before-birth'])
    expect(sent).toHaveLength(1)
  })
})

test('a node is understood without births where its metrics have names and types', () => {
  const { hear } = hostOf()
  const payload = encodeCommand({ timestamp: BORN, metrics: [{ name: 'Level', timestamp: BORN, datatype: 10, value: 1.25 }] })
  const { messages: told } = hear('spBv1.0/City/NDATA/Edge1', payload, BORN)
  expect(told).toEqual([{ topic: 'facilities/tank/T-1/telemetry', payload: `{"at":${BORN},"values":{"level":1.25}}` }])
})

test('an alias that a birth gives to two metrics says neither', () => {
  const { hear, told } = hostOf()
  const twice = nodeBirth.hex.replace('0556616c76651002', '0556616c76651001')
  expect(twice).not.toBe(nodeBirth.hex)
  hear(nodeBirth.topic, bytesOf({ ...nodeBirth, hex: twice }), BORN)
  told(deviceBirth, BORN + 100)
  told(deviceData, BORN + 1000)
  expect(told(nodeData, BORN + 2000)).toEqual(['unknown-metric'])
})

describe('a profile', () => {
  const [{ profile }] = boundToBoth as [(typeof boundToBoth)[number]]
  const tried = (topic: string, payload: Uint8Array) => tryProfile(profile, tankKind.table, { topic, payload, received: BORN }, noCodecs)

  test('is tried on a birth, with what it does not map', async () => {
    const { address, fields, messages: told, rejections } = await tried(nodeBirth.topic, bytesOf(nodeBirth))
    expect(address).toBe('City/Edge1')
    expect(fields.map(({ field, raw, point, value }) => [field, raw, point, value])).toEqual([
      ['Level', '2.41', 'level', 2.41],
      ['Valve', 'true', 'valve', true],
      ['bdSeq', '7', null, null],
      ['Node Control/Rebirth', 'false', null, null],
    ])
    expect(told).toEqual([
      { topic: 'facilities/tank/trial/telemetry', payload: JSON.stringify({ at: BORN, values: { level: 2.41, valve: true } }) },
    ])
    expect(rejections).toEqual([])
  })

  test('cannot be tried on what names no metrics', async () => {
    const reasons = async (topic: string, payload: Uint8Array) => (await tried(topic, payload)).rejections.map(({ reason }) => reason)
    expect(await reasons(nodeData.topic, bytesOf(nodeData))).toEqual(['before-birth'])
    expect(await reasons(nodeBirth.topic, Buffer.from('{}'))).toEqual(['malformed-sparkplug'])
    expect(await reasons('spBv1.0/STATE/lamplighter', Buffer.from('{}'))).toEqual(['unknown-topic'])
  })
})

test('what is not Sparkplug is refused with its reason', () => {
  const { hear } = hostOf()
  const reasons = (topic: string, payload = new Uint8Array([0xff])) => hear(topic, payload, BORN).rejections.map(({ reason }) => reason)
  expect(reasons('spBv1.0/City/NDATA/Edge1')).toEqual(['malformed-sparkplug'])
  expect(reasons('spBv1.0/City/XDATA/Edge1')).toEqual(['unknown-topic'])
  expect(reasons('spBv1.0/City/NCMD/Edge1')).toEqual([])
  expect(reasons('spBv1.0/STATE/another-host')).toEqual([])
})

test('history too long for one native message comes in several', () => {
  const { hear } = bornHost()
  const metrics = Array.from({ length: 1000 }, (_, i) => ({ name: 'Level', timestamp: BORN - i, datatype: 10 as const, value: i / 100 }))
  const { messages: told } = hear('spBv1.0/City/NDATA/Edge1', encodeCommand({ timestamp: BORN, metrics }), BORN)
  expect(told.length).toBeGreaterThan(3)
  expect(told.flatMap(({ payload }) => JSON.parse(payload))).toHaveLength(1000)
})

test('births heard longest ago are forgotten when too many metrics are known', () => {
  const nodes = ['A', 'B', 'C'].map((name) => ({ ...boundToBoth[0], address: `City/${name}` }) as (typeof boundToBoth)[number])
  const { hear } = hostOf(nodes, { maxMetrics: 8 })
  for (const name of ['A', 'B', 'C']) hear(`spBv1.0/City/NBIRTH/${name}`, bytesOf(nodeBirth), BORN)
  const next = { ...nodeData, hex: nodeData.hex.replace(/1803$/, '1801') }
  const reasons = (name: string) => hear(`spBv1.0/City/NDATA/${name}`, bytesOf(next), BORN + 2000).rejections.map(({ reason }) => reason)
  expect([reasons('A'), reasons('B'), reasons('C')]).toEqual([['before-birth'], [], []])
})

describe('the state of the host', () => {
  const state = (online: boolean, timestamp: number) => JSON.stringify({ online, timestamp })
  const topic = 'spBv1.0/STATE/lamplighter'

  test('is told retained when it comes, and when it leaves', () => {
    const { host, sent } = hostOf()
    expect(host.will(BORN)).toEqual({ topic, payload: state(false, BORN) })
    host.announce('city-broker', BORN)
    host.leave('city-broker', BORN + 5000)
    host.leave('city-broker', BORN + 6000)
    expect(sent).toEqual([
      { source: 'city-broker', topic, payload: state(true, BORN), qos: 1, retain: true },
      { source: 'city-broker', topic, payload: state(false, BORN + 5000), qos: 1, retain: true },
    ])
  })

  test('is told again when a will of an earlier connection says that it is gone', () => {
    const { host, hear, sent } = hostOf()
    host.announce('city-broker', BORN)
    sent.length = 0
    hear(topic, Buffer.from(state(true, BORN)), BORN + 2000, 'city-broker')
    host.tick(BORN + 2500)
    expect(sent).toEqual([])
    for (const at of [2600, 2700]) hear(topic, Buffer.from(state(false, BORN - 1)), BORN + at, 'city-broker')
    host.tick(BORN + 3000)
    host.tick(BORN + 3500)
    expect(sent).toEqual([{ source: 'city-broker', topic, payload: state(true, BORN), qos: 1, retain: true }])
  })

  test('is told nobody by a host without id', () => {
    const { host, sent } = hostOf(undefined, { hostId: '' })
    expect(host.will(BORN)).toBeNull()
    host.announce(EMBEDDED, BORN)
    expect(sent).toEqual([])
  })
})

describe('a command', () => {
  const [node, device] = boundToBoth as [(typeof boundToBoth)[number], (typeof boundToBoth)[number]]
  const fill = { command: 'fill', metric: 'Level' }

  test('writes a metric of the node or of the device by its name, in the type of its birth', () => {
    const { host, sent } = bornHost()
    for (const [bound, value] of [
      [node, 2.5],
      [device, -12],
    ] as const) {
      const road = host.road(bound, fill, value)
      if ('send' in road) void road.send({ id: 'command-1', command: 'fill', value, at: BORN + 5000, expires: BORN + 90_000 })
    }
    expect(
      sent.splice(0).map(({ topic, payload, qos, retain }) => ({ topic, qos, retain, ...decodePayload(payload as Uint8Array) })),
    ).toMatchObject([
      {
        ...{ topic: 'spBv1.0/City/NCMD/Edge1', qos: 0, retain: false },
        payload: { metrics: [{ name: 'Level', datatype: 9, value: { wire: 'float', value: 2.5 } }] },
      },
      { topic: 'spBv1.0/City/DCMD/Edge1/Tank2', payload: { metrics: [{ name: 'Level', datatype: 2 }] } },
    ])
  })

  test('has no way before the birth, after the death, to a metric that was not born, and with a value its type cannot hold', () => {
    expect(hostOf().host.road(node, fill, 1)).toMatchObject({ en: expect.stringMatching(/no birth/) })
    const { host, told } = bornHost()
    expect(host.road(node, { command: 'fill', metric: 'Nothing' }, 1)).toMatchObject({ en: expect.stringMatching(/no birth/) })
    expect(host.road(device, fill, 2.5)).toMatchObject({ en: expect.stringMatching(/no value/) })
    expect(host.road(node, { ...fill, write: true }, null)).toMatchObject({ en: expect.stringMatching(/no value/) })
    told(nodeDeath, BORN + 5000)
    for (const bound of [node, device]) expect(host.road(bound, fill, 1)).toMatchObject({ en: expect.stringMatching(/offline/) })
  })
})
