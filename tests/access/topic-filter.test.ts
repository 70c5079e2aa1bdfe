import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { filterCovers, filterMatches, isTopicFilter } from '../../src/access/topic-filter.ts'

/** The words of the standard (4.7) as a regular expression. */
function matcherOf(filter: string): RegExp {
  if (filter === '#') return /^[^$]|^$/
  const levels = filter.split('/').map((level) => (level === '+' ? '[^/]*' : level.replaceAll('$', '\\$')))
  const body = levels.at(-1) === '#' ? `${levels.slice(0, -1).join('/')}(/.*)?` : levels.join('/')
  return new RegExp(/^[+#]/.test(filter) ? `^(?!\\$)${body}$` : `^${body}$`)
}

const letters = ['a', 'b', '$s', '']
/** Also a letter that is in no filter, and deeper than any filter. */
const topics: string[] = []
const grow = (topic: string[], depth: number): void => {
  if (topic.length > 0) topics.push(topic.join('/'))
  if (depth > 0) for (const letter of [...letters, 'z']) grow([...topic, letter], depth - 1)
}
grow([], 5)

const filters = fc
  .tuple(fc.array(fc.constantFrom(...letters, '+', '+'), { maxLength: 4 }), fc.constantFrom(null, '#'))
  .map(([levels, end]) => (end === null ? levels : [...levels, end]))
  .filter((levels) => levels.length > 0 && levels.length <= 4)
  .map((levels) => levels.join('/'))
  .filter((filter) => filter !== '')

test('a filter takes the topics that the standard says', () => {
  fc.assert(
    fc.property(filters, (filter) => {
      const matcher = matcherOf(filter)
      expect(topics.filter((topic) => filterMatches(filter, topic))).toEqual(topics.filter((topic) => matcher.test(topic)))
    }),
    { numRuns: 200 },
  )
})

test('a filter covers another exactly when each topic that the other takes is one of its own', () => {
  let covered = 0
  fc.assert(
    fc.property(filters, filters, (allowed, filter) => {
      const matcher = matcherOf(allowed)
      const wanted = matcherOf(filter)
      const isCovered = topics.every((topic) => !wanted.test(topic) || matcher.test(topic))
      if (isCovered) covered++
      expect(filterCovers(allowed, filter), `${allowed} covers ${filter}`).toBe(isCovered)
    }),
    { numRuns: 2000 },
  )
  expect(covered).toBeGreaterThan(50)
})

describe('what is a filter', () => {
  test.each(['a', 'a/+', '+', '#', 'a/#', '/', '+/+/#', '$share/x'])('%s is', (text) => expect(isTopicFilter(text)).toBe(true))
  test.each(['', 'a+', 'a/#/b', 'a#', '#/a', 'a\0'])('%j is none', (text) => expect(isTopicFilter(text)).toBe(false))
})
