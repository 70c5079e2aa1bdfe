import { connect, type Socket } from 'node:net'
import { connectPacket, facilityId, subscribePacket } from './mqtt-load.ts'

/** ms after which a connection that has come to nothing is tried again. */
const TRY_AGAIN = 10_000
const SUBACK = 0x90

/** Each line on the standard input makes all devices lose their connections and come back at once; the answer is how long it took, ms. */
const [port, count] = process.argv.slice(2).map(Number) as [number, number]
let sockets: Socket[] = []

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

process.stdin.on('data', async () => {
  for (const socket of sockets) socket.destroy()
  const begun = performance.now()
  sockets = await Promise.all(Array.from({ length: count }, (_, i) => open(i)))
  console.log(performance.now() - begun)
})
