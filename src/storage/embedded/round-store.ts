import type { CheckIn, Round } from '../../operations/round.ts'
import type { RoundPlan, Tightening } from '../../operations/round-plan.ts'
import type { RoundStore, Visit } from '../round-store.ts'
import { page } from './page.ts'
import { matching, type Statements } from './statements.ts'

interface Row {
  id: number
  body: string
}
interface VisitRow {
  body: string
  place: string
  district: string
  road: string
  key_area: number
}

const toRound = ({ id, body }: Row): Round => ({ ...JSON.parse(body), id })
const toVisit = ({ body, place, district, road, key_area }: VisitRow): Visit => ({
  ...{ checkIn: JSON.parse(body), place, district, road },
  keyArea: key_area === 1,
})
const columns = 'plan, key, begins, late, over, crew, emergency, state, body'
const valuesOf = ({ id: _, ...round }: Round) => [
  ...[round.plan, round.key, round.begins, round.late, round.over, round.crew, round.emergency, round.state],
  JSON.stringify(round),
]
const listed = (list: readonly string[] | undefined) => list && JSON.stringify(list)

/** Rounds in the state database: what is looked for stands in columns of its own. */
export function sqliteRoundStore(sql: Statements): RoundStore {
  const rounds = (rest: string, ...values: (string | number)[]) =>
    sql.all<Row>(`SELECT id, body FROM round ${rest}`, ...values).map(toRound)
  return {
    plans: () => sql.all<{ body: string }>('SELECT body FROM round_plan ORDER BY id').map(({ body }): RoundPlan => JSON.parse(body)),
    plan(id) {
      const row = sql.get<{ body: string }>('SELECT body FROM round_plan WHERE id = ?', id)
      return row && (JSON.parse(row.body) as RoundPlan)
    },
    putPlan: (plan) =>
      sql.run(
        'INSERT INTO round_plan (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body',
        ...[plan.id, JSON.stringify(plan)],
      ),
    removePlan: (id) => sql.run('DELETE FROM round_plan WHERE id = ?', id),

    tightenings: () =>
      sql.all<{ body: string }>('SELECT body FROM round_tightening ORDER BY plan').map(({ body }): Tightening => JSON.parse(body)),
    putTightening: (tightening) =>
      sql.run(
        'INSERT INTO round_tightening (plan, body) VALUES (?, ?) ON CONFLICT (plan) DO UPDATE SET body = excluded.body',
        ...[tightening.plan, JSON.stringify(tightening)],
      ),
    removeTightening: (plan) => sql.run('DELETE FROM round_tightening WHERE plan = ?', plan),

    insert: (round) =>
      sql.get<{ id: number }>(
        `INSERT INTO round (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (plan, key) DO NOTHING RETURNING id`,
        ...valuesOf(round),
      )?.id,
    update: (round) => sql.run(`UPDATE round SET (${columns}) = (?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ?`, ...valuesOf(round), round.id),
    round: (id) => rounds('WHERE id = ?', id)[0],
    open: () => rounds("WHERE state = 'open' ORDER BY begins, id"),
    ofPlan: (plan, since) => rounds('WHERE plan = ? AND begins >= ? ORDER BY begins, id', plan, since),
    keysOf: (plan, since) =>
      sql
        .all<{ key: string }>('SELECT key FROM round WHERE plan = ? AND begins >= ? ORDER BY begins, id', plan, since)
        .map(({ key }) => key),
    sketchesOf: (plan, since) =>
      sql
        .all<Row>(
          "SELECT id, json_remove(body, '$.stops') AS body FROM round WHERE plan = ? AND begins >= ? ORDER BY begins, id",
          plan,
          since,
        )
        .map(toRound),
    overdue: (at) => rounds("WHERE state = 'open' AND over <= ? ORDER BY begins, id", at),
    remove: (id) => sql.run('DELETE FROM round WHERE id = ?', id),
    list({ plans, crew, states, lateAt, from, to, before, limit }) {
      const given = matching([
        ['plan IN (SELECT value FROM json_each(?))', listed(plans)],
        ['crew = ?', crew],
        ['state IN (SELECT value FROM json_each(?))', listed(states)],
        ["state = 'open' AND late <= ?", lateAt],
        ['begins >= ?', from],
        ['begins < ?', to],
        ['id < ?', before],
      ])
      const rows = sql.all<Row>(`SELECT id, body FROM round ${given.where} ORDER BY id DESC LIMIT ?`, ...given.values, limit + 1)
      const { items, next } = page(rows, limit)
      return { items: items.map(toRound), next }
    },

    checkIn(id) {
      const row = sql.get<{ body: string }>('SELECT body FROM round_check_in WHERE id = ?', id)
      return row && (JSON.parse(row.body) as CheckIn)
    },
    addCheckIn: ({ checkIn, place, district, road, keyArea }) =>
      sql.run(
        'INSERT INTO round_check_in (id, round, by, at, place, district, road, key_area, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
        ...[checkIn.id, checkIn.round, checkIn.by, checkIn.at, place, district, road, Number(keyArea), JSON.stringify(checkIn)],
      ),
    checkInsOf: (round) =>
      sql
        .all<{ body: string }>('SELECT body FROM round_check_in WHERE round = ? ORDER BY at, id', round)
        .map(({ body }): CheckIn => JSON.parse(body)),
    lastOf(person, upTo) {
      const row = sql.get<{ body: string }>(
        'SELECT body FROM round_check_in WHERE by = ? AND at <= ? ORDER BY at DESC LIMIT 1',
        person,
        upTo,
      )
      return row && (JSON.parse(row.body) as CheckIn)
    },
    visits: (from, to) => sql.all<VisitRow>('SELECT * FROM round_check_in WHERE at >= ? AND at < ? ORDER BY at, id', from, to).map(toVisit),
    // Of the row with the greatest time SQLite takes the other columns, too.
    lastVisits: (since, limit) =>
      sql
        .all<VisitRow & { last: number }>(
          `SELECT body, place, district, road, key_area, max(at) AS last FROM round_check_in WHERE at >= ?
           GROUP BY place ORDER BY last DESC LIMIT ?`,
          ...[since, limit],
        )
        .map(toVisit),
    prune(before, limit) {
      const old = "SELECT id FROM round WHERE over < ? AND state <> 'open' ORDER BY over, id LIMIT ?"
      sql.run(`DELETE FROM round_check_in WHERE round IN (${old})`, before, limit)
      sql.run(`DELETE FROM round WHERE id IN (${old})`, before, limit)
    },
  }
}
