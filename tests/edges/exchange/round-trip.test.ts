import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { guardFormula, unguardFormula } from '../../../src/edges/exchange/formula-guard.ts'
import { encodeGb18030 } from '../../../src/edges/exchange/gb18030.ts'
import { checkPlantFile } from '../../../src/edges/exchange/plant-check.ts'
import { type ExportOptions, exportFacilities } from '../../../src/edges/exchange/plant-export.ts'
import { recognize } from '../../../src/edges/exchange/plant-reading.ts'
import { kindByKey } from '../../../src/facilities/index.ts'
import { type Facility, type FacilityDescription, facilityModes, Plant, roadClasses } from '../../../src/facilities/plant.ts'

const folder = mkdtempSync(join(tmpdir(), 'lamplighter-round-'))
/** Characters of private use that GB18030 has no bytes for. */
const UNWRITABLE = '\ue5e5\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864'
const writable = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll(new RegExp(`[${UNWRITABLE}]`, 'g'), 'x')) as T

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Texts with all that is special to CSV, JSON, spreadsheets and encodings; half characters exist in no file. */
const special = fc.constantFrom(
  '=1+1',
  "'=x",
  "''-",
  '-5',
  '@a',
  '\ta',
  '\r',
  '"',
  'a,b;c',
  "'",
  '＝甲',
  '路灯\n二',
  '\u{20bb7}',
  '€',
  '中心‹1›',
  ' x ',
  '﻿y',
)
const written = fc.oneof(
  special,
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 10 }),
)
const words = written.map((text) => text.replaceAll('\ufffd', '').replaceAll('\0', '') || 'x')
const label = fc
  .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 10 })
  .filter((name) => name.trim() === name && name !== '__proto__')
const degrees = (limit: number) => fc.double({ min: -limit, max: limit, noNaN: true }).map((value) => (value === 0 ? 1 : value))

function description(id: string, kind: 'street-light' | 'light-cabinet', fedBy: string | null) {
  return fc.record<FacilityDescription>({
    id: fc.constant(id),
    kind: fc.constant(kind),
    name: words,
    nameEn: fc.oneof(fc.constant(''), words),
    district: fc.oneof(fc.constant(''), words),
    road: fc.oneof(fc.constant(''), words),
    roadClass: fc.option(fc.constantFrom(...roadClasses)),
    keyArea: fc.boolean(),
    owner: fc.oneof(fc.constant(''), words),
    position: fc.tuple(degrees(180), degrees(90)),
    fedBy: fc.constant(fedBy),
    circuit: fedBy !== 'C-1' ? fc.constant(null) : fc.option(fc.integer({ min: 1, max: 6 })),
    gateway: fc.option(fc.constantFrom('GW-1', 'g.2_x')),
    labels: fc.dictionary(label, words, { maxKeys: 3, noNullPrototype: true }),
    rated: fc.dictionary(fc.constant('report-interval'), fc.double({ min: 1, max: 600, noNaN: true }), { noNullPrototype: true }),
    mode: fc.constantFrom(...facilityModes),
  })
}
const city = fc.tuple(
  description('C-1', 'light-cabinet', null),
  description('SL-1', 'street-light', 'C-1'),
  description('SL-2', 'street-light', 'SL-1'),
)

function register(descriptions: readonly FacilityDescription[]): Plant {
  const plant = new Plant()
  descriptions.forEach((each, number) => {
    plant.put({ ...each, kind: kindByKey.get(each.kind)!, number })
  })
  return plant
}

async function exported(plant: Plant, options: ExportOptions): Promise<string> {
  const path = join(folder, 'file')
  const pieces: Uint8Array[] = []
  const sources = { plant, latest: () => [], faults: () => new Set<string>() }
  for await (const piece of exportFacilities([...plant] as Facility[], options, sources)) pieces.push(piece)
  writeFileSync(path, Buffer.concat(pieces))
  return path
}

const csv = { format: 'csv', encoding: 'utf-8', hasMark: false, language: 'en' } as const
describe('what is exported and imported into an empty city is the same city', () => {
  test.each<[string, ExportOptions]>([
    ['CSV', csv],
    ['CSV with a mark and Chinese columns', { ...csv, hasMark: true, language: 'zh' }],
    ['CSV in GBK', { ...csv, encoding: 'gb18030' }],
    ['GeoJSON', { ...csv, format: 'geojson' }],
    ['NGSI-LD', { ...csv, format: 'ngsi-ld' }],
  ])('%s', async (_, options) => {
    await fc.assert(
      fc.asyncProperty(city, async (generated) => {
        const descriptions = options.encoding === 'gb18030' ? writable(generated) : generated
        const path = await exported(register(descriptions), options)
        const found = await recognize(path)
        // GBK bytes that happen to be UTF-8 as well cannot be told apart; whoever sends such a file names its encoding.
        const file = { path, size: statSync(path).size, ...found, encoding: options.encoding }
        const { problems, imported } = await checkPlantFile(file, {}, { plant: new Plant(), kinds: kindByKey })
        expect(problems.list({ severity: 'error' })).toEqual([])
        expect([...imported.facilities.values()].map((each) => each.description)).toEqual(descriptions)
        const again = await checkPlantFile(file, {}, { plant: register(descriptions), kinds: kindByKey })
        expect([...again.imported.facilities.values()].flatMap(({ changed }) => changed)).toEqual([])
      }),
      { numRuns: 60 },
    )
  })
})

test('no exported cell begins as a formula, and the guard comes off exactly', () => {
  fc.assert(
    fc.property(words, (text) => {
      expect(guardFormula(text)).not.toMatch(/^[=+\-@\t\r\n]/)
      expect(unguardFormula(guardFormula(text))).toBe(text)
    }),
  )
  expect(['=1', "'=1", "'s Hof", 'a=1'].map(guardFormula)).toEqual(["'=1", "''=1", "'s Hof", 'a=1'])
})

describe('GB18030', () => {
  test.each<[string, number[]]>([
    ['A', [0x41]],
    ['路灯', [0xc2, 0xb7, 0xb5, 0xc6]],
    ['€', [0xa2, 0xe3]],
    ['ü', [0xa8, 0xb9]],
    ['é', [0xa8, 0xa6]],
    ['ÿ', [0x81, 0x30, 0x8b, 0x37]],
    ['\u{10000}', [0x90, 0x30, 0x81, 0x30]],
    ['\ud800', [0x3f]],
    ['', []],
  ])('%j by hand', (text, bytes) => {
    expect([...encodeGb18030(text)]).toEqual(bytes)
  })

  test('every character of the basic plane comes back', () => {
    const decoder = new TextDecoder('gb18030', { fatal: true })
    const lost: string[] = []
    for (let code = 1; code < 0xd800; code++) {
      const text = String.fromCharCode(code)
      if (decoder.decode(encodeGb18030(text)) !== text) lost.push(code.toString(16))
    }
    expect(lost).toEqual([])
  })
})

test('every character of the basic plane has its bytes in GB18030, but for those known to have none', () => {
  const decoder = new TextDecoder('gb18030', { ignoreBOM: true })
  const lost: string[] = []
  for (let code = 0; code < 0xfffd; code++) {
    if (code >= 0xd800 && code < 0xe000) continue
    const character = String.fromCharCode(code)
    if (decoder.decode(encodeGb18030(character)) !== character) lost.push(character)
  }
  expect(lost.join('')).toBe(UNWRITABLE)
})
