import { isRole, type Permission, permissionsOf } from '../../access/permissions.ts'
import type { Scope } from '../../access/scope.ts'
import type { Commander } from '../../edges/commands.ts'
import { LamplighterError } from '../../errors.ts'
import type { StateStore } from '../../storage/state-store.ts'

type People = Pick<StateStore, 'people'>
interface Asked {
  /** A person, or `key:NAME`. */
  by: string
  account: string
}

/** Throws `not-allowed` for who cannot be the second person of what somebody asked for: a program, or whoever asked by itself or by a key. */
export function checkSecondPerson({ by, account }: Asked, second: Commander, { people }: People): void {
  if (second.session === null) throw new LamplighterError('not-allowed', 'A second person is a person: sign in to the console.')
  const isTheirKey = by.startsWith('key:') && people.apiKeys(second.account).some(({ name }) => `key:${name}` === by)
  if (second.account === account || (account === by && isTheirKey))
    throw new LamplighterError('not-allowed', 'Whoever asked for it cannot be its second person.')
}

/** Whether who asked for something may still do so: the account, and the key where it was one. `isOwn` says of a scope whether all of it lies within. */
export function mayStill(
  { by, account }: Asked,
  needs: Permission,
  isOwn: (scope: Scope) => boolean,
  { people }: People,
  at: number,
): boolean {
  const user = people.user(account)
  const key = by === account ? null : people.apiKeys(account).find(({ name }) => `key:${name}` === by)
  if (!user || user.disabled || key === undefined || (key && (key.revoked !== null || key.expires <= at))) return false
  return [user, ...(key ? [key] : [])].every(({ role, scope }) => isRole(role) && permissionsOf(role).has(needs) && isOwn(scope))
}
