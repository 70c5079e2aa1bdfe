import type { ApiKeyRecord, SessionRecord, UserRecord } from '../../storage/people-store.ts'
import type { People } from './people/people.ts'
import type { AccountView, KeyView, SessionListView } from './people-schemas.ts'
import { roleOf } from './session.ts'

export function accountView(user: UserRecord, { sessions, secondFactors, invitations, keys }: People): AccountView {
  const { name, displayName, scope, disabled, created, createdBy, lastSignIn } = user
  const invitation = invitations.of(name)
  return {
    ...{ name, displayName, role: roleOf(user), scope, disabled, created, createdBy, lastSignIn },
    hasPassword: user.passwordHash !== null,
    secondFactor: secondFactors.of(name) !== null,
    secondFactorDemanded: sessions.isSecondFactorDemanded(roleOf(user)),
    invitation: invitation ? { purpose: invitation.purpose, expires: invitation.expires } : null,
    sessions: sessions.list(name).length,
    keys: keys.list(name).length,
  }
}

export const sessionViews = (records: readonly SessionRecord[], own: string | undefined): SessionListView =>
  records.map(({ tokenHash: key, created, lastSeen, lasting, address, userAgent }) => ({
    ...{ key, created, lastSeen, lasting, address, userAgent },
    current: key === own,
  }))

export const keyView = ({ id, name, owner, role, scope, created, expires, lastUsed }: ApiKeyRecord): KeyView => ({
  ...{ id, name, owner, role, scope, created, expires, lastUsed },
})
