import type { Role } from '../../src/access/permissions.ts'
import type { Scope } from '../../src/access/scope.ts'
import type { UserRecord } from '../../src/storage/people-store.ts'
import type { City } from './city.ts'

/** Adds an account that is limited to a part of the city, and signs it in; returns its cookie. The city stays signed in as that person. */
export async function signInLimited(city: City, name: string, role: Role, scope: Scope): Promise<string> {
  await city.addPerson(name, role, scope)
  await city.signIn(name)
  return city.cookie()
}

/** Another scope while the sessions go on, as a program beside the server would set it. */
export function limit(city: City, name: string, scope: Scope): void {
  const user = city.state.people.user(name) as UserRecord
  city.state.people.putUser({ ...user, scope })
}
