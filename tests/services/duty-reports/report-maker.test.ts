import { expect, test } from 'vitest'
import { MOST_ROWS, type ReportPart, type ReportTable } from '../../../src/operations/duty-report.ts'
import { figuresOf, makeReport } from '../../../src/services/duty-reports/report-maker.ts'

const title = { en: 'T', zh: 'T' }
const about = {
  ...{ company: 'gas' as const, period: 'day' as const, from: 0, to: 10, isPartial: false, shiftName: '', timeZone: 'UTC', behind: 0 },
  replaces: null,
}
const table = (key: string, rows: number): ReportTable => ({
  ...{ key, title, columns: [{ key: 'n', title }], rows: Array.from({ length: rows }, (_, i) => [i]) },
  figures: [{ key, title, value: rows }],
})
const part = (key: string, tables: ReportPart['tables']): ReportPart => ({ key, company: 'all', tables })
const never = new AbortController().signal

test('a part that fails is named, and the others are there; long tables are cut and say so', async () => {
  const parts = [
    part('a', async () => [table('a.one', 2)]),
    part('b', async () => {
      throw new Error('the store is away')
    }),
    part('c', async () => [table('c.long', MOST_ROWS + 7)]),
  ]
  const text = await makeReport(about, parts, () => 11, never)
  expect(text).toMatchObject({ company: 'gas', madeAt: 11 })
  expect(text.parts.map(({ key, problem, leftOut }) => [key, problem, leftOut])).toEqual([
    ['a', '', {}],
    ['b', 'the store is away', {}],
    ['c', '', { 'c.long': 7 }],
  ])
  expect(text.parts[2]?.tables[0]?.rows).toHaveLength(MOST_ROWS)
  expect(figuresOf(text).map(({ key, value }) => [key, value])).toEqual([
    ['a.one', 2],
    ['c.long', MOST_ROWS + 7],
  ])
})

test('each part is asked of the time and of the company', async () => {
  const asked: unknown[] = []
  const parts = [
    part('a', async (...given) => {
      asked.push(given)
      return []
    }),
  ]
  await makeReport({ ...about, company: 'drainage' }, parts, () => 11, never)
  expect(asked).toEqual([
    [
      { period: 'day', from: 0, to: 10 },
      { company: 'drainage', districts: 'all', domains: ['water', 'sewage'] },
    ],
  ])
})

test('is given up between two parts when the program ends', async () => {
  const end = new AbortController()
  const parts = [
    part('a', async () => {
      end.abort()
      return []
    }),
    part('b', async () => {
      throw new Error('asked although the program ends')
    }),
  ]
  await expect(makeReport(about, parts, () => 11, end.signal)).rejects.toThrow(/abort/i)
})
