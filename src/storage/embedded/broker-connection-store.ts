import type { BrokerConnectionStore, StoredBrokerConnection } from '../broker-connection-store.ts'
import type { Statements } from './statements.ts'

interface Row {
  id: string
  settings: string
  by: string
  at: number
}

const toConnection = ({ settings, ...row }: Row): StoredBrokerConnection => ({ ...JSON.parse(settings), ...row })

export function sqliteBrokerConnectionStore(sql: Statements): BrokerConnectionStore {
  return {
    all: () => sql.all<Row>('SELECT * FROM broker_connection ORDER BY id').map(toConnection),
    get: (id) => sql.all<Row>('SELECT * FROM broker_connection WHERE id = ?', id).map(toConnection)[0],
    put({ id, by, at, ...settings }: StoredBrokerConnection) {
      sql.run(
        `INSERT INTO broker_connection (id, settings, by, at) VALUES (?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET settings = excluded.settings, by = excluded.by, at = excluded.at`,
        ...[id, JSON.stringify(settings), by, at],
      )
    },
    remove: (id) => sql.run('DELETE FROM broker_connection WHERE id = ?', id),
    told: (id) =>
      sql.all<{ topics: string }>('SELECT topics FROM read_along WHERE connection = ?', id).flatMap(({ topics }) => JSON.parse(topics)),
    tell(id, topics) {
      sql.run('DELETE FROM read_along WHERE connection = ?', id)
      if (topics.length > 0) sql.run('INSERT INTO read_along (connection, topics) VALUES (?, ?)', id, JSON.stringify(topics))
    },
  }
}
