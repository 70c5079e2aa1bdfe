import { gunzipSync, gzipSync } from 'node:zlib'
import type { DutyReportRecord, DutyReportSignature, DutyReportStore } from '../duty-report-store.ts'
import { page } from './page.ts'
import { matching, type Statements } from './statements.ts'

interface Row extends Omit<DutyReportRecord, 'isPartial' | 'head'> {
  isPartial: number
  head: string | null
}

const SELECT = `SELECT id, company, period, begins AS "from", ends AS "to", partial AS isPartial, state, asked_by AS askedBy,
  asked_at AS askedAt, replaces, reason, made_at AS madeAt, head, hash, problem, late_reports AS lateReports, late_at AS lateAt,
  send_at AS sendAt, sent_at AS sentAt, (SELECT max(other.id) FROM duty_report other WHERE other.replaces = duty_report.id) AS replacedBy
  FROM duty_report`
const NOT_REPLACED = 'NOT EXISTS (SELECT 1 FROM duty_report other WHERE other.replaces = duty_report.id)'

const toRecord = ({ isPartial, head, ...row }: Row): DutyReportRecord => ({
  ...row,
  isPartial: isPartial === 1,
  head: head === null ? null : JSON.parse(head),
})

/** Duty reports in the state database. Bodies are mostly words and repeat themselves, so they lie there compressed. */
export function sqliteDutyReportStore(sql: Statements): DutyReportStore {
  const listed = (where: string, ...values: (string | number)[]) => sql.all<Row>(`${SELECT} ${where}`, ...values).map(toRecord)
  const progress = () =>
    sql.get<{ since: number; lateThrough: number }>('SELECT since, late_through AS lateThrough FROM duty_report_progress')
  return {
    ask: ({ company, period, from, to, isPartial, askedBy, askedAt, replaces, reason }) =>
      sql.get<{ id: number }>(
        `INSERT INTO duty_report (company, period, begins, ends, partial, state, asked_by, asked_at, replaces, reason)
         SELECT ?, ?, ?, ?, ?, 'waiting', ?, ?, ?, ? WHERE ? IS NOT NULL OR NOT EXISTS (
           SELECT 1 FROM duty_report WHERE company = ? AND period = ? AND begins = ? AND asked_by IS NULL) RETURNING id`,
        ...[company, period, from, to, isPartial ? 1 : 0, askedBy, askedAt, replaces, reason, askedBy, company, period, from],
      )?.id ?? null,
    made: (id, { madeAt, head, body, hash, sendAt }) =>
      sql.run(
        `UPDATE duty_report SET state = 'made', made_at = ?, head = ?, body = ?, hash = ?, send_at = ?, problem = ''
         WHERE id = ? AND state <> 'made'`,
        ...[madeAt, JSON.stringify(head), gzipSync(body), hash, sendAt, id],
      ),
    failed: (id, problem) =>
      sql.run(`UPDATE duty_report SET state = 'failed', problem = ? WHERE id = ? AND state = 'waiting'`, problem, id),
    report: (id) => listed('WHERE id = ?', id)[0],
    body(id) {
      const body = sql.get<{ body: Uint8Array | null }>('SELECT body FROM duty_report WHERE id = ?', id)?.body
      return body ? gunzipSync(body).toString() : undefined
    },
    nextWaiting: () => listed(`WHERE state = 'waiting' ORDER BY asked_by IS NULL, id LIMIT 1`)[0],
    waitingForPeople: () =>
      sql.one<{ count: number }>(`SELECT count(*) AS count FROM duty_report WHERE state = 'waiting' AND asked_by IS NOT NULL`).count,
    list({ companies, period, from, to, newest, before, limit }) {
      const { where, values } = matching([
        [`company IN (${companies.map(() => '?').join(', ')})`, [...companies]],
        ['period = ?', period],
        ['begins >= ?', from],
        ['begins < ?', to],
        [NOT_REPLACED, newest || undefined],
        ['id < ?', before],
      ])
      return page(listed(`${where} ORDER BY id DESC LIMIT ?`, ...(values as (string | number)[]), limit + 1), limit)
    },
    sign: (id, { by, at, remark }) =>
      sql.get(
        'INSERT INTO duty_report_signature (report, by, at, remark) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING report',
        ...[id, by, at, remark],
      ) !== undefined,
    signatures: (id) =>
      sql.all<DutyReportSignature>('SELECT by, at, remark FROM duty_report_signature WHERE report = ? ORDER BY at, by', id),
    madeSince: (ended) => listed(`WHERE state = 'made' AND ends > ? AND ${NOT_REPLACED} ORDER BY id`, ended),
    addLate(counts, through) {
      for (const { report, reports, at } of counts)
        sql.run('UPDATE duty_report SET late_reports = late_reports + ?, late_at = ? WHERE id = ?', reports, at, report)
      sql.run('UPDATE duty_report_progress SET late_through = max(late_through, ?)', through)
    },
    lateThrough: () => progress()?.lateThrough ?? -1,
    toSend: (at, limit) => listed(`WHERE sent_at IS NULL AND send_at <= ? AND ${NOT_REPLACED} ORDER BY send_at, id LIMIT ?`, at, limit),
    sent: (id, at) => sql.run('UPDATE duty_report SET sent_at = ? WHERE id = ?', at, id),
    settings: () => sql.get<{ body: string }>('SELECT body FROM duty_report_settings')?.body,
    putSettings: (body) =>
      sql.run('INSERT INTO duty_report_settings (id, body) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body', body),
    since(now) {
      sql.run('INSERT INTO duty_report_progress (id, since, late_through) VALUES (1, ?, -1) ON CONFLICT DO NOTHING', now)
      return progress()?.since ?? now
    },
    pruneShifts: (before, limit) =>
      sql.run(
        `DELETE FROM duty_report WHERE id IN (SELECT id FROM duty_report WHERE period = 'shift' AND made_at < ?
           AND NOT EXISTS (SELECT 1 FROM duty_report_signature WHERE report = duty_report.id)
           AND ${NOT_REPLACED} AND replaces IS NULL ORDER BY made_at LIMIT ?)`,
        ...[before, limit],
      ),
  }
}
