import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Alarm } from '../../src/alarms/alarm.ts'
import { AlarmRegister } from '../../src/alarms/register.ts'
import { migrations } from '../../src/storage/embedded/state-migrations.ts'
import { openStateStore } from '../../src/storage/embedded/state-store.ts'
import { clockOf } from '../alarms/fixtures.ts'
import { IMPORTED } from './import-writer.ts'
import { sampleReport } from './report-store.contract.ts'
import { describeStateStore, sampleAlarm, sampleStep } from './state-store.contract.ts'

let folder: string
let files = 0
const newFile = () => join(folder, 'nested', `state-${files++}.db`)
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lamplighter-state-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describeStateStore('embedded, in memory', () => openStateStore(':memory:'))
describeStateStore('embedded, in a file', () => openStateStore(newFile()))

const refusal = (words: RegExp) => expect.objectContaining({ code: 'store-unavailable', message: expect.stringMatching(words) })

describe('embedded state file', () => {
  test('survives reopening', () => {
    const file = newFile()
    const first = openStateStore(file)
    const id = first.insertAlarm(sampleAlarm())
    first.close()
    const second = openStateStore(file)
    expect(second.alarm(id)).toEqual(sampleAlarm({ id }))
    second.close()
  })

  test('brings an empty file up to date, and commits with full synchronisation', () => {
    const file = join(folder, 'empty.db')
    writeFileSync(file, '')
    openStateStore(file).close()
    const db = new DatabaseSync(file)
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: migrations.length })
    expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
    db.close()
  })

  test('has nothing of an erased contact in its bytes, however often the report was changed before', () => {
    const file = newFile()
    const store = openStateStore(file)
    const contactOf = (i: number) => `contact of caller ${i}.`
    for (let i = 0; i < 300; i++) {
      const report = sampleReport({ contact: contactOf(i), words: 'x'.repeat(i) })
      const id = store.reports.insert(report)
      store.reports.update({ ...report, id, closed: i < 250 ? 5 : 500, closedBy: 'desk', reason: 'y'.repeat(300 - i) })
    }
    store.reports.erasePersonal(100)
    store.close()
    const bytes = readFileSync(file, 'latin1')
    const left = Array.from({ length: 300 }, (_, i) => i).filter((i) => bytes.includes(contactOf(i)))
    expect([left.length, left[0]]).toEqual([50, 250])
  })

  test('makes a version of each change of the rules that an older file holds', () => {
    const file = join(folder, 'older.db')
    const db = new DatabaseSync(file)
    db.exec(`${migrations.slice(0, 2).join('')} PRAGMA user_version = 2`)
    db.exec(`INSERT INTO facility_group VALUES ('north', 1, 'district=North', '', 'li', 1)`)
    const insert = db.prepare(
      'INSERT INTO rule_override (kind, group_name, facility, rule, changes, reason, by, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    )
    insert.run('tank', null, null, 'gone', '{"onDelay":9}', '', 'li', 0)
    db.exec('DELETE FROM rule_override')
    insert.run('tank', 'north', null, 'low', '{"onDelay":1}', 'tuned', 'li', 5)
    insert.run('tank', null, 'T-1', 'low', '{"onDelay":2}', 'tuned', 'wu', 6)
    db.close()
    const store = openStateStore(file)
    const made = { kind: 'tank', rule: 'low', action: 'put', before: null, revertsTo: null, reason: 'tuned' }
    expect(store.rules.versions({ limit: 9 }).items).toEqual([
      { ...made, id: 2, group: null, facility: 'T-1', after: { onDelay: 2 }, by: 'wu', at: 6 },
      { ...made, id: 1, group: 'north', facility: null, after: { onDelay: 1 }, by: 'li', at: 5 },
    ])
    expect(store.rules.overrides().map(({ id, version }) => [id, version])).toEqual([
      [2, 1],
      [3, 2],
    ])
    store.close()
  })

  test('says of detection states in an older file that nobody knows by what they were judged', () => {
    const file = join(folder, 'states.db')
    const db = new DatabaseSync(file)
    db.exec(`${migrations.slice(0, 2).join('')} PRAGMA user_version = 2`)
    db.exec(`INSERT INTO detection_snapshot VALUES (1, 7, '3|tank', x'00')`)
    db.close()
    const store = openStateStore(file)
    expect(store.detectionSnapshots()).toMatchObject([{ facility: 1, position: 7, tick: null, resumedAt: null, layout: '3|tank' }])
    store.close()
  })

  test('asks for what an older file left unacknowledged as if it came at the upgrade, so that not all of it escalates at once', () => {
    const file = join(folder, 'unacknowledged.db')
    const db = new DatabaseSync(file)
    db.exec(`${migrations.slice(0, 2).join('')} PRAGMA user_version = 2`)
    const insert = db.prepare(
      `INSERT INTO alarm (facility, kind, rule, priority, active, latching, latched, shelvable, acknowledged, out_of_service, raised,
         activated, ended, occurrences, occurrence_count, comments, evidence, version)
       VALUES ('T-1', 'tank', ?, ?, 1, 0, 0, 1, ?, 0, 5, 5, ?, '[]', 1, '[{"at":6,"by":"li","text":"?"}]', '{}', 1)`,
    )
    for (const priority of ['critical', 'high', 'medium', 'low']) insert.run(priority, priority, null, null)
    insert.run('seen', 'high', '{"at":6,"by":"li","comment":""}', null)
    insert.run('ended', 'high', null, 7)
    db.close()
    const before = Date.now()
    const store = openStateStore(file)
    const after = Date.now()
    const register = new AlarmRegister(store)
    const told = [1, 2, 3, 4].map((id) => register.get(id) as Alarm)
    for (const [i, minutes] of [5, 30, 240, 240].entries()) {
      const { toldSince, unanswered, actBy } = told[i] as Alarm
      expect(actBy).toBe((toldSince ?? 0) + minutes * 60_000)
      expect(toldSince).toBeGreaterThanOrEqual(before - 1)
      expect(toldSince).toBeLessThanOrEqual(after + 1)
      expect(unanswered).toBe(true)
    }
    expect([5, 6].map((id) => store.alarm(id))).toMatchObject([
      { toldSince: null, unanswered: false, commentCount: 1 },
      { toldSince: null, unanswered: false, actBy: 5 + 30 * 60_000 },
    ])
    expect(clockOf(register).isDue(before + 5 * 60_000 - 2)).toBe(false)
    expect(
      clockOf(register)
        .passTime(before + 30 * 60_000 - 2)
        .filter(({ escalated }) => escalated),
    ).toEqual([])
    expect(
      clockOf(register)
        .passTime(after + 30 * 60_000 + 1)
        .filter(({ escalated }) => escalated),
    ).toMatchObject([{ rule: 'high' }])
    store.close()
  })

  test('loses nothing that was said to be durable when the process is killed', async () => {
    const file = newFile()
    const writer = spawn(process.execPath, [fileURLToPath(new URL('state-writer.ts', import.meta.url)), file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    writer.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
      if (output.split('\n').length > 100) writer.kill('SIGKILL')
    })
    await once(writer, 'close')
    const promised = Number(output.slice(0, output.lastIndexOf('\n')).split('\n').at(-1))
    const store = openStateStore(file)
    const alarms = store.liveAlarms()
    expect(alarms.length).toBeGreaterThan(promised)
    expect(store.appliedThrough().position).toBe(alarms.length - 1)
    store.close()
  })

  test.each(['staging', 'taking'])('an import that is killed while %s is there wholly or not at all', async (stage) => {
    const file = newFile()
    const writer = spawn(process.execPath, [fileURLToPath(new URL('import-writer.ts', import.meta.url)), file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let seen = 0
    writer.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      seen += chunk.split(stage).length - 1
      if (seen >= 5) writer.kill('SIGKILL')
    })
    const [, signal] = await once(writer, 'close')
    expect(signal).toBe('SIGKILL')
    const store = openStateStore(file)
    expect(store.facilities()).toHaveLength(stage === 'taking' ? IMPORTED : 0)
    expect(store.facilityVersions(`L-${IMPORTED - 1}`, null, 10).items).toHaveLength(stage === 'taking' ? 1 : 0)
    expect(store.staging.takeNext('killed', 10)).toEqual([])
    store.close()
  })

  test('answers what is asked while alarms come without reading whole tables or sorting them', () => {
    const asked: string[] = []
    const prepare = DatabaseSync.prototype.prepare
    const spy = vi.spyOn(DatabaseSync.prototype, 'prepare').mockImplementation(function (this: DatabaseSync, sql, ...rest) {
      asked.push(sql)
      return prepare.call(this, sql, ...rest)
    })
    const file = newFile()
    const store = openStateStore(file)
    for (const id of [1, 2, 3]) store.recordAlarm({ ...sampleStep, alarm: store.insertAlarm(sampleAlarm({ rule: `${id}` })) })
    asked.length = 0
    const window = [{}, { from: 1, to: 2 }, { before: 3 }, { from: 1, to: 2, before: 3 }]
    const some = [{ facility: 'a' }, { rule: 'b' }, { suppressedBy: 1 }, { live: true }, { live: false }]
    const filters = [...some, ...some.flatMap((one) => some.map((other) => ({ ...one, ...other }))), {}]
    for (const filter of filters) for (const span of window) store.alarmHistory({ ...filter, ...span, limit: 9 })
    for (const filter of [{}, { alarm: 1 }]) for (const span of window) store.alarmRecords({ ...filter, ...span, limit: 9 })
    store.alarmsDuring({ facility: 'a', from: 1, to: 2, limit: 9 })
    store.liveAlarms()
    store.newestAlarm()
    store.raisedSince(1)
    store.historicalAlarm('a', 'b', 1)
    expect([...store.alarmRecordsBetween(1, 2)]).toEqual([])
    store.floods.annunciations(1)
    store.floods.activations({ after: { recorded: 1, id: 1 }, to: 2, limit: 9 })
    store.samples.due(1, 9)
    store.samples.prune(1, 9)
    store.pruneAlarmRecords(1, 9)
    store.pruneAlarms(1, 9)
    store.close()
    spy.mockRestore()

    const db = new DatabaseSync(file)
    const steps = asked.flatMap((sql) =>
      db
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => ({ sql, detail: `${detail}` })),
    )
    db.close()
    expect(steps.length).toBeGreaterThan(100)
    // Along an index in its order, until there are enough; and those of live alarms hold nothing else.
    const bounded = /^SCAN alarm USING INDEX alarm_(live_id|live_raised|raised)$|^SCAN alarm_event USING INDEX alarm_event_recorded$/
    const isDear = (detail: string) => (detail.startsWith('SCAN') && !bounded.test(detail)) || detail.includes('TEMP B-TREE')
    expect(steps.filter(({ detail }) => isDear(detail))).toEqual([])
  })

  test('audit records can be neither changed nor removed', () => {
    const file = newFile()
    const store = openStateStore(file)
    store.audit({ at: 1, by: 'admin', action: 'test', subject: '', detail: '' })
    store.close()
    const db = new DatabaseSync(file)
    expect(() => db.exec("UPDATE audit SET by = 'somebody else'")).toThrow(/never changed/)
    expect(() => db.exec('DELETE FROM audit')).toThrow(/never removed/)
    db.close()
  })

  test('versions of the rules can be neither changed nor removed', () => {
    const file = newFile()
    const store = openStateStore(file)
    const scope = { kind: 'tank', group: null, facility: null, rule: 'low' }
    store.rules.change({ ...scope, action: 'put', after: { onDelay: 1 }, revertsTo: null, reason: '', by: 'li', at: 1 })
    store.close()
    const db = new DatabaseSync(file)
    expect(() => db.exec("UPDATE rule_version SET by = 'somebody else'")).toThrow(/never changed/)
    expect(() => db.exec('DELETE FROM rule_version')).toThrow(/never removed/)
    db.close()
  })

  test('says what is wrong with a file that is damaged, foreign or newer', () => {
    const damaged = join(folder, 'damaged.db')
    writeFileSync(damaged, 'this is no database at all, but long enough to look at'.repeat(100))
    expect(() => openStateStore(damaged)).toThrow(refusal(/damaged\.db is damaged.*backup/))

    const foreign = join(folder, 'foreign.db')
    const other = new DatabaseSync(foreign)
    other.exec('CREATE TABLE something (x)')
    other.close()
    expect(() => openStateStore(foreign)).toThrow(refusal(/another program/))

    const newer = join(folder, 'newer.db')
    const future = new DatabaseSync(newer)
    future.exec('PRAGMA user_version = 99')
    future.close()
    expect(() => openStateStore(newer)).toThrow(refusal(/newer program \(schema 99/))
  })

  test.each([
    ['lacks an index', 'DROP INDEX alarm_live_id', 'index alarm_live_id (id)'],
    ['has an index of other columns', 'DROP INDEX alarm_rule; CREATE INDEX alarm_rule ON alarm (rule)', 'index alarm_rule (rule,raised)'],
    ['lacks a column', 'ALTER TABLE alarm_policy DROP COLUMN since', 'table alarm_policy (one INTEGER,policy TEXT,since REAL)'],
    ['has a column too many', 'ALTER TABLE progress ADD COLUMN x REAL', 'table progress (one INTEGER,applied_position INTEGER'],
    ['lacks a trigger', 'DROP TRIGGER audit_kept', 'trigger audit_kept ()'],
  ])('refuses a file of an unfinished program, which %s, with what it misses', (_, change, part) => {
    const file = newFile()
    openStateStore(file).close()
    const db = new DatabaseSync(file)
    db.exec(change)
    db.close()
    expect(() => openStateStore(file)).toThrow(refusal(/was written by an unfinished program \(schema \d+ without .*\)\. Restore a backup/))
    expect(() => openStateStore(file)).toThrow(part)
  })

  test("takes a file of every released program, and one to which somebody added what is in nobody's way", () => {
    for (let version = 1; version <= migrations.length; version++) {
      const file = join(folder, `schema-${version}.db`)
      const db = new DatabaseSync(file)
      db.exec(`${migrations.slice(0, version).join('')} PRAGMA user_version = ${version}; CREATE INDEX mine ON audit (at); ANALYZE`)
      db.close()
      const store = openStateStore(file)
      expect(store.liveAlarms()).toEqual([])
      store.close()
    }
  })

  test('says that it cannot write, when opened and later', () => {
    writeFileSync(join(folder, 'a-file'), '')
    expect(() => openStateStore(join(folder, 'a-file', 'state.db'))).toThrow(refusal(/cannot be opened for writing.*Check/))
    const store = openStateStore(newFile())
    store.close()
    expect(() => store.check()).toThrow()
  })

  test('says that a read-only file cannot be written', () => {
    const file = newFile()
    openStateStore(file).close()
    chmodSync(file, 0o444)
    chmodSync(dirname(file), 0o555)
    // Root may write anything, so it steps down for the attempt.
    const isRoot = process.getuid?.() === 0
    if (isRoot) process.seteuid?.(65_534)
    try {
      expect(() => openStateStore(file).check()).toThrow(refusal(/writ|readonly/))
    } finally {
      if (isRoot) process.seteuid?.(0)
      chmodSync(dirname(file), 0o755)
    }
  })
})
