import type { Activation, KeptPlan } from '../../operations/emergency-plan.ts'
import type { EmergencyEntry, EmergencyStore } from '../emergency-store.ts'
import { page } from './page.ts'
import { matching, type Statements } from './statements.ts'

interface Document {
  id: number
  body: string
}

type EntryRow = Omit<EmergencyEntry, 'data'> & { data: string }

const read = ({ id, body }: Document): Activation => ({ ...(JSON.parse(body) as Activation), id })
const MOST_BETWEEN = 1000

/** Emergency plans in the state database. */
export function sqliteEmergencyStore(sql: Statements): EmergencyStore {
  const select = 'SELECT id, body FROM emergency_activation'
  return {
    plans: () => sql.all<{ body: string }>('SELECT body FROM emergency_plan ORDER BY id').map(({ body }) => JSON.parse(body) as KeptPlan),
    putPlan: (plan) =>
      sql.run(
        'INSERT INTO emergency_plan (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body',
        plan.id,
        JSON.stringify(plan),
      ),
    removePlan: (id) => sql.run('DELETE FROM emergency_plan WHERE id = ?', id),
    addActivation: (activation) =>
      sql.one<{ id: number }>(
        'INSERT INTO emergency_activation (plan, activated, ended, body) VALUES (?, ?, ?, ?) RETURNING id',
        ...[activation.plan.id, activation.at, activation.ended?.at ?? null, JSON.stringify(activation)],
      ).id,
    update: (activation) =>
      sql.run(
        'UPDATE emergency_activation SET ended = ?, body = ? WHERE id = ?',
        ...[activation.ended?.at ?? null, JSON.stringify(activation), activation.id],
      ),
    activation(id) {
      const row = sql.get<Document>(`${select} WHERE id = ?`, id)
      return row && read(row)
    },
    active: () => sql.all<Document>(`${select} WHERE ended IS NULL ORDER BY id`).map(read),
    activeAt: (at) => sql.all<Document>(`${select} WHERE activated <= ? AND (ended IS NULL OR ended > ?) ORDER BY id`, at, at).map(read),
    activations({ plan, before, limit }) {
      const { where, values } = matching([
        ['plan = ?', plan],
        ['id < ?', before],
      ])
      const { items, next } = page(sql.all<Document>(`${select} ${where} ORDER BY id DESC LIMIT ?`, ...values, limit + 1), limit)
      return { items: items.map(read), next }
    },
    activeBetween: (from, to) =>
      sql
        .all<Document>(`${select} WHERE activated < ? AND (ended IS NULL OR ended >= ?) ORDER BY id LIMIT ?`, to, from, MOST_BETWEEN)
        .map(read),
    log: ({ activation, at, by, type, words, data }) =>
      sql.run(
        'INSERT INTO emergency_log (activation, at, by, type, words, data) VALUES (?, ?, ?, ?, ?, ?)',
        ...[activation, at, by, type, words, JSON.stringify(data)],
      ),
    logOf(activation, before, limit) {
      const rows = sql.all<EntryRow>(
        'SELECT id, activation, at, by, type, words, data FROM emergency_log WHERE activation = ? AND id < ? ORDER BY id DESC LIMIT ?',
        ...[activation, before, limit + 1],
      )
      const { items, next } = page(rows, limit)
      return { items: items.map((row) => ({ ...row, data: JSON.parse(row.data) as EmergencyEntry['data'] })), next }
    },
  }
}
