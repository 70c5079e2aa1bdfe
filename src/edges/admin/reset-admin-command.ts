import Type from 'typebox'
import { WHOLE_CITY } from '../../access/scope.ts'
import { text, value } from '../../command-line.ts'
import { LamplighterError } from '../../errors.ts'
import { hashPassword, randomPassword } from '../http/password.ts'
import { revokeKeysOf } from '../http/people/api-keys.ts'
import { newUser } from '../http/session.ts'
import { folderCommand } from './folder-command.ts'

interface ResetAdmin {
  name: string
  password: string
  /** There was no account of that name. */
  isNew: boolean
}

export const resetAdminCommand = folderCommand({
  name: 'reset-admin',
  usage: 'reset-admin [options]',
  about: `Lets an administrator in again who is locked out, by a new password that is printed once and must be changed at the next sign-in.
The account is made when it is not there, enabled, and given the role of an administrator; its second factor, sessions, keys and known browsers end.
Whoever may run this may read the data folder anyway. It is in the audit trail.`,
  options: { name: value('NAME', 'account', 'admin', text) },
  check: ({ name }) => (/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u.test(name) ? [] : ['--name is no name of an account']),
  ask: ({ name }) => ({ name }),
  asked: Type.Object({ name: Type.String() }),
  async run({ state, now }, { name }): Promise<ResetAdmin> {
    const people = state.people()
    if (!people) {
      throw new LamplighterError(
        'config-invalid',
        'The state is of an older program. Start the server once, so that it is brought up to date.',
      )
    }
    const password = randomPassword()
    const passwordHash = await hashPassword(password)
    const at = now()
    const before = people.user(name)
    state.transaction(() => {
      people.putUser({
        ...(before ?? newUser(name, 'admin', WHOLE_CITY, 'npm run db', at)),
        ...{ role: 'admin', scope: WHOLE_CITY, disabled: false, passwordHash, passwordChanged: at, mustChange: true },
      })
      people.removeSecondFactor(name)
      people.removeInvitation(name)
      revokeKeysOf(people, (record) => state.audit(record), { owner: name, by: 'npm run db', at, why: 'with the password' })
      people.removeDevicesOf(name)
      for (const { tokenHash } of people.sessionsOf(name)) people.removeSession(tokenHash)
      state.audit({ at, by: 'npm run db', action: 'reset-admin', subject: name, detail: before ? '' : 'made' })
    })
    return { name, password, isNew: before === undefined }
  },
  text: ({ name, password, isNew }) =>
    [`Account   ${name}${isNew ? ' (new)' : ''}`, `Password  ${password}   (shown this once; to be changed at the next sign-in)`].join(
      '\n',
    ),
})
