import { lookup as resolve } from 'node:dns'
import { type IncomingMessage, request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net'
import { getCACertificates } from 'node:tls'
import { seconds } from '../../telemetry/duration.ts'
import { DeliveryProblem } from './delivery-problem.ts'

/** The other side has so long for its whole answer, ms. */
const TIMEOUT = seconds(10)
/** Bytes of an answer that are read; what a service says of a message is short. */
const LONGEST_ANSWER = 64 * 1024

/** Networks that no stranger should reach through us: loopback, link-local with the metadata of clouds, and those of RFC 1918 and 4193. */
const inside = new BlockList()
for (const [net, bits, family] of [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 127, 'ipv6'],
  // Addresses of IPv4 in those of IPv6, by which a gateway leads wherever they say: RFC 6052, 8215 and 3056.
  ['64:ff9b::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
] as const)
  inside.addSubnet(net, bits, family)

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

/** Whether an address belongs to a network of the house. */
export function isInside(address: string): boolean {
  const plain = MAPPED.exec(address)?.[1] ?? address
  return inside.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4')
}

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

const mayReach = (address: string, allowed: BlockList): boolean =>
  !isInside(address) || allowed.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')

/** Finds only addresses that may be reached. Looked at where they are used, so that a name which changes its address meanwhile gets nowhere. */
const guardedLookup =
  (allowed: BlockList): LookupFunction =>
  (host, options, done) =>
    resolve(host, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '', 0)
      const first = found.find(({ address }) => mayReach(address, allowed))
      if (!first) return done(new DeliveryProblem(refusal(host), true), '', 0)
      return options.all ? done(null, [first] as never) : done(null, first.address, first.family)
    })

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

const refusal = (host: string) =>
  `${host} is an address inside this network; messages go there only when NOTIFY_ALLOWED_ADDRESSES names it.`

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
