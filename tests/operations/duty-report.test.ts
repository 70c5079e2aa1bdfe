import { expect, test } from 'vitest'
import { partsOf, type ReportPart } from '../../src/operations/duty-report.ts'

const part = (key: string, company: ReportPart['company']): ReportPart => ({ key, company, tables: async () => [] })

test('a report of a company has its own parts and those of all; the bureau has every part', () => {
  const parts = [part('gas', 'gas'), part('lamps', 'lighting'), part('alarms', 'all'), part('plans', 'bureau')]
  const keys = (company: Parameters<typeof partsOf>[1]) => partsOf(parts, company).map(({ key }) => key)
  expect(keys('gas')).toEqual(['gas', 'alarms'])
  expect(keys('water')).toEqual(['alarms'])
  expect(keys('bureau')).toEqual(['gas', 'lamps', 'alarms', 'plans'])
})
