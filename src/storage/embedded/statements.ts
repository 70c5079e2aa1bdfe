import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { guarded } from './state-database.ts'

/** Runs SQL with each text prepared once; errors of SQLite come as ours. */
export class Statements {
  readonly #db: DatabaseSync
  readonly #prepared = new Map<string, StatementSync>()

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    guarded(() => this.#prepare(sql).run(...values))
  }

  get<T>(sql: string, ...values: SQLInputValue[]): T | undefined {
    const row = guarded(() => this.#prepare(sql).get(...values))
    return row && ({ ...row } as T)
  }

  /** Of a query that always finds a row. */
  one<T>(sql: string, ...values: SQLInputValue[]): T {
    return this.get<T>(sql, ...values) as T
  }

  all<T>(sql: string, ...values: SQLInputValue[]): T[] {
    return guarded(() => this.#prepare(sql).all(...values)).map((row) => ({ ...row }) as T)
  }

  /** Before the database is closed. */
  clear(): void {
    this.#prepared.clear()
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#prepared.get(sql)
    if (!statement) {
      statement = this.#db.prepare(sql)
      this.#prepared.set(sql, statement)
    }
    return statement
  }
}

/** The WHERE clause of those conditions that are asked for, and its values; `true` for a condition that takes none, a list for several. */
export function matching(conditions: [string, SQLInputValue | SQLInputValue[] | true | undefined][]): {
  where: string
  values: SQLInputValue[]
} {
  const given = conditions.filter(([, value]) => value !== undefined)
  const where = given.length > 0 ? `WHERE ${given.map(([sql]) => sql).join(' AND ')}` : ''
  return {
    where,
    values: given.flatMap(([, value]) => (value === undefined || value === true ? [] : Array.isArray(value) ? value : [value])),
  }
}
