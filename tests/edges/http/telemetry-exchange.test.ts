import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { get as httpGet, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { telemetryFormats } from '../../../src/edges/exchange/telemetry/formats.ts'
import { openMemoryTelemetryStore } from '../../../src/storage/memory/telemetry-store.ts'
import type { TelemetryRows, TelemetryStore } from '../../../src/storage/telemetry-store.ts'
import { days, hours, minutes, seconds } from '../../../src/telemetry/duration.ts'
import { type City, startCity } from '../city.ts'

const start = Math.floor(Date.now() / 1000) * 1000 - hours(2)

const rowsOf = (facilities: readonly string[], at: readonly number[], level: (i: number) => number): TelemetryRows => ({
  kind: 'tank',
  facilities,
  facility: Uint32Array.from(at, (_, i) => i % facilities.length),
  at: Float64Array.from(at),
  columns: ['level', 'valve'],
  values: [Float64Array.from(at, (_, i) => level(i)), Float64Array.from(at, (_, i) => i % 2)],
  rows: at.length,
})

/** Holds scans until they are let go, to look at an export in the midst of it. */
class HeldStore {
  readonly memory = openMemoryTelemetryStore()
  gate: Promise<void> = Promise.resolve()
  scans = 0
  readonly store: TelemetryStore = {
    ...this.memory,
    oldest: async () => start,
    keptFrom: async () => ({ others: start, kinds: { tank: start - hours(1) } }),
    scan: async (query) => {
      this.scans++
      await this.gate
      return this.memory.scan(query)
    },
  }
}

let city: City
const held = new HeldStore()
beforeAll(async () => {
  city = await startCity({ exchanged: held.store })
  await city.signIn()
  city.services.putFacilities(
    ['T-1', 'T-2', 'T-3'].map((id) => ({ id, kind: 'tank', district: id === 'T-3' ? 'east' : 'west' })),
    'admin',
  )
  await held.memory.write([
    rowsOf(
      ['T-1', 'T-2', 'T-3'],
      Array.from({ length: 300 }, (_, i) => start + seconds(i)),
      (i) => i / 50,
    ),
  ])
})
afterAll(() => city.stop())

async function settled(path: string, resting: readonly string[]) {
  for (let tries = 0; tries < 1000; tries++) {
    const { body } = await city.ask('GET', path)
    if (resting.includes(body.state)) return body
    await pause(10)
  }
  throw new Error(`${path} never came to rest`)
}
const exported = async (request: object) => {
  const { status, body } = await city.ask('POST', '/api/telemetry/exports', { kind: 'tank', ...request })
  expect(status, JSON.stringify(body)).toBe(202)
  return settled(`/api/telemetry/exports/${body.id}`, ['done', 'failed', 'cancelled'])
}
const fileOf = (id: string) => fetch(`${city.url}/api/telemetry/exports/${id}/file`, { headers: { cookie: city.cookie() } })
const send = (content: BodyInit, query = '') =>
  fetch(`${city.url}/api/telemetry/imports${query}`, {
    method: 'POST',
    body: content,
    headers: { cookie: city.cookie(), 'content-type': 'text/csv' },
  })
async function checked(content: BodyInit, query = '') {
  const response = await send(content, query)
  const body = await response.json()
  expect(response.status, JSON.stringify(body)).toBe(202)
  return settled(`/api/telemetry/imports/${body.id}`, ['checked', 'failed'])
}

describe.each(telemetryFormats)('%s', (format) => {
  test('goes out by a job and comes in again after a dry run; the audit says who did it', async () => {
    const job = await exported({ format })
    expect(job).toMatchObject({ state: 'done', rows: 300, progress: 1, trouble: null, by: 'admin', facilities: null, from: start })
    const response = await fileOf(job.id)
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="tank_\d{4}-\d\d-\d\d_\d{4}-\d\d-\d\d\.(csv|jsonl|parquet|lp)"$/,
    )
    const bytes = new Uint8Array(await response.arrayBuffer())
    expect([bytes.length, Number(response.headers.get('content-length'))]).toEqual([job.bytes, job.bytes])

    const dry = await checked(bytes, `?name=back.${format}`)
    expect(dry).toMatchObject({
      format,
      mayCommit: true,
      report: { rows: 300, taken: 300, values: 600, facilities: 3, errors: 0, warnings: 0 },
    })
    expect((await city.ask('POST', `/api/telemetry/imports/${dry.id}/commit`)).status).toBe(202)
    const done = await settled(`/api/telemetry/imports/${dry.id}`, ['committed'])
    expect(done).toMatchObject({ mayCommit: false, report: { taken: 300 } })
    expect((await city.ask('GET', '/api/audit?limit=1')).body.items[0]).toMatchObject({
      by: 'admin',
      action: 'import-telemetry',
      subject: '300 rows of tank',
      detail: expect.stringContaining(`back.${format}: 600 values, ${new Date(start).toISOString()} to`),
    })
    const again = await held.memory.scan({ kind: 'tank', from: start, to: start + hours(1) })
    expect(again.rows).toBe(300)
    for (const each of ['exports', 'imports'])
      for (const { id } of (await city.ask('GET', `/api/telemetry/${each}`)).body) await city.ask('DELETE', `/api/telemetry/${each}/${id}`)
  })
})

test('a selection: by query, by name, by group, by point and by time', async () => {
  const east = await exported({
    format: 'csv',
    query: 'district=east',
    points: ['valve'],
    from: start + seconds(10),
    to: start + seconds(20),
    flagged: false,
  })
  expect((await (await fileOf(east.id)).text()).split('\r\n')).toEqual([
    'time,facility,valve',
    ...[11, 14, 17].map((i) => `${new Date(start + seconds(i)).toISOString()},T-3,${i % 2 === 1}`),
    '',
  ])
  expect((await city.ask('PUT', '/api/groups/western', { query: 'district=west', rank: 1, reason: 'test' })).status).toBeLessThan(300)
  expect(await exported({ format: 'json-lines', group: 'western' })).toMatchObject({ rows: 200, facilities: 2 })
  expect(await exported({ format: 'json-lines', group: 'western', facilities: ['T-1', 'T-3'] })).toMatchObject({ rows: 100, facilities: 1 })
  expect(await exported({ format: 'json-lines', facilities: ['T-2'] })).toMatchObject({ rows: 100, facilities: 1 })
  const streamed = await city.ask('GET', '/api/telemetry/export?kind=tank&format=csv&mark=true&local=true&facilities=T-1,T-2&points=level')
  expect(streamed.status).toBe(200)
  expect(streamed.headers.get('content-type')).toMatch(/^text\/csv/)
  expect(streamed.body.split('\r\n')).toHaveLength(202)
  expect(streamed.body).toContain('+08:00,T-1,0')
  for (const { id } of (await city.ask('GET', '/api/telemetry/exports')).body) await city.ask('DELETE', `/api/telemetry/exports/${id}`)
})

test.each<[string, object, RegExp]>([
  ['an unknown kind', { kind: 'castle', format: 'csv' }, /no kind "castle"; there are tank/],
  ['an unknown point', { format: 'csv', points: ['hue'] }, /tank has no point hue; it has level, valve/],
  ['an unknown format', { format: 'xls' }, /format must be one of csv, json-lines, parquet, line-protocol/],
  ['a query that finds nothing', { format: 'csv', query: 'district=nowhere' }, /finds no tank/],
  ['an unknown group', { format: 'csv', group: 'nobody' }, /no group "nobody"/],
  ['a time backwards', { format: 'csv', from: 2, to: 1 }, /from must be before to/],
])('refused: %s', async (_, request, detail) => {
  const { status, body } = await city.ask('POST', '/api/telemetry/exports', { kind: 'tank', ...request })
  expect([status >= 400 && status < 500, body.detail]).toEqual([true, expect.stringMatching(detail)])
})

test('a time in which there can be nothing is not searched; what is asked for outside of it is empty', async () => {
  const scans = held.scans
  const all = await exported({ format: 'csv', from: -8.64e15, to: 8.64e15 })
  expect([all.state, all.rows, all.from]).toEqual(['done', 300, start])
  expect(all.to).toBeLessThanOrEqual(city.now() + days(1))
  expect(held.scans - scans).toBeLessThan(100)
  for (const span of [
    { from: 0, to: 1000 },
    { from: 8e15, to: 8.1e15 },
  ])
    expect(await exported({ format: 'csv', ...span })).toMatchObject({ state: 'done', rows: 0 })
  for (const { id } of (await city.ask('GET', '/api/telemetry/exports')).body) await city.ask('DELETE', `/api/telemetry/exports/${id}`)
})

test('who asks only for the head of an export makes nobody work for it', async () => {
  const scans = held.scans
  for (const path of ['export?kind=tank&format=csv', 'exports/none/file'])
    expect((await city.ask('HEAD', `/api/telemetry/${path}`)).status).toBe(404)
  expect(held.scans).toBe(scans)
})

test('Parquet is not streamed, an unknown mapping is refused, so is what nobody signed in for', async () => {
  expect((await city.ask('GET', '/api/telemetry/export?kind=tank&format=parquet')).body.detail).toMatch(/cannot be streamed/)
  const wrong = await send('x', '?mapping=%7B%22colums%22:1%7D')
  expect([wrong.status, (await wrong.json()).detail]).toEqual([400, expect.stringMatching(/mapping is JSON such as/)])
  for (const path of ['exports', 'exports/x/file', 'imports', 'export?kind=tank&format=csv'])
    expect((await fetch(`${city.url}/api/telemetry/${path}`)).status).toBe(401)
  expect((await city.ask('GET', '/api/telemetry/exports/none/file')).status).toBe(404)
})

test('an export is cancelled in the midst of it; nothing of it stays, and the next one runs', async () => {
  const gate = Promise.withResolvers<void>()
  held.gate = gate.promise
  const scans = held.scans
  const [first, second] = await Promise.all(
    [1, 2].map(async () => (await city.ask('POST', '/api/telemetry/exports', { kind: 'tank', format: 'parquet' })).body),
  )
  while (held.scans === scans) await pause(5)
  expect((await fileOf(first.id)).status).toBe(409)
  expect((await city.ask('GET', `/api/telemetry/exports/${second.id}`)).body.state).toBe('waiting')
  expect((await city.ask('DELETE', `/api/telemetry/exports/${first.id}`)).status).toBe(204)
  expect((await city.ask('GET', `/api/telemetry/exports/${first.id}`)).body.state).toBe('cancelled')
  gate.resolve()
  await settled(`/api/telemetry/exports/${second.id}`, ['done'])
  const folder = join(city.folder, 'exports')
  expect(readdirSync(folder)).toEqual([second.id])
  for (const { id } of [first, second]) await city.ask('DELETE', `/api/telemetry/exports/${id}`)
  await expect.poll(() => readdirSync(folder)).toEqual([])
})

test('at most three exports wait', async () => {
  const gate = Promise.withResolvers<void>()
  held.gate = gate.promise
  const answers = []
  for (let i = 0; i < 5; i++) answers.push(await city.ask('POST', '/api/telemetry/exports', { kind: 'tank', format: 'csv' }))
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 429])
  for (const { body } of answers.slice(0, 4).reverse()) await city.ask('DELETE', `/api/telemetry/exports/${body.id}`)
  gate.resolve()
})

test('one who reads slowly slows the export down and not the server; one who goes away ends it', async () => {
  held.gate = Promise.resolve()
  const many = Array.from({ length: 200_000 }, (_, i) => start + minutes(30) + i * 10)
  await held.memory.write([rowsOf(['slow'], many, (i) => i / 40_000)])
  const path = `/api/telemetry/export?kind=tank&format=json-lines&from=${start + minutes(30)}&to=${start + minutes(70)}`
  const before = held.scans
  const all = await (await fetch(city.url + path, { headers: { cookie: city.cookie() } })).arrayBuffer()
  expect(all.byteLength).toBeGreaterThan(15_000_000)
  const whole = held.scans - before
  const scans = held.scans
  const response = await new Promise<IncomingMessage>((resolve) =>
    httpGet(`${city.url}${path}`, { headers: { cookie: city.cookie() } }, resolve),
  )
  // Read a little and no more.
  response.once('readable', () => response.read(1))
  let last = -1
  const isStill = () => {
    const still = held.scans > scans && held.scans === last
    last = held.scans
    return still
  }
  await expect.poll(isStill, { interval: 500, timeout: 20_000 }).toBe(true)
  expect(held.scans - scans).toBeLessThan(whole)
  response.destroy()
  await pause(300)
  expect(held.scans - scans).toBeLessThan(whole)
  // The place is free again.
  for (let i = 0; i < 3; i++)
    expect((await city.ask('GET', `/api/telemetry/export?kind=tank&format=csv&to=${start + 1000}`)).status).toBe(200)
})

test('rows older than their kind is kept are counted and left out, with what to do', async () => {
  const { id, report } = await checked(`time,facility,level\n${start - hours(2)},T-1,1\n${start - hours(1)},T-1,1\n`)
  expect(report).toMatchObject({
    ...{ rows: 2, taken: 1, errors: 0, warnings: 1 },
    reasons: [{ reason: 'time-too-old', severity: 'warning', count: 1 }],
    problems: [{ row: 2, text: { en: expect.stringMatching(/raise TELEMETRY_RETENTION_DAYS/), zh: expect.stringContaining('调大') } }],
  })
  expect((await city.ask('DELETE', `/api/telemetry/imports/${id}`)).status).toBe(204)
})

test('an import is refused while nothing can be taken, cancelled, and forgotten with its file', async () => {
  const empty = await checked('time,facility,level\nyesterday,T-1,1\n')
  expect(empty).toMatchObject({
    mayCommit: false,
    report: { rows: 1, taken: 0, errors: 1, problems: [{ row: 2, reason: 'time-bad', text: { zh: expect.any(String) } }] },
  })
  const refused = await city.ask('POST', `/api/telemetry/imports/${empty.id}/commit`)
  expect([refused.status, refused.body.detail]).toEqual([409, expect.stringMatching(/no row in the file that can be taken/)])
  expect((await city.ask('DELETE', `/api/telemetry/imports/${empty.id}`)).status).toBe(204)
  expect((await city.ask('GET', `/api/telemetry/imports/${empty.id}`)).body.state).toBe('cancelled')
  expect((await city.ask('DELETE', `/api/telemetry/imports/${empty.id}`)).status).toBe(204)
  expect((await city.ask('GET', `/api/telemetry/imports/${empty.id}`)).status).toBe(404)
  const cut = await checked(
    `time,facility,level\n${`${start},T-1,1\n`.repeat(40_000)}${start},T-1,"${'x'.repeat(200_000)}"\n${start},T-1,1\n`,
  )
  expect(cut).toMatchObject({ mayCommit: false, report: { isWhole: false } })
  expect(cut.report.taken).toBeGreaterThan(0)
  expect((await city.ask('POST', `/api/telemetry/imports/${cut.id}/commit`)).body.detail).toMatch(/could not be read to its end/)
  for (let i = 0; i < 2; i++) await city.ask('DELETE', `/api/telemetry/imports/${cut.id}`)
  const folder = join(city.folder, 'telemetry-imports')
  await expect.poll(() => (existsSync(folder) ? readdirSync(folder) : [])).toEqual([])
})

test('a file that cannot be removed is told in the log and ends nothing', async () => {
  const csv = await exported({ format: 'csv' })
  const found = await checked('time,facility,level\nyesterday,T-1,1\n')
  const folders = ['exports', 'telemetry-imports'].map((name) => join(city.folder, name))
  const files = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  for (const file of files) {
    rmSync(file)
    mkdirSync(file)
  }
  for (const path of [`exports/${csv.id}`, `imports/${found.id}`, `imports/${found.id}`])
    expect((await city.ask('DELETE', `/api/telemetry/${path}`)).status).toBe(204)
  await expect
    .poll(() => new Set(city.logged))
    .toEqual(new Set(['a file of an export of telemetry could not be removed', 'a file of an import of telemetry could not be removed']))
  for (const file of files) rmSync(file, { recursive: true })
})

test('history raises no alarms and does not change what is latest', async () => {
  const high = await checked(`time,facility,level\n${start},T-1,9.9\n${city.now()},T-1,9.9\n`, '?kind=tank')
  await city.ask('POST', `/api/telemetry/imports/${high.id}/commit`)
  await settled(`/api/telemetry/imports/${high.id}`, ['committed'])
  city.tick()
  expect([...city.services.liveAlarms()]).toEqual([])
  expect((await city.ask('GET', '/api/facilities/T-1')).body.latest).toEqual([])
})
