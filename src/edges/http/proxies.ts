import { isIP, isIPv6 } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { addressesOf } from '../../config.ts'
import type { Api } from './api.ts'

/** Tells reverse proxies by their addresses and networks. */
export function proxyCheck(addresses: readonly string[]): (address: string | undefined) => boolean {
  const list = addressesOf(addresses.join(','))
  return (address = '') => isIP(address) !== 0 && list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

/** Headers of which a proxy adds at least one and a program on this machine none. */
const PASSED_ON = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip']

export const isPassedOn = ({ headers }: Pick<FastifyRequest, 'headers'>): boolean => PASSED_ON.some((name) => headers[name] !== undefined)

/** Says once that somebody names the client in whom nobody believes: all behind that proxy count as one. */
export function warnOfUnknownProxy(app: Api, isProxy: (address: string | undefined) => boolean): void {
  let told = false
  app.addHook('onRequest', async ({ headers, socket, log }) => {
    if (told || headers['x-forwarded-for'] === undefined || isProxy(socket.remoteAddress)) return
    told = true
    log.warn(
      { address: socket.remoteAddress },
      'a request came with X-Forwarded-For from an address that is not in HTTP_PROXIES, so the header is not believed; if that is your proxy, name it there, or all people behind it count as one address',
    )
  })
}
