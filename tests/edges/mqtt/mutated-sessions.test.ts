import { once } from 'node:events'
import { connect as connectSocket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { assert, asyncProperty, array as fcArray, integer, tuple } from 'fast-check'
import { connectAsync } from 'mqtt'
import { expect, test } from 'vitest'
import { sharedAccess } from '../../../src/edges/mqtt/access.ts'
import { startBroker } from '../../../src/edges/mqtt/broker.ts'

const sessions = Number(process.env.MUTATED_SESSIONS ?? 400)
const topic = 'facilities/street-light/sl-1/telemetry'

const text = (words: string) => [0, words.length, ...Buffer.from(words)]
const packet = (first: number, body: number[]) => [first, body.length, ...body]
/** One packet of every kind that a client sends, the CONNECT with will, user name and password. */
const session = [
  packet(0x10, [
    ...text('MQTT'),
    4,
    0xee,
    0,
    30,
    ...text('mutant'),
    ...text('facilities/k/i/status'),
    ...text('gone'),
    ...text('u'),
    ...text('p'),
  ]),
  packet(0x82, [0, 1, ...text('facilities/+/i/#'), 1, ...text('gateways/#'), 2]),
  packet(0x33, [...text('facilities/k/i/status'), 0, 2, ...Buffer.from('{"online":true}')]),
  packet(0x34, [...text('facilities/k/i/telemetry'), 0, 3, ...Buffer.from('{"values":{}}')]),
  packet(0x62, [0, 3]),
  packet(0x30, [...text('gateways/g/telemetry'), ...Buffer.from('[]')]),
  packet(0x40, [0, 1]),
  packet(0xc0, []),
  packet(0xa2, [0, 4, ...text('gateways/#')]),
  packet(0xe0, []),
].flat()

/** From so many on, what is left of each session would show in the heap beside what the program warms up. */
const MANY = 10_000

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')
function liveHeap(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed / 1_048_576
}

type Mutation = [kind: number, at: number, value: number]

function mutate(mutations: readonly Mutation[]): Buffer {
  const bytes = [...session]
  for (const [kind, at, value] of mutations) {
    const place = at % (bytes.length || 1)
    if (kind === 0) bytes[place] = value
    else if (kind === 1) bytes[place] = (bytes[place] ?? 0) ^ (1 << (value % 8))
    else if (kind === 2) bytes.splice(place, value % 20)
    else if (kind === 3) bytes.splice(place, 0, ...bytes.slice(value, value + 20))
    else bytes.length = place
  }
  return Buffer.from(bytes)
}

async function play(port: number, bytes: Buffer, cut: number): Promise<void> {
  const socket = connectSocket(port, '127.0.0.1')
  socket.on('error', () => {})
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.resume()
  socket.write(bytes.subarray(0, cut % bytes.length))
  await Promise.race([once(socket, 'connect').catch(() => undefined), closed])
  socket.end(bytes.subarray(cut % bytes.length))
  await closed
}

test(`${sessions} mutated sessions beside a sound stream: no crash, and the stream loses nothing`, async () => {
  let received = 0
  let disordered = 0
  let mutated = 0
  const broker = await startBroker({
    host: '127.0.0.1',
    port: 0,
    maxPayload: 1_000,
    now: Date.now,
    access: sharedAccess(),
    onPublish(_topic, payload, { clientId }, acknowledged) {
      if (clientId !== 'sound') mutated++
      else if (Buffer.from(payload).toString() !== String(received++)) disordered++
      acknowledged()
    },
    onRefused: () => {},
  })
  const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { clientId: 'sound', reconnectPeriod: 0 })
  let sent = 0
  let halfway = Number.NaN
  const mutation = tuple(integer({ min: 0, max: 4 }), integer({ min: 0, max: 500 }), integer({ min: 0, max: 255 }))
  await assert(
    asyncProperty(fcArray(mutation, { maxLength: 6 }), integer({ min: 1, max: 500 }), async (mutations, cut) => {
      const bytes = mutate(mutations)
      if (bytes.length > 0) await play(broker.port, bytes, cut)
      await client.publishAsync(topic, String(sent++), { qos: 1 })
      if (sent === Math.ceil(sessions / 2)) halfway = liveHeap()
    }),
    { numRuns: sessions, endOnFailure: true },
  )
  const end = liveHeap()
  console.info(`live heap after half of ${sessions} mutated sessions ${halfway.toFixed(1)} MB, after all ${end.toFixed(1)} MB`)
  expect({ received, disordered }).toEqual({ received: sent, disordered: 0 })
  if (sessions >= MANY) expect(end / halfway).toBeLessThan(1.1)
  expect(client.connected).toBe(true)
  // Not all were thrown out at the door.
  expect(mutated).toBeGreaterThan(0)
  await client.endAsync()
  await broker.close()
}, 600_000)
