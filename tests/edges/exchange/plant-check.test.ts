import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { checkPlantFile } from '../../../src/edges/exchange/plant-check.ts'
import { type ImportFormat, recognize } from '../../../src/edges/exchange/plant-reading.ts'
import type { ImportMapping } from '../../../src/facilities/import-mapping.ts'
import { type ImportProblem, type ImportReason, importReasonKeys, problemText } from '../../../src/facilities/import-problem.ts'
import { kindByKey } from '../../../src/facilities/index.ts'
import { type FacilityDescription, Plant } from '../../../src/facilities/plant.ts'
import { MAX_ROWS, PlantImport } from '../../../src/facilities/plant-import.ts'
import { sampleFacility } from '../../storage/state-store.contract.ts'

const folder = mkdtempSync(join(tmpdir(), 'lamplighter-check-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const here = (name: string) => join(import.meta.dirname, 'files', name)

let plant: Plant
beforeEach(() => {
  plant = new Plant()
})

function register(id: string, kind: string, more: Partial<FacilityDescription> = {}) {
  const { kind: _, ...description } = sampleFacility(id, { circuit: null, position: [114.5, 38.05], ...more })
  plant.put({ ...description, number: plant.size, kind: kindByKey.get(kind)! })
}

/** Reasons found by the tests of this file. */
const seen = new Set<ImportReason>()

interface Options {
  mapping?: ImportMapping
  city?: readonly [number, number, number, number]
  format?: ImportFormat
}

async function checkFile(path: string, { mapping = {}, city, format }: Options = {}) {
  const found = await recognize(path)
  const file = { path, size: statSync(path).size, ...found, ...(format && { format }) }
  const { problems, imported } = await checkPlantFile(file, mapping, { plant, kinds: kindByKey, city })
  for (const { reason } of problems.list()) seen.add(reason)
  return {
    ...found,
    imported,
    problems: problems.list(),
    /** row:column:reason */
    found: problems.list().map(({ row, column, reason }) => `${row}:${column}:${reason}`),
    get: (id: string) => imported.facilities.get(id),
  }
}

async function check(content: string | Uint8Array, options: Options = {}) {
  const path = join(folder, 'given')
  writeFileSync(path, content)
  return checkFile(path, options)
}

const box = [114, 37.5, 115, 38.5] as const

test('a dirty file: every row that is wrong is named with its reason', async () => {
  register('PS-1', 'pump-station')
  const { found, problems, imported } = await checkFile(here('dirty.csv'), { city: box })
  expect(found).toEqual([
    '1:颜色:column-unknown',
    '5:编号:duplicate',
    '7:编号:conflict',
    '9:编号:label-at-two-places',
    '10:经度:same-place',
    '11:上级设施:parent-unknown',
    '12:上级设施:cycle',
    '13:上级设施:cycle',
    '14:回路:circuit-unknown',
    '15:经度:position-missing',
    '16:经度:position-unreadable',
    '17:经度:position-swapped',
    '18:经度:position-outside',
    '19:经度:position-zero',
    '20:类型:kind-unknown',
    '21:rated.power:number-bad',
    '22:rated.glow:rated-unknown',
    '23:道路等级:choice-bad',
    '24:模式:choice-bad',
    '25:编号:id-bad',
    '26::cell-count',
    '27:名称:encoding-wrong',
    '28:道路:text-too-long',
    '29:回路:number-bad',
    '29:rated.power:number-bad',
    '30:类型:kind-changed',
    '30:重点区域:choice-bad',
    '31:网关:gateway-itself',
  ])
  expect(imported.rows).toBe(30)
  expect(problems.find(({ row }) => row === 14)).toMatchObject({ value: '70', about: expect.stringMatching(/^[68]$/) })
  expect(problems.find(({ row }) => row === 17)?.value).toBe('38.041, 114.511')
  for (const problem of problems) {
    const { en, zh } = problemText(problem)
    expect(en, problem.reason).toMatch(/\.$/)
    expect(zh, problem.reason).toMatch(/[\u4e00-\u9fff].*。$/)
    expect(en + zh).not.toMatch(/undefined|null/)
  }
})

describe('what is wrong with a file as a whole', () => {
  test.each<[string, string | Uint8Array, string[]]>([
    ['nothing', '', ['1::file-empty']],
    ['a header only', 'id,kind\n', ['1::file-empty']],
    ['blank lines', '\n \n', ['1::file-empty']],
    ['no id', 'kind,name\nstreet-light,a\n', ['1::column-missing']],
    ['two columns of one field', 'id,kind,lon,经度\na,street-light,1,2\n', ['1:经度:column-twice']],
    ['neither UTF-8 nor GBK', Uint8Array.from([0x69, 0x64, 0x0a, 0xff, 0xff]), ['2::encoding-wrong']],
    ['a quote that is not closed', 'id,kind\na,"street-light\n'.padEnd(200_000, 'x'), ['2::format-broken']],
    ['JSON that ends early', '{"type":"FeatureCollection","features":[{"type":"Feature"', ['1::format-broken']],
    ['JSON with a comma too many', '[{"id":"a"},]', ['1:position-missing', '2::format-broken'].slice(1)],
  ])('%s', async (_, content, expected) => {
    const { found } = await check(content)
    expect(found).toEqual(expect.arrayContaining(expected))
  })
})

describe('encodings', () => {
  // id,kind,name / L-1,street-light,路灯 by hand; 路灯 is E8 B7 AF E7 81 AF in UTF-8, C2 B7 B5 C6 in GBK, 8D EF 70 6F in UTF-16 (big end first).
  const ascii = (text: string) => [...Buffer.from(text, 'latin1')]
  const head = 'id,kind,name\r\nL-1,street-light,'
  test.each<[string, number[], string, boolean]>([
    ['UTF-8', [...ascii(head), 0xe8, 0xb7, 0xaf, 0xe7, 0x81, 0xaf], 'utf-8', false],
    ['UTF-8 with a mark', [0xef, 0xbb, 0xbf, ...ascii(head), 0xe8, 0xb7, 0xaf, 0xe7, 0x81, 0xaf], 'utf-8', true],
    ['GBK', [...ascii(head), 0xc2, 0xb7, 0xb5, 0xc6], 'gb18030', false],
    ['UTF-16 with a mark', [0xff, 0xfe, ...ascii(head).flatMap((byte) => [byte, 0]), 0xef, 0x8d, 0x6f, 0x70], 'utf-16le', true],
  ])('%s is found and read', async (_, bytes, encoding, hasMark) => {
    const result = await check(Uint8Array.from(bytes))
    expect(result).toMatchObject({ encoding, hasMark })
    expect(result.get('L-1')?.description.name).toBe('路灯')
  })
})

describe('CSV', () => {
  test.each([',', ';', '\t'])('with %j between cells, quotes and line breaks in them', async (delimiter) => {
    const { get, found } = await check(
      [['id', 'kind', 'name'], ['L-1', 'street-light', '"a ""b""\n=c, ;"'], ['L-2', 'street-light', "'=1+1"]]
        .map((cells) => cells.join(delimiter)).join('\n'), // biome-ignore format: a table
    )
    expect(found).toEqual(['2:lon:position-missing', '3:lon:position-missing'])
    expect([get('L-1')?.description.name, get('L-2')?.description.name]).toEqual(['a "b"\n=c, ;', '=1+1'])
  })

  test('a column that is absent changes nothing, an empty cell takes the value away', async () => {
    register('L-1', 'street-light', {
      labels: { pole: '7', box: 'x' },
      rated: { power: 60, 'report-interval': 300 },
      fedBy: null,
      owner: 'A',
    })
    const { get, found } = await check('id,owner,label.pole,rated.power\nL-1,,,\nL-2,,,\n')
    expect(found).toEqual(['3:kind:column-missing'])
    expect(get('L-1')).toMatchObject({
      changed: [{ field: 'owner' }, { field: 'label.pole' }, { field: 'rated.power' }],
      description: { owner: '', labels: { box: 'x' }, rated: { 'report-interval': 300 }, road: '解放路', name: 'Lamp L-1' },
    })
  })

  test('a rated value that no real facility has is refused, unless it is as before', async () => {
    register('G-1', 'gas-station', { rated: { 'shut-off': 1.2 } })
    const rows = 'G-1,gas-station,114.5,38,6000,1.2,0.26\nG-2,gas-station,114.51,38,,2.4,\nG-3,gas-station,114.52,38,,,0.2\n'
    const { found, problems } = await check(`id,kind,lon,lat,rated.flow,rated.shut-off,rated.outlet-high\n${rows}`)
    expect(found).toEqual(['3:rated.shut-off:rated-impossible', '4:rated.shut-off:rated-impossible'])
    expect(problems.map(({ value, about }) => `${value} ${about}`)).toEqual(['2.4 shut-off 0.26…0.364', '0.3 shut-off 0.2…0.28'])
  })

  test('without a box the places of the plant are a warning only', async () => {
    register('C-1', 'light-cabinet')
    const { found } = await check('id,kind,lon,lat\nL-1,street-light,121.47,31.23\nL-2,street-light,114.6,38.1\n')
    expect(found).toEqual(['2:lon:position-far'])
  })
})

describe('a mapping', () => {
  const mapping: ImportMapping = {
    columns: { 표찰번호: 'label.plate', 주소: 'road', 경도: 'lon', 위도: 'lat', 비고: null },
    id: { from: '표찰번호', prefix: 'CW-', words: { 무역로: 'muyeok' } },
    defaults: { kind: 'street-light', district: '의창구' },
  }
  test('makes ids of labels, fills what is missing and passes over what is not wanted', async () => {
    const { get, found, imported } = await check('표찰번호,주소,경도,위도,비고\n무역로-05 R-02,길,128.62,35.21,x\n', { mapping })
    expect(found).toEqual([])
    expect([...imported.facilities.keys()]).toEqual(['CW-muyeok-05-R-02'])
    expect(get('CW-muyeok-05-R-02')?.description).toMatchObject({
      labels: { plate: '무역로-05 R-02' },
      district: '의창구',
      position: [128.62, 35.21],
    })
  })

  test('that names no field is refused', async () => {
    await expect(check('a\n1\n', { mapping: { columns: { a: 'colour' } } })).rejects.toThrow(/columns: "colour" is no field/)
    await expect(check('a\n1\n', { mapping: { defaults: { hue: 'x' } } })).rejects.toThrow(/defaults: "hue"/)
  })

  const inventory = join(import.meta.dirname, '../../../../shared/data/lamp-inventory/changwon_excerpt.csv')
  test.skipIf(!exists(inventory))('reads an inventory of a city with all its dirt', async () => {
    const { found, imported } = await checkFile(inventory, { mapping })
    expect(imported.rows).toBe(26)
    expect(imported.facilities.size).toBe(22)
    expect(found).toEqual(['14:표찰번호:duplicate', '23:표찰번호:label-at-two-places', '25:표찰번호:duplicate', '27:표찰번호:duplicate'])
  })
})

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

test('a file of too many rows is not read on', () => {
  const reasons: string[] = []
  const report = ({ row, reason }: ImportProblem) => {
    seen.add(reason)
    reasons.push(`${row}:${reason}`)
  }
  const imported = new PlantImport({ plant, kinds: kindByKey, city: null, report, column: (field) => field })
  let row = 0
  while (imported.take({ row: ++row, cells: new Map(), isBroken: true }));
  expect(reasons).toEqual([`${MAX_ROWS + 1}:too-many-rows`])
})

test('every reason has been seen here, but those for measured values', () => {
  expect(importReasonKeys.filter((reason) => !seen.has(reason))).toEqual(['value-impossible', 'value-unusual'])
})
