import { expect, test } from 'vitest'
import { logWords } from '../../dashboards/shared/order-step-words.ts'

const nameOf = (id: string) => `Crew ${id}`

test.each([
  { type: 'dispatch', by: 'clock', words: 'A, B', read: 'Crew A, Crew B' },
  { type: 'create', by: 'rule', words: 'lamps', read: '' },
  { type: 'create', by: 'dora', words: 'seen on the way', read: 'seen on the way' },
  { type: 'note', by: 'anna', words: 'A, B', read: 'A, B' },
])('of the step $type by $by one reads “$read”', ({ read, ...line }) => {
  expect(logWords(line, nameOf)).toBe(read)
})
