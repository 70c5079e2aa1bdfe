import { expect, test } from 'vitest'
import { newProgramme, withAnchor, withOneMore, withoutStep, withStep } from '../../dashboards/console/src/programmes/night-draft.ts'
import { lineWords, nameIn, stepsWords, whenWords } from '../../dashboards/console/src/programmes/programme-words.ts'
import { programmeProblems } from '../../src/control/programme-problems.ts'

test('a new control programme can be kept as it is, and a step more comes before the one that switches off', () => {
  expect(programmeProblems(newProgramme)).toEqual([])
  const more = withOneMore(newProgramme)
  expect(more.steps).toHaveLength(newProgramme.steps.length + 1)
  expect(more.steps.at(-1)).toEqual(newProgramme.steps.at(-1))
  expect(programmeProblems(more)).toEqual([])
  expect(withoutStep(more, more.steps.length - 2)).toEqual(newProgramme)
})

test('a step that is counted from something else begins anew, and keeps its light', () => {
  const [dusk] = newProgramme.steps
  const shifted = { ...dusk!, minutes: -30 }
  expect(withAnchor(shifted, 'clock')).toEqual({ anchor: 'clock', minutes: 0, level: 100 })
  expect(withAnchor(shifted, 'dusk')).toBe(shifted)
  expect(withStep(newProgramme, 0, shifted).steps.map(({ minutes }) => minutes)).toEqual([-30, 1380, 300, 0])
})

test('steps are told in words', () => {
  expect(whenWords({ anchor: 'dawn', minutes: 20 })).toBe('Dawn + 20 min')
  expect(whenWords({ anchor: 'dusk', minutes: -5 })).toBe('Dusk − 5 min')
  expect(stepsWords(newProgramme.steps)).toBe('Dusk → 100 %  ·  23:00 → 50 %  ·  05:00 → 100 %  ·  Dawn → 0 %')
})

test('lines of a calendar are told in words, and what an id stands for by its name', () => {
  const programme = 'late'
  expect(lineWords({ on: 'weekdays', weekdays: [1, 2, 3, 6], programme })).toBe('Mon – Wed, Sat')
  expect(lineWords({ on: 'dates', from: '2026-10-01', to: '2026-10-07', programme })).toBe('2026-10-01 – 2026-10-07')
  expect(lineWords({ on: 'dates', from: '2026-10-01', to: '2026-10-01', programme })).toBe('2026-10-01')
  expect(lineWords({ on: 'yearly', from: '12-24', to: '01-02', programme })).toBe('every year 12-24 – 01-02')
  expect(lineWords({ on: 'holidays', programme })).toBe('Holidays')
  expect(nameIn([{ id: 'late', name: '后半夜', nameEn: 'Late' }], 'late')).toBe('Late')
  expect(nameIn([{ id: 'late', name: '后半夜', nameEn: '' }], 'late')).toBe('后半夜')
  expect(nameIn([], 'gone')).toBe('gone')
})
