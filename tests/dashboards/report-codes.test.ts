import { expect, test } from 'vitest'
import { labelsOf, sheetsOf } from '../../dashboards/console/src/reports/code-labels.ts'

const lamp = (id: string, road: string, district: string, fedBy: string | null) => ({ id, road, district, fedBy })
const city = [
  lamp('SL-10', 'Quay road', 'Harbour', 'LC-1'),
  lamp('SL-9', 'Quay road', 'Harbour', 'LC-1'),
  lamp('SL-3', 'Quay road', 'Old town', 'LC-2'),
  lamp('SL-2', 'Bell lane', 'Harbour', 'LC-1'),
  lamp('LC-1', 'Quay road', 'Harbour', null),
]
const all = { district: '', road: '', cabinet: '', ids: '' }
const idsOf = (choice: Partial<typeof all>) => labelsOf(city, { ...all, ...choice }).map(({ id }) => id)

test.each([
  [{ road: 'Quay road' }, ['LC-1', 'SL-3', 'SL-9', 'SL-10']],
  [{ road: 'Quay road', district: 'Harbour' }, ['LC-1', 'SL-9', 'SL-10']],
  [{ cabinet: 'LC-1' }, ['SL-2', 'LC-1', 'SL-9', 'SL-10']],
  [{ ids: 'sl-10， SL-3;nobody' }, ['SL-3', 'SL-10']],
  [{ district: 'Nowhere' }, []],
])('labels of %o come road by road, in the order of their numbers', (choice, ids) => {
  expect(idsOf(choice)).toEqual(ids)
})

test.each([
  [0, []],
  [10, [10]],
  [11, [10, 1]],
])('%d labels fill sheets of ten', (count, sheets) => {
  expect(sheetsOf(Array.from({ length: count }, (_, i) => i)).map(({ length }) => length)).toEqual(sheets)
})
