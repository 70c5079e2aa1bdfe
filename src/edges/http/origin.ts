import type { IncomingHttpHeaders } from 'node:http'

/**
 * Whether a request comes from a page of this server, or from no page at all (a program sends no Origin).
 * Browsers send Origin with everything that changes state and with every WebSocket handshake.
 */
export function isOwnOrigin({ origin, host }: IncomingHttpHeaders, allowed: readonly string[] = []): boolean {
  if (origin === undefined) return true
  if (allowed.includes(origin)) return true
  return URL.canParse(origin) && new URL(origin).host === host
}
