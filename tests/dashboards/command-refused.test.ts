import { afterEach, expect, test } from 'vitest'
import { refusedWords } from '../../dashboards/console/src/commands/refused.ts'
import { type Session, session } from '../../dashboards/shared/session.ts'

const signedIn = (permissions: readonly string[]) => {
  session.value = { permissions } as unknown as Session
}

afterEach(() => {
  session.value = undefined
})

test('only a live console commands, and only for who may', () => {
  signedIn(['city.read', 'command.send'])
  expect(refusedWords('live')).toBeNull()
  expect(refusedWords('stale')).toMatch(/stale/)
  expect(refusedWords('connecting')).toMatch(/stale/)
  signedIn(['city.read'])
  expect(refusedWords('live')).toMatch(/Your role/)
})
