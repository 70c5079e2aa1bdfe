import { parseArgs } from 'node:util'
import { runInThisContext } from 'node:vm'
import { CodecSandbox } from '../src/edges/vendor-codecs/codec-sandbox.ts'

const { values: args } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
})
if (args.help) {
  console.log(`Usage: node launch.mjs bench/vendor-codec.ts [--quick]

Decodes status messages of a street-light controller by a vendor's codec in the sandbox, and by the same function called
directly in Node; then measures how long codecs that do not end take until they are reported, and what another codec
answers meanwhile. Fails when fewer than 10,000 messages per second are decoded.
--quick: fewer messages, and no failure for being slow.`)
  process.exit(0)
}
const MESSAGES = args.quick ? 20_000 : 200_000
const ROUNDS = args.quick ? 1 : 5
const PROMISED = 10_000
/** Calls that wait at a time. */
const WAITING = 2000

/** A light controller's codec as vendors write them. */
const CONTROLLER = `
var FAULTS = ['lamp', 'driver', 'overvoltage', 'undervoltage', 'overtemperature', 'relay', 'clock', 'memory']

function u16(bytes, at) { return (bytes[at] << 8) | bytes[at + 1] }
function i16(bytes, at) { var value = u16(bytes, at); return value > 0x7fff ? value - 0x10000 : value }
function u32(bytes, at) { return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0 }
function hex(bytes, from, to) {
  var text = ''
  for (var i = from; i < to; i++) text += ('0' + bytes[i].toString(16)).slice(-2)
  return text
}

function decodeStatus(bytes) {
  if (bytes.length < 24) return { errors: ['status is too short: ' + bytes.length + ' bytes'] }
  var sum = 0
  for (var i = 0; i < bytes.length - 1; i++) sum = (sum + bytes[i]) & 0xff
  if (sum !== bytes[bytes.length - 1]) return { errors: ['checksum is wrong'] }
  var data = { version: bytes[0] >> 4, type: 'status', level: bytes[1], on: (bytes[2] & 1) === 1 }
  data.mode = ['manual', 'schedule', 'photocell', 'dali'][(bytes[2] >> 1) & 3]
  data.faults = FAULTS.filter(function (name, bit) { return (bytes[3] >> bit) & 1 })
  data.voltage = u16(bytes, 4) / 10
  data.current = u16(bytes, 6) / 1000
  data.power = u16(bytes, 8) / 10
  data.powerFactor = bytes[10] / 100
  data.energy = u32(bytes, 11) / 1000
  data.burningHours = u32(bytes, 15) / 60
  data.temperature = i16(bytes, 19) / 10
  data.serial = hex(bytes, 21, 23)
  var warnings = data.temperature > 70 ? ['controller is hot'] : []
  return { data: data, warnings: warnings }
}

function decodeUplink(input) {
  switch (input.fPort) {
    case 24: return decodeStatus(input.bytes)
    case 99: return { data: { type: 'boot', serial: hex(input.bytes, 0, 4) } }
    default: return { errors: ['unknown port ' + input.fPort] }
  }
}`

type Decoder = (input: { fPort: number; bytes: number[]; recvTime: Date }) => { data: unknown }

const AT = Date.UTC(2026, 10, 29)

function status(n: number): Uint8Array {
  const bytes = Uint8Array.of(
    0x10,
    n % 101,
    3,
    n % 50 === 0 ? 1 : 0,
    9,
    20,
    1,
    (n * 7) % 256,
    3,
    100,
    98,
    0,
    1,
    2,
    n % 256,
    0,
    0,
    200,
    0,
    0,
    215,
    18,
    52,
    0,
  )
  bytes[23] = bytes.subarray(0, 23).reduce((sum, byte) => (sum + byte) & 0xff, 0)
  return bytes
}

const messages = Array.from({ length: 1000 }, (_, n) => status(n))

async function inSandbox(sandbox: CodecSandbox, program: number, count: number): Promise<{ seconds: number; cpu: number; first: unknown }> {
  const begun = performance.now()
  const before = process.cpuUsage()
  let first: unknown
  let failed = 0
  for (let at = 0; at < count; at += WAITING) {
    const asked = Array.from({ length: WAITING }, (_, i) =>
      sandbox.run(program, { fPort: 24, bytes: messages[(at + i) % messages.length] as Uint8Array, recvTime: AT }),
    )
    for (const run of await Promise.all(asked)) {
      if ('reason' in run) failed++
      else first ??= run.data
    }
  }
  if (failed > 0) throw new Error(`${failed} messages were not decoded`)
  const { user, system } = process.cpuUsage(before)
  return { seconds: (performance.now() - begun) / 1000, cpu: (user + system) / 1e6, first }
}

function directly(count: number): { seconds: number; cpu: number; first: unknown } {
  const decode = runInThisContext(`(() => {${CONTROLLER}\nreturn decodeUplink})()`) as Decoder
  const begun = performance.now()
  const before = process.cpuUsage()
  let first: unknown
  for (let i = 0; i < count; i++) {
    const bytes = messages[i % messages.length] as Uint8Array
    first ??= JSON.parse(JSON.stringify(decode({ fPort: 24, bytes: Array.from(bytes), recvTime: new Date(AT) }).data))
    if (i > 0) decode({ fPort: 24, bytes: Array.from(bytes), recvTime: new Date(AT) })
  }
  const { user, system } = process.cpuUsage(before)
  return { seconds: (performance.now() - begun) / 1000, cpu: (user + system) / 1e6, first }
}

const ENDLESS = {
  'endless loop': 'while (true) {}',
  'regular expression without end': 'return { data: /^(a+)+$/.test("a".repeat(40) + "b") }',
  'built-in without end': 'return { data: Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1) }',
  'typed arrays of 1 GB': 'const all = []; while (all.length < 1000) all.push(new Uint8Array(1e6).fill(1))',
  'arrays without end': 'const all = []; while (true) all.push(new Array(1000).fill(1))',
}

/** ms until a codec that does not end is reported, and until a call of another made at the same time is answered. */
async function stopped(sandbox: CodecSandbox, neighbour: number, code: string): Promise<Record<string, unknown>> {
  const program = sandbox.add(`function decodeUplink(input) { if (input.fPort === 1) return { data: 1 }; ${code} }`)
  const input = { bytes: messages[0] as Uint8Array, recvTime: AT }
  await sandbox.run(program, { ...input, fPort: 1 })
  const begun = performance.now()
  const after = async <T>(work: Promise<T>) => ({ result: await work, ms: performance.now() - begun })
  const [bad, good] = await Promise.all([
    after(sandbox.run(program, { ...input, fPort: 24 })),
    after(sandbox.run(neighbour, { ...input, fPort: 24 })),
  ])
  sandbox.forget(program)
  return {
    'reported as': 'reason' in bad.result ? bad.result.reason : 'not at all',
    'after ms': Math.round(bad.ms),
    'other codec answers': 'data' in good.result,
    'after ms ': Math.round(good.ms),
  }
}

const sandbox = new CodecSandbox({ now: Date.now })
const program = sandbox.add(CONTROLLER)
await inSandbox(sandbox, program, WAITING)
directly(WAITING)
const rounds = []
for (let round = 0; round < ROUNDS; round++)
  rounds.push({ sandboxed: await inSandbox(sandbox, program, MESSAGES), direct: directly(MESSAGES) })
rounds.sort((a, b) => a.sandboxed.seconds - b.sandboxed.seconds)
const { sandboxed, direct } = rounds[rounds.length >> 1] as (typeof rounds)[number]
if (JSON.stringify(sandboxed.first) !== JSON.stringify(direct.first)) throw new Error('the sandbox decodes otherwise than Node')
const perSecond = MESSAGES / sandboxed.seconds
const own = sandbox.figures(program)
console.table({
  'in the sandbox': { 'decodes/s': Math.round(perSecond), 'µs each': ((sandboxed.seconds * 1e6) / MESSAGES).toFixed(1) },
  'called in Node': { 'decodes/s': Math.round(MESSAGES / direct.seconds), 'µs each': ((direct.seconds * 1e6) / MESSAGES).toFixed(2) },
})
console.log(`processor time of the process per decode, both threads: ${((sandboxed.cpu * 1e6) / MESSAGES).toFixed(1)} µs`)
console.log(`of it in the sandbox's thread: ${(((own?.ms ?? 0) * 1000) / (own?.decodes ?? 1)).toFixed(1)} µs`)
console.log(`cost against the direct call, in processor time: ${(sandboxed.cpu / direct.cpu).toFixed(1)} times`)
const table: Record<string, unknown> = {}
for (const [name, code] of Object.entries(ENDLESS)) table[name] = await stopped(sandbox, program, code)
console.table(table)
await sandbox.close()
const perCore = MESSAGES / sandboxed.cpu
console.log(`on one core, by processor time: ${Math.round(perCore)} decodes/s (promised: ${PROMISED})`)
if (!args.quick && perCore < PROMISED) process.exitCode = 1
