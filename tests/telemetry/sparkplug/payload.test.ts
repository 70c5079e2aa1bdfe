import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DataType, readValue } from '../../../src/telemetry/codecs/sparkplug/datatype.ts'
import { encodeCommand, encodeRebirthRequest } from '../../../src/telemetry/codecs/sparkplug/encode.ts'
import { decodePayload, MAX_METRICS, MAX_NAME, type Payload } from '../../../src/telemetry/codecs/sparkplug/payload.ts'
import { parseSparkplugTopic } from '../../../src/telemetry/codecs/sparkplug/topic.ts'
import { BORN, bytesOf, type Fixture, messages } from '../../fixtures/sparkplug/messages.ts'
import { decodeToText, encodeText, protoc } from './protoc.ts'

const fixtures: [string, Fixture][] = Object.entries(messages)

function decode(bytes: Uint8Array): Payload {
  const decoded = decodePayload(bytes)
  if ('malformed' in decoded) expect.fail(decoded.malformed)
  return decoded.payload
}
const malformed = (hex: string) => {
  const decoded = decodePayload(new Uint8Array(Buffer.from(hex, 'hex')))
  return 'malformed' in decoded ? decoded.malformed : undefined
}
const valuesOf = ({ metrics }: Payload) =>
  Object.fromEntries(
    metrics.map(({ name, alias, value, datatype = 0 }) => [name ?? `alias ${alias}`, value ? readValue(value, datatype) : null]),
  )

describe.skipIf(!protoc)('an independent encoder', () => {
  test.each(fixtures)('makes the bytes of %s', (_, { text, hex }) => {
    expect(Buffer.from(encodeText(text)).toString('hex')).toBe(hex)
  })

  test('reads what we write as it was meant', () => {
    expect(decodeToText(encodeRebirthRequest(BORN))).toBe(
      [
        `sent_at: ${BORN}`,
        'measurements {',
        '  name: "Node Control/Rebirth"',
        `  taken_at: ${BORN}`,
        '  type: 11',
        '  as_boolean: true',
        '}',
        '',
      ].join('\n'),
    )
  })

  test.each([
    ['int8', -5, 'as_int: 251'],
    ['int16', -5, 'as_int: 65531'],
    ['int32', -5, 'as_int: 4294967291'],
    ['int64', -5, 'as_long: 18446744073709551611'],
    ['uint8', 255, 'as_int: 255'],
    ['uint32', 4_294_967_295, 'as_int: 4294967295'],
    ['uint64', 9_007_199_254_740_991n, 'as_long: 9007199254740991'],
    ['float', 0.41, 'as_float: 0.41'],
    ['double', -0.41, 'as_double: -0.41'],
    ['boolean', false, 'as_boolean: false'],
    ['string', 'open', 'as_string: "open"'],
    ['dateTime', BORN, `as_long: ${BORN}`],
  ] as const)('reads a command with a value of type %s', (type, value, expected) => {
    const metrics = [{ name: 'Setpoint', timestamp: BORN, datatype: DataType[type], value }]
    expect(decodeToText(encodeCommand({ timestamp: BORN, metrics }))).toContain(`  ${expected}\n`)
  })
})

describe('a payload', () => {
  test('gives time, number, aliases and flags', () => {
    expect(decode(bytesOf(messages.history))).toEqual({
      timestamp: BORN + 3000,
      seq: 4,
      metrics: [
        { alias: 1, timestamp: BORN - 7_200_000, isHistorical: true, value: { wire: 'float', value: 1.5 } },
        { alias: 1, timestamp: BORN - 3_600_000, isHistorical: true, value: { wire: 'float', value: 1.75 } },
        { alias: 2, timestamp: BORN + 3000, isTransient: true, value: { wire: 'boolean', value: false } },
      ],
    })
  })

  test('gives the values of all types, and passes over fields of versions to come', () => {
    const payload = decode(bytesOf(messages.everything))
    expect(valuesOf(payload)).toEqual({
      ...{ Int8: -5, Int16: -5, Int32: -5, Int64: -5, UInt8: 255, UInt16: 65_535, UInt32: 4_294_967_295 },
      ...{ 'UInt32 in 64 bits': 4_294_967_295, UInt64: 18_446_744_073_709_551_615n, Float: 0.41, Double: -0.41, Boolean: true },
      ...{ String: '手动', DateTime: BORN, Text: '', UUID: '6f1c', Bytes: undefined, typeless: 4_294_967_295 },
      'alias 18446744073709551615': null,
    })
    expect(payload.metrics.at(-1)).toEqual({ alias: 18_446_744_073_709_551_615n, isNull: true })
  })

  test('gives the quality, whatever other properties and nested ones there are', () => {
    expect(decode(bytesOf(messages.qualities)).metrics.map(({ quality }) => quality)).toEqual([0, 500, 192])
  })

  test('passes over data sets, templates and bytes', () => {
    expect(valuesOf(decode(bytesOf(messages.deviceBirth)))).toEqual({
      ...{ Level: -25, Valve: null, Photo: undefined, Log: undefined, Pump: undefined },
    })
  })

  test.each([
    ['64 bits', '12100a0161200350fbffffffffffffffff01'],
    ['32 bits where 8 are meant', '120b0a0161200150fbffffff0f'],
  ])('takes the low bits of a sign extended to %s', (_, hex) => {
    expect(valuesOf(decode(new Uint8Array(Buffer.from(hex, 'hex'))))).toEqual({ a: -5 })
  })

  test.each([
    ['text', '7b226174223a317d'],
    ['a number that never ends', '08ffffffffffffffffffffff'],
    ['a metric longer than the payload', '12050a0161'],
    ['a name longer than its metric', '12030a0561'],
    ['a float that is cut off', '12030a0061650000'],
    ['a group, which is no field of today', '0b0c'],
    ['field number 0', '0001'],
    ['a name that is no UTF-8', '12040a02ff61'],
  ])('that is %s is malformed', (_, hex) => {
    expect(malformed(hex)).toEqual(expect.any(String))
  })

  test('that is empty has no metrics', () => {
    expect(decode(new Uint8Array())).toEqual({ metrics: [] })
  })

  test('is refused with too many metrics or too long a name', () => {
    expect(decode(new Uint8Array(Buffer.from('1200'.repeat(MAX_METRICS), 'hex'))).metrics).toHaveLength(MAX_METRICS)
    expect(malformed('1200'.repeat(MAX_METRICS + 1))).toContain('metrics')
    const named = (length: number) =>
      encodeCommand({
        timestamp: 0,
        metrics: [{ name: 'x'.repeat(length), timestamp: 0, datatype: DataType.boolean, value: true }],
      })
    expect(decode(named(MAX_NAME)).metrics[0]?.name).toHaveLength(MAX_NAME)
    expect(decodePayload(named(MAX_NAME + 1))).toHaveProperty('malformed')
  })

  test('of any bytes at all never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const decoded = decodePayload(bytes)
        return 'malformed' in decoded || Array.isArray(decoded.payload.metrics)
      }),
      { numRuns: 5000 },
    )
  })

  test('of a message with bytes changed, cut off or added never throws', () => {
    const damaged = fc.record({
      fixture: fc.constantFrom(...fixtures),
      at: fc.nat(),
      byte: fc.nat(255),
      length: fc.nat(),
      more: fc.uint8Array(),
    })
    fc.assert(
      fc.property(damaged, ({ fixture: [, fixture], at, byte, length, more }) => {
        const bytes = bytesOf(fixture)
        bytes[at % bytes.length] = byte
        decodePayload(bytes)
        decodePayload(bytes.subarray(0, length % bytes.length))
        decodePayload(Buffer.concat([bytes, more]))
      }),
      { numRuns: 3000 },
    )
  })
})

describe('what is written', () => {
  const write = (datatype: DataType, value: number | bigint | boolean | string) =>
    encodeCommand({ timestamp: BORN, metrics: [{ name: 'Setpoint', timestamp: BORN, datatype, value }] })

  test('reads back as the same', () => {
    const any = fc.oneof(
      fc.tuple(fc.constant(DataType.int8), fc.integer({ min: -128, max: 127 })),
      fc.tuple(fc.constant(DataType.int16), fc.integer({ min: -32_768, max: 32_767 })),
      fc.tuple(fc.constant(DataType.int32), fc.integer()),
      fc.tuple(fc.constant(DataType.int64), fc.maxSafeInteger()),
      fc.tuple(fc.constant(DataType.uint64), fc.maxSafeNat()),
      fc.tuple(fc.constant(DataType.double), fc.double()),
      fc.tuple(fc.constant(DataType.boolean), fc.boolean()),
      fc.tuple(fc.constant(DataType.string), fc.string({ unit: 'grapheme' })),
    )
    fc.assert(
      fc.property(any, ([datatype, value]) => {
        expect(valuesOf(decode(write(datatype, value)))).toEqual({ Setpoint: value })
      }),
    )
  })

  test.each([
    [DataType.int8, 128],
    [DataType.int8, -129],
    [DataType.uint8, -1],
    [DataType.uint16, 1.5],
    [DataType.int64, 2n ** 53n],
    [DataType.float, 1e39],
    [DataType.boolean, 1],
    [DataType.string, 1],
    [DataType.bytes, 'x'],
  ])('is never a value that datatype %i cannot hold: %s', (datatype, value) => {
    expect(() => write(datatype, value)).toThrow(RangeError)
  })
})

test.each([
  ['spBv1.0/City/NBIRTH/Edge1', { sort: 'report', verb: 'NBIRTH', group: 'City', node: 'Edge1', device: null }],
  ['spBv1.0/City/DDATA/Edge1/Tank2', { sort: 'report', verb: 'DDATA', group: 'City', node: 'Edge1', device: 'Tank2' }],
  ['spBv1.0/City/NCMD/Edge1', { sort: 'command', verb: 'NCMD', group: 'City', node: 'Edge1', device: null }],
  ['spBv1.0/STATE/lamplighter', { sort: 'state', host: 'lamplighter' }],
  ['spBv1.0/City/NBIRTH/Edge1/Tank2', undefined],
  ['spBv1.0/City/DDATA/Edge1', undefined],
  ['spBv1.0/City/DDATA/Edge1/Tank2/x', undefined],
  ['spBv1.0/City/toString/Edge1', undefined],
  ['spBv1.0/City/NDATA/', undefined],
  ['spBv1.0//NDATA/Edge1', undefined],
  ['spAv1.0/City/NDATA/Edge1', undefined],
  ['spBv1.0/STATE', undefined],
])('the topic %s', (topic, parsed) => {
  expect(parseSparkplugTopic(topic)).toEqual(parsed)
})
