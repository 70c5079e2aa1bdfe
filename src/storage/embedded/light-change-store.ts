import { type KeptLightChange, planOf } from '../../control/light-change.ts'
import type { LightChangeStore } from '../light-change-store.ts'
import { page } from './page.ts'
import { matching, type Statements } from './statements.ts'

/** An override is made in the moment it is asked for where nobody has to approve it, ms. */
const SLACK = 60_000

interface Row {
  id: number
  body: string
}

const toChange = ({ body }: Pick<Row, 'body'>): KeptLightChange => JSON.parse(body)

export function sqliteLightChangeStore(sql: Statements): LightChangeStore {
  return {
    put: (one) =>
      sql.run(
        `INSERT INTO light_change (name, at, account, plan, waiting, body) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (name) DO UPDATE SET waiting = excluded.waiting, body = excluded.body`,
        ...[one.id, one.at, one.account, planOf(one.change), Number(one.state === 'waiting'), JSON.stringify(one)],
      ),
    find(id) {
      const row = sql.get<Row>('SELECT id, body FROM light_change WHERE name = ?', id)
      return row && toChange(row)
    },
    waiting: () => sql.all<Row>('SELECT id, body FROM light_change WHERE waiting = 1 ORDER BY id').map(toChange),
    ofPlan: (plan) => sql.all<Row>('SELECT id, body FROM light_change WHERE plan = ? ORDER BY id', plan).map(toChange),
    list({ waiting, before, limit }) {
      const given = matching([
        ['waiting = ?', waiting ? 1 : undefined],
        ['id < ?', before],
      ])
      const rows = sql.all<Row>(`SELECT id, body FROM light_change ${given.where} ORDER BY id DESC LIMIT ?`, ...given.values, limit + 1)
      const { items, next } = page(rows, limit)
      return { items: items.map(toChange), next }
    },
    alone: (account, since) =>
      sql
        .all<{ lamp: string }>(
          `SELECT DISTINCT value AS lamp FROM light_change, json_each(body, '$.alone') WHERE account = ? AND (at >= ?
           OR (at >= (SELECT min(made) - ${SLACK} FROM programme_override WHERE ended IS NULL AND ends > ?)
             AND body ->> '$.override' IN (SELECT id FROM programme_override WHERE ended IS NULL AND ends > ?)))`,
          ...[account, since, since, since],
        )
        .map(({ lamp }) => lamp),
    prune: (before, limit) =>
      sql.run(
        'DELETE FROM light_change WHERE id IN (SELECT id FROM light_change WHERE at < ? AND waiting = 0 ORDER BY at LIMIT ?)',
        ...[before, limit],
      ),
  }
}
