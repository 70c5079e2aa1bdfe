import type { StoredFlood } from '../../alarms/flood-log.ts'
import type { IncidentAlarm } from '../../alarms/incident.ts'
import type { FloodStore } from '../flood-store.ts'
import { page } from './page.ts'
import type { Statements } from './statements.ts'

interface FloodRow extends Omit<StoredFlood, 'peakAt'> {
  peak_at: number
}

const COLUMNS = 'id, started, recognised, ended, alarms, peak, peak_at'
const toFlood = ({ peak_at, ...row }: FloodRow): StoredFlood => ({ ...row, peakAt: peak_at })

interface ActivationRow extends Omit<IncidentAlarm, 'id'> {
  id: number
  alarm: number
  recorded: number
}

/** Floods in the state database. */
export function sqliteFloodStore(sql: Statements): FloodStore {
  const select = (rest: string, ...values: number[]) => sql.all<FloodRow>(`SELECT ${COLUMNS} FROM flood ${rest}`, ...values).map(toFlood)
  return {
    running: () => select('WHERE ended IS NULL')[0],
    flood: (id) => select('WHERE id = ?', id)[0],
    put({ id, started, recognised, ended, alarms, peak, peakAt }) {
      const values = [started, recognised, ended, alarms, peak, peakAt]
      if (id > 0) {
        sql.run('UPDATE flood SET started = ?, recognised = ?, ended = ?, alarms = ?, peak = ?, peak_at = ? WHERE id = ?', ...values, id)
        return id
      }
      const insert = 'INSERT INTO flood (started, recognised, ended, alarms, peak, peak_at) VALUES (?, ?, ?, ?, ?, ?) RETURNING id'
      return sql.one<{ id: number }>(insert, ...values).id
    },
    annunciations: (span) =>
      sql
        .all<{ recorded: number }>(
          `SELECT recorded FROM alarm_event WHERE recorded > (SELECT recorded FROM alarm_event WHERE id = (SELECT max(id) FROM alarm_event)) - ?
           AND announced = 1 ORDER BY recorded, id`,
          span,
        )
        .map(({ recorded }) => recorded),
    floods: ({ from = Number.MIN_SAFE_INTEGER, to = Number.MAX_SAFE_INTEGER, before = Number.MAX_SAFE_INTEGER, limit }) =>
      page(
        select('WHERE id < ? AND started < ? AND coalesce(ended, 9e15) > ? ORDER BY id DESC LIMIT ?', before, to, from, limit + 1),
        limit,
      ),
    activations: ({ after, to, limit }) =>
      sql
        .all<ActivationRow>(
          `SELECT e.id, e.recorded, e.alarm, e.facility, e.rule, e.priority, e.at, json_extract(a.suppressed, '$.by') AS by
           FROM alarm_event e LEFT JOIN alarm a ON a.id = e.alarm
           WHERE (e.recorded, e.id) > (?, ?) AND e.recorded < ? AND (e.announced = 1 OR e.type IN ('raise', 'activate'))
           ORDER BY e.recorded, e.id LIMIT ?`,
          after.recorded,
          after.id,
          to,
          limit,
        )
        .map(({ id, recorded, alarm, ...of }) => ({ id, recorded, alarm: { id: alarm, ...of } })),
    review: (id) => sql.get<{ review: string | null }>('SELECT review FROM flood WHERE id = ?', id)?.review ?? undefined,
    putReview: (id, review) => sql.run('UPDATE flood SET review = ? WHERE id = ?', review, id),
    unreviewed: (limit) => select('WHERE ended IS NOT NULL AND review IS NULL ORDER BY id LIMIT ?', limit),
  }
}
