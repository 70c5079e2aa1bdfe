import { lookup as resolve } from 'node:dns'
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net'
import { DeliveryProblem } from './delivery-problem.ts'

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

export const mayReach = (address: string, allowed: BlockList): boolean =>
  !isInside(address) || allowed.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')

/** Finds only addresses that may be reached. Looked at where they are used, so that a name which changes its address meanwhile gets nowhere. */
export const guardedLookup =
  (allowed: BlockList): LookupFunction =>
  (host, options, done) =>
    resolve(host, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '', 0)
      const first = found.find(({ address }) => mayReach(address, allowed))
      if (!first) return done(new DeliveryProblem(refusal(host), true), '', 0)
      return options.all ? done(null, [first] as never) : done(null, first.address, first.family)
    })

export const refusal = (host: string) =>
  `${host} is an address inside this network; messages go there only when NOTIFY_ALLOWED_ADDRESSES names it.`

/** Ports of mail servers (RFC 5321, 8314, 6409). */
const mailPorts: readonly number[] = [25, 465, 587]

const everything = new BlockList()
everything.addSubnet('0.0.0.0', 0, 'ipv4')
everything.addSubnet('::', 0, 'ipv6')

/**
 * The address at which a mail server may be reached. A mail server inside the house is usual, so on the ports of mail, where nothing else answers,
 * it need not be named; on another port an address inside is held to what is `allowed`. Throws `DeliveryProblem`.
 */
export async function mailAddress(host: string, port: number, allowed: BlockList): Promise<string> {
  const reached = mailPorts.includes(port) ? everything : allowed
  if (isIP(host)) {
    if (mayReach(host, reached)) return host
    throw new DeliveryProblem(refusal(host), true)
  }
  return new Promise((done, fail) =>
    guardedLookup(reached)(host, { order: 'ipv4first' }, (error, address) => {
      if (!error) return done(address as string)
      fail(error instanceof DeliveryProblem ? error : new DeliveryProblem(`${host}: ${error.message}`, false, error))
    }),
  )
}
