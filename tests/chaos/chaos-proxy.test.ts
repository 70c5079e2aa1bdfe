import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { type ChaosProxy, type ChaosProxyOptions, startChaosProxy, type Toxics } from './chaos-proxy.ts'

const closings: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close()
})

async function serve(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server: Server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    onSocket(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closings.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const echo = () => serve((socket) => void socket.pipe(socket))

async function proxyTo(target: number, toxics: Partial<Toxics> = {}, options: Partial<ChaosProxyOptions> = {}): Promise<ChaosProxy> {
  const proxy = await startChaosProxy({ target, seed: 'proxy-test', ...options })
  closings.push(() => proxy.close())
  proxy.set(toxics)
  return proxy
}

function dial(port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  socket.on('error', () => {})
  closings.push(() => socket.destroy())
  return socket
}

async function receive(socket: Socket, bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let count = 0
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk)
    count += chunk.length
    if (count >= bytes) break
  }
  return Buffer.concat(chunks)
}

const numbered = (bytes: number) => Buffer.from(Uint32Array.from({ length: bytes / 4 }, (_, i) => i).buffer)

const outcome = (socket: Socket) =>
  new Promise<string>((resolve) => {
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    socket.on('close', () => resolve('closed'))
    socket.resume()
  })

test('latency delays each byte and takes nothing from the throughput; jitter keeps the order', async () => {
  const proxy = await proxyTo(await echo(), { latency: 150, jitter: 100 })
  const client = dial(proxy.port)
  const sent = numbered(4_000_000)
  const begun = performance.now()
  let first = 0
  client.once('data', () => {
    first = performance.now() - begun
  })
  client.write(sent)
  const received = await receive(client, sent.length)
  expect(received.equals(sent)).toBe(true)
  expect(first).toBeGreaterThanOrEqual(300)
  // Some 60 chunks that waited for one another in both directions would take over 18 s.
  expect(performance.now() - begun).toBeLessThan(10_000)
  expect(proxy.counts.delayed).toBe(2 * sent.length)
})

test('a source has to wait when too much is under way, and nothing is lost by that', async () => {
  const proxy = await proxyTo(await echo(), { latency: 50 }, { maxBuffered: 100_000 })
  const client = dial(proxy.port)
  const sent = numbered(2_000_000)
  client.write(sent)
  expect((await receive(client, sent.length)).equals(sent)).toBe(true)
})

test('a reader that stands still holds up the writer, with a bounded amount under way', async () => {
  const proxy = await proxyTo(await serve((socket) => void socket.pause()), {}, { maxBuffered: 100_000 })
  const client = dial(proxy.port)
  const sent = 64_000_000
  client.write(Buffer.alloc(sent))
  await pause(500)
  const taken = proxy.counts.bytes
  await pause(300)
  expect(proxy.counts.bytes).toBe(taken)
  expect(taken).toBeLessThan(sent / 2)
})

test('bandwidth bounds what passes in a time', async () => {
  const proxy = await proxyTo(await echo(), { bandwidth: 200_000 })
  const client = dial(proxy.port)
  const sent = numbered(100_000)
  const begun = performance.now()
  client.write(sent)
  expect((await receive(client, sent.length)).equals(sent)).toBe(true)
  expect(performance.now() - begun).toBeGreaterThanOrEqual(450)
  expect(proxy.counts.throttled).toBe(2 * sent.length)
})

test('slices arrive one by one', async () => {
  const sizes: number[] = []
  const port = await serve((socket) => {
    socket.on('data', (chunk) => {
      sizes.push(chunk.length)
      socket.write(chunk)
    })
  })
  const proxy = await proxyTo(port, { slice: 7 })
  const client = dial(proxy.port)
  const sent = numbered(700)
  client.write(sent)
  expect((await receive(client, sent.length)).equals(sent)).toBe(true)
  expect(Math.min(...sizes)).toBe(7)
  expect(sizes.length).toBeGreaterThan(10)
  expect(proxy.counts.slices).toBeGreaterThanOrEqual(99)
})

test('the same seed harms the same bytes of the same connections, however these are cut; another seed others', async () => {
  const harmed = async (seed: string, pieces: number) => {
    const received: Buffer[] = []
    const sink = await serve((socket) => {
      socket.on('data', (chunk) => received.push(chunk))
      socket.on('end', () => socket.end())
    })
    const proxy = await proxyTo(sink, { corrupt: 0.001 }, { seed })
    const client = dial(proxy.port)
    const sent = Buffer.alloc(50_000)
    for (let i = 0; i < pieces; i++) {
      client.write(sent.subarray((i * sent.length) / pieces, ((i + 1) * sent.length) / pieces))
      await pause(1)
    }
    client.end()
    client.resume()
    await once(client, 'close')
    const bytes = Buffer.concat(received)
    expect(bytes.length).toBe(sent.length)
    const places = [...bytes.entries()].filter(([, byte]) => byte !== 0)
    expect(places.length).toBe(proxy.counts.corrupted)
    return places
  }
  const first = await harmed('a', 1)
  expect(first.length).toBeGreaterThan(20)
  for (const [, byte] of first) expect(Math.log2(byte) % 1).toBe(0)
  expect(await harmed('a', 50)).toEqual(first)
  expect(await harmed('b', 1)).not.toEqual(first)
})

test('a reset reaches both sides', async () => {
  const { promise: served, resolve } = Promise.withResolvers<Socket>()
  const proxy = await proxyTo(await serve(resolve))
  const client = dial(proxy.port)
  client.write('x')
  const server = await served
  const ends = Promise.all([outcome(client), outcome(server)])
  await receive(server, 1).catch(() => {})
  proxy.reset()
  expect(await ends).toEqual(['ECONNRESET', 'ECONNRESET'])
  expect(proxy.counts.reset).toBe(1)
})

test.each(['client', 'server'] as const)(
  'of a half-open connection the %s is gone, and the other side hears nothing of it',
  async (gone) => {
    const { promise: served, resolve } = Promise.withResolvers<Socket>()
    const proxy = await proxyTo(await serve(resolve))
    const client = dial(proxy.port)
    client.write('x')
    const server = await served
    const ends = { client: outcome(client), server: outcome(server) }
    await pause(50)
    proxy.halfOpen(gone)
    expect(await ends[gone]).toBe('ECONNRESET')
    const left = gone === 'client' ? server : client
    left.write('into nothing')
    expect(await Promise.race([ends[gone === 'client' ? 'server' : 'client'], pause(200, 'stays')])).toBe('stays')
    expect(proxy.counts.halfOpen).toBe(1)
  },
)

test('a black hole takes connections and passes nothing; afterwards all of it comes, in order', async () => {
  const proxy = await proxyTo(await echo(), { blackHole: true })
  const client = dial(proxy.port)
  await once(client, 'connect')
  client.write('one ')
  expect(await Promise.race([receive(client, 1), pause(200, 'nothing')])).toBe('nothing')
  client.write('two')
  const all = new Promise<string>((resolve) => {
    let text = ''
    client.on('data', (chunk) => {
      text += chunk
      if (text.length === 7) resolve(text)
    })
  })
  proxy.set({})
  expect(await all).toBe('one two')
  expect(proxy.counts.swallowed).toBeGreaterThan(0)
})

test('refusing resets new connections and leaves those there are', async () => {
  const proxy = await proxyTo(await echo())
  const old = dial(proxy.port)
  old.write('x')
  await once(old, 'data')
  proxy.set({ refuse: true })
  expect(await outcome(dial(proxy.port))).toBe('ECONNRESET')
  old.write('y')
  expect(String((await once(old, 'data'))[0])).toBe('y')
  expect(proxy.counts.refused).toBe(1)
})

test('an end in one direction leaves the other open until it ends too', async () => {
  const port = await serve((socket) => {
    socket.on('end', () => socket.end('the answer after the end'))
    socket.resume()
  })
  const proxy = await proxyTo(port, { latency: 20, slice: 7 })
  const client = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true })
  closings.push(() => client.destroy())
  client.end('question')
  expect(String(await receive(client, 100))).toBe('the answer after the end')
})

test('a target that is not there is a reset', async () => {
  const port = await serve(() => {})
  for (const close of closings.splice(0)) await close()
  const proxy = await proxyTo(port)
  expect(await outcome(dial(proxy.port))).toBe('ECONNRESET')
})
