import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { connectPacket, facilityId, subscribePacket } from './mqtt-load.ts'

/** ms after which a connection that has come to nothing is tried again. */
const TRY_AGAIN = 10_000
const SUBACK = 0x90

/**
 * A number on the standard input makes so many devices be connected, `again` makes all lose their connections and come back at once; the answer is
 * how long it took, ms.
 */
const port = Number(process.argv[2])
const sockets: Socket[] = []

/** Resolves when it is connected and subscribed; source addresses change, for one has ports for 28,000 connections only. */
function open(i: number): Promise<Socket> {
  return new Promise((resolve) => {
    const attempt = () => {
      const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.0.${2 + (i % 8)}` })
      const retry = () => {
        clearTimeout(timer)
        socket.destroy()
        setTimeout(attempt, 100 + Math.random() * 400)
      }
      const timer = setTimeout(retry, TRY_AGAIN)
      socket.once('error', retry)
      socket.write(connectPacket(facilityId(i)))
      socket.write(subscribePacket(`facilities/street-light/${facilityId(i)}/commands/#`, 1))
      let seen = Buffer.alloc(0)
      socket.on('data', (chunk) => {
        seen = Buffer.concat([seen, chunk])
        // CONNACK has four bytes.
        if (seen[4] !== SUBACK) return
        clearTimeout(timer)
        socket.removeAllListeners('data').off('error', retry)
        socket.on('error', () => {})
        socket.resume()
        resolve(socket)
      })
    }
    attempt()
  })
}

createInterface(process.stdin).on('line', async (line) => {
  const count = line === 'again' ? sockets.length : Number(line)
  if (line === 'again') for (const socket of sockets.splice(0)) socket.destroy()
  const begun = performance.now()
  const more = await Promise.all(Array.from({ length: count - sockets.length }, (_, i) => open(sockets.length + i)))
  sockets.push(...more)
  console.log(performance.now() - begun)
})
