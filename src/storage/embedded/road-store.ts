import type { RoadStore, Roads } from '../road-store.ts'
import type { Statements } from './statements.ts'

export function sqliteRoadStore(sql: Statements): RoadStore {
  return {
    roads: () => sql.get<Roads & Record<string, unknown>>('SELECT tag, content, lines, by, at FROM map_roads') ?? null,
    put({ tag, content, lines, by, at }) {
      sql.run('INSERT OR REPLACE INTO map_roads (one, tag, content, lines, by, at) VALUES (1, ?, ?, ?, ?, ?)', tag, content, lines, by, at)
    },
    remove: () => void sql.run('DELETE FROM map_roads'),
  }
}
