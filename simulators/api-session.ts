export interface ApiAccess {
  url: string
  user: string
  password: string
}

/** Somebody who is signed in. What is refused throws with the server's own words. */
export interface ApiSession {
  get<T>(path: string): Promise<T>
  post<T>(path: string, body: unknown): Promise<T>
  put<T>(path: string, body: unknown): Promise<T>
  signOut(): Promise<void>
}

const TIMEOUT = 10_000

export async function openSession({ url, user, password }: ApiAccess): Promise<ApiSession> {
  const { headers } = await ask(new URL('/api/session', url), 'POST', { name: user, password })
  const cookie = headers
    .getSetCookie()
    .map((header) => header.split(';')[0])
    .join('; ')
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await ask(new URL(path, url), method, body, { cookie })
    return (response.status === 204 ? undefined : await response.json()) as T
  }
  return {
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    put: (path, body) => call('PUT', path, body),
    signOut: () => call<void>('DELETE', '/api/session').catch(() => undefined),
  }
}

/** Chooses a password by an invitation, as the person it is for. */
export const acceptInvitation = async (url: string, token: string, password: string): Promise<void> =>
  void (await ask(new URL('/api/invitations/accept', url), 'POST', { token, password }))

async function ask(url: URL, method: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const response = await fetch(url, {
    method,
    headers: { origin: url.origin, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TIMEOUT),
  })
  if (response.ok) return response
  const problem = (await response.json().catch(() => ({}))) as { detail?: unknown }
  throw new Error(`${url.pathname} answered ${response.status}${problem.detail ? `: ${problem.detail}` : ''}`)
}
