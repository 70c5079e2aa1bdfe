const PATIENCE = 20_000

/** The server has answered, and refuses; `message` is for people, in English; `code` says the same to programs. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string
  /** ms after which to ask again; null where asking again is of no use. */
  readonly after: number | null

  constructor(status: number, code: string, after: number | null, detail: string) {
    super(detail)
    this.status = status
    this.code = code
    this.after = after
  }
}

/** Asks the server as anybody: no cookie goes along. Throws a `Refusal`, or what `fetch` throws without a network. */
export async function ask<T>(path: string, body?: object): Promise<T> {
  // Browsers of 2017 cannot stop asking, and wait as long as they like.
  const stop = typeof AbortController === 'function' ? new AbortController() : null
  const timer = setTimeout(() => stop?.abort(), PATIENCE)
  try {
    const response = await fetch(`/api/public/${path}`, {
      method: body ? 'POST' : 'GET',
      credentials: 'omit',
      signal: stop?.signal ?? null,
      headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    const answer = await response.json().catch(() => null)
    if (response.ok && answer !== null) return answer as T
    // A proxy in between may say anything; what is no answer of the server is as no network.
    if (response.status !== 429 && (response.status >= 500 || answer === null)) throw new TypeError(`${response.status}`)
    const { code = '', detail = '' } = (answer ?? {}) as { code?: string; detail?: string }
    throw new Refusal(response.status, code, afterOf(response), detail)
  } finally {
    clearTimeout(timer)
  }
}

const MINUTE = 60_000
const afterOf = ({ status, headers }: Response): number | null =>
  status === 429 ? Number(headers.get('retry-after')) * 1000 || MINUTE : null
