import type { EnteredReading, EnteredReadingStore } from '../entered-reading-store.ts'
import { page } from './page.ts'
import { facilityIn } from './scope-sql.ts'
import { matching, type Statements } from './statements.ts'

interface Row extends Omit<EnteredReading, 'value' | 'replaced'> {
  id: number
  value: string
  replaced: string | null
}

const toReading = ({ value, replaced, ...rest }: Row): EnteredReading & { id: number } => ({
  ...rest,
  value: JSON.parse(value),
  replaced: replaced === null ? null : JSON.parse(replaced),
})

export function sqliteEnteredReadingStore(sql: Statements): EnteredReadingStore {
  return {
    put({ facility, point, at, value, by, source, entered, replaced }) {
      sql.run('DELETE FROM entered_reading WHERE facility = ? AND point = ? AND at = ?', facility, point, at)
      sql.run(
        'INSERT INTO entered_reading (facility, point, at, value, by, source, entered, replaced) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        ...[facility, point, at, JSON.stringify(value), by, source, entered, replaced === null ? null : JSON.stringify(replaced)],
      )
    },
    find(facility, point, at) {
      const row = sql.get<Row>('SELECT * FROM entered_reading WHERE facility = ? AND point = ? AND at = ?', facility, point, at)
      return row && toReading(row)
    },
    list({ within, facility, point, source, from, to, before, limit }) {
      const given = matching([
        ['facility = ?', facility],
        ['point = ?', point],
        ['source = ?', source],
        ['at >= ?', from],
        ['at < ?', to],
        ['id < ?', before],
        ...(within ? [facilityIn(within)] : []),
      ])
      const rows = sql.all<Row>(`SELECT * FROM entered_reading ${given.where} ORDER BY id DESC LIMIT ?`, ...given.values, limit + 1)
      return page(rows.map(toReading), limit)
    },
    prune(before, limit) {
      sql.run(
        'DELETE FROM entered_reading WHERE id IN (SELECT id FROM entered_reading WHERE entered < ? ORDER BY entered LIMIT ?)',
        before,
        limit,
      )
    },
  }
}
