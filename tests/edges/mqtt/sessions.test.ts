import { expect, test } from 'vitest'
import { EVERYBODY, type Holder } from '../../../src/edges/mqtt/ledger.ts'
import { Sessions } from '../../../src/edges/mqtt/sessions.ts'

const limits = { expiry: 100, away: 2, perDevice: 2, perAddress: 3 }
const device = (key: string): Holder => ({ key, share: 'device' })
const watched = (over = {}) => {
  const forgotten: string[] = []
  return { forgotten, sessions: new Sessions({ ...limits, ...over }, (id) => forgotten.push(id)) }
}

test('a session is forgotten when its client has been away too long, the longest away first when they are too many', () => {
  const { forgotten, sessions } = watched()
  sessions.leave('a', 0)
  sessions.leave('b', 10)
  sessions.come('a', EVERYBODY)
  sessions.leave('a', 20)
  sessions.leave('c', 30)
  expect(forgotten).toEqual(['b'])
  sessions.tick(119)
  expect(forgotten).toEqual(['b'])
  sessions.tick(120)
  expect(forgotten).toEqual(['b', 'a'])
  sessions.come('c', EVERYBODY)
  sessions.tick(1000)
  expect(forgotten).toEqual(['b', 'a'])
  expect(sessions.size).toBe(0)
})

test('a device with too many sessions loses its own: first one it is away from, else the oldest', () => {
  const { forgotten, sessions } = watched()
  for (const id of ['other', 'a:1', 'a:2']) sessions.come(id, device(id.split(':')[0] as string))
  sessions.leave('a:2', 0)
  sessions.come('a:3', device('a'))
  expect(forgotten).toEqual(['a:2'])
  sessions.come('a:4', device('a'))
  expect(forgotten).toEqual(['a:2', 'a:1'])
  sessions.come('a:3', device('a'))
  sessions.gone('a:4')
  sessions.come('a:5', device('a'))
  expect(forgotten).toEqual(['a:2', 'a:1'])
  expect(sessions.holderOf('a:4')).toBe(EVERYBODY)
})

test('strangers of one address have a share of their own, everybody has none', () => {
  const { forgotten, sessions } = watched({ away: 100 })
  for (let i = 0; i < 4; i++) sessions.come(`s${i}`, { key: 'from 192.0.2.7', share: 'address' })
  for (let i = 0; i < 10; i++) sessions.come(`e${i}`, EVERYBODY)
  expect(forgotten).toEqual(['s0'])
})
