import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { WHOLE_CITY } from '../../../src/access/scope.ts'
import { resetAdminCommand } from '../../../src/edges/admin/reset-admin-command.ts'
import { verifyPassword } from '../../../src/edges/http/password.ts'
import { newUser } from '../../../src/edges/http/session.ts'
import { openDataFolder } from '../../../src/storage/embedded/data-folder.ts'
import { openStateStore } from '../../../src/storage/embedded/state-store.ts'
import { temporaryFolder } from '../../storage/embedded/data-folder.ts'

const attendance = { signal: new AbortController().signal, onProgress: () => {} }

test('a locked-out administrator gets in again by a password of its own, and that is in the audit trail', async () => {
  const { folder, remove } = temporaryFolder()
  const file = join(folder, 'state.sqlite')
  const before = openStateStore(file)
  const limited = { districts: ['North'], domains: 'all' as const }
  before.people.putUser({ ...newUser('li', 'viewer', limited, 'admin', 1), passwordHash: 'old', disabled: true, displayName: '李娜' })
  before.people.putSecondFactor({ user: 'li', secret: 'A', confirmed: 1, lastStep: 1, recovery: [] })
  before.people.putSession({ tokenHash: 't', user: 'li', created: 1, lastSeen: 1, lasting: false, address: '', userAgent: '' })
  before.people.putDevice({ tokenHash: 'd', user: 'li', lastUsed: 1 }, 5)
  before.people.addApiKey({
    ...{ id: 0, name: 'k', keyHash: 'h', owner: 'li', role: 'viewer', scope: limited },
    ...{ created: 1, expires: 9e15, lastUsed: null, revoked: null },
  })
  before.close()

  const opened = await openDataFolder(folder)
  const { password, isNew } = (await resetAdminCommand.run(opened, { name: 'li' }, attendance)) as { password: string; isNew: boolean }
  expect(await resetAdminCommand.run(opened, { name: 'admin' }, attendance)).toMatchObject({ isNew: true })
  await opened.close()
  expect(isNew).toBe(false)
  expect(resetAdminCommand.text({ name: 'li', password, isNew })).toContain(password)

  const after = openStateStore(file)
  const user = after.people.user('li')
  expect(user).toMatchObject({ displayName: '李娜', role: 'admin', scope: WHOLE_CITY, disabled: false, mustChange: true })
  expect(await verifyPassword(password, user?.passwordHash ?? undefined)).toBe(true)
  expect([after.people.secondFactor('li'), after.people.session('t'), after.people.device('d')]).toEqual([undefined, undefined, undefined])
  expect(after.people.apiKey('h')?.revoked).not.toBeNull()
  const trail = after.auditTrail({ limit: 10 }).items
  expect(trail.map(({ by, action, subject }) => [by, action, subject])).toEqual([
    ['npm run db', 'reset-admin', 'admin'],
    ['npm run db', 'reset-admin', 'li'],
    ['npm run db', 'revoke-key', 'key:k'],
  ])
  expect(JSON.stringify(trail)).not.toContain(password)
  after.close()
  remove()
})

test('the state of an older program is left as it is', async () => {
  const { folder, remove } = temporaryFolder()
  openStateStore(join(folder, 'state.sqlite')).close()
  const db = new DatabaseSync(join(folder, 'state.sqlite'))
  db.exec('PRAGMA user_version = 3')
  db.close()
  const opened = await openDataFolder(folder)
  await expect(resetAdminCommand.run(opened, { name: 'admin' }, attendance)).rejects.toMatchObject({ code: 'config-invalid' })
  await opened.close()
  remove()
})
