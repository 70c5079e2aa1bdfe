import { type IncomingMessage, request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import { type BlockList, isIP } from 'node:net'
import { getCACertificates } from 'node:tls'
import { seconds } from '../../telemetry/duration.ts'
import { DeliveryProblem } from './delivery-problem.ts'
import { guardedLookup, mayReach, refusal } from './house-networks.ts'

/** The other side has so long for its whole answer, ms. */
const TIMEOUT = seconds(10)
/** Bytes of an answer that are read; what a service says of a message is short. */
const LONGEST_ANSWER = 64 * 1024

export interface HttpAsk {
  method: 'GET' | 'POST'
  url: string
  headers: Readonly<Record<string, string>>
  body: string | Uint8Array
}

export interface HttpAnswer {
  status: number
  /** Its beginning. */
  text: string
}

/** Asks a server over HTTP. Throws `DeliveryProblem`. */
export type HttpAsking = (ask: HttpAsk) => Promise<HttpAnswer>

/** Authorities of the house besides the usual ones, as TLS takes them; undefined: only the usual ones. */
export const withUsual = (trusted: string | undefined): string[] | undefined =>
  trusted === undefined ? undefined : [...getCACertificates('default'), trusted]

const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '')

/** `allowed` are addresses inside the house that may be reached, `trusted` its own authorities, PEM. */
export function httpAsking(allowed: BlockList, trusted?: string): HttpAsking {
  const lookup = guardedLookup(allowed)
  const ca = withUsual(trusted)
  return ({ method, url, headers, body }) =>
    new Promise((done, fail) => {
      const to = URL.canParse(url) ? new URL(url) : null
      if (!to || (to.protocol !== 'https:' && to.protocol !== 'http:')) return fail(new DeliveryProblem(`${url} is no http address.`, true))
      const host = hostOf(to)
      // A literal address is never looked up.
      if (isIP(host) && !mayReach(host, allowed)) return fail(new DeliveryProblem(refusal(host), true))
      const ask = to.protocol === 'https:' ? requestTls : requestPlain
      const length = method === 'POST' ? { 'content-length': String(Buffer.byteLength(body)) } : {}
      const options = {
        ...{ method, headers: { ...headers, ...length }, lookup, signal: AbortSignal.timeout(TIMEOUT), ...(ca && { ca }) },
        // A connection that others left open was never looked up here.
        agent: false as const,
      }
      const sent = ask(to, options, (answer) => {
        readText(answer).then((text) => done({ status: answer.statusCode ?? 0, text }), fail)
      })
      sent.on('error', (error) => fail(error instanceof DeliveryProblem ? error : new DeliveryProblem(words(error, to.host), false, error)))
      sent.end(method === 'POST' ? body : undefined)
    })
}

/** Why messages may not go to an address that a stranger names, in words: it must be https and lead out of the house. Null when they may. */
export const strangersAddressProblem = async (url: string, allowed: BlockList): Promise<string | null> => {
  const to = URL.canParse(url) ? new URL(url) : null
  if (to?.protocol !== 'https:' || to.username || to.password) return 'The address of a push service must be https, without a password.'
  const host = hostOf(to)
  if (isIP(host)) return mayReach(host, allowed) ? null : refusal(host)
  return new Promise((done) => guardedLookup(allowed)(host, {}, (error) => done(error && (error as Error).message)))
}

const words = (error: Error, host: string): string =>
  error.name === 'TimeoutError' || error.name === 'AbortError'
    ? `${host} did not answer within ${TIMEOUT / 1000} s.`
    : `${host}: ${error.message}`

/** Redirects are not followed: where a message goes is what somebody has set up. */
async function readText(answer: IncomingMessage): Promise<string> {
  let text = ''
  answer.setEncoding('utf8')
  for await (const part of answer) {
    text += part
    if (text.length > LONGEST_ANSWER) break
  }
  return text
}

/** Throws unless a server took it: what it says is the sender's mistake will not get better by trying again. */
export function checkTaken({ status, text }: HttpAnswer): void {
  if (status >= 200 && status < 300) return
  const isFinal = status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429
  throw new DeliveryProblem(`HTTP ${status}${text ? `: ${text.slice(0, 200)}` : ''}`, isFinal)
}
