import type { HandoverRecord, HandoverStore } from '../handover-store.ts'
import { page } from './page.ts'
import type { Statements } from './statements.ts'

const SELECT = `SELECT id, rotation, begins, body, hash, left_by AS leftBy, left_at AS leftAt, taken_by AS takenBy, taken_at AS takenAt, remark
  FROM handover`

/** Handovers in the state database. */
export function sqliteHandoverStore(sql: Statements): HandoverStore {
  return {
    add: ({ rotation, begins, body, hash, leftBy, leftAt }) =>
      sql.one<{ id: number }>(
        'INSERT INTO handover (rotation, begins, body, hash, left_by, left_at) VALUES (?, ?, ?, ?, ?, ?) RETURNING id',
        ...[rotation, begins, body, hash, leftBy, leftAt],
      ).id,
    take: (id, by, at, remark) =>
      sql.get(
        'UPDATE handover SET taken_by = ?, taken_at = ?, remark = ? WHERE id = ? AND taken_by IS NULL RETURNING id',
        ...[by, at, remark, id],
      ) !== undefined,
    handover: (id) => sql.get<HandoverRecord>(`${SELECT} WHERE id = ?`, id),
    ofShift: (rotation, begins) => sql.get<HandoverRecord>(`${SELECT} WHERE rotation = ? AND begins = ?`, rotation, begins),
    list: (before, limit) => page(sql.all<HandoverRecord>(`${SELECT} WHERE id < ? ORDER BY id DESC LIMIT ?`, before, limit + 1), limit),
  }
}
