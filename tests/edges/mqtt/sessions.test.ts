import { expect, test } from 'vitest'
import { AwaySessions } from '../../../src/edges/mqtt/sessions.ts'

test('a session is forgotten when its client has been away too long, the longest away first when they are too many', () => {
  const forgotten: string[] = []
  const sessions = new AwaySessions({ expiry: 100, away: 2 }, (id) => forgotten.push(id))
  sessions.leave('a', 0)
  sessions.leave('b', 10)
  sessions.come('a')
  sessions.leave('a', 20)
  sessions.leave('c', 30)
  expect(forgotten).toEqual(['b'])
  sessions.tick(119)
  expect(forgotten).toEqual(['b'])
  sessions.tick(120)
  expect(forgotten).toEqual(['b', 'a'])
  sessions.come('c')
  sessions.tick(1000)
  expect(forgotten).toEqual(['b', 'a'])
  expect(sessions.size).toBe(0)
})
