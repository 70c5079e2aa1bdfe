import type { SQLInputValue } from 'node:sqlite'
import type {
  ApiKeyRecord,
  DeviceRecord,
  InvitationRecord,
  PeopleStore,
  SecondFactorRecord,
  SessionRecord,
  UserRecord,
} from '../people-store.ts'
import type { Statements } from './statements.ts'

type Row<T, Flag extends keyof T = never, Json extends keyof T = never> = Omit<T, Flag | Json> & Record<Flag, number> & Record<Json, string>
type UserRow = Row<Omit<UserRecord, 'passwordHash'>, 'disabled' | 'mustChange', 'scope'> & { passwordHash: string }
type SessionRow = Row<SessionRecord, 'lasting'>
type SecondFactorRow = Row<SecondFactorRecord, never, 'recovery'>
type ApiKeyRow = Row<ApiKeyRecord, never, 'scope'>

const userColumns = {
  name: 'name',
  displayName: 'display_name',
  passwordHash: 'password_hash',
  role: 'role',
  scope: 'scope',
  created: 'created',
  createdBy: 'created_by',
  disabled: 'disabled',
  passwordChanged: 'password_changed',
  mustChange: 'must_change',
  lastSignIn: 'last_sign_in',
  secondFactorAsked: 'second_factor_asked',
} satisfies Record<keyof UserRecord, string>
const sessionColumns = {
  tokenHash: 'token_hash',
  user: 'user',
  created: 'created',
  lastSeen: 'last_seen',
  lasting: 'lasting',
  address: 'address',
  userAgent: 'user_agent',
} satisfies Record<keyof SessionRecord, string>
const secondFactorColumns = {
  user: 'user',
  secret: 'secret',
  confirmed: 'confirmed',
  lastStep: 'last_step',
  recovery: 'recovery',
} satisfies Record<keyof SecondFactorRecord, string>
const apiKeyColumns = {
  id: 'id',
  name: 'name',
  keyHash: 'key_hash',
  owner: 'owner',
  role: 'role',
  scope: 'scope',
  created: 'created',
  expires: 'expires',
  lastUsed: 'last_used',
  revoked: 'revoked',
} satisfies Record<keyof ApiKeyRecord, string>
const invitationColumns = {
  user: 'user',
  tokenHash: 'token_hash',
  purpose: 'purpose',
  created: 'created',
  createdBy: 'created_by',
  expires: 'expires',
} satisfies Record<keyof InvitationRecord, string>
const deviceColumns = { tokenHash: 'token_hash', user: 'user', lastUsed: 'last_used' } satisfies Record<keyof DeviceRecord, string>

type Columns = Readonly<Record<string, string>>
const select = (table: string, columns: Columns, rest = '') =>
  `SELECT ${Object.entries(columns).map(([name, column]) => `${column} AS ${name}`)} FROM ${table} ${rest}`

/** Inserts a row, or replaces what is not in the key of the one that is there; never by removing it, which would take along what hangs on it. */
const upsert = (table: string, columns: Columns, key: string) => {
  const all = Object.values(columns)
  const updates = all.filter((column) => column !== key).map((column) => `${column} = excluded.${column}`)
  return `INSERT INTO ${table} (${all}) VALUES (${all.map(() => '?')}) ON CONFLICT (${key}) DO UPDATE SET ${updates}`
}
const valuesOf = <T extends object>(columns: Record<keyof T, string>, row: T): SQLInputValue[] =>
  (Object.keys(columns) as (keyof T)[]).map((name) => toSql(row[name]))
const toSql = (value: unknown): SQLInputValue =>
  typeof value === 'boolean'
    ? Number(value)
    : typeof value === 'object' && value !== null
      ? JSON.stringify(value)
      : (value as SQLInputValue)

const toUser = ({ passwordHash, scope, disabled, mustChange, ...row }: UserRow): UserRecord => ({
  ...row,
  // The column of the first schema takes no null.
  passwordHash: passwordHash || null,
  scope: JSON.parse(scope),
  disabled: disabled === 1,
  mustChange: mustChange === 1,
})
const toSession = ({ lasting, ...row }: SessionRow): SessionRecord => ({ ...row, lasting: lasting === 1 })
const toSecondFactor = ({ recovery, ...row }: SecondFactorRow): SecondFactorRecord => ({ ...row, recovery: JSON.parse(recovery) })
const toApiKey = ({ scope, ...row }: ApiKeyRow): ApiKeyRecord => ({ ...row, scope: JSON.parse(scope) })

/** People in the state database. */
export function sqlitePeopleStore(sql: Statements): PeopleStore {
  const users = (rest: string, ...values: SQLInputValue[]) => sql.all<UserRow>(select('user', userColumns, rest), ...values).map(toUser)
  const sessions = (rest: string, value: string) => sql.all<SessionRow>(select('session', sessionColumns, rest), value).map(toSession)
  const keys = (rest: string, ...values: string[]) => sql.all<ApiKeyRow>(select('api_key', apiKeyColumns, rest), ...values).map(toApiKey)
  return {
    user: (name) => users('WHERE name = ?', name)[0],
    hasUsers: () => sql.get('SELECT 1 FROM user LIMIT 1') !== undefined,
    users: () => users('ORDER BY name'),
    putUser: (user) =>
      sql.run(upsert('user', userColumns, 'name'), ...valuesOf(userColumns, { ...user, passwordHash: user.passwordHash ?? '' })),
    removeUser: (name) => sql.run('DELETE FROM user WHERE name = ?', name),

    session: (tokenHash) => sessions('WHERE token_hash = ?', tokenHash)[0],
    sessionsOf: (user) => sessions('WHERE user = ? ORDER BY last_seen DESC', user),
    putSession: (session) => sql.run(upsert('session', sessionColumns, 'token_hash'), ...valuesOf(sessionColumns, session)),
    removeSession: (tokenHash) => sql.run('DELETE FROM session WHERE token_hash = ?', tokenHash),
    removeSessionsBefore: (lastSeen, created, lastingSeen) =>
      sql.run(
        'DELETE FROM session WHERE (lasting = 0 AND (last_seen < ? OR created < ?)) OR (lasting = 1 AND last_seen < ?)',
        ...[lastSeen, created, lastingSeen],
      ),

    secondFactor(user) {
      const row = sql.get<SecondFactorRow>(select('second_factor', secondFactorColumns, 'WHERE user = ?'), user)
      return row && toSecondFactor(row)
    },
    putSecondFactor: (record) => sql.run(upsert('second_factor', secondFactorColumns, 'user'), ...valuesOf(secondFactorColumns, record)),
    removeSecondFactor: (user) => sql.run('DELETE FROM second_factor WHERE user = ?', user),

    apiKeys: (owner) => (owner === undefined ? keys('ORDER BY name') : keys('WHERE owner = ? ORDER BY name', owner)),
    apiKey: (keyHash) => keys('WHERE key_hash = ?', keyHash)[0],
    addApiKey({ id: _, ...key }) {
      const { id: __, ...columns } = apiKeyColumns
      const all = Object.values(columns)
      const insert = `INSERT INTO api_key (${all}) VALUES (${all.map(() => '?')}) RETURNING id`
      return sql.one<{ id: number }>(insert, ...valuesOf<Omit<ApiKeyRecord, 'id'>>(columns, key)).id
    },
    updateApiKey: ({ id, lastUsed, revoked }) =>
      sql.run('UPDATE api_key SET last_used = ?, revoked = ? WHERE id = ?', lastUsed, revoked, id),

    invitation: (tokenHash) => sql.get(select('invitation', invitationColumns, 'WHERE token_hash = ?'), tokenHash),
    invitationOf: (user) => sql.get(select('invitation', invitationColumns, 'WHERE user = ?'), user),
    putInvitation: (invitation) => sql.run(upsert('invitation', invitationColumns, 'user'), ...valuesOf(invitationColumns, invitation)),
    removeInvitation: (user) => sql.run('DELETE FROM invitation WHERE user = ?', user),

    device: (tokenHash) => sql.get(select('known_device', deviceColumns, 'WHERE token_hash = ?'), tokenHash),
    putDevice(device, most) {
      sql.run(upsert('known_device', deviceColumns, 'token_hash'), ...valuesOf(deviceColumns, device))
      sql.run(
        `DELETE FROM known_device WHERE user = ? AND token_hash NOT IN
           (SELECT token_hash FROM known_device WHERE user = ? ORDER BY last_used DESC LIMIT ?)`,
        ...[device.user, device.user, most],
      )
    },
    removeDevicesOf: (user) => sql.run('DELETE FROM known_device WHERE user = ?', user),
  }
}
