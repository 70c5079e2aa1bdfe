import type { FacilityInput } from '../src/edges/http/schemas.ts'
import { type ApiAccess, type ApiSession, openSession } from './api-session.ts'

/** Signs in and registers facilities. Throws with the server's own words when it refuses. */
export const registerFacilities = (access: ApiAccess, facilities: readonly FacilityInput[]): Promise<void> =>
  asUser(access, (session) => session.post('/api/facilities', { facilities }))

/** Signs in, lets `work` ask the API, and signs out. */
export const signedIn = <T>(access: ApiAccess, work: (get: ApiSession['get']) => Promise<T>): Promise<T> =>
  asUser(access, (session) => work(session.get))

async function asUser<T>(access: ApiAccess, work: (session: ApiSession) => Promise<T>): Promise<T> {
  const session = await openSession(access)
  try {
    return await work(session)
  } finally {
    await session.signOut()
  }
}
