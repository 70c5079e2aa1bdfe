import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  exactValue,
  type FacilityQuery,
  formatFacilityQuery,
  matchesFacility,
  parseFacilityQuery,
  type QueriedFacility,
  queryFields,
} from '../../src/facilities/facility-query.ts'

const lamp: QueriedFacility = {
  id: 'SL-0042',
  kind: { key: 'street-light', rated: { power: 120, period: 5 } },
  name: '裕华路 42 号灯',
  nameEn: 'Yuhua Road 42',
  district: '新华区 Xinhua',
  road: '裕华路 Yuhua Road',
  roadClass: 'main',
  keyArea: true,
  owner: '市照明中心',
  position: [114.5, 38.04],
  fedBy: 'LC-001',
  circuit: 3,
  gateway: null,
  labels: { pole: 'steel', 'lamp no': 'a,b', star: '5*' },
  rated: { power: 180 },
  mode: 'auto',
}

describe('a facility query', () => {
  test.each([
    ['', true],
    ['   ', true],
    ['kind=street-light', true],
    ['kind=light-cabinet', false],
    ['kind=light-cabinet,street-light', true],
    ['kind!=street-light', false],
    ['kind!=light-cabinet,pump-station', true],
    ['kind=street-light mode=manual', false],
    ['district="新华区 Xinhua"', true],
    ['district=新华区\\ Xinhua', true],
    ['district=新华区', false],
    ['district=新华区*', true],
    ['district=*xinhua', true],
    ['roadClass=main,secondary', true],
    ['roadClass=', false],
    ['keyArea=yes', true],
    ['keyArea=否', false],
    ['owner=市照明中心', true],
    ['fedBy=LC-001 circuit=3', true],
    ['circuit=03', true],
    ['circuit=1,2', false],
    ['fedBy=lc-001', false],
    ['gateway=', true],
    ['gateway!=', false],
    ['gateway=*', false],
    ['gateway=,GW-1', true],
    ['position=', false],
    ['id=SL-00*', true],
    ['id=SL-00??', true],
    ['id=SL-00?', false],
    ['id=*4*2*', true],
    ['name=*Yuhua*', true],
    ['name=裕华*', true],
    ['nameEn=裕华*', false],
    ['road="*yuhua road"', true],
    ['rated.power=180', true],
    ['rated.power=180.0', true],
    ['rated.power=120', false],
    ['rated.period=5', true],
    ['rated.length=', true],
    ['label.pole=steel', true],
    ['label.pole!=steel', false],
    ['label.pole=wood,steel', true],
    ['label.colour=', true],
    ['label.toString=', true],
    ['"label.lamp no"="a,b"', true],
    ['label.lamp\\ no=a,b', false],
    ['label.star=5\\*', true],
    ['label.star=4\\*', false],
    ['label.star=\\*', false],
    ['mode=auto', true],
    ['mode=out-of-*', false],
  ])('%s is %s', (text, expected) => {
    expect(matchesFacility(parseFacilityQuery(text), lamp)).toBe(expected)
  })

  test('looks at descriptions too, which have no defaults of their kind', () => {
    const described = { ...lamp, kind: 'street-light' }
    expect(matchesFacility(parseFacilityQuery('kind=street-light rated.power=180'), described)).toBe(true)
    expect(matchesFacility(parseFacilityQuery('rated.period=5'), described)).toBe(false)
  })

  test.each([
    ['street-light', /character 1 \(street-light\): a condition needs = or !=/],
    ['kind=street-light color=red', /character 19 .*no field "color"; there are id, kind/],
    ['kind=a rated.=5', /no field "rated\."/],
    ['district="新华', /character 1 .*double quote is not closed/],
    ['roadClass=major', /"major" is no value for it; give main, secondary, branch, landscape/],
    ['keyArea=perhaps', /give yes or no/],
    ['circuit=three', /give a number/],
    ['mode=off', /give auto, manual/],
    ['id=a\\', /stands for nothing/],
    [`id=${'x'.repeat(3000)}`, /at most 2000 characters/],
  ])('%s is refused with place and remedy', (text, problem) => {
    expect(() => parseFacilityQuery(text)).toThrow(
      expect.objectContaining({ code: 'invalid-request', message: expect.stringMatching(problem) }),
    )
  })

  test('cannot be made slow by stars', () => {
    const query = parseFacilityQuery(`name=${'*a'.repeat(500)}b`)
    const started = performance.now()
    expect(matchesFacility(query, { ...lamp, name: 'a'.repeat(2000) })).toBe(false)
    expect(performance.now() - started).toBeLessThan(500)
  })

  const anyText = fc.string({ unit: fc.constantFrom(...'ab *?\\",=!.新 路'), maxLength: 8 })
  const escaped = anyText.map((text) => text.replaceAll('\\', '\\\\'))
  const condition = fc.oneof(
    fc.record({
      field: fc.constantFrom('id', 'name', 'road', 'fedBy'),
      not: fc.boolean(),
      anyOf: fc.array(escaped, { minLength: 1, maxLength: 3 }),
    }),
    fc.record({
      field: anyText.map((key) => `label.x${key}`),
      not: fc.boolean(),
      anyOf: fc.array(escaped, { minLength: 1, maxLength: 3 }),
    }),
  )

  test('written and read again is the same query', () => {
    fc.assert(
      fc.property(fc.array(condition, { maxLength: 4 }), (conditions) => {
        const query: FacilityQuery = { conditions }
        const text = formatFacilityQuery(query)
        expect(parseFacilityQuery(text)).toEqual(query)
        expect(formatFacilityQuery(parseFacilityQuery(text))).toBe(text)
        expect(matchesFacility(query, lamp)).toBe(matchesFacility(parseFacilityQuery(text), lamp))
      }),
    )
  })

  test('any label is found by its own text, written with escapes', () => {
    fc.assert(
      fc.property(
        anyText,
        anyText.filter((value) => value !== ''),
        (key, value) => {
          const anyOf = [value.replaceAll(/[\\*?]/g, '\\$&')]
          const query = parseFacilityQuery(formatFacilityQuery({ conditions: [{ field: `label.x${key}`, not: false, anyOf }] }))
          expect(matchesFacility(query, { ...lamp, labels: { [`x${key}`]: value } })).toBe(true)
          expect(matchesFacility(query, { ...lamp, labels: { [`x${key}`]: `${value}x` } })).toBe(false)
        },
      ),
    )
  })

  test('tells which field it pins to one value', () => {
    const query = parseFacilityQuery('fedBy=LC-1 id=SL* gateway=a,b kind!=x owner=')
    expect(queryFields.map((field) => exactValue(query, field))).toEqual(
      queryFields.map((field) => (field === 'fedBy' ? 'LC-1' : undefined)),
    )
  })
})
