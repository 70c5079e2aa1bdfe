import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { jsonElements } from '../../../src/edges/exchange/json-elements.ts'
import { readNgsiLd } from '../../../src/edges/exchange/ngsi-ld-reading.ts'
import { ColumnMapper } from '../../../src/facilities/import-mapping.ts'
import type { ImportProblem } from '../../../src/facilities/import-problem.ts'
import { kindByKey } from '../../../src/facilities/index.ts'
import { type MeasuredValue, toEntity } from '../../../src/facilities/ngsi-ld.ts'
import { type Facility, type FacilityDescription, Plant } from '../../../src/facilities/plant.ts'
import { PlantImport } from '../../../src/facilities/plant-import.ts'
import { sampleFacility } from '../../storage/state-store.contract.ts'

const published = join(import.meta.dirname, '../../../../shared/data/fiware')
const isPublished = existsSync(published)
const json = (path: string) => JSON.parse(readFileSync(join(published, path), 'utf8'))

/**
 * The published schemas refer to common definitions by an address on the net. These are written by hand after their
 * documentation: identifiers, times, names and owners; the place as a GeoJSON point, and the address.
 */
const common = {
  $id: 'https://smart-data-models.github.io/data-models/common-schema.json',
  definitions: {
    'GSMA-Commons': {
      type: 'object',
      properties: {
        id: { $ref: '#/definitions/EntityIdentifierType' },
        dateCreated: { type: 'string', format: 'date-time' },
        dateModified: { type: 'string', format: 'date-time' },
        source: { type: 'string' },
        name: { type: 'string' },
        alternateName: { type: 'string' },
        description: { type: 'string' },
        dataProvider: { type: 'string' },
        owner: { type: 'array', items: { $ref: '#/definitions/EntityIdentifierType' } },
      },
    },
    EntityIdentifierType: {
      anyOf: [
        { type: 'string', minLength: 1, maxLength: 256, pattern: '^[\\w\\-\\.\\{\\}\\$\\+\\*\\[\\]`|~^@!,:\\\\]+$' },
        { type: 'string', format: 'uri' },
      ],
    },
    'Location-Commons': {
      type: 'object',
      properties: {
        location: {
          type: 'object',
          required: ['type', 'coordinates'],
          properties: { type: { enum: ['Point'] }, coordinates: { type: 'array', minItems: 2, maxItems: 3, items: { type: 'number' } } },
        },
        address: {
          type: 'object',
          properties: { streetAddress: { type: 'string' }, district: { type: 'string' }, addressLocality: { type: 'string' } },
        },
        areaServed: { type: 'string' },
      },
    },
    'PhysicalObject-Commons': { type: 'object', properties: { color: { type: 'string' }, annotations: { type: 'array' } } },
  },
}

function validator(type: string) {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/)
  ajv.addFormat('uri', /^[a-z][a-z0-9+.-]*:[!-~]+$/i)
  ajv.addSchema(common)
  return ajv.compile(json(`${type}/schema.json`))
}

const at = Date.UTC(2026, 2, 1, 12)
const plant = new Plant()
function facility(id: string, kind: string, more: Partial<FacilityDescription>): Facility {
  const { kind: _, ...description } = sampleFacility(id, { fedBy: null, circuit: null, ...more })
  const made = { ...description, number: plant.size, kind: kindByKey.get(kind)! }
  plant.put(made)
  return made
}
const cabinet = facility('C-1', 'light-cabinet', { owner: '照明公司 “East”', mode: 'maintenance', rated: { circuits: 3 } })
const lamp = facility('SL-1', 'street-light', { fedBy: 'C-1', circuit: 2, owner: 'Lighting company', rated: { power: 90 } })
const measured = (point: string, value: MeasuredValue['value'], good = true): MeasuredValue => ({ point, value, at, good })
const entity = (of: Facility, latest: readonly MeasuredValue[], faults: string[] = []) =>
  toEntity(of, { plant, latest, faults: new Set(faults) })

const lampValues = [
  measured('voltage', 229.5),
  measured('power', 60.5),
  measured('dim-actual', 60),
  measured('relay', true),
  measured('driver-temperature', 746, false),
  measured('current', 250, false),
]
const cabinetValues = [
  measured('active-power', 12_500),
  measured('reactive-power', -900),
  measured('voltage-a', 231),
  measured('power-factor', 0.97),
  measured('energy', 162_456),
  measured('mode', 'manual'),
]

describe.skipIf(!isPublished)('against the published schemas', () => {
  test.each<[string, Facility, MeasuredValue[], string[]]>([
    ['Streetlight', lamp, lampValues, []],
    ['Streetlight', lamp, [], ['lamp-failure']],
    [
      'Streetlight',
      facility('SL-2', 'street-light', { fedBy: 'SL-1', owner: '', nameEn: '', name: '', district: '', road: '' }),
      [],
      ['tilt'],
    ],
    ['StreetlightControlCabinet', cabinet, cabinetValues, []],
    ['StreetlightControlCabinet', facility('C-2', 'light-cabinet', { mode: 'auto' }), [], []],
  ])('a %s is valid', (type, of, latest, faults) => {
    const validate = validator(type)
    expect(validate(entity(of, latest, faults)) ? [] : validate.errors).toEqual([])
  })

  test('the published examples are valid too, and what is not is found out', () => {
    for (const type of ['Streetlight', 'StreetlightControlCabinet']) {
      expect(validator(type)(json(`${type}/example.json`)), type).toBe(true)
      expect(validator(type)({ ...json(`${type}/example.json`), location: { type: 'Point' } }), type).toBe(false)
      expect(validator(type)({ ...json(`${type}/example.json`), id: 'with blank' }), type).toBe(false)
    }
  })

  test('the published lamp can be taken, and its impossible values are told', async () => {
    const { problems, facilities } = await read(json('Streetlight/example.json'))
    expect(facilities).toEqual([
      expect.objectContaining({
        id: 'streetlight-guadalajara-4567',
        kind: 'street-light',
        position: [-3.164485591715449, 40.62785133667262],
        rated: { power: 5 },
        labels: { circuit: 'C-456-A467' },
      }),
    ])
    const told = problems.map(({ column, value, reason }) => [column, value, reason])
    expect(told).toContainEqual(['current', '250', 'value-impossible'])
    expect(told).toContainEqual(['voltage', '50', 'value-unusual'])
    // 50 V x 250 A is no lamp of 10 W.
    expect(problems.filter(({ reason }) => reason.startsWith('value-')).length).toBeGreaterThanOrEqual(2)
  })
})

async function read(...entities: unknown[]) {
  const problems: ImportProblem[] = []
  const report = (problem: ImportProblem) => void problems.push(problem)
  const mapper = new ColumnMapper({}, report)
  async function* text() {
    yield JSON.stringify(entities)
  }
  const imported = new PlantImport({ plant: new Plant(), kinds: kindByKey, city: null, report, column: (field) => mapper.column(field) })
  for await (const row of readNgsiLd(jsonElements(text()), mapper, kindByKey)) imported.take(row)
  for (const _ of imported.finish());
  return { problems, facilities: [...imported.facilities.values()].map(({ description }) => description) }
}

test('a lamp says what feeds it, how it is and what it measures; impossible values stay behind', () => {
  expect(entity(lamp, lampValues)).toMatchObject({
    id: 'urn:ngsi-ld:Streetlight:SL-1',
    type: 'Streetlight',
    refStreetlightControlCabinet: 'urn:ngsi-ld:StreetlightControlCabinet:C-1',
    refStreetlightGroup: 'urn:ngsi-ld:StreetlightGroup:C-1:2',
    circuit: '2',
    status: 'ok',
    powerState: 'low',
    powerRating: 90,
    voltage: 229.5,
    powerConsumption: 60.5,
    illuminanceLevel: 0.6,
    observationDateTime: '2026-03-01T12:00:00.000Z',
  })
  expect(entity(lamp, lampValues)).not.toHaveProperty('current')
  expect(entity(lamp, [measured('relay', false)], ['lamp-failure', 'tilt'])).toMatchObject({ powerState: 'off', status: 'defectiveLamp' })
  expect(entity(lamp, [], ['tilt'])).toMatchObject({ status: 'columnIssue' })
})

test('a cabinet gives its powers in kW, and leaves out what the model cannot hold', () => {
  const given = entity(cabinet, cabinetValues)
  expect(given).toMatchObject({ workingMode: 'manual', totalActivePower: 12.5, voltageR: 231, cosPhi: 0.97, energyConsumed: 162_456 })
  expect(given).toMatchObject({ refStreetlightGroup: [1, 2, 3].map((n) => `urn:ngsi-ld:StreetlightGroup:C-1:${n}`) })
  expect(given).not.toHaveProperty('totalReactivePower')
})

test('measured values that cannot be are told, and none is taken', async () => {
  const lamp = {
    id: 'L-1',
    type: 'Streetlight',
    location: { type: 'Point', coordinates: [114, 38] },
    voltage: 50,
    current: 250,
    powerFactor: 0.9,
  }
  const { problems, facilities } = await read(lamp, { id: 'C-1', type: 'StreetlightControlCabinet', location: null, totalActivePower: 95 })
  expect(problems.map(({ row, column, value, reason, about }) => [row, column, value, reason, about])).toEqual([
    [1, 'voltage', '50', 'value-unusual', '205…235 V'],
    [1, 'current', '250', 'value-impossible', '0…5 A'],
    [2, 'active-power', '95000', 'value-impossible', '0…80000 W'],
    [2, 'lon', '', 'position-missing', ''],
  ])
  expect(facilities[0]).toMatchObject({ id: 'L-1', rated: {}, labels: {} })
})

test('the normalised form is read like the short one', async () => {
  const short = await read(entity(lamp, lampValues))
  const normalised = Object.fromEntries(
    Object.entries(entity(lamp, lampValues) ?? {}).map(([name, value]) => {
      if (['id', 'type', '@context'].includes(name)) return [name, value]
      if (name.startsWith('ref')) return [name, { type: 'Relationship', object: value }]
      return [name, { type: name === 'location' ? 'GeoProperty' : 'Property', value, observedAt: '2026-03-01T12:00:00Z' }]
    }),
  )
  expect((await read(normalised)).facilities).toEqual(short.facilities)
  expect(short.facilities[0]).toMatchObject({ id: 'SL-1', fedBy: 'C-1', circuit: 2, owner: 'Lighting company', rated: { power: 90 } })
})

test('other kinds and places nobody measured have no entity', () => {
  expect(entity(facility('PS-1', 'pump-station', {}), [])).toBeNull()
  expect(entity(facility('SL-3', 'street-light', { position: null }), [])).toBeNull()
})
