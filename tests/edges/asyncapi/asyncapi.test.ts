import specification from '@asyncapi/specs/schemas/3.0.0-without-$id.json' with { type: 'json' }
import { Ajv } from 'ajv'
import { anything, assert, constantFrom, double, oneof, property, record, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asyncApi } from '../../../src/edges/asyncapi/asyncapi.ts'
import { kindByKey } from '../../../src/facilities/index.ts'
import { decodeNative } from '../../../src/telemetry/codecs/native.ts'
import { exampleValues, reportSchema } from '../../../src/telemetry/codecs/native-schema.ts'
import { days, minutes } from '../../../src/telemetry/duration.ts'

const kinds = [...kindByKey.values()]
const limits = { maxPayload: 100_000, maxFuture: minutes(5), maxAge: days(20_000) }
const facilityOf = (key: string) => ({ id: 'one', number: 1, kind: kindByKey.get(key)!, gateway: 'gw' })

// biome-ignore lint/suspicious/noExplicitAny: a document of any shape is what is looked at
const document: any = JSON.parse(JSON.stringify(asyncApi(kinds, '1.2.3')))
const resolve = (reference: string) =>
  reference
    .slice(2)
    .split('/')
    // biome-ignore lint/suspicious/noExplicitAny: as above
    .reduce((at: any, key) => at[key], document)

const decode = (topic: string, key: string, body: unknown) => {
  const facility = facilityOf(key)
  const plant = { get: (id: string) => (id === 'one' ? facility : undefined), behind: () => [] }
  return decodeNative({ position: 1, received: Date.now(), topic, payload: Buffer.from(JSON.stringify(body)) }, plant, limits)
}

test('the document is AsyncAPI 3.0', () => {
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false })
  const check = ajv.compile(specification as object)
  expect(check(document) ? [] : check.errors).toEqual([])
  expect(check({ ...document, operations: { x: { action: 'nonsense' } } })).toBe(false)
})

test('every operation and message that is named is there', () => {
  for (const { channel } of Object.values<{ channel: { $ref: string } }>(document.operations))
    expect(resolve(channel.$ref)).toBeTypeOf('object')
  for (const { messages } of Object.values<{ messages: Record<string, { $ref: string }> }>(document.channels)) {
    for (const { $ref } of Object.values(messages)) expect(resolve($ref)).toBeTypeOf('object')
  }
})

test('every kind that devices report for has its channel; the service itself has none', () => {
  const addresses = Object.values<{ address: string }>(document.channels).map(({ address }) => address)
  for (const { key, reportsItself } of kinds) {
    expect(addresses.includes(`facilities/${key}/{id}/telemetry`), key).toBe(!reportsItself)
  }
})

describe('examples hold their own schema and decode whole', () => {
  const named = Object.entries<{ payload: object; examples?: { payload: unknown }[] }>(document.components.messages)
  test.each(named.filter(([, { examples }]) => examples))('%s', (_, { payload, examples }) => {
    const check = new Ajv({ strict: false }).compile(payload)
    for (const example of examples!) expect(check(example.payload) ? [] : check.errors).toEqual([])
  })

  test.each(kinds.filter(({ reportsItself }) => !reportsItself).map(({ key }) => key))('%s', (key) => {
    const report = { at: Date.now(), values: exampleValues(kindByKey.get(key)!.table) }
    const { reports, rejections } = decode(`facilities/${key}/one/telemetry`, key, report)
    expect(rejections).toEqual([])
    expect(reports[0]?.readings.map(({ quality }) => quality)).toEqual(Object.keys(report.values).map(() => 'good'))
    const behind = decode('gateways/gw/telemetry', key, [{ ...report, facility: 'one' }])
    expect(behind.rejections).toEqual([])
  })
})

test('property: schema and codec take the same values', () => {
  for (const { key, table, reportsItself } of kinds) {
    if (reportsItself) continue
    const check = new Ajv({ strict: false }).compile(reportSchema(table, false))
    const states = table.points.flatMap((point) => (point.type === 'state' ? point.states.map((one) => one.key) : []))
    const value = oneof(double({ noNaN: true, noDefaultInfinity: true }), constantFrom(true, false, 0, 1, null, 'x', [], {}, ...states))
    assert(
      property(constantFrom(...table.keys, 'unknown'), value, (point, value) => {
        const report = { at: Date.now(), values: { [point]: value } }
        const { rejections } = decode(`facilities/${key}/one/telemetry`, key, report)
        expect(check(report), JSON.stringify(report)).toBe(rejections.length === 0)
      }),
      { numRuns: 60 },
    )
  }
})

test('property: whatever the schema refuses, the codec refuses', () => {
  const { table } = kindByKey.get('street-light')!
  const check = new Ajv({ strict: false }).compile(reportSchema(table, false))
  const body = oneof(
    anything(),
    record({ at: anything(), values: anything() }),
    record({ at: string(), values: record({ power: double() }) }),
  )
  assert(
    property(body, (given) => {
      const text = JSON.stringify(given)
      if (text === undefined) return
      const report = JSON.parse(text)
      if (Array.isArray(report) || check(report)) return
      expect(decode('facilities/street-light/one/telemetry', 'street-light', report).rejections).not.toEqual([])
    }),
    { numRuns: 500 },
  )
})
