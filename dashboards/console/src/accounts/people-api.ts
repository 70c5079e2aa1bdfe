import type { Role } from '../../../../src/access/permissions.ts'
import type { Scope } from '../../../../src/access/scope.ts'
import type {
  AccountView,
  InvitationView,
  InvitedView,
  KeyView,
  OwnView,
  SessionListView,
} from '../../../../src/edges/http/people-schemas.ts'
import { get, id, request, type Session, type SignInStep } from '../live/api.ts'

export type { AccountView, InvitationView, InvitedView, KeyView, OwnView, SessionListView }

export interface AccountDraft {
  displayName: string
  role: Role
  scope: Scope
}

const account = (name: string) => `/api/accounts/${id(name)}`

export const getAccounts = () => get<{ accounts: AccountView[] }>('/api/accounts')
export const addAccount = (name: string, draft: AccountDraft) =>
  request<{ account: AccountView; invitation: InvitationView }>('POST', '/api/accounts', { name, ...draft })
export const changeAccount = (name: string, draft: AccountDraft & { disabled: boolean }) =>
  request<AccountView>('PUT', account(name), draft)
export const removeAccount = (name: string) => request<void>('DELETE', account(name))
export const invite = (name: string) => request<InvitationView>('POST', `${account(name)}/invitation`, {})
export const removeSecondFactorOf = (name: string) => request<void>('DELETE', `${account(name)}/second-factor`)

/** Whose sessions and keys are meant: somebody's, or one's own. */
const owned = (name: string | null) => (name === null ? '/api/own' : account(name))
export const getSessionsOf = (name: string) => get<{ sessions: SessionListView }>(`${account(name)}/sessions`)
export const getKeysOf = (name: string) => get<{ keys: KeyView[] }>(`${account(name)}/keys`)
export const endSession = (name: string | null, key: string) => request<void>('DELETE', `${owned(name)}/sessions/${id(key)}`)
export const endSessions = (name: string | null) => request<void>('DELETE', `${owned(name)}/sessions`)
export const revokeKey = (name: string | null, key: number) => request<void>('DELETE', `${owned(name)}/keys/${key}`)

export const getOwn = () => get<OwnView>('/api/own')
export const changePassword = (own: string, password: string) => request<void>('PUT', '/api/own/password', { own, password })
export const beginSecondFactor = (own: string) => request<{ secret: string; uri: string }>('POST', '/api/own/second-factor', { own })
export const confirmSecondFactor = (code: string) => request<{ recoveryCodes: string[] }>('PUT', '/api/own/second-factor', { code })
export const removeSecondFactor = (code: string) => request<void>('POST', '/api/own/second-factor/remove', { code })
export const renewRecovery = (code: string) => request<{ recoveryCodes: string[] }>('POST', '/api/own/recovery-codes', { code })
export const makeKey = (key: { own: string; name: string; role: string; days: number; scope: Scope }) =>
  request<{ token: string; key: KeyView }>('POST', '/api/own/keys', key)

export const sendCode = (pending: string, code: string) => request<Session>('POST', '/api/session/code', { pending, code })
export const lookAt = (token: string) => request<InvitedView>('POST', '/api/invitations/look', { token })
export const accept = (token: string, password?: string) =>
  request<SignInStep>('POST', '/api/invitations/accept', { token, ...(password !== undefined && { password }) })
