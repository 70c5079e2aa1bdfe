import { expect, test } from 'vitest'
import {
  afterTrying,
  emptyOutbox,
  outcomeOf,
  type Report,
  readOutbox,
  withoutRefused,
  withReport,
} from '../../../dashboards/report/src/outbox.ts'
import { Refusal } from '../../../dashboards/report/src/public-api.ts'

const report = (id: string): Report => ({ id, kind: 'dark', code: 'SL-1', words: '', contact: '', language: 'en' })
const receipt = { number: '7-1234', duplicate: false, known: true }

test('a report waits until it has arrived, and is kept once however often it is typed or answered', () => {
  const waiting = withReport(withReport(withReport(emptyOutbox, report('a')), report('b')), { ...report('a'), words: 'again' })
  expect(waiting.waiting.map(({ id, words }) => [id, words])).toEqual([
    ['b', ''],
    ['a', 'again'],
  ])
  expect(afterTrying(waiting, report('b'), outcomeOf(new TypeError('no network')), 5)).toBe(waiting)
  const sent = afterTrying(waiting, report('b'), { type: 'sent', receipt }, 5)
  expect(sent.waiting.map(({ id }) => id)).toEqual(['a'])
  expect(afterTrying(sent, report('b'), { type: 'sent', receipt }, 6).sent).toEqual([{ ...receipt, id: 'b', at: 6, code: 'SL-1' }])
})

test('what the server refuses is given up with its reason; what it wants later waits', () => {
  const state = withReport(emptyOutbox, report('a'))
  const refused = outcomeOf(new Refusal(422, 'place-unknown', null, 'Say where.'))
  expect(refused).toEqual({ type: 'refused', code: 'place-unknown', detail: 'Say where.' })
  const given = afterTrying(state, report('a'), refused, 5)
  expect(given).toMatchObject({ waiting: [], refused: [{ id: 'a', unknown: 'SL-1' }] })
  expect(withoutRefused(given, 'a')).toEqual(emptyOutbox)
  const later = afterTrying(state, report('a'), outcomeOf(new Refusal(429, 'too-many-requests', 30_000, 'Too many.')), 5)
  expect([later.waiting.length, later.notBefore]).toEqual([1, 30_005])
})

test('only the newest numbers are remembered', () => {
  const full = Array.from({ length: 14 }, (_, i) => report(`r${i}`)).reduce(
    (state, one, i) => afterTrying(withReport(state, one), one, { type: 'sent', receipt }, i),
    emptyOutbox,
  )
  expect(full.sent.map(({ id }) => id)).toEqual(['r13', 'r12', 'r11', 'r10', 'r9', 'r8', 'r7', 'r6', 'r5', 'r4'])
})

test.each([[null], ['no JSON'], ['{}']])('a device that kept %j begins with nothing', (kept) => {
  expect(readOutbox(kept)).toEqual(emptyOutbox)
})
