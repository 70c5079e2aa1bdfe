import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { headOf, headText, linkHash, parseHead, verifyAudit } from '../../src/storage/audit-chain.ts'
import { migrations } from '../../src/storage/embedded/state-migrations.ts'
import { openStateStore } from '../../src/storage/embedded/state-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'lamplighter-audit-'))
afterAll(() => rmSync(folder, { recursive: true }))

let count = 0
let file = ''
beforeEach(() => {
  file = join(folder, `${count++}.sqlite`)
})

function fill(records: number): void {
  const store = openStateStore(file)
  for (let i = 1; i <= records; i++) store.audit({ at: i * 1000, by: '李 li', action: 'test', subject: `s${i}`, detail: `"${i}"` })
  store.close()
}

/** As somebody who may write the file and knows how to get past its triggers. */
function tamper(sql: string): void {
  const db = new DatabaseSync(file)
  const triggers = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'audit%'").all()
  for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`)
  db.exec(`PRAGMA foreign_keys = OFF; ${sql}`)
  for (const trigger of triggers) db.exec(trigger.sql as string)
  db.close()
}

async function verify(noted?: { id: number; hash: string }) {
  const store = openStateStore(file)
  try {
    const { problems, ...rest } = await verifyAudit(store.auditChain, { noted })
    return { ...rest, problems: problems.map(({ record, problem }) => `${record} ${problem}`) }
  } finally {
    store.close()
  }
}

test('the hash is that of the array of all a record says, with the hash before it', () => {
  // By hand: printf '["%064d",1,1000,"li","test","s","d"]' 0 | sha256sum
  const hash = linkHash('0'.repeat(64), { id: 1, at: 1000, by: 'li', action: 'test', subject: 's', detail: 'd' })
  expect(hash).toBe('d77627df153cf688f37a1bf3d1cef7f7683e729023af6fa2dfeee72c467d41a4')
})

test('a trail as it was written is sound, over more than one page, and over a new start', async () => {
  fill(2_500)
  expect(await verify()).toMatchObject({ records: 2_500, found: 0, problems: [], head: { id: 2_500 } })
  fill(1)
  expect(await verify()).toMatchObject({ records: 2_501, found: 0, head: { id: 2_501 } })
})

describe('verify names the record', () => {
  test.each([
    ['a byte of a record changed', 'UPDATE audit SET detail = \'"8"\' WHERE id = 7', ['7 was changed']],
    ['its time changed', 'UPDATE audit SET at = at + 0.5 WHERE id = 7', ['7 was changed']],
    ['a hash changed', "UPDATE audit_hash SET hash = replace(hash, 'a', 'b') WHERE id = 7", ['7 was changed', '8 was changed']],
    ['a line dropped', 'DELETE FROM audit_hash WHERE id = 7; DELETE FROM audit WHERE id = 7', ['7 is missing']],
    ['several dropped', 'DELETE FROM audit WHERE id IN (7, 8)', ['7 is missing, with all up to 8']],
    ['the first dropped', 'DELETE FROM audit WHERE id = 1', ['1 is missing']],
    ['the last dropped', 'DELETE FROM audit WHERE id = 10', ['10 is missing at the end']],
    ['a hash dropped', 'DELETE FROM audit_hash WHERE id = 7', ['7 has lost its hash']],
    [
      'a record put in between',
      "DELETE FROM audit_hash WHERE id = 7; DELETE FROM audit WHERE id = 7; INSERT INTO audit VALUES (7, 7000, 'li', 'test', 'other', '')",
      ['7 has lost its hash', '8 was changed'],
    ],
  ])('%s', async (_, sql, problems) => {
    fill(10)
    tamper(sql)
    expect((await verify()).problems).toEqual(problems)
  })

  test('a chain rewritten from a record on, by the head that was noted before', async () => {
    fill(10)
    const store = openStateStore(file)
    const noted = headOf(store.auditChain)
    store.close()
    expect(noted).toMatchObject({ id: 10 })
    tamper("UPDATE audit SET by = 'nobody' WHERE id = 5; DELETE FROM audit_hash")
    // The next start chains it anew, as it does for an older program.
    expect((await verify()).problems).toEqual([])
    expect((await verify(noted ?? undefined)).problems).toEqual(['10 is not the one that was noted: it, or one before it, was changed'])
    expect((await verify({ id: 11, hash: 'f'.repeat(64) })).problems).toEqual(['11 was noted and is missing'])
  })
})

test('what an older program wrote is chained at the first start', async () => {
  const db = new DatabaseSync(file)
  db.exec(`${migrations.slice(0, 3).join('')} PRAGMA user_version = 3;`)
  for (let i = 1; i <= 3; i++) db.exec(`INSERT INTO audit (at, by, action, subject, detail) VALUES (${i}, 'li', 'test', 's', '')`)
  db.close()
  expect(await verify()).toMatchObject({ records: 3, found: 0, head: { id: 3 } })
  tamper("UPDATE audit SET by = 'nobody' WHERE id = 2")
  expect((await verify()).problems).toEqual(['2 was changed'])
})

test('a head is read as it is printed', () => {
  const head = { id: 12, hash: 'ab'.repeat(32) }
  expect(parseHead(` ${headText(head)}\n`)).toEqual(head)
  for (const wrong of ['', '12', '12:ab', `x:${'ab'.repeat(32)}`, `12:${'AB'.repeat(32)}`]) expect(parseHead(wrong)).toBeUndefined()
})

test('a search takes all conditions together', () => {
  const store = openStateStore(file)
  const record = { at: 1, by: 'li', action: 'shelve', subject: 'alarm 1', detail: 'Wartung' }
  store.audit(record)
  store.audit({ ...record, at: 2, by: 'wang' })
  store.audit({ ...record, at: 3, action: 'reset', detail: 'wartung fertig' })
  const ids = (query: object) => store.auditTrail({ limit: 10, ...query }).items.map(({ id }) => id)
  expect(ids({})).toEqual([3, 2, 1])
  expect(ids({ by: 'li' })).toEqual([3, 1])
  expect(ids({ by: 'li', action: 'shelve' })).toEqual([1])
  expect(ids({ words: 'WARTUNG', from: 2 })).toEqual([3, 2])
  expect(ids({ words: '%' })).toEqual([])
  expect(ids({ from: 2, to: 3 })).toEqual([2])
  expect(ids({ subject: 'alarm 1', before: 2 })).toEqual([1])
  store.close()
})

test('an action that is undone leaves no record, and the chain goes on', async () => {
  const store = openStateStore(file)
  store.audit({ at: 1, by: 'li', action: 'a', subject: '', detail: '' })
  expect(() =>
    store.transaction(() => {
      store.audit({ at: 2, by: 'li', action: 'b', subject: '', detail: '' })
      throw new Error('undone')
    }),
  ).toThrow('undone')
  store.audit({ at: 3, by: 'li', action: 'c', subject: '', detail: '' })
  store.close()
  expect(await verify()).toMatchObject({ records: 2, found: 0, head: { id: 2 } })
})
