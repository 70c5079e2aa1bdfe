import { vi } from 'vitest'
import type { Role } from '../../src/access/permissions.ts'
import type { Scope } from '../../src/access/scope.ts'
import { hashPassword } from '../../src/edges/http/password.ts'
import { Sessions } from '../../src/edges/http/session.ts'
import { type City, PASSWORD } from './city.ts'

const limits = new Map<string, Scope>()
const { touch } = Sessions.prototype

/** Adds an account that is limited to a part of the city, and signs it in; returns its cookie. The city stays signed in as that person. */
export async function signInLimited(city: City, name: string, role: Role, scope: Scope): Promise<string> {
  city.state.putUser({ name, passwordHash: await hashPassword(PASSWORD), role })
  limits.set(name, scope)
  vi.spyOn(Sessions.prototype, 'touch').mockImplementation(function (this: Sessions, key: string) {
    const session = touch.call(this, key)
    const limit = session && limits.get(session.user)
    return session && limit ? { ...session, scope: limit } : session
  })
  await city.signIn(name)
  return city.cookie()
}

/** As an administrator does it whose sessions go on. */
export const limit = (name: string, scope: Scope): void => void limits.set(name, scope)
