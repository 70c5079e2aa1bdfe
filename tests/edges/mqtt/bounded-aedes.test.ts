import { duplexPair } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { connectPacket } from '../../../bench/mqtt-load.ts'
import { BoundedAedes } from '../../../src/edges/mqtt/bounded-aedes.ts'
import { defaultBounds } from '../../../src/edges/mqtt/broker.ts'
import { EVERYBODY } from '../../../src/edges/mqtt/ledger.ts'

test('who goes while it is let in is not listed, and its end is not taken for that of another with its id', async () => {
  let isGoing = false
  const aedes = new BoundedAedes({
    bounds: defaultBounds,
    now: Date.now,
    holderOf: () => EVERYBODY,
    onTooMany: () => {},
    authenticate(client, _username, _password, done) {
      done(null, true)
      if (isGoing) client.close()
    },
  })
  await aedes.listen()
  const ends: string[] = []
  aedes.on('clientDisconnect', ({ id }) => ends.push(id))
  const come = async (id: string) => {
    const [ours, theirs] = duplexPair()
    theirs.resume()
    aedes.handle(ours)
    theirs.write(connectPacket(id))
    await wait(50)
  }
  isGoing = true
  await come('lamp-1')
  expect(aedes.connectedClients).toBe(0)
  isGoing = false
  await come('lamp-2')
  isGoing = true
  await come('lamp-2')
  expect({ clients: aedes.connectedClients, ends }).toEqual({ clients: 1, ends: [] })
  await new Promise<void>((resolve) => aedes.close(resolve))
})
