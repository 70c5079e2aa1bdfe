import { expect, test } from 'vitest'
import { type CalendarLine, programmeOn } from '../../src/control/programme-calendar.ts'

const calendar = (...lines: CalendarLine[]) => ({ id: 'c', name: 'C', nameEn: '', lines, usual: 'usual' })
const none = new Set<string>()

test.each([
  [{ on: 'dates', from: '2026-10-01', to: '2026-10-07' }, ['2026-10-01', '2026-10-07'], ['2026-09-30', '2026-10-08', '2027-10-01']],
  [{ on: 'yearly', from: '10-01', to: '10-07' }, ['2026-10-01', '2031-10-07'], ['2026-10-08']],
  [{ on: 'yearly', from: '12-20', to: '01-05' }, ['2026-12-31', '2027-01-05', '2026-12-20'], ['2027-01-06', '2026-12-19']],
  [{ on: 'weekdays', weekdays: [6, 7] }, ['2026-11-28', '2026-11-29'], ['2026-11-27', '2026-11-30']],
] as const)('a line %j fits its nights alone', (choice, inside, outside) => {
  const lines = calendar({ ...choice, programme: 'other' } as CalendarLine)
  for (const date of inside) expect(programmeOn(lines, date, none)).toBe('other')
  for (const date of outside) expect(programmeOn(lines, date, none)).toBe('usual')
})

test('the first line that fits counts, holidays of the city among them', () => {
  const lines = calendar(
    { on: 'holidays', programme: 'holiday' },
    { on: 'yearly', from: '10-01', to: '10-31', programme: 'october' },
    { on: 'weekdays', weekdays: [4], programme: 'thursday' },
  )
  expect(programmeOn(lines, '2026-10-01', new Set(['2026-10-01']))).toBe('holiday')
  expect(programmeOn(lines, '2026-10-01', none)).toBe('october')
  expect(programmeOn(lines, '2026-11-05', none)).toBe('thursday')
})
