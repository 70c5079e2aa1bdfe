import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { usualOf, withChanges } from '../../dashboards/console/src/rules/in-force.ts'
import { type Difference, differences, fieldsOf, hoursWords, modesWords } from '../../dashboards/console/src/rules/rule-words.ts'
import { language, loadTexts } from '../../dashboards/console/src/settings.ts'
import { kindView } from '../../src/edges/http/views.ts'
import { streetLight } from '../../src/facilities/street-light/index.ts'

const kind = kindView(streetLight)
const rule = kind.rules.find(({ key }) => key === 'voltage-high')!
const everyDay = [1, 2, 3, 4, 5, 6, 7]

beforeAll(() => Promise.all([loadTexts('en'), loadTexts('zh')]))
beforeEach(() => {
  language.value = 'en'
})

describe('changes of a rule in words', () => {
  test('hours say where they pass midnight and on which days they begin', () => {
    const hours = { from: 1320, until: 360, weekdays: [1, 2, 3, 4, 5] }
    expect(hoursWords(hours)).toBe('22:00 to 06:00 next day, Mon to Fri')
    expect(hoursWords({ from: 480, until: 1440, weekdays: everyDay })).toBe('08:00 to 24:00, every day')
    expect(hoursWords({ ...hours, weekdays: [6, 7, 3] })).toBe('22:00 to 06:00 next day, Wed, Sat, Sun')
    expect(hoursWords(null)).toBe('always')
    language.value = 'zh'
    expect(hoursWords(hours)).toBe('周一至周五 22:00 至次日 06:00')
    expect(modesWords(['auto', 'maintenance'])).toBe('自动、检修')
  })

  test('the limit comes first, and texts once in each language', () => {
    const texts = {
      title: { en: 'High', zh: '高' },
      response: [
        { en: 'Look', zh: '看' },
        { en: 'Call', zh: '叫' },
      ],
    }
    const fields = fieldsOf(
      { onDelay: 90_000, parameters: { deadband: 2, high: 245 }, texts },
      kind.points.find(({ key }) => key === 'voltage'),
    )
    expect(fields.map(({ key, value }) => [key, value])).toEqual([
      ['parameter.high', '245.0 V'],
      ['parameter.deadband', '2.0 V'],
      ['onDelay', '1m 30s'],
      ['title.zh', '高'],
      ['title.en', 'High'],
      ['response.zh', '1. 看\n2. 叫'],
      ['response.en', '1. Look\n2. Call'],
    ])
  })

  const linesOf = (list: readonly Difference[]) => list.map(({ key, before, after, otherwise }) => [key, before, after, otherwise])

  test('differ field by field: what was added, changed and taken back, beside what is usual', () => {
    const before = { onDelay: 5000, priority: 'high' as const, modes: ['auto' as const] }
    const after = { onDelay: 9000, priority: 'high' as const, parameters: { high: 245 } }
    expect(linesOf(differences(before, after, { kind, rule }))).toEqual([
      ['parameter.high', null, '245.0 V', `${rule.parameters.high}.0 V`],
      ['onDelay', '5s', '9s', '2m 00s'],
      ['modes', 'Automatic', null, 'every mode'],
    ])
    expect(differences(before, before, { kind, rule })).toEqual([])
    expect(differences(null, null, null)).toEqual([])
  })

  test('what stands instead is what others change there, the strongest last', () => {
    const others = withChanges(usualOf(rule), [
      { onDelay: 180_000, parameters: { high: 245 } },
      { onDelay: 60_000, texts: { timeToAct: 30 } },
    ])
    const before = { onDelay: 5000, parameters: { high: 250, deadband: 1 }, texts: { timeToAct: 10 } }
    expect(linesOf(differences(before, null, { kind, rule }, others))).toEqual([
      ['parameter.high', '250.0 V', null, '245.0 V'],
      ['parameter.deadband', '1.0 V', null, `${rule.parameters.deadband}.0 V`],
      ['onDelay', '5s', null, '1m 00s'],
      ['timeToAct', '10 mins', null, '30 mins'],
    ])
  })

  test('a text that differs in both languages is repeated in the one that is not shown', () => {
    const [title, cause] = [
      { en: 'High', zh: '高' },
      { en: rule.cause.en, zh: '原因' },
    ]
    const list = differences({ texts: { cause: rule.cause } }, { texts: { title, cause } }, { kind, rule })
    expect(list.map(({ key, isRepeated }) => [key, isRepeated])).toEqual([
      ['title.zh', true],
      ['title.en', false],
      ['cause.zh', false],
    ])
  })

  test('a rule that is no more is told by its keys', () => {
    expect(differences({ parameters: { high: 245 } }, null, null)).toMatchObject([{ before: '245', after: null, otherwise: null }])
  })
})
