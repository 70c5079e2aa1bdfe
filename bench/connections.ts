import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { findProgram } from '../tests/servers.ts'

const { values: args } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
})
if (args.help) {
  console.log(`Usage: node launch.mjs bench/connections.ts [--quick]

10,000 devices connect and stay idle, then lose their connections and come back at once: memory of the broker per connection,
and the time until all are back, for the embedded broker and beside it Mosquitto in the same run. --quick: 1,000 devices.

Per connection counts what the second half of them adds: with the first, the room grows in which JavaScript makes new objects (up to 100 MB),
which a server has in any case once it works. "with that room" counts all.`)
  process.exit(0)
}
const DEVICES = args.quick ? 1_000 : 10_000

const folder = mkdtempSync(join(tmpdir(), 'lamplighter-connections-'))
const children: ChildProcess[] = []
const run = (program: string, programArgs: string[]) => {
  const child = spawn(program, programArgs, { stdio: ['ignore', 'pipe', 'ignore'] })
  children.push(child)
  return child
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })

/** Bytes of memory of a process. */
const memoryOf = (pid: number) => Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmRSS:\s+(\d+) kB/m)?.[1]) * 1024

async function startOurs(): Promise<{ port: number; pid: number }> {
  const child = run(process.execPath, [join(import.meta.dirname, 'idle-broker.ts')])
  const port = await new Promise<number>((resolve) => child.stdout?.once('data', (line) => resolve(Number(line))))
  return { port, pid: child.pid as number }
}

async function startMosquitto(program: string): Promise<{ port: number; pid: number }> {
  const port = await freePort()
  const config = join(folder, 'mosquitto.conf')
  writeFileSync(config, `listener ${port} 127.0.0.1\nallow_anonymous true\n`)
  const child = run(program, ['-c', config])
  await pause(500)
  return { port, pid: child.pid as number }
}

/** Devices of another process; resolves with the ms until each has its CONNACK and SUBACK. */
function fleet(port: number): { next: (order: string) => Promise<number>; end: () => void } {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'device-fleet.ts'), String(port)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  children.push(child)
  return {
    next: (order) => {
      child.stdin?.write(`${order}\n`)
      return new Promise((resolve) => child.stdout?.once('data', (line) => resolve(Number(line))))
    },
    end: () => child.kill(),
  }
}

async function measure({ port, pid }: { port: number; pid: number }) {
  const devices = fleet(port)
  const settled = async () => {
    await pause(2_000)
    return memoryOf(pid)
  }
  const before = memoryOf(pid)
  const first = await devices.next(String(DEVICES / 2))
  const half = await settled()
  const second = await devices.next(String(DEVICES))
  const all = await settled()
  const again = await devices.next('again')
  devices.end()
  const kilobytes = (bytes: number, connections: number) => Number((bytes / connections / 1024).toFixed(1))
  return {
    'kB per connection': kilobytes(all - half, DEVICES / 2),
    'with that room': kilobytes(all - before, DEVICES),
    'first connect, ms': Math.round(first + second),
    'all back, ms': Math.round(again),
    'per second': Math.round((DEVICES / again) * 1000),
  }
}

try {
  const rows: Record<string, Record<string, number>> = {}
  rows.Lamplighter = await measure(await startOurs())
  const mosquitto = findProgram('mosquitto')
  if (mosquitto) rows.Mosquitto = await measure(await startMosquitto(mosquitto))
  else console.log('Mosquitto is not installed: no comparison, only our own figures.')
  console.log(`${DEVICES.toLocaleString('en')} devices, each subscribed to its commands:`)
  console.table(rows)
} finally {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
}
process.exit()
