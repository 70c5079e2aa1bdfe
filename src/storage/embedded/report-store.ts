import type { CitizenReport } from '../../operations/citizen-report.ts'
import type { ReportQuery, ReportStore } from '../report-store.ts'
import { page } from './page.ts'
import { matching, type Statements } from './statements.ts'

interface Row {
  id: number
  contact: string
  words: string
  body: string
}

const toReport = ({ body, ...row }: Row): CitizenReport => ({ ...JSON.parse(body), ...row })
const listed = (list: readonly string[] | undefined) => list && JSON.stringify(list)

/** What is looked for stands in columns of its own, and what people wrote, so that it can be erased; the rest of a report is one document. */
const columns = 'number, made_id, work_group, district, domain, first, work_order, closed, contact, words, body'
function valuesOf({ id: _, contact, words, ...report }: CitizenReport) {
  const { number, madeId, group, district, domain, duplicateOf, order, closed } = report
  return [number, madeId, group, district, domain, duplicateOf, order, closed, contact, words, JSON.stringify(report)]
}

/** As the index of contacts has it. */
const CLOSED_OR_CAME = "coalesce(closed, json_extract(body, '$.at'))"
const WAITING = 'closed IS NULL AND first IS NULL AND work_order IS NULL'
const ofState: Readonly<Record<NonNullable<ReportQuery['state']>, string>> = {
  open: 'closed IS NULL',
  waiting: WAITING,
  closed: 'closed IS NOT NULL',
}

/** Citizens' reports in the state database. */
export function sqliteReportStore(sql: Statements): ReportStore {
  const reports = (rest: string, ...values: (string | number)[]) =>
    sql.all<Row>(`SELECT id, contact, words, body FROM citizen_report ${rest}`, ...values).map(toReport)
  const count = (condition: string, ...values: number[]) =>
    sql.one<{ count: number }>(`SELECT count(*) AS count FROM citizen_report WHERE ${condition}`, ...values).count
  return {
    insert: (report) =>
      sql.one<{ id: number }>(
        `INSERT INTO citizen_report (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
        ...valuesOf(report),
      ).id,
    update: (report) =>
      sql.run(`UPDATE citizen_report SET (${columns}) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ?`, ...valuesOf(report), report.id),
    report: (id) => reports('WHERE id = ?', id)[0],
    ofNumber: (number) => reports('WHERE number = ?', number)[0],
    ofMadeId: (madeId) => reports('WHERE made_id = ?', madeId)[0],
    firstsOf: (group) => reports('WHERE work_group = ? AND closed IS NULL AND first IS NULL ORDER BY id', group),
    newestWithOrder: (group) =>
      reports('WHERE work_group = ? AND first IS NULL AND work_order IS NOT NULL ORDER BY id DESC LIMIT 1', group)[0],
    ofOrder: (order) => reports('WHERE work_order = ? AND first IS NULL ORDER BY id', order),
    duplicatesOf: (report) => reports('WHERE first = ? ORDER BY id', report),
    countDuplicates: (report) => count('first = ?', report),
    underWay: () => reports('WHERE closed IS NULL AND work_order IS NOT NULL ORDER BY id'),
    list({ state, districts, domains, before, limit }) {
      const { where, values } = matching([
        [state ? ofState[state] : '', state && true],
        ['district IN (SELECT value FROM json_each(?))', listed(districts)],
        ['domain IN (SELECT value FROM json_each(?))', listed(domains)],
        ['id < ?', before],
      ])
      const rows = sql.all<Row>(
        `SELECT id, contact, words, body FROM citizen_report ${where} ORDER BY id DESC LIMIT ?`,
        ...[...values, limit + 1],
      )
      const { items, next } = page(rows, limit)
      return { items: items.map(toReport), next }
    },
    counts: () => ({ open: count('closed IS NULL'), waiting: count(WAITING) }),
    erasePersonal(before) {
      sql.run(`UPDATE citizen_report SET contact = '' WHERE contact <> '' AND ${CLOSED_OR_CAME} < ?`, before)
      sql.run("UPDATE citizen_report SET words = '' WHERE words <> '' AND closed < ?", before)
    },
    // Duplicates close with their first, and go before it.
    prune: (closedBefore, limit) =>
      sql.run(
        `DELETE FROM citizen_report WHERE id IN (
           SELECT id FROM citizen_report AS old WHERE closed < ?
             AND NOT EXISTS (SELECT 1 FROM citizen_report AS other WHERE other.first = old.id)
           ORDER BY closed LIMIT ?)`,
        ...[closedBefore, limit],
      ),
  }
}
