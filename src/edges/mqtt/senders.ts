import { BlockList, isIP, isIPv6 } from 'node:net'

/** Tells addresses of this machine, and those of a list. */
export function trustedAddresses(list?: BlockList): (address: string) => boolean {
  const own = new BlockList()
  own.addSubnet('127.0.0.0', 8, 'ipv4')
  own.addAddress('::1', 'ipv6')
  return (address) => {
    if (isIP(address) === 0) return false
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    return own.check(address, family) || list?.check(address, family) === true
  }
}

/** An IPv4 address the same whichever kind of socket it came to; empty when the client has gone already. */
export const plainAddress = (address = ''): string => address.replace(/^::ffff:(?=\d+\.)/i, '')

/** What counts as one sender: an IPv4 address, or the /64 of an IPv6 one, of which anybody has as many addresses as he likes. */
export function senderOf(given: string): string {
  const address = plainAddress(given)
  if (!isIPv6(address)) return address
  const [head = '', tail] = (address.split('%')[0] as string).split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail ? tail.split(':') : []
  const groups = tail === undefined ? front : [...front, ...Array(Math.max(0, 8 - front.length - back.length)).fill('0'), ...back]
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
