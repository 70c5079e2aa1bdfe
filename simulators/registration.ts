import type { FacilityInput } from '../src/edges/http/schemas.ts'

export interface ApiAccess {
  url: string
  user: string
  password: string
}

const TIMEOUT = 10_000

/** Signs in and registers facilities. Throws with the server's own words when it refuses. */
export async function registerFacilities(access: ApiAccess, facilities: readonly FacilityInput[]): Promise<void> {
  await asUser(access, (cookie) => post(new URL('/api/facilities', access.url), { facilities }, { cookie }))
}

/** Signs in, lets `work` ask the API, and signs out. */
export function signedIn<T>(access: ApiAccess, work: (get: <A>(path: string) => Promise<A>) => Promise<T>): Promise<T> {
  return asUser(access, (cookie) =>
    work(async <A>(path: string) => {
      const response = await fetch(new URL(path, access.url), { headers: { cookie }, signal: AbortSignal.timeout(TIMEOUT) })
      if (!response.ok) throw new Error(`${path} answered ${response.status}`)
      return (await response.json()) as A
    }),
  )
}

async function asUser<T>({ url, user, password }: ApiAccess, work: (cookie: string) => Promise<T>): Promise<T> {
  const session = await post(new URL('/api/session', url), { name: user, password })
  const cookie = session.headers
    .getSetCookie()
    .map((header) => header.split(';')[0])
    .join('; ')
  try {
    return await work(cookie)
  } finally {
    const signal = AbortSignal.timeout(TIMEOUT)
    await fetch(new URL('/api/session', url), { method: 'DELETE', headers: { cookie }, signal }).catch(() => undefined)
  }
}

async function post(url: URL, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT),
  })
  if (response.ok) return response
  const problem = (await response.json().catch(() => ({}))) as { detail?: unknown }
  throw new Error(`${url.pathname} answered ${response.status}${problem.detail ? `: ${problem.detail}` : ''}`)
}
