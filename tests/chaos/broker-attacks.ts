import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { connectAsync } from 'mqtt'
import { connectPacket, subscribePacket } from '../../bench/mqtt-load.ts'
import { seconds } from '../../src/telemetry/duration.ts'
import type { FloodOrder } from './flooding-process.ts'
import { inSeconds, type Outcome, type Run } from './outcome.ts'

const topic = 'facilities/street-light/SL-1/telemetry'
const MEGABYTE = 1_048_576
/** MB that may lie about, before it is collected, of thousands of connections a second; of other machines than this one 20 a minute are taken. */
const MOST_GARBAGE = 250

/** The broker alone in a process of its own, whose memory nobody else uses. */
async function startBrokerProcess(): Promise<{ port: number; memory: () => number; isUp: () => boolean; end: () => void }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', '..', 'bench', 'idle-broker.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(child.stdout, 'data')
  return {
    port: Number(line),
    memory: () => Number(readFileSync(`/proc/${child.pid}/status`, 'utf8').match(/^VmRSS:\s+(\d+) kB/m)?.[1]) / 1024,
    isUp: () => child.exitCode === null,
    end: () => child.kill('SIGKILL'),
  }
}

/** Publishes one message after the other until told to end; gives the ms each took. */
async function steadyPublisher(port: number): Promise<{ delays: number[]; end: () => Promise<void> }> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { clientId: `steady-${Math.random()}`, reconnectPeriod: 0 })
  const delays: number[] = []
  let isEnding = false
  const going = (async () => {
    while (!isEnding) {
      const begun = performance.now()
      await client.publishAsync(topic, '{}', { qos: 1 })
      delays.push(performance.now() - begun)
      await wait(20)
    }
  })()
  return {
    delays,
    end: async () => {
      isEnding = true
      await going
      await client.endAsync()
    },
  }
}

const p99 = (delays: readonly number[]) => delays.toSorted((a, b) => a - b)[Math.floor(delays.length * 0.99)] ?? Number.NaN

export interface BombOptions {
  sockets: number
  /** Of each. */
  megabytes: number
  /** s that each way of sending goes on, with new sockets for those that are closed. */
  seconds: number
  /** ms that the slowest hundredth of the others' messages may take, or twice what they took before; null = it is only told. */
  patience: number | null
}

/** Sockets that send without end before anybody has logged in: once each, then again and again. */
export async function runMemoryBomb({ sockets, megabytes, seconds: length, patience }: BombOptions, { tell }: Run): Promise<Outcome> {
  const broker = await startBrokerProcess()
  try {
    const others = await steadyPublisher(broker.port)
    const heads: Record<string, Buffer> = {
      'a CONNECT that is announced as 256 MB': Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]),
      'a CONNECT of the longest length that is taken': Buffer.from([0x10, 0xfd, 0x1f]),
      'a message behind the CONNECT': Buffer.concat([connectPacket('bomb'), Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f])]),
      'no MQTT': Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    }
    await wait(seconds(5))
    const alone = p99(others.delays.splice(0))
    const before = broker.memory()
    let peak = before
    const watching = setInterval(() => (peak = Math.max(peak, broker.memory())), 20)
    const wave = async (howLong: number) => {
      for (const [name, head] of Object.entries(heads)) {
        await floodFromElsewhere({ port: broker.port, head: [...head], sockets, bytes: megabytes * MEGABYTE, length: howLong })
        tell(
          `${name}, ${howLong === 0 ? 'once' : `again and again for ${inSeconds(howLong)}`}: ${(peak - before).toFixed(0)} MB more at most`,
        )
      }
      return Math.round(peak - before)
    }
    const more = await wave(0)
    const lasting = await wave(seconds(length))
    clearInterval(watching)
    await others.end()
    const beside = p99(others.delays)
    return {
      figures: {
        ...{ 'MB before': Math.round(before), 'MB more at most': more, 'MB more when it goes on': lasting },
        ...{ "p99 of others' PUBACK, ms": Math.round(beside), 'before, ms': Math.round(alone), 'PUBACKs of others': others.delays.length },
      },
      problems: [
        ...(more > 50 ? [`memory grew by ${more} MB, which is more than 50`] : []),
        ...(lasting > MOST_GARBAGE ? [`memory grew by ${lasting} MB while it went on`] : []),
        ...(patience !== null && beside > Math.max(patience, 2 * alone) ? [`others waited ${Math.round(beside)} ms`] : []),
        ...(broker.isUp() && others.delays.length > 0 ? [] : ['the broker did not go on']),
      ],
    }
  } finally {
    broker.end()
  }
}

/** In a process of its own, whose work keeps nobody waiting who is measured. */
async function floodFromElsewhere(order: FloodOrder): Promise<void> {
  const child = fork(join(import.meta.dirname, 'flooding-process.ts'), [JSON.stringify(order)], { execArgv: [] })
  await once(child, 'exit')
}

const RATE = 1_000

/** How many messages are acknowledged in each second, while `RATE` are due. */
async function countPerSecond(port: number, forSeconds: number): Promise<number[]> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { clientId: `ingest-${Math.random()}`, reconnectPeriod: 0 })
  const counts = Array.from({ length: forSeconds }, () => 0)
  const begun = performance.now()
  const elapsed = () => (performance.now() - begun) / 1000
  const going: Promise<void>[] = []
  for (let sent = 0; elapsed() < forSeconds; ) {
    for (; sent < elapsed() * RATE; sent++) {
      const acknowledged = client.publishAsync(topic, Buffer.alloc(4_000, 'x'), { qos: 1 })
      going.push(
        acknowledged.then(() => {
          const second = Math.floor(elapsed())
          if (second < forSeconds) counts[second] = (counts[second] as number) + 1
        }),
      )
    }
    await wait(5)
  }
  await Promise.all(going)
  await client.endAsync()
  return counts
}

export interface FrozenOptions {
  readers: number
  /** Of a round; there are two of them with readers and two without, in turn. */
  seconds: number
  /** Smallest part of what is due that a second may have, when it has so much without them; null = it is only told. */
  floor: number | null
}

/** Subscribers of everything that stop reading, again and again, beside publishers. */
export async function runFrozenReaders({ readers, seconds: length, floor }: FrozenOptions, { tell }: Run): Promise<Outcome> {
  const broker = await startBrokerProcess()
  const counts: Record<'with' | 'without', number[]> = { with: [], without: [] }
  const shareOf = (list: number[]) => Math.min(...list) / RATE
  const slow = (list: number[]) => list.filter((count) => count < (floor ?? 0.9) * RATE).length
  try {
    let before = broker.memory()
    for (const way of ['without', 'with', 'without', 'with'] as const) {
      const end = way === 'with' ? freezeReaders(broker.port, readers) : () => {}
      await wait(500)
      const round = await countPerSecond(broker.port, length)
      end()
      if (way === 'without' && counts.with.length === 0) before = broker.memory()
      counts[way].push(...round)
      tell(`${way} them: ${slow(round)} of ${length} seconds under ${100 * (floor ?? 0.9)} %, the slowest ${percent(shareOf(round))}`)
    }
    const more = Math.round(broker.memory() - before)
    const sum = (list: number[]) => list.reduce((total, count) => total + count, 0)
    return {
      figures: {
        ...{ 'acknowledged without': sum(counts.without), 'acknowledged with': sum(counts.with) },
        ...{ 'slow seconds without': slow(counts.without), 'slow seconds with': slow(counts.with) },
        'slowest second without, %': Math.round(shareOf(counts.without) * 100),
        'slowest second with, %': Math.round(shareOf(counts.with) * 100),
        'MB more': more,
      },
      problems: [
        ...(floor !== null && slow(counts.with) > 2 * slow(counts.without)
          ? [`${slow(counts.with)} seconds had less than ${percent(floor)} of what was due, ${slow(counts.without)} without them`]
          : []),
        ...(more > 150 ? [`memory grew by ${more} MB`] : []),
        ...(broker.isUp() && counts.with.some((count) => count > 0) ? [] : ['the broker did not go on']),
      ],
    }
  } finally {
    broker.end()
  }
}

const percent = (share: number) => `${Math.round(share * 100)} %`

/** Those that are thrown out come again. */
function freezeReaders(port: number, readers: number): () => void {
  const frozen: Socket[] = []
  let isEnding = false
  const freeze = (i: number) => {
    if (isEnding) return
    const socket = connect(port, '127.0.0.1')
    frozen[i] = socket
    socket.on('error', () => {})
    socket.write(connectPacket(`frozen-${i}`))
    socket.write(subscribePacket('#', i % 2))
    // It takes the answers, and then nothing more; a socket that reads nothing does not learn of its end but by writing.
    socket.once('data', () => socket.pause())
    const poke = setInterval(() => socket.write(Buffer.from([0xc0, 0])), 500)
    socket.once('close', () => {
      clearInterval(poke)
      setTimeout(() => freeze(i), 100)
    })
  }
  for (let i = 0; i < readers; i++) freeze(i)
  return () => {
    isEnding = true
    for (const socket of frozen) socket.destroy()
  }
}
