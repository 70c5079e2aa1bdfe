import { describe, expect, test } from 'vitest'
import { draftOf, emptyDraft, inputOf, withVariant } from '../../dashboards/console/src/facility/facility-draft.ts'
import { readMapping } from '../../dashboards/console/src/import/mapping-text.ts'
import type { InForce } from '../../dashboards/console/src/rules/in-force.ts'
import { type RuleChanges, readChanges, scaleOf, typedOf } from '../../dashboards/console/src/rules/rule-draft.ts'
import { formatMinuteOfDay, readMinuteOfDay, runsOf } from '../../dashboards/console/src/rules/time-of-day.ts'
import { changeOf, versionsPath } from '../../dashboards/console/src/rules/versions-path.ts'
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
  const form = (fields: Record<string, string | string[]>) => {
    const data = new FormData()
    for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) data.append(name, one)
    return data
  }
  const both = (en: string, zh: string) => ({ en, zh })
  const inForce: InForce = {
    enabled: true,
    priority: 'low',
    onDelay: 0,
    offDelay: 0,
    modes: null,
    hours: null,
    parameters: { period: 1000, share: 0.5, high: 242 },
    texts: {
      title: both('Voltage high', '电压偏高'),
      cause: both('Neutral broken', '零线断线'),
      consequence: both('Lamps age', '灯具老化'),
      response: [both('Measure', '测量'), both('Call the utility', '联系供电公司')],
      timeToAct: 60,
    },
  }
  const read = (fields: Record<string, string | string[]>, known?: RuleChanges) => readChanges(form(fields), inForce, known)
  const changesOf = (fields: Record<string, string | string[]>, known?: RuleChanges) => {
    const draft = read(fields, known)
    return 'changes' in draft ? draft.changes : draft.problem
  }

  test('takes seconds and percent and gives ms and shares', () => {
    const given = { onDelay: '90', enabled: 'off', 'parameter.period': '0.1', 'parameter.share': '12.3', 'parameter.high': '241.5' }
    expect(changesOf(given)).toEqual({ enabled: false, onDelay: 90_000, parameters: { period: 100, share: 0.123, high: 241.5 } })
  })

  test('changes nothing by what is left empty, and takes 0 for 0', () => {
    expect(changesOf({ onDelay: '', offDelay: '0', priority: '', modes: '', hours: '', 'title.zh': '', timeToAct: '' })).toEqual({
      offDelay: 0,
    })
  })

  test('shows a stored value as it was typed', () => {
    expect(typedOf(0.07, scaleOf('darkShare'))).toBe('7')
    expect(typedOf(2_700_000, scaleOf('period'))).toBe('2700')
    expect(typedOf(undefined, 1)).toBe('')
  })

  test('limits a rule to modes and hours, or to none', () => {
    const night = { hours: 'only', from: '22', until: '6:30', weekday: ['1', '5'] }
    expect(changesOf({ modes: 'only', mode: ['maintenance', 'auto'], ...night })).toEqual({
      modes: ['auto', 'maintenance'],
      hours: { from: 1320, until: 390, weekdays: [1, 5] },
    })
    expect(changesOf({ modes: 'all', hours: 'always', mode: 'auto' })).toEqual({ modes: null, hours: null })
    expect(changesOf({ hours: 'only', from: '24:00', until: '0:00', weekday: '7' })).toEqual({
      hours: { from: 0, until: 1440, weekdays: [7] },
    })
  })

  test('says what is missing of modes and hours', () => {
    expect(read({ modes: 'only' })).toEqual({ problem: 'no-modes' })
    expect(read({ hours: 'only', from: '22:00', until: '24:30', weekday: '1' })).toEqual({ problem: 'no-times' })
    expect(read({ hours: 'only', from: '22:00', until: '06:00' })).toEqual({ problem: 'no-weekdays' })
  })

  test('changes the texts that differ from what is in force; a language left empty stays', () => {
    expect(changesOf({ 'title.zh': '电压过高', 'cause.en': 'Neutral broken', 'cause.zh': '零线断线', timeToAct: '30' })).toEqual({
      texts: { title: both('Voltage high', '电压过高'), timeToAct: 30 },
    })
    expect(changesOf({ 'response.en': 'Measure\n\n Call the grid ' })).toEqual({
      texts: { response: [both('Measure', '测量'), both('Call the grid', '联系供电公司')] },
    })
    expect(read({ 'response.en': 'Measure' })).toEqual({ problem: 'steps-differ' })
  })

  test('keeps a text that was changed here before, also when it is what is in force', () => {
    const { title, response } = inForce.texts
    const repeated = { 'title.zh': title.zh, 'title.en': title.en, 'response.zh': '测量\n联系供电公司' }
    expect(changesOf(repeated)).toEqual({})
    expect(changesOf(repeated, { texts: { title, response: [...response] } })).toEqual({ texts: { title, response } })
  })
})

describe('times of the day', () => {
  test('are read as people write them', () => {
    expect(['22:00', '2200', '22', '6:05', '06：05', '24:00', ' 0 '].map(readMinuteOfDay)).toEqual([1320, 1320, 1320, 365, 365, 1440, 0])
    expect(['', '24:01', '12:60', '1:2', 'ten'].map(readMinuteOfDay)).toEqual([undefined, undefined, undefined, undefined, undefined])
  })

  test('are shown with two digits, and read back as the same', () => {
    expect([0, 365, 1440].map(formatMinuteOfDay)).toEqual(['00:00', '06:05', '24:00'])
    for (let minute = 0; minute <= 1440; minute++) expect(readMinuteOfDay(formatMinuteOfDay(minute))).toBe(minute)
  })

  test('days that follow each other are a run', () => {
    expect(runsOf([5, 1, 2, 3, 7])).toEqual([
      [1, 3],
      [5, 5],
      [7, 7],
    ])
  })
})

describe('the version of a rule', () => {
  test('names the newest change of engineers behind a plus sign', () => {
    expect(['1+12', '3', ''].map(changeOf)).toEqual([12, null, null])
    expect(versionsPath({ kind: 'street-light', rule: 'voltage-high' }, 12)).toBe(
      '/rule-versions?kind=street-light&rule=voltage-high&from=12',
    )
    expect(versionsPath({ kind: 'street-light', group: null, facility: 'SL 1' })).toBe('/rule-versions?kind=street-light&facility=SL+1')
    expect(versionsPath()).toBe('/rule-versions')
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
