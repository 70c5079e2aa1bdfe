import type { Crew, CrewPerson } from '../../dispatch/crew.ts'
import { type DispatchPolicy, usualDispatchPolicy } from '../../dispatch/dispatch-policy.ts'
import type { DutyException, Rotation } from '../../dispatch/duty.ts'
import type { RosterStore } from '../roster-store.ts'
import type { Statements } from './statements.ts'

interface Document {
  id: string
  body: string
}

/** Things that are few, and always read all together: one document each. */
function documents<T>(sql: Statements, table: 'crew' | 'crew_person' | 'rotation', keyOf: (one: T) => string) {
  return {
    all: (): T[] => sql.all<Document>(`SELECT id, body FROM ${table} ORDER BY id`).map(({ body }) => JSON.parse(body)),
    put: (one: T) =>
      sql.run(
        `INSERT INTO ${table} (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body`,
        keyOf(one),
        JSON.stringify(one),
      ),
    remove: (id: string) => sql.run(`DELETE FROM ${table} WHERE id = ?`, id),
  }
}

type ExceptionRow = Omit<DutyException, 'from' | 'to'> & { begins: number; ends: number }

/** Crews and their duty in the state database. */
export function sqliteRosterStore(sql: Statements): RosterStore {
  const crews = documents<Crew>(sql, 'crew', ({ id }) => id)
  const people = documents<CrewPerson>(sql, 'crew_person', ({ account }) => account)
  const rotations = documents<Rotation>(sql, 'rotation', ({ id }) => id)
  return {
    crews: crews.all,
    putCrew: crews.put,
    removeCrew: crews.remove,
    people: people.all,
    putPerson: people.put,
    removePerson: people.remove,
    rotations: rotations.all,
    putRotation: rotations.put,
    removeRotation: rotations.remove,
    exceptions: (at) =>
      sql
        .all<ExceptionRow>(
          'SELECT id, rotation, person, team, begins, ends, substitute, reason FROM duty_exception WHERE ends > ? ORDER BY begins, id',
          at,
        )
        .map(({ begins, ends, ...rest }) => ({ ...rest, from: begins, to: ends })),
    addException: ({ rotation, person, team, from, to, substitute, reason }) =>
      sql.one<{ id: number }>(
        'INSERT INTO duty_exception (rotation, person, team, begins, ends, substitute, reason) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id',
        ...[rotation, person, team, from, to, substitute, reason],
      ).id,
    removeException: (id) => sql.run('DELETE FROM duty_exception WHERE id = ?', id),
    dispatchPolicy() {
      const row = sql.get<{ body: string }>('SELECT body FROM dispatch_policy')
      // What an older program did not say is as usual.
      return row ? { ...usualDispatchPolicy, ...(JSON.parse(row.body) as DispatchPolicy) } : usualDispatchPolicy
    },
    dispatchPolicyVersion: () => sql.get<{ version: number }>('SELECT version FROM dispatch_policy')?.version ?? 0,
    setDispatchPolicy: (policy) =>
      sql.run(
        `INSERT INTO dispatch_policy (id, body, version) VALUES (1, ?, 1)
         ON CONFLICT (id) DO UPDATE SET body = excluded.body, version = version + 1`,
        JSON.stringify(policy),
      ),
  }
}
