const PATIENCE = 15_000

/** The server's refusal, or `unreachable` when there was no answer; `message` is for people. */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  readonly title: string

  constructor(status: number, code: string, title: string, detail: string) {
    super(detail)
    this.status = status
    this.code = code
    this.title = title
  }
}

let signedOut = () => {}
/** Called when the server says that nobody is signed in. */
export const whenSignedOut = (work: () => void): void => {
  signedOut = work
}

/** Sends what is given as JSON, or as it is when it is a file. */
export async function request<T>(method: string, path: string, body?: unknown, patience = PATIENCE): Promise<T> {
  const isFile = body instanceof Blob
  let response: Response
  try {
    response = await fetch(path, {
      method,
      signal: AbortSignal.timeout(patience),
      headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': isFile ? body.type : 'application/json' }) },
      ...(body !== undefined && { body: isFile ? body : JSON.stringify(body) }),
    })
  } catch (cause) {
    throw new ApiProblem(0, 'unreachable', '', cause instanceof Error ? cause.message : String(cause))
  }
  if (response.status === 204) return undefined as T
  const answer = (await response.json().catch(() => null)) as (T & { title?: string; detail?: string; code?: string }) | null
  if (response.ok && answer !== null) return answer
  if (response.status === 401 && path !== '/api/session') signedOut()
  throw new ApiProblem(response.status, answer?.code ?? 'unknown', answer?.title ?? response.statusText, answer?.detail ?? '')
}

export const get = <T>(path: string, query: Record<string, string | number | undefined> = {}): Promise<T> => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const search = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString()
  return request('GET', search ? `${path}?${search}` : path)
}
