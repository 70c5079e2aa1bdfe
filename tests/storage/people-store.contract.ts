import { describe, expect, test } from 'vitest'
import { WHOLE_CITY } from '../../src/access/scope.ts'
import type { ApiKeyRecord, PeopleStore, SessionRecord, UserRecord } from '../../src/storage/people-store.ts'

const ADMIN: UserRecord = {
  ...{ name: 'admin', displayName: '', passwordHash: 'x', role: 'admin', scope: WHOLE_CITY, created: 1.5, createdBy: 'system' },
  ...{ disabled: false, passwordChanged: 2, mustChange: false, lastSignIn: null, secondFactorAsked: null },
}
const LI: UserRecord = {
  ...{ ...ADMIN, name: 'li', displayName: '李娜', passwordHash: null, role: 'operator' },
  ...{
    scope: { districts: ['北区', 'South'], domains: ['lighting'] },
    disabled: true,
    mustChange: true,
    lastSignIn: 3,
    secondFactorAsked: 4,
  },
}
const SESSION: SessionRecord = {
  ...{ tokenHash: 't1', user: 'admin', created: 100, lastSeen: 200, lasting: false, address: '::1', userAgent: 'Firefox' },
}
const KEY: ApiKeyRecord = {
  ...{ id: 0, name: 'reports', keyHash: 'k1', owner: 'li', role: 'viewer', scope: LI.scope, created: 1, expires: 9 },
  ...{ lastUsed: null, revoked: null },
}

/** What every store of people must do; `people` gives the empty one of a test. */
export function describePeople(people: () => PeopleStore): void {
  describe('people', () => {
    test('keeps all of an account, and replaces it without ending its sessions', () => {
      expect(people().hasUsers()).toBe(false)
      people().putUser(LI)
      people().putUser({ ...ADMIN, passwordHash: 'other' })
      people().putSession(SESSION)
      people().putUser(ADMIN)
      expect([people().hasUsers(), people().user('admin'), people().user('ADMIN')]).toEqual([true, ADMIN, undefined])
      expect(people().users()).toEqual([ADMIN, LI])
      expect(people().session('t1')).toEqual(SESSION)
    })

    test('lists sessions, the one seen last first, and forgets old ones, lasting ones later', () => {
      people().putUser(ADMIN)
      people().putSession(SESSION)
      people().putSession({ ...SESSION, tokenHash: 't2', lastSeen: 300 })
      people().putSession({ ...SESSION, tokenHash: 't3', lastSeen: 100, lasting: true })
      people().putSession({ ...SESSION, lastSeen: 400 })
      const keys = () =>
        people()
          .sessionsOf('admin')
          .map(({ tokenHash }) => tokenHash)
      expect(keys()).toEqual(['t1', 't2', 't3'])
      people().removeSessionsBefore(350, 0, 0)
      expect(keys()).toEqual(['t1', 't3'])
      people().removeSessionsBefore(0, 101, 50)
      expect(keys()).toEqual(['t3'])
      people().removeSessionsBefore(0, 0, 101)
      expect(keys()).toEqual([])
      expect(() => people().putSession({ ...SESSION, user: 'nobody' })).toThrow(expect.objectContaining({ code: 'action-refused' }))
    })

    test('an account goes with all that lets somebody in by it; the names of its keys stay taken', () => {
      people().putUser(LI)
      people().putSession({ ...SESSION, user: 'li' })
      people().putSecondFactor({ user: 'li', secret: 'ABC', confirmed: 1, lastStep: 7, recovery: ['a', 'b'] })
      people().putInvitation({ user: 'li', tokenHash: 'i1', purpose: 'reset', created: 1, createdBy: 'admin', expires: 2 })
      people().putDevice({ tokenHash: 'd1', user: 'li', lastUsed: 1 }, 5)
      people().addApiKey(KEY)
      people().removeUser('li')
      expect([people().session('t1'), people().secondFactor('li'), people().invitation('i1'), people().device('d1')]).toEqual(
        Array(4).fill(undefined),
      )
      expect(() => people().addApiKey({ ...KEY, keyHash: 'k2' })).toThrow(expect.objectContaining({ code: 'action-refused' }))
    })

    test('keeps one second factor and one invitation of each person', () => {
      people().putUser(LI)
      people().putSecondFactor({ user: 'li', secret: 'ABC', confirmed: 1, lastStep: 7, recovery: ['a', 'b'] })
      const factor = { user: 'li', secret: 'DEF', confirmed: 2.5, lastStep: 8, recovery: [] }
      people().putSecondFactor(factor)
      expect(people().secondFactor('li')).toEqual(factor)
      people().removeSecondFactor('li')
      expect(people().secondFactor('li')).toBeUndefined()

      const invitation = { user: 'li', tokenHash: 'i2', purpose: 'invitation', created: 1, createdBy: 'admin', expires: 2 } as const
      people().putInvitation({ ...invitation, tokenHash: 'i1' })
      people().putInvitation(invitation)
      expect([people().invitation('i1'), people().invitation('i2'), people().invitationOf('li')]).toEqual([
        undefined,
        invitation,
        invitation,
      ])
      people().removeInvitation('li')
      expect(people().invitationOf('li')).toBeUndefined()
    })

    test('finds keys by their hash, and keeps when they were used and revoked', () => {
      const id = people().addApiKey(KEY)
      people().addApiKey({ ...KEY, name: 'other', keyHash: 'k2', owner: 'admin' })
      expect(people().apiKey('k1')).toEqual({ ...KEY, id })
      people().updateApiKey({ ...KEY, id, lastUsed: 5, revoked: 6 })
      expect(people().apiKeys('li')).toEqual([{ ...KEY, id, lastUsed: 5, revoked: 6 }])
      expect(
        people()
          .apiKeys()
          .map(({ name }) => name),
      ).toEqual(['other', 'reports'])
    })

    test('keeps the browsers used last', () => {
      people().putUser(ADMIN)
      for (const lastUsed of [1, 2, 3]) people().putDevice({ tokenHash: `d${lastUsed}`, user: 'admin', lastUsed }, 2)
      expect([people().device('d1'), people().device('d3')]).toEqual([undefined, { tokenHash: 'd3', user: 'admin', lastUsed: 3 }])
      people().removeDevicesOf('admin')
      expect(people().device('d3')).toBeUndefined()
    })
  })
}
