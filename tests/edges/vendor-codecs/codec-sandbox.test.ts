import type { Worker } from 'node:worker_threads'
import { afterAll, describe, expect, test } from 'vitest'
import { type CodecRun, CodecSandbox } from '../../../src/edges/vendor-codecs/codec-sandbox.ts'
import { encodingInput } from '../../../src/edges/vendor-codecs/encoding.ts'
import { startThread } from '../../../src/thread.ts'

const AT = Date.UTC(2026, 10, 29, 9)
let now = AT
const suspended: string[] = []
const sandbox = new CodecSandbox({ now: () => now, onSuspended: (_program, _until, { reason }) => suspended.push(reason) })
afterAll(() => sandbox.close())

const input = (...bytes: number[]) => ({ fPort: 2, bytes: Uint8Array.from(bytes), recvTime: AT })
const body = (code: string) => `function decodeUplink(input) { ${code} }`
/** What a codec of this source gives for bytes, alone in the sandbox. */
async function decode(source: string, ...bytes: number[]): Promise<CodecRun> {
  const program = sandbox.add(source)
  const run = await sandbox.run(program, input(...bytes))
  sandbox.forget(program)
  return run
}
const said = (run: CodecRun) => ('reason' in run ? { reason: run.reason, error: run.error, line: run.line } : run.data)

const neighbour = sandbox.add(body('return { data: { sum: input.bytes.reduce(function (a, b) { return a + b }, 0) } }'))
const neighbourAnswers = async () => expect(said(await sandbox.run(neighbour, input(1, 2, 3)))).toEqual({ sum: 6 })

describe('a codec is given', () => {
  test('bytes as an array, the port, and the time as a date', async () => {
    const source = body(
      'return { data: [Array.isArray(input.bytes), input.bytes, input.fPort, input.recvTime.toISOString(), input.recvTime instanceof Date] }',
    )
    expect(said(await decode(source, 0, 127, 255))).toEqual([true, [0, 127, 255], 2, '2026-11-29T09:00:00.000Z', true])
  })

  test.each([
    ['decodeUplink as a constant', 'const decodeUplink = ({ bytes }) => ({ data: { v: bytes[0] } })'],
    ['Decode of ChirpStack 3', 'function Decode(fPort, bytes, variables) { return { v: bytes[0], p: fPort } }'],
    ['Decoder of The Things Network 2', 'function Decoder(bytes, port) { return { v: bytes[0], p: port } }'],
  ])('its call: %s', async (_name, source) => {
    expect(said(await decode(source, 7))).toMatchObject({ v: 7 })
  })

  test('a console that says nothing', async () => {
    expect(said(await decode(body('console.log("x"); return { data: 1 }')))).toBe(1)
  })

  test('the time in its own form of each call, in the order of the calls', async () => {
    const program = sandbox.add(body('return { data: input.bytes[0] }'))
    const runs = await Promise.all(Array.from({ length: 1000 }, (_, i) => sandbox.run(program, input(i % 256))))
    expect(runs.map(said)).toEqual(Array.from({ length: 1000 }, (_, i) => i % 256))
    expect(sandbox.figures(program)).toMatchObject({ decodes: 1000, failures: {} })
  })
})

describe('a codec encodes', () => {
  const encode = async (source: string, data: object) => {
    const program = sandbox.add(`function decodeUplink() { return { data: 1 } } ${source}`)
    const run = await sandbox.run(program, encodingInput(data))
    sandbox.forget(program)
    return said(run)
  }
  test('what it is told into a port and bytes', async () => {
    const source =
      'function encodeDownlink(input) { return { fPort: 12, bytes: [input.data.command.length, input.data.value], warnings: [] } }'
    expect(await encode(source, { command: '调光', value: 40 })).toEqual({ fPort: 12, bytes: [2, 40] })
  })
  test('or says why it does not', async () => {
    expect(await encode('', { command: 'dim' })).toMatchObject({ reason: 'codec-result', error: 'It defines no function encodeDownlink.' })
    expect(await encode('function encodeDownlink() { return { errors: ["no such command"] } }', {})).toMatchObject({
      ...{ reason: 'codec-error', error: 'no such command' },
    })
  })
})

describe('a codec gives', () => {
  test('warnings, however written', async () => {
    expect(await decode(body('return { data: 1, warnings: ["low", 3, {}] }'))).toMatchObject({ warnings: ['low', '3', '[object Object]'] })
    expect(await decode(body('return { data: 1, warnings: "low" }'))).toMatchObject({ warnings: ['low'] })
  })

  test('errors of its own, which count as such', async () => {
    expect(said(await decode(body('return { data: {}, errors: ["wrong port", "short"] }')))).toMatchObject({
      reason: 'codec-error',
      error: 'wrong port; short',
    })
  })

  test('the line on which it threw', async () => {
    expect(said(await decode('\nfunction decodeUplink(input) {\n  return { data: input.nothing.there }\n}'))).toMatchObject({
      reason: 'codec-error',
      error: expect.stringContaining('TypeError'),
      line: 3,
    })
  })

  test.each([
    ['what does not compile', 'function decodeUplink( {', 'codec-invalid'],
    ['a module', 'export function decodeUplink() {}', 'codec-invalid'],
    ['no decoder', 'var x = 1', 'codec-invalid'],
    ['a throw at the start', 'throw new Error("x")', 'codec-invalid'],
    ['no object', body('return 3'), 'codec-result'],
    ['nothing', body(''), 'codec-result'],
    ['no data', body('return {}'), 'codec-result'],
    ['a promise', 'async function decodeUplink() { return { data: 1 } }', 'codec-result'],
    ['a cycle', body('const a = {}; a.a = a; return { data: a }'), 'codec-result'],
    ['a big integer', body('return { data: { n: 10n } }'), 'codec-result'],
    ['a function', body('return { data: () => 1 }'), 'codec-result'],
    ['a getter that throws', body('return { get data() { throw new Error("x") } }'), 'codec-result'],
    ['__proto__', body('return { data: JSON.parse(\'{"__proto__": {"a": 1}}\') }'), 'codec-result'],
    ['too much', body('return { data: "x".repeat(70000) }'), 'codec-result'],
    ['too deep', body('let a = 1; for (let i = 0; i < 20; i++) a = [a]; return { data: a }'), 'codec-result'],
    ['JSON of its own making', `Object.prototype.toJSON = () => undefined; ${body('return { data: {} }')}`, 'codec-result'],
  ])('nothing usable: %s', async (_name, source, reason) => {
    expect(said(await decode(source, 1))).toMatchObject({ reason })
  })

  test('what JSON leaves of functions, dates and numbers that are none', async () => {
    expect(said(await decode(body('return { data: { f() {}, d: new Date(0), n: 0 / 0, u: undefined, ok: 1 } }')))).toEqual({
      d: '1970-01-01T00:00:00.000Z',
      n: null,
      ok: 1,
    })
  })
})

describe('a hostile codec is stopped, reported, and others go on', () => {
  test.each([
    ['an endless loop', 'while (true) {}', 'codec-timeout'],
    ['an endless loop that catches', 'while (true) { try { while (true) {} } catch (e) {} }', 'codec-timeout'],
    ['an endless loop at its end', 'try { while (true) {} } finally { while (true) {} }', 'codec-timeout'],
    ['a regular expression without end', 'return { data: /^(a+)+$/.test("a".repeat(40) + "b") }', 'codec-timeout'],
    [
      'a built-in function that never looks at the clock',
      'return { data: Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1) }',
      'codec-timeout',
    ],
    ['a join without end', 'return { data: Array(2 ** 31).join("") }', 'codec-timeout'],
    ['a sort without end', 'const a = []; a.length = 2 ** 32 - 1; a.sort()', 'codec-timeout'],
    ['an endless getter of its result', 'return { get data() { while (true) {} } }', 'codec-timeout'],
    ['an endless toJSON', 'return { data: { toJSON() { while (true) {} } } }', 'codec-timeout'],
    ['an endless message of what it throws', 'throw { get message() { while (true) {} } }', 'codec-timeout'],
    ['a string of 1 GB', 'return { data: "x".repeat(2 ** 29).length }', 'codec-memory'],
    ['typed arrays', 'const a = []; while (true) a.push(new Uint8Array(1e6))', 'codec-memory'],
    ['one typed array of 1 GB', 'return { data: new Uint8Array(2 ** 30).length }', 'codec-memory'],
  ])('%s', async (_name, code, reason) => {
    const program = sandbox.add(body(code))
    const [run] = await Promise.all([sandbox.run(program, input(1)), neighbourAnswers()])
    expect(said(run)).toMatchObject({ reason })
    expect(sandbox.figures(program)).toMatchObject({ decodes: 0, failures: { [reason]: 1 }, lastFailure: { reason, at: now } })
    await neighbourAnswers()
  })

  test.each([
    ['arrays', 'const a = []; while (true) a.push(new Array(1000).fill(1))'],
    ['a string that doubles', 'let s = "x"; while (true) s += s'],
    ['maps', 'const m = new Map(); let i = 0; while (true) m.set(i++, {})'],
    ['great numbers', 'let x = 3n ** 100000n; while (true) x = x * x'],
  ])('whichever limit comes first: %s', async (_name, code) => {
    expect(said(await decode(body(code)))).toMatchObject({ reason: expect.stringMatching(/^codec-(timeout|memory|error)$/) })
    await neighbourAnswers()
  })

  test.each([
    ['recursion', 'return decodeUplink(input)'],
    ['recursion of a built-in function', 'const o = {}; o.toString = () => "" + o; return { data: "" + o }'],
    ['nesting that ends the stack of the interpreter itself', 'return { data: JSON.parse("[".repeat(100000)) }'],
    ['source nested likewise', 'return { data: eval("(".repeat(100000)) }'],
    ['a throw', 'throw new Error("no")'],
    ['a throw of nothing', 'throw undefined'],
    ['a throw of a proxy', 'throw new Proxy({}, { get() { throw new Error("again") } })'],
    ['a throw of what cannot be a string', 'throw { toString() { throw 1 }, get name() { throw 2 } }'],
    ['waiting', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)'],
  ])('%s', async (_name, code) => {
    expect(said(await decode(body(code)))).toMatchObject({ reason: 'codec-error' })
    await neighbourAnswers()
  })

  test('an endless loop while it is loaded', async () => {
    expect(said(await decode(`while (true) {} ${body('return { data: 1 }')}`))).toMatchObject({ reason: 'codec-timeout' })
    await neighbourAnswers()
  })
})

describe('a codec reaches nothing', () => {
  test.each([
    'process',
    'require',
    'module',
    'Deno',
    'fetch',
    'XMLHttpRequest',
    'WebAssembly',
    'setTimeout',
    'Buffer',
    'Worker',
    'std',
    'os',
  ])('no %s, by name or through a constructor', async (name) => {
    expect(
      said(await decode(body(`return { data: [typeof ${name}, globalThis.constructor.constructor('return typeof ${name}')()] }`))),
    ).toEqual(['undefined', 'undefined'])
  })

  test('no process by a function of what it was given', async () => {
    const reach = "input.bytes.constructor.constructor('return process')()"
    expect(said(await decode(body(`return { data: ${reach} }`)))).toMatchObject({
      reason: 'codec-error',
      error: expect.stringContaining("'process' is not defined"),
    })
  })

  test('no module', async () => {
    const source = `let got = 'waits'
      import('node:fs').then(() => { got = 'loaded' }, () => { got = 'refused' })
      ${body("import('fs').then(() => { got = 'loaded' }); return { data: got }")}`
    expect(said(await decode(source))).toBe('waits')
    expect(said(await decode(`import fs from 'fs'; ${body('return { data: 1 }')}`))).toMatchObject({ reason: 'codec-invalid' })
  })

  test('no other call: neither variables nor changed built-in objects outlive one', async () => {
    const program = sandbox.add(`let calls = 0
      ${body(`calls += 1
        const seen = [calls, typeof globalThis.secret, {}.polluted === undefined, [].map === globalThis.kept, Math.random()]
        globalThis.secret = input.bytes
        Object.prototype.polluted = 1
        Array.prototype.map = () => 'gone'
        JSON.stringify = () => 'gone'
        return { data: seen }`)}
      globalThis.kept = Array.prototype.map`)
    const [first, second, third] = await Promise.all([1, 2, 3].map((byte) => sandbox.run(program, input(byte))))
    expect(said(first as CodecRun)).toEqual([1, 'undefined', true, true, expect.any(Number)])
    expect(said(second as CodecRun)).toEqual(said(first as CodecRun))
    expect(said(third as CodecRun)).toEqual(said(first as CodecRun))
  })

  test('no other call through what a failed one left', async () => {
    const program = sandbox.add(`let calls = 0
      ${body(`calls += 1
        if (input.bytes[0] === 1) throw new Error('x')
        if (input.bytes[0] === 2) { const a = []; while (true) a.push(new Uint8Array(1e6)) }
        return { data: calls }`)}`)
    const runs = await Promise.all([0, 1, 0, 2, 0].map((byte) => sandbox.run(program, input(byte))))
    expect(runs.map((run) => ('reason' in run ? run.reason : run.data))).toEqual([1, 'codec-error', 1, 'codec-memory', 1])
  })
})

test('a codec that has to be stopped again and again is not run for a while, twice as long each time', async () => {
  now = AT
  suspended.length = 0
  const program = sandbox.add(body('if (input.bytes[0] === 1) while (true) {} return { data: 1 }'))
  const asked = await Promise.all(Array.from({ length: 10 }, () => sandbox.run(program, input(1))))
  const reasons = asked.map((run) => ('reason' in run ? run.reason : null))
  expect(reasons).toEqual([...Array(3).fill('codec-timeout'), ...Array(7).fill('codec-suspended')])
  expect(suspended).toEqual(['codec-timeout'])
  expect(sandbox.figures(program)).toMatchObject({ suspendedUntil: AT + 10_000, lastFailure: { reason: 'codec-timeout' } })
  expect(said(await sandbox.run(program, input(0)))).toMatchObject({ reason: 'codec-suspended' })
  await neighbourAnswers()

  now = AT + 10_000
  expect(said(await sandbox.run(program, input(0)))).toBe(1)
  expect(said(await sandbox.run(program, input(1)))).toMatchObject({ reason: 'codec-timeout' })
  expect(sandbox.figures(program)?.suspendedUntil).toBe(now + 20_000)
  now = AT
})

describe('uplinks of devices that make a codec be stopped', () => {
  const source = body('if (input.bytes[0] === 1) while (true) {} return { data: 1 }')
  const reasonOf = (run: CodecRun) => ('reason' in run ? run.reason : null)

  test('suspend it for that device alone, also those that wait', async () => {
    const program = sandbox.add(source)
    const from = (device: string, byte: number) => sandbox.run(program, { ...input(byte), device })
    const runs = Array.from({ length: 6 }, () => [from('bad', 1), from('good', 0)]).flat()
    const reasons = (await Promise.all(runs)).map(reasonOf)
    expect(reasons.filter((_, i) => i % 2 === 0)).toEqual([...Array(3).fill('codec-timeout'), ...Array(3).fill('device-suspended')])
    expect(reasons.filter((_, i) => i % 2 === 1)).toEqual(Array(6).fill(null))
    expect(reasonOf(await from('bad', 0))).toBe('device-suspended')
    expect(sandbox.figures(program)).toMatchObject({ suspendedUntil: null, failures: { 'codec-timeout': 3, 'device-suspended': 4 } })
    now = AT + 10_000
    expect(reasonOf(await from('bad', 0))).toBe(null)
    now = AT
    sandbox.forget(program)
  })

  test('suspend it for all when they are several', async () => {
    suspended.length = 0
    const program = sandbox.add(source)
    const from = (device: string, byte: number) => sandbox.run(program, { ...input(byte), device })
    for (const device of ['a', 'b', 'c']) expect(reasonOf(await from(device, 1))).toBe('codec-timeout')
    expect(reasonOf(await from('good', 0))).toBe('codec-suspended')
    expect([sandbox.figures(program)?.suspendedUntil, suspended]).toEqual([AT + 10_000, ['codec-timeout']])
    sandbox.forget(program)
  })
})

test('bytes are copied, and too many are refused', async () => {
  const bytes = Uint8Array.of(5)
  const run = sandbox.run(neighbour, { fPort: 1, bytes, recvTime: AT })
  bytes[0] = 9
  expect(said(await run)).toEqual({ sum: 5 })
  expect(said(await sandbox.run(neighbour, { fPort: 1, bytes: new Uint8Array(5000), recvTime: AT }))).toMatchObject({
    reason: 'codec-error',
  })
})

test('more than can wait is refused at once, and what waits is answered', async () => {
  const narrow = new CodecSandbox({ now: () => now, queue: { perProgram: 400 } })
  try {
    const program = narrow.add(body('return { data: 1 }'))
    const runs = await Promise.all(Array.from({ length: 500 }, () => narrow.run(program, input(1))))
    expect(runs.filter((run) => 'reason' in run && run.reason === 'codec-busy')).toHaveLength(100)
    expect(runs.filter((run) => 'data' in run)).toHaveLength(400)
  } finally {
    await narrow.close()
  }
})

test('what waits for a codec that is replaced is decoded by the new one, and the figures go on', async () => {
  const first = sandbox.add(body('return { data: "first" }'))
  expect(said(await sandbox.run(first, input(1)))).toBe('first')
  const waiting = [sandbox.run(first, input(1)), sandbox.run(first, input(1))]
  const second = sandbox.replace(first, body('return { data: "second" }'))
  expect((await Promise.all(waiting)).map(said)).toEqual(['second', 'second'])
  expect(sandbox.figures(second)).toMatchObject({ decodes: 3, failures: {} })
  expect(said(await sandbox.run(first, input(1)))).toMatchObject({ reason: 'codec-unknown' })
})

test('a codec that is forgotten answers what waits, and is unknown from then on', async () => {
  const program = sandbox.add(body('return { data: 1 }'))
  const waiting = sandbox.run(program, input(1))
  sandbox.forget(program)
  expect(said(await waiting)).toMatchObject({ reason: 'codec-unknown' })
  expect(said(await sandbox.run(program, input(1)))).toMatchObject({ reason: 'codec-unknown' })
})

test('its thread ended from outside costs no call', async () => {
  const threads: Worker[] = []
  const trouble: string[] = []
  const sturdy = new CodecSandbox({
    now: () => now,
    onTrouble: (detail) => trouble.push(detail),
    start: (program, options) => {
      const thread = startThread(program, options)
      threads.push(thread)
      return thread
    },
  })
  try {
    const program = sturdy.add(body('return { data: input.bytes[0] }'))
    expect(said(await sturdy.run(program, input(1)))).toBe(1)
    const runs = Array.from({ length: 600 }, (_, i) => sturdy.run(program, input(i % 256)))
    await new Promise(setImmediate)
    await threads[0]?.terminate()
    expect((await Promise.all(runs)).map(said)).toEqual(Array.from({ length: 600 }, (_, i) => i % 256))
    expect(said(await sturdy.run(program, input(2)))).toBe(2)
    expect(threads).toHaveLength(2)
    expect(trouble).toEqual(['exit code 1'])
  } finally {
    await sturdy.close()
  }
})

test('a thread that cannot start is told, and tried again by the next call', async () => {
  let isBroken = true
  const program = new URL('../../no-such-program.ts', import.meta.url)
  const unlucky = new CodecSandbox({ now: () => now, start: (own, options) => startThread(isBroken ? program : own, options) })
  try {
    const codec = unlucky.add(body('return { data: 1 }'))
    expect(said(await unlucky.run(codec, input(1)))).toMatchObject({
      reason: 'codec-busy',
      error: expect.stringContaining('no-such-program'),
    })
    isBroken = false
    expect(said(await unlucky.run(codec, input(1)))).toBe(1)
  } finally {
    await unlucky.close()
  }
})

test('a measured call tells its time and memory', async () => {
  const measuring = new CodecSandbox({ now: () => now, isMeasured: true })
  try {
    const small = measuring.add(body('return { data: 1 }'))
    const large = measuring.add(
      body('const a = new Uint8Array(4000000).fill(1); for (let i = 0; i < 200000; i++) a[i] = i; return { data: a.length }'),
    )
    const [first, second] = await Promise.all([measuring.run(small, input(1)), measuring.run(large, input(1))])
    expect(first?.measure?.touched).toBeLessThan(100_000)
    expect(second?.measure?.touched).toBeGreaterThan(3_900_000)
    expect(second?.measure?.ms).toBeGreaterThan(0)
  } finally {
    await measuring.close()
  }
})

test('after it was closed everything is answered', async () => {
  const closing = new CodecSandbox({ now: () => now })
  const program = closing.add(body('return { data: 1 }'))
  const waiting = closing.run(program, input(1))
  await closing.close()
  expect(said(await waiting)).toMatchObject({ reason: 'codec-busy' })
  expect(said(await closing.run(program, input(1)))).toMatchObject({ reason: 'codec-busy' })
})
