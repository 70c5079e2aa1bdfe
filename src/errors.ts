/** Every error this program raises on purpose, with the HTTP status it maps to. */
export const errorCodes = {
  'config-invalid': 500,
  'journal-unwritable': 503,
  'journal-unreadable': 503,
  'journal-full': 503,
  'store-unavailable': 503,
  /** It may be asked again: who asked is not to drop what it said. */
  busy: 503,
  'not-found': 404,
  'not-signed-in': 401,
  'not-allowed': 403,
  'invalid-request': 400,
  'payload-too-large': 413,
  'place-unknown': 422,
  'action-refused': 409,
  'alarm-changed': 409,
  'too-many-requests': 429,
} as const

export type ErrorCode = keyof typeof errorCodes

export class LamplighterError extends Error {
  readonly code: ErrorCode
  /** When to try again, ms from now; undefined where nobody can say. */
  readonly retryAfter: number | undefined
  constructor(code: ErrorCode, message: string, cause?: unknown, retryAfter?: number) {
    super(message, { cause })
    this.name = 'LamplighterError'
    this.code = code
    this.retryAfter = retryAfter
  }
}

/** Says no to what somebody asked for, as things stand: `action-refused`. */
export function refuse(message: string): never {
  throw new LamplighterError('action-refused', message)
}
