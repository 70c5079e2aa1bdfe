import { describe, expect, test } from 'vitest'
import { draftOf, emptyDraft, inputOf, withVariant } from '../../dashboards/console/src/facility/facility-draft.ts'
import { readMapping } from '../../dashboards/console/src/import/mapping-text.ts'
import { changesOf, scaleOf, typedOf } from '../../dashboards/console/src/rules/rule-draft.ts'
import type { FacilityView } from '../../src/edges/http/schemas.ts'

const facility: FacilityView = {
  number: 7,
  id: 'SL-001',
  kind: 'street-light',
  name: '滨江 1',
  nameEn: 'Quay 1',
  district: 'Harbour',
  road: 'Quay road',
  roadClass: 'main',
  keyArea: true,
  owner: '',
  position: [114.62, 37.901],
  fedBy: 'LC-1',
  circuit: 3,
  gateway: null,
  labels: { pole: 'steel', note: 'a=b' },
  rated: { power: 118.5 },
  mode: 'auto',
}

describe('the form of a facility', () => {
  test('sends back what it was given', () => {
    const { number: _, ...described } = facility
    expect(inputOf(draftOf(facility))).toEqual(described)
  })

  test('sends nothing for what is empty, so that fields can be cleared', () => {
    expect(inputOf(emptyDraft('gateway'))).toMatchObject({ position: null, fedBy: null, circuit: null, labels: {}, rated: {} })
  })

  test('refuses half a position and a label without a name', () => {
    expect(inputOf({ ...draftOf(facility), latitude: '' })).toEqual({ field: 'position' })
    expect(inputOf({ ...draftOf(facility), labels: 'pole=steel\nrusty' })).toEqual({ field: 'labels', line: 'rusty' })
  })

  test('a variant sets its rated values and leaves the others', () => {
    const variant = { key: 'drainage', title: { en: '', zh: '' }, rated: { drainage: 1, head: 0.2 } }
    expect(withVariant({ ...emptyDraft('pump-station'), rated: { flow: '300', head: '9' } }, variant).rated).toEqual({
      flow: '300',
      head: '0.2',
      drainage: '1',
    })
  })
})

describe('the form of a changed rule', () => {
  const form = (fields: Record<string, string>) => {
    const data = new FormData()
    for (const [name, value] of Object.entries(fields)) data.set(name, value)
    return data
  }

  test('takes seconds and percent and gives ms and shares', () => {
    const given = form({ onDelay: '90', enabled: 'off', 'parameter.period': '0.1', 'parameter.share': '12.3', 'parameter.high': '241.5' })
    expect(changesOf(given, ['period', 'share', 'high'])).toEqual({
      enabled: false,
      onDelay: 90_000,
      parameters: { period: 100, share: 0.123, high: 241.5 },
    })
  })

  test('changes nothing by what is left empty, and takes 0 for 0', () => {
    expect(changesOf(form({ onDelay: '', offDelay: '0', priority: '' }), ['high'])).toEqual({ offDelay: 0 })
  })

  test('shows a stored value as it was typed', () => {
    expect(typedOf(0.07, scaleOf('darkShare'))).toBe('7')
    expect(typedOf(2_700_000, scaleOf('period'))).toBe('2700')
    expect(typedOf(undefined, 1)).toBe('')
  })
})

describe('a mapping as it is written', () => {
  const written = (lines: string, more = {}) => readMapping({ lines, idFrom: '', idPrefix: '', ...more })

  test('becomes what the server takes', () => {
    const read = written('灯杆号 = name\nA=B = road\n备注 =\n\ndefault kind = street-light', { idFrom: '灯杆号', idPrefix: 'SL-' })
    expect(JSON.parse('text' in read ? read.text : '')).toEqual({
      columns: { 灯杆号: 'name', 'A=B': 'road', 备注: null },
      defaults: { kind: 'street-light' },
      id: { from: '灯杆号', prefix: 'SL-' },
    })
  })

  test('is left out when nothing is written, and names the line it cannot read', () => {
    expect(written(' \n')).toEqual({ text: '' })
    expect(written('a = name\nroad')).toEqual({ wrong: 'road' })
    expect(written('default kind =')).toEqual({ wrong: 'default kind =' })
  })
})
