import { lookup as resolve } from 'node:dns'
import { type IncomingMessage, request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net'
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
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 127, 'ipv6'],
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
  body: string
}

export interface HttpAnswer {
  status: number
  /** Its beginning. */
  text: string
}

/** Asks a server over HTTP; `allowed` are addresses inside the house that may be reached. Throws `DeliveryProblem`. */
export type HttpAsking = (ask: HttpAsk) => Promise<HttpAnswer>

export function httpAsking(allowed: BlockList): HttpAsking {
  const mayReach = (address: string) => !isInside(address) || allowed.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
  // Looked at where the address is used, so that a name which changes its address meanwhile gets nowhere.
  const lookup: LookupFunction = (host, options, done) =>
    resolve(host, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '', 0)
      const first = found.find(({ address }) => mayReach(address))
      if (!first) return done(new DeliveryProblem(refusal(host), true), '', 0)
      return options.all ? done(null, [first] as never) : done(null, first.address, first.family)
    })
  return ({ method, url, headers, body }) =>
    new Promise((done, fail) => {
      const to = URL.canParse(url) ? new URL(url) : null
      if (!to || (to.protocol !== 'https:' && to.protocol !== 'http:')) return fail(new DeliveryProblem(`${url} is no http address.`, true))
      const host = to.hostname.replace(/^\[|\]$/g, '')
      if (isIP(host) && !mayReach(host)) return fail(new DeliveryProblem(refusal(host), true))
      const ask = to.protocol === 'https:' ? requestTls : requestPlain
      const length = method === 'POST' ? { 'content-length': String(Buffer.byteLength(body)) } : {}
      const sent = ask(to, { method, headers: { ...headers, ...length }, lookup, signal: AbortSignal.timeout(TIMEOUT) }, (answer) => {
        readText(answer).then((text) => done({ status: answer.statusCode ?? 0, text }), fail)
      })
      sent.on('error', (error) => fail(error instanceof DeliveryProblem ? error : new DeliveryProblem(words(error, to.host), false, error)))
      sent.end(method === 'POST' ? body : undefined)
    })
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
    if (text.length > LONGEST_ANSWER) answer.destroy()
  }
  return text
}

/** Throws unless a server took it: what it says is the sender's mistake will not get better by trying again. */
export function checkTaken({ status, text }: HttpAnswer): void {
  if (status >= 200 && status < 300) return
  const isFinal = status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429
  throw new DeliveryProblem(`HTTP ${status}${text ? `: ${text.slice(0, 200)}` : ''}`, isFinal)
}
