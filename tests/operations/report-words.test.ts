import { describe, expect, test } from 'vitest'
import { reportNotice } from '../../src/operations/report-notice.ts'
import { settingsProblems, usualReportSettings } from '../../src/operations/report-settings.ts'
import { cellText, isMissed, lengthText, spanText } from '../../src/operations/report-words.ts'

const utcOffset = () => 8 * 3_600_000
const title = { en: 'Rate', zh: '亮灯率' }
const en = { utcOffset, language: 'en' as const }
const from = Date.parse('2026-11-24T20:00+08:00')
const shift = { company: 'lighting' as const, period: 'shift' as const, from, to: from + 12 * 3_600_000, shiftName: '夜班' }

test.each([
  [0, '0 min', '0 分'],
  [20_000, 'under 1 min', '不足 1 分'],
  [59 * 60_000, '59 min', '59 分'],
  [60 * 60_000, '1 h', '1 小时'],
  [90 * 60_000, '1 h 30 min', '1 小时 30 分'],
  [26 * 3_600_000 + 40 * 60_000, '1 d 2 h', '1 天 2 小时'],
])('a length of %i ms is %s', (length, english, chinese) => {
  expect([lengthText(length, 'en'), lengthText(length, 'zh')]).toEqual([english, chinese])
})

describe('a cell', () => {
  test.each([
    [null, {}, '–'],
    ['#12', {}, '#12'],
    [title, {}, 'Rate'],
    [1234.5, { digits: 1 }, '1,234.5'],
    [0.98123, { format: 'share' as const, digits: 1 }, '98.1 %'],
    [from, { format: 'time' as const }, '2026-11-24 20:00'],
    [5_400_000, { format: 'length' as const }, '1 h 30 min'],
  ])('%j reads %s', (cell, column, words) => {
    expect(cellText(cell, { title, ...column }, en)).toBe(words)
  })
})

test('a figure misses its target below what it must reach, or above what it must not exceed', () => {
  const missed = (value: number | null, target?: { atLeast: number } | { atMost: number }) => isMissed({ value, ...(target && { target }) })
  expect([missed(97, { atLeast: 98 }), missed(98, { atLeast: 98 }), missed(5, { atMost: 4 }), missed(4, { atMost: 4 })]).toEqual([
    ...[true, false, true, false],
  ])
  expect([missed(null, { atLeast: 98 }), missed(1)]).toEqual([false, false])
})

test('a report is named by its date, month or shift', () => {
  expect(spanText({ ...shift, period: 'month' }, en)).toBe('2026-11')
  expect(spanText({ ...shift, period: 'day' }, en)).toBe('2026-11-24')
  expect(spanText(shift, en)).toBe('2026-11-24 夜班 20:00–08:00')
})

test('a message tells the figures by part, and those that miss their target on top', () => {
  const figures = [
    { key: 'lamps.rate', title, value: 0.97, format: 'share' as const, digits: 1, target: { atLeast: 0.98 } },
    { key: 'gas.reserve', title: { en: 'Reserve', zh: '储备' }, value: 8, unit: 'd', target: { atLeast: 7 } },
    { key: 'sewage.sludge', title: { en: 'Sludge', zh: '污泥' }, value: null, unit: 't' },
  ]
  const { title: head, text } = reportNotice({ ...shift, figures }, { utcOffset })
  expect(head).toEqual({
    zh: '路灯管理中心班报 2026-11-24 夜班 20:00–08:00',
    en: 'Street-light centre: Shift report 2026-11-24 夜班 20:00–08:00',
  })
  const rate = 'Rate: 97.0 % (target missed)'
  expect(text.en).toBe(`Targets missed:\n${rate}\n\nLamp-on rate and energy:\n${rate}\n\nGas:\nReserve: 8 d\n\nSewage:\nSludge: –`)
  expect(text.zh).toMatch(/^【未达标】\n亮灯率：97.0 %（未达标）\n\n【亮灯率与能耗】/)
})

test('settings must fit each other', () => {
  expect(settingsProblems(usualReportSettings, [])).toEqual([])
  const problems = settingsProblems(
    { rotation: 'r', make: { shift: [], day: [], month: [] }, send: { shift: [], day: ['gas'], month: [] }, sendAt: 1440 },
    [],
  )
  expect(problems).toHaveLength(3)
})
