import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type DeviceProfile, type FieldMapping, mapFields } from '../../src/telemetry/device-profile.ts'
import { atPointer, leafPointers } from '../../src/telemetry/json-pointer.ts'
import { analog, digital, encodeValue, pointTable, state, text } from '../../src/telemetry/point.ts'
import { profileProblems } from '../../src/telemetry/profile-problems.ts'
import { filtersOverlap, patternProblem, topicPattern } from '../../src/telemetry/topic-pattern.ts'

const table = pointTable({
  current: analog(text('Current', '电流'), 'A', [0, 5]),
  energy: analog(text('Energy', '电能'), 'kWh', [0, 1e7]),
  'power-factor': analog(text('Power factor', '功率因数'), '', [0, 1]),
  relay: digital(text('Relay', '继电器'), text('open', '断开'), text('closed', '闭合')),
  mode: state(text('Mode', '模式'), { auto: text('automatic', '自动'), manual: text('manual', '手动') }),
})
const facility = { id: 'lamp-1', number: 1, kind: { key: 'lamp', table }, gateway: null }
const profile = (...fields: FieldMapping[]): DeviceProfile => ({
  id: 'p',
  title: 'P',
  dialect: 'lorawan',
  kind: 'lamp',
  codec: null,
  fields,
})
const map = (body: unknown, ...fields: FieldMapping[]) => mapFields((field) => atPointer(body, field), profile(...fields), facility)

describe('mapping of fields', () => {
  test.each<[string, unknown, FieldMapping, unknown]>([
    ['a number in the unit of the device', { i: 570 }, { field: '/i', point: 'current', unit: 'mA' }, 0.57],
    ['a number in the unit of the point', { i: 0.57 }, { field: '/i', point: 'current' }, 0.57],
    ['a number as text', { i: ' 570.0 ' }, { field: '/i', point: 'current', unit: 'mA' }, 0.57],
    ['a 64-bit integer', { e: 1234567n }, { field: '/e', point: 'energy', unit: 'Wh' }, 1234.567],
    ['scale before offset before unit', { i: 10 }, { field: '/i', point: 'current', scale: 100, offset: -500, unit: 'mA' }, 0.5],
    ['an element of an array', { data: [{ v: 1 }, { v: 2 }] }, { field: '/data/1/v', point: 'current' }, 2],
    ['a name with a slash and a tilde', { 'a/b~c': 3 }, { field: '/a~1b~0c', point: 'current' }, 3],
    ['zero', { i: 0 }, { field: '/i', point: 'current' }, 0],
    ['a boolean', { r: false }, { field: '/r', point: 'relay' }, false],
    ['a boolean as 1', { r: 1 }, { field: '/r', point: 'relay' }, true],
    ['a boolean as text', { r: 'true' }, { field: '/r', point: 'relay' }, true],
    ['a boolean turned round', { r: 1 }, { field: '/r', point: 'relay', scale: -1, offset: 1 }, false],
    ['a word for a boolean', { r: 'ON' }, { field: '/r', point: 'relay', enum: { ON: true, OFF: false } }, true],
    ['a number for a state', { m: 2 }, { field: '/m', point: 'mode', enum: { 1: 'auto', 2: 'manual' } }, 'manual'],
    ['a state by its name', { m: 'auto' }, { field: '/m', point: 'mode' }, 'auto'],
    ['a boolean for a number', { r: true }, { field: '/r', point: 'current', enum: { true: 1, false: 0 } }, 1],
  ])('%s', (_, body, mapping, expected) => {
    expect(map(body, mapping)).toEqual({ values: { [mapping.point]: expected }, rejections: [] })
  })

  test.each<[string, unknown, FieldMapping]>([
    ['a text', { i: 'much' }, { field: '/i', point: 'current' }],
    ['an empty text', { i: '' }, { field: '/i', point: 'current' }],
    ['a hexadecimal text', { i: '0x10' }, { field: '/i', point: 'current' }],
    ['an object', { i: {} }, { field: '/i', point: 'current' }],
    ['infinity', { i: Number.POSITIVE_INFINITY }, { field: '/i', point: 'current' }],
    ['a boolean without an enum', { i: true }, { field: '/i', point: 'current' }],
    ['what the enum does not know', { m: 3 }, { field: '/m', point: 'mode', enum: { 1: 'auto' } }],
    ['a name every object has', { m: 'constructor' }, { field: '/m', point: 'mode', enum: { 1: 'auto' } }],
    ['2 for a boolean', { r: 2 }, { field: '/r', point: 'relay' }],
  ])('refuses %s', (_, body, mapping) => {
    const { values, rejections } = map(body, mapping)
    expect(values).toEqual({})
    expect(rejections).toMatchObject([{ reason: 'wrong-type', facility: 'lamp-1' }])
  })

  test('ignores what is absent or null and what is not mapped, however it is called', () => {
    expect(map({ current: 3, i: null }, { field: '/i', point: 'current' }, { field: '/x/y', point: 'relay' })).toEqual({
      values: {},
      rejections: [],
    })
  })

  test('says of a point the kind no longer has', () => {
    expect(map({ i: 1 }, { field: '/i', point: 'gone' }).rejections).toMatchObject([{ reason: 'unknown-point' }])
  })

  test('sees no inherited property', () => {
    expect(map({}, { field: '/constructor/name', point: 'mode' })).toEqual({ values: {}, rejections: [] })
  })

  test('whatever comes, each value given is one of its point', () => {
    const mapping = fc.record(
      {
        field: fc.constant('/v'),
        point: fc.constantFrom(...table.keys),
        unit: fc.constantFrom('mA', 'Wh', '%', 'V'),
        scale: fc.double(),
        offset: fc.double(),
        enum: fc.dictionary(fc.constantFrom('0', '1', 'true', 'x'), fc.oneof(fc.double(), fc.boolean(), fc.string())),
      },
      { requiredKeys: ['field', 'point'] },
    )
    fc.assert(
      fc.property(fc.anything({ withBigInt: true }), mapping, (v, fields) => {
        const { values } = map({ v }, fields as FieldMapping)
        for (const [key, value] of Object.entries(values))
          expect(encodeValue(table.points[table.index.get(key) as number] as never, value)).toBeDefined()
      }),
    )
  })
})

describe('problems of a profile', () => {
  const problems = (change: Partial<DeviceProfile>) => profileProblems({ ...profile(), ...change }, table)

  test('one that can be used has none', () => {
    const fields = [
      { field: '/i', point: 'current', unit: 'mA' },
      { field: '$rssi', point: 'energy' },
      { field: '/m', point: 'mode', enum: { 1: 'auto' } },
    ]
    expect(problems({ fields })).toEqual([])
    expect(problems({ dialect: 'sparkplug', fields: [{ field: 'Outputs/Relay 1', point: 'relay' }] })).toEqual([])
  })

  test('lists what can be converted where a unit cannot', () => {
    expect(problems({ fields: [{ field: '/i', point: 'current', unit: 'V' }] })).toEqual([
      '/i -> current: V cannot be converted; into A can be converted: A, mA, µA, kA',
    ])
    expect(problems({ fields: [{ field: '/i', point: 'current', unit: 'amp' }] })).toEqual([
      '/i -> current: amp is no known unit; into A can be converted: A, mA, µA, kA',
    ])
  })

  test.each<[Partial<DeviceProfile>, RegExp]>([
    [{ fields: [{ field: '/i', point: 'ampere' }] }, /no such point; there are current/],
    [{ fields: [{ field: 'i', point: 'current' }] }, /no JSON pointer/],
    [{ fields: [{ field: '/i', point: 'current', scale: 0 }] }, /every value the same/],
    [{ fields: [{ field: '/r', point: 'relay', unit: 'A' }] }, /has no unit/],
    [{ fields: [{ field: '/m', point: 'mode', enum: { 1: 'off' } }] }, /"off" is no value of the point; there are auto, manual/],
    [
      {
        fields: [
          { field: '/a', point: 'current' },
          { field: '/b', point: 'current' },
        ],
      },
      /more than one field/,
    ],
    [{ dialect: 'mapped' }, /needs "topics"/],
    [{ topics: { pattern: 'a/{id}', payload: 'json' } }, /not of lorawan/],
    [{ dialect: 'sparkplug', codec: 'x' }, /only LoRaWAN/],
    [{ dialect: 'mapped', topics: { pattern: 'a/b', payload: 'json' } }, /without a capture/],
    [{ dialect: 'mapped', topics: { pattern: 'a/{id}', payload: 'json', facility: 'lamp' } }, /no capture of the pattern/],
    [{ dialect: 'mapped', topics: { pattern: 'a/{id}', payload: 'json', reports: '/log' } }, /need a time of their own/],
    [
      { dialect: 'mapped', topics: { pattern: 'a/{id}', payload: 'bare', time: { field: '', format: 'ms' } } },
      /neither reports nor a time/,
    ],
    [
      { dialect: 'mapped', topics: { pattern: 'a/{id}', payload: 'json', status: { field: '', online: ['1'], offline: ['1'] } } },
      /both online and offline/,
    ],
  ])('%j', (change, problem) => {
    expect(problems(change)).toEqual([expect.stringMatching(problem)])
  })
})

describe('patterns of topics', () => {
  test.each([
    ['site/{site}/lamp/{id}/state', 'site/north/lamp/7/state', ['north', '7']],
    ['site/{site}/+/{id}', 'site/north/lamp/7', ['north', '7']],
    ['meter/{id}/#', 'meter/7/a/b', ['7']],
    ['meter/{id}/#', 'meter/7', ['7']],
    ['site/{site}/lamp', 'site/north/lamp/7', undefined],
    ['site/{site}/lamp', 'site//lamp', undefined],
    ['site/{site}/lamp', 'place/north/lamp', undefined],
  ])('%s takes of %s: %j', (pattern, topic, captures) => {
    expect(topicPattern(pattern).match(topic)).toEqual(captures)
  })

  test.each([
    ['facilities/street-light/{id}/telemetry', /in another way/],
    ['gateways/{id}/telemetry', /in another way/],
    ['spBv1.0/{group}/#', /in another way/],
    ['{root}/street-light/7/telemetry', /in another way/],
    ['$SYS/{id}', /topics of the broker/],
    ['{root}/lamp', /in another way/],
    ['a/{id}/#/b', /end/],
    ['a/x{id}', /neither a level nor a capture/],
    ['a/{id}/{id}', /two captures/],
    ['', /empty/],
    ['a/{id}', undefined],
  ])('problem of %s', (pattern, problem) => {
    if (problem) expect(patternProblem(pattern)).toMatch(problem)
    else expect(patternProblem(pattern)).toBeUndefined()
  })

  test.each([
    ['a/+/c', 'a/b/+', true],
    ['a/#', 'a', true],
    ['a/+', 'a', false],
    ['a/b', 'a/c', false],
    ['a/+/#', 'a/b/c/d', true],
  ])('%s and %s overlap: %j', (one, other, expected) => {
    expect(filtersOverlap(one, other)).toBe(expected)
    expect(filtersOverlap(other, one)).toBe(expected)
  })
})

test('lists the pointers of a body, which find their values again', () => {
  const body = { a: [1, { 'b/c': true }], d: null, e: 'x' }
  expect(leafPointers(body, 10)).toEqual(['/a/0', '/a/1/b~1c', '/e'])
  expect(leafPointers(body, 2)).toEqual(['/a/0', '/a/1/b~1c'])
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const pointer of leafPointers(value, 100)) expect(atPointer(value, pointer)).not.toBeTypeOf('object')
    }),
  )
})
