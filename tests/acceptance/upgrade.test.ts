import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gunzipSync } from 'node:zlib'
import { pino } from 'pino'
import { afterEach, expect, test } from 'vitest'
import { type App, startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { migrations } from '../../src/storage/embedded/state-migrations.ts'
import { openStateStore } from '../../src/storage/embedded/state-store.ts'
import { openEmbeddedTelemetryStore } from '../../src/storage/embedded/telemetry-store.ts'
import type { SeriesQuery, StoredKind } from '../../src/storage/telemetry-store.ts'
import { eventually, testFolder } from './server-process.ts'

const fixture = join(import.meta.dirname, '..', 'fixtures', 'release-0.1.0')
/** When its server was started and when it was stopped, about. */
const BEGIN = 1795945062000
const END = 1795945210000
const HOUR = 3_600_000

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A data folder as release 0.1.0 left it. */
function releasedFolder(): string {
  const { folder, remove } = testFolder()
  ends.push(remove)
  const db = new DatabaseSync(join(folder, 'state.sqlite'), { enableForeignKeyConstraints: false })
  db.exec(readFileSync(join(fixture, 'state.sql'), 'utf8'))
  db.close()
  for (const name of readdirSync(fixture).filter((name) => name.endsWith('.gz'))) {
    const below = join(folder, name.includes('.duckdb') ? 'telemetry' : 'journal')
    mkdirSync(below, { recursive: true })
    writeFileSync(join(below, name.slice(0, -'.gz'.length)), gunzipSync(readFileSync(join(fixture, name))))
  }
  return folder
}

/** Every row of every table, and the schema. */
function dump(file: string): Record<string, unknown[]> {
  const db = new DatabaseSync(file)
  const tables = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name").all()
  const rows = Object.fromEntries(tables.map(({ name }) => [name, db.prepare(`SELECT * FROM "${name}"`).all()]))
  const schema = db.prepare('SELECT sql FROM sqlite_schema ORDER BY name').all()
  db.close()
  return { schema, ...rows }
}

interface AlarmSource {
  id: number
  acknowledged: string
  comments: string
  occurrences: string
  [column: string]: unknown
}

test('a state file of 0.1.0 keeps what it says, and opening it again changes nothing', () => {
  const file = join(releasedFolder(), 'state.sqlite')
  const before = dump(file)
  const store = openStateStore(file)
  expect(
    store.facilities().map(({ number, description }) => [number, description.id, description.name, description.district, description.mode]),
  ).toEqual(
    (before.facility as Record<string, unknown>[]).map(({ number, id, name, district, mode }) => [number, id, name, district, mode]),
  )
  expect(store.facilities()[0]?.description).toMatchObject({
    position: [114.51, 38.04],
    labels: { team: 'A' },
    nameEn: '',
    circuit: null,
    keyArea: false,
  })
  expect(store.facilities()[3]?.description).toMatchObject({ fedBy: 'LC-1', mode: 'out-of-service' })
  for (const row of before.alarm as AlarmSource[]) {
    const { id, facility, rule, priority, raised, returned, ended, acknowledged, comments, occurrences, version } = row
    expect(store.alarm(id)).toMatchObject({
      ...{ id, facility, rule, priority, raised, returned, ended, version, basePriority: priority },
      ...{ acknowledged: JSON.parse(acknowledged), comments: JSON.parse(comments), occurrences: JSON.parse(occurrences) },
    })
  }
  expect(store.alarm(3)).toMatchObject({
    acknowledged: { by: 'admin', comment: '已通知抢修' },
    commentCount: 1,
    latched: true,
    unanswered: false,
  })
  expect(store.alarm(1)).toMatchObject({ acknowledged: null, unanswered: true })
  expect(store.liveAlarms().map(({ id }) => id)).toEqual([1, 2, 3])
  expect(store.auditTrail({ limit: 100 }).items.toReversed()).toMatchObject(before.audit as object[])
  expect(store.people.user('admin')).toMatchObject({ passwordHash: expect.stringMatching(/^\$scrypt\$ln=15/), role: 'admin' })
  expect(store.people.sessionsOf('admin')).toHaveLength(1)
  expect([store.storedThrough(), store.detectedThrough(), store.appliedThrough(), store.resumedAt()]).toEqual([
    240,
    240,
    { position: 225, tick: 1795945190000 },
    1795945182050,
  ])
  expect(store.detectionSnapshots().map(({ facility, position, bytes }) => [facility, position, bytes.length])).toEqual([
    [1, 240, 1728],
    [2, 225, 1848],
  ])
  store.close()
  const after = dump(file)
  expect(Object.keys(after).length).toBeGreaterThan(Object.keys(before).length)
  openStateStore(file).close()
  expect(dump(file)).toEqual(after)
})

test('a state file of 0.1.0 gets the schema of a new one', () => {
  const file = join(releasedFolder(), 'state.sqlite')
  openStateStore(file).close()
  const old = new DatabaseSync(file)
  const fresh = new DatabaseSync(':memory:')
  fresh.exec(migrations.join(''))
  const columns = (db: DatabaseSync) =>
    db
      .prepare(`SELECT s.name AS "table", c.name, c.type, c."notnull", c.pk FROM sqlite_schema s, pragma_table_info(s.name) c
      WHERE s.type = 'table' ORDER BY 1, 2`)
      .all()
  expect(columns(old)).toEqual(columns(fresh))
  for (const db of [old, fresh]) db.close()
})

const kind: StoredKind = { key: 'pump-station', points: new Map() }
const query: SeriesQuery = { kind: 'pump-station', facilities: ['PS-1'], points: ['outlet-pressure'], from: BEGIN, to: END }

test('a day file of 0.1.0 is read, written to and sealed', async () => {
  const store = await openEmbeddedTelemetryStore({ folder: join(releasedFolder(), 'telemetry'), kinds: [kind], retentionDays: 36_500 })
  ends.push(() => store.close())
  const [series] = await store.range(query, 1000)
  const times = series?.at ?? []
  expect(times).toHaveLength(127)
  expect(series?.value.slice(0, 12)).toEqual(Array.from({ length: 12 }, (_, i) => 0.4 + (i % 10) / 100))
  // One was impossible, and is told so.
  expect(series?.good.filter((good) => !good)).toHaveLength(1)
  await store.write([
    {
      ...{ kind: 'pump-station', facilities: ['PS-1', 'PS-2'], columns: ['outlet-pressure', 'new-point'], rows: 2 },
      ...{ facility: Uint32Array.from([0, 1]), at: Float64Array.from([END - 1, END - 1]) },
      values: [Float64Array.from([0.7, 0.8]), Float64Array.from([1, 2])],
    },
  ])
  const expected = { at: [...times, END - 1], value: [...(series?.value ?? []), 0.7] }
  expect(await store.range(query, 1000)).toMatchObject([expected])
  const { sealed } = await store.maintain(END + 48 * HOUR)
  expect(sealed).toEqual(['2026-11-29'])
  expect(await store.range(query, 1000)).toMatchObject([expected])
})

test('this program goes on where 0.1.0 was stopped, with its alarms and readings', async () => {
  const config = readConfig([], {
    DATA_FOLDER: releasedFolder(),
    HTTP_PORT: '0',
    MQTT_PORT: '0',
    TELEMETRY_RETENTION_DAYS: '36500',
    TELEMETRY_HOURS_DAYS: '36500',
  })
  const { folder, remove } = testFolder()
  ends.push(remove)
  const app: App = await startApp({ config, log: pino({ level: 'silent' }), consoleFolder: folder, now: () => END + HOUR })
  ends.push(() => app.stop())
  expect(app.firstAccount).toBeNull()
  const { services } = app
  expect([...services.liveAlarms()].filter(({ kind }) => kind !== 'server').map(({ id, rule }) => [id, rule])).toEqual([
    [1, 'ch4-cut-off-1'],
    [2, 'ch4-alarm-1'],
    [3, 'ch4-alarm-2'],
  ])
  expect(services.state.alarm(4)).toMatchObject({ rule: 'sensor-fault', ended: 1795945190737 })
  // What the journal had and the store had not.
  const [series] = await eventually(
    () => services.telemetry.range(query, 1000),
    ([found]) => (found?.at.length ?? 0) >= 127,
  )
  expect(series?.at).toHaveLength(127)
  expect(services.plant.get('SL-1')).toMatchObject({ mode: 'out-of-service', fedBy: 'LC-1' })
})
