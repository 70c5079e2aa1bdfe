import { isRole, type Permission, permissionsOf } from '../../access/permissions.ts'
import type { Scope } from '../../access/scope.ts'
import type { Commander } from '../../edges/commands.ts'
import { LamplighterError } from '../../errors.ts'
import type { StateStore } from '../../storage/state-store.ts'
import { hours } from '../../telemetry/duration.ts'

type People = Pick<StateStore, 'people'>
/** Who made an account, invited it or gave it another role may still be both people, ms. */
const MADE_WITHIN = hours(24)
const MAKING = ['create-account', 'change-account', 'invite', 'allow-password-reset', 'remove-second-factor']
interface Asked {
  /** A person, or `key:NAME`. */
  by: string
  account: string
}

/**
 * Throws `not-allowed` for who cannot be the second person of what somebody asked for: a program, whoever asked by itself or by a key, and an
 * account that one of the two gave to the other within a day.
 */
export function checkSecondPerson(
  { by, account }: Asked,
  second: Commander,
  state: Pick<StateStore, 'people' | 'auditTrail'>,
  at: number,
): void {
  if (second.session === null) throw new LamplighterError('not-allowed', 'A second person is a person: sign in to the console.')
  const isTheirKey = by.startsWith('key:') && state.people.apiKeys(second.account).some(({ name }) => `key:${name}` === by)
  if (second.account === account || (account === by && isTheirKey))
    throw new LamplighterError('not-allowed', 'Whoever asked for it cannot be its second person.')
  const isMadeBy = (made: string, maker: string): boolean => {
    const names = [maker, ...state.people.apiKeys(maker).map(({ name }) => `key:${name}`)]
    const from = at - MADE_WITHIN
    return names.some((by) => MAKING.some((action) => state.auditTrail({ by, action, subject: made, from, limit: 1 }).items.length > 0))
  }
  if (isMadeBy(account, second.account) || isMadeBy(second.account, account))
    throw new LamplighterError(
      'not-allowed',
      `${account} and ${second.account} are not two people for a day: one made or changed the account of the other.`,
    )
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
