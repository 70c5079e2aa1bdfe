import { type AuditLink, type AuditSource, CHAIN_BEGIN, linkHash } from '../audit-chain.ts'
import { noteAudited } from '../audit-watch.ts'
import type { AuditQuery, AuditRecord, Page } from '../state-store.ts'
import { page } from './page.ts'
import { matching, type Statements } from './statements.ts'

const COLUMNS = 'audit.id, at, by, action, subject, detail'
const LINKED = `SELECT ${COLUMNS}, hash FROM audit LEFT JOIN audit_hash ON audit_hash.id = audit.id`
const BACKFILLED_AT_ONCE = 1_000

export interface AuditTable extends AuditSource {
  /** In the transaction of what it tells, if there is one. */
  append(record: AuditRecord): void
  /** Newest first. */
  page(query: AuditQuery): Page<AuditLink>
}

/** The audit trail in the state database. Call `append` within a transaction only, so that record and hash come together. */
export function auditTable(sql: Statements): AuditTable {
  const headHash = () => sql.get<{ hash: string }>('SELECT hash FROM audit_hash ORDER BY id DESC LIMIT 1')?.hash ?? CHAIN_BEGIN
  const link = (before: string, record: AuditRecord & { id: number }) => {
    const hash = linkHash(before, record)
    sql.run('INSERT INTO audit_hash (id, hash) VALUES (?, ?)', record.id, hash)
    return hash
  }
  return {
    append(record) {
      const { at, by, action, subject, detail } = record
      const insert = 'INSERT INTO audit (at, by, action, subject, detail) VALUES (?, ?, ?, ?, ?) RETURNING id'
      const { id } = sql.one<{ id: number }>(insert, at, by, action, subject, detail)
      link(headHash(), { ...record, id })
      noteAudited(by)
    },
    page({ by, action, subject, words, from, to, before, limit }) {
      const given = matching([
        ['by = ?', by],
        ['action = ?', action],
        ['subject = ?', subject],
        ["instr(lower(subject || ' ' || detail), lower(?)) > 0", words],
        ['at >= ?', from],
        ['at < ?', to],
        ['audit.id < ?', before],
      ])
      return page(sql.all<AuditLink>(`${LINKED} ${given.where} ORDER BY audit.id DESC LIMIT ?`, ...given.values, limit + 1), limit)
    },
    links: (after, limit) => sql.all<AuditLink>(`${LINKED} WHERE audit.id > ? ORDER BY audit.id LIMIT ?`, after, limit),
    newest: () => sql.get<{ seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'audit'")?.seq ?? 0,
  }
}

/** Chains the records of a program that did not. Only where there is no chain yet: what was taken out of one must not be mended silently. */
export function chainOlderRecords(sql: Statements, transaction: (work: () => void) => void): void {
  if (sql.get('SELECT 1 FROM audit_hash LIMIT 1')) return
  transaction(() => {
    let before = CHAIN_BEGIN
    let last = 0
    for (;;) {
      const records = sql.all<AuditLink>(`SELECT ${COLUMNS} FROM audit WHERE id > ? ORDER BY id LIMIT ?`, last, BACKFILLED_AT_ONCE)
      for (const record of records) {
        before = linkHash(before, record)
        sql.run('INSERT INTO audit_hash (id, hash) VALUES (?, ?)', record.id, before)
        last = record.id
      }
      if (records.length < BACKFILLED_AT_ONCE) return
    }
  })
}
