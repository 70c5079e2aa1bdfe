import type { SQLInputValue } from 'node:sqlite'
import type { FacilityScope } from '../../access/scope.ts'
import type { Statements } from './statements.ts'

/** Entries that are looked at one by one before all those of the facilities in scope are put in order. */
const LOOKED_AT = 2000

/** A condition with its values. */
export type Condition = [sql: string, values: SQLInputValue[]]

/** That `facility` is one of these, which the index of the facilities by kind and district finds; `+` keeps it from choosing another index. */
export function facilityIn(scope: FacilityScope, before = '+'): Condition {
  const [ids, values] = idsOf(scope)
  return [`${before}facility IN (${ids})`, values]
}

function idsOf({ districts, kinds, always }: FacilityScope): Condition {
  const listed = 'IN (SELECT value FROM json_each(?))'
  const inDistricts = districts === 'all' ? '' : ` AND district ${listed}`
  const lists = districts === 'all' ? [kinds, always] : [kinds, districts, always]
  return [
    `SELECT id FROM facility WHERE kind ${listed}${inDistricts} UNION ALL SELECT id FROM facility WHERE kind ${listed}`,
    lists.map((list) => JSON.stringify(list)),
  ]
}

interface Listed {
  table: 'alarm' | 'alarm_event'
  /** Column by which the newest come first, then by id. */
  time: 'raised' | 'recorded'
  /** Of `facility` and the time. */
  index: string
  /** Conditions as a WHERE clause, and their values. */
  where: string
  values: readonly SQLInputValue[]
}

/**
 * The newest entries that hold and whose facility is in scope. Where many are in scope, the newest ones hold enough of them; where few are,
 * those of its facilities are soon put in order. Either takes milliseconds, however many entries there are of others.
 */
export function newestWithin<Row>(
  sql: Statements,
  { table, time, index, where, values }: Listed,
  scope: FacilityScope,
  limit: number,
): Row[] {
  const [ids, scopeValues] = idsOf(scope)
  const order = `ORDER BY ${time} DESC, id DESC`
  const read = (chosen: string, given: readonly SQLInputValue[]) =>
    sql.all<Row>(`SELECT * FROM ${table} WHERE id IN (${chosen} ${order} LIMIT ?) ${order}`, ...given, limit)
  const newest = `SELECT id, facility, ${time} FROM ${table} ${where} ${order} LIMIT ${LOOKED_AT}`
  const near = read(`SELECT id FROM (${newest}) WHERE +facility IN (${ids})`, [...values, ...scopeValues])
  if (near.length === limit) return near
  const also = where === '' ? 'WHERE' : `${where} AND`
  return read(`SELECT id FROM ${table} INDEXED BY ${index} ${also} facility IN (${ids})`, [...values, ...scopeValues])
}
