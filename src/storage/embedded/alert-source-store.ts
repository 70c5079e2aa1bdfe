import type { AlertSourceStore, StoredAlertSource } from '../alert-source-store.ts'
import type { Statements } from './statements.ts'

interface Row {
  id: string
  body: string
  token_hash: string | null
  token_since: number | null
  token_by: string | null
}

const toSource = ({ id, body, token_hash: hash, token_since: since, token_by: by }: Row): StoredAlertSource => ({
  ...JSON.parse(body),
  id,
  token: hash === null || since === null || by === null ? null : { hash, since, by },
})

export function sqliteAlertSourceStore(sql: Statements): AlertSourceStore {
  return {
    all: () => sql.all<Row>('SELECT * FROM alert_source ORDER BY id').map(toSource),
    get: (id) => sql.all<Row>('SELECT * FROM alert_source WHERE id = ?', id).map(toSource)[0],
    put({ id, token, ...body }) {
      sql.run(
        `INSERT INTO alert_source (id, body, token_hash, token_since, token_by) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET body = excluded.body,
           (token_hash, token_since, token_by) = (excluded.token_hash, excluded.token_since, excluded.token_by)`,
        ...[id, JSON.stringify(body), token?.hash ?? null, token?.since ?? null, token?.by ?? null],
      )
    },
    remove: (id) => sql.run('DELETE FROM alert_source WHERE id = ?', id),
  }
}
