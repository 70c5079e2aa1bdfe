import { LamplighterError } from '../../../errors.ts'
import type { UserRecord } from '../../../storage/people-store.ts'
import { hashPassword, passwordProblem } from '../password.ts'

/** Throws `invalid-request` when the password is too weak for somebody. */
export async function hashNewPassword(password: string, { name, displayName }: Pick<UserRecord, 'name' | 'displayName'>): Promise<string> {
  const problem = passwordProblem(password, name) ?? (displayName === '' ? null : passwordProblem(password, displayName))
  if (problem) throw new LamplighterError('invalid-request', problem)
  return hashPassword(password)
}
