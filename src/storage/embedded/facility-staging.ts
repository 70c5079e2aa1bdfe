import type { DatabaseSync } from 'node:sqlite'
import type { FacilityVersion } from '../../facilities/facility-version.ts'
import type { FacilityStaging } from '../facility-staging.ts'
import type { StateStore } from '../state-store.ts'
import { inTransaction } from './state-database.ts'
import type { Statements } from './statements.ts'

type Cause = Pick<FacilityVersion, 'at' | 'by' | 'reason'>

interface StagedRow {
  number: number
  description: string
  changes: string
}

/** Facilities taken over at once when a sealed import is completed at the start. */
const RECOVERED_AT_ONCE = 1000

/** Completes what was sealed, forgets what was not, and stages in the same database. */
export function openFacilityStaging(
  db: DatabaseSync,
  sql: Statements,
  store: Pick<StateStore, 'putFacility' | 'addFacilityVersion'>,
): FacilityStaging {
  const staging: FacilityStaging = {
    stage(id, facilities) {
      const insert = 'INSERT INTO facility_staging (import, description, changes) VALUES (?, ?, ?)'
      inTransaction(db, () => {
        for (const { description, changes } of facilities) sql.run(insert, id, JSON.stringify(description), JSON.stringify(changes))
      })
    },
    seal(id, { at, by, reason }) {
      sql.run('INSERT INTO facility_import (id, at, by, reason) VALUES (?, ?, ?, ?)', id, at, by, reason)
    },
    takeNext(id, limit) {
      return inTransaction(db, () => {
        const cause = sql.get<Cause>('SELECT at, by, reason FROM facility_import WHERE id = ?', id)
        if (!cause) return []
        const rows = sql.all<StagedRow>(
          'SELECT number, description, changes FROM facility_staging WHERE import = ? ORDER BY number LIMIT ?',
          id,
          limit,
        )
        const taken = rows.map((row) => {
          const description = JSON.parse(row.description)
          const changes = JSON.parse(row.changes)
          const number = store.putFacility(description)
          store.addFacilityVersion({ ...cause, action: 'import', facility: description.id, changes, description })
          return { number, description, changes }
        })
        const last = rows.at(-1)
        if (last) sql.run('DELETE FROM facility_staging WHERE import = ? AND number <= ?', id, last.number)
        else sql.run('DELETE FROM facility_import WHERE id = ?', id)
        return taken
      })
    },
    drop(id) {
      sql.run('DELETE FROM facility_staging WHERE import = ? AND import NOT IN (SELECT id FROM facility_import)', id)
    },
  }
  for (const { id } of sql.all<{ id: string }>('SELECT id FROM facility_import ORDER BY at')) {
    while (staging.takeNext(id, RECOVERED_AT_ONCE).length > 0);
  }
  sql.run('DELETE FROM facility_staging')
  return staging
}
