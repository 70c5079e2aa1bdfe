import type { ChainPlace } from '../../dispatch/next-step.ts'
import { isOver, type Order } from '../../dispatch/order.ts'
import type { Arrival, OrderLogEntry, OrderPhoto, OrderQuery, OrderStore, TakenAction } from '../order-store.ts'
import { page } from './page.ts'
import { matching, type Statements } from './statements.ts'

interface Row {
  id: number
  body: string
  step: number
  until: number
}

const toOrder = ({ id, body }: Row): Order => ({ ...JSON.parse(body), id })
const listed = (list: readonly string[] | undefined) => list && JSON.stringify(list)
const limiting = (list: readonly string[] | 'all') => (list === 'all' ? null : JSON.stringify(list))
const isSeen = `((? IS NULL OR district IN (SELECT value FROM json_each(?))) AND (? IS NULL OR domain IN (SELECT value FROM json_each(?)))
  OR EXISTS (SELECT 1 FROM json_each(crews) AS own WHERE own.value IN (SELECT value FROM json_each(?))))`

/** What is looked for stands in columns of its own; the order itself is one document. */
const columns = 'state, over, work_group, district, domain, created, closed, crews, facilities, body'
const valuesOf = ({ id: _, ...order }: Order) => [
  ...[order.state, Number(isOver(order.state)), order.group, order.district, order.domain, order.created, order.closed],
  JSON.stringify(order.holder ? [order.holder.crew] : (order.offer?.crews ?? [])),
  ...[JSON.stringify(order.facilities), JSON.stringify(order)],
]

/** For the places of `isSeen`. */
function seenValues({ districts, domains, crews }: NonNullable<OrderQuery['seenBy']>): (string | null)[] {
  const [there, fields] = [limiting(districts), limiting(domains)]
  return [there, there, fields, fields, JSON.stringify(crews)]
}

/** Orders in the state database. */
export function sqliteOrderStore(sql: Statements): OrderStore {
  const orders = (rest: string, ...values: (string | number)[]) => sql.all<Row>(`SELECT * FROM work_order ${rest}`, ...values).map(toOrder)
  const cover = (id: number, alarms: readonly number[]) => {
    sql.run(
      'DELETE FROM work_order_alarm WHERE work_order = ? AND alarm NOT IN (SELECT value FROM json_each(?))',
      id,
      JSON.stringify(alarms),
    )
    sql.run('INSERT OR IGNORE INTO work_order_alarm (alarm, work_order) SELECT value, ? FROM json_each(?)', id, JSON.stringify(alarms))
  }
  return {
    insert(order) {
      const { id } = sql.one<{ id: number }>(
        `INSERT INTO work_order (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
        ...valuesOf(order),
      )
      cover(id, order.alarms)
      return id
    },
    update(order) {
      sql.run(`UPDATE work_order SET (${columns}) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ?`, ...valuesOf(order), order.id)
      cover(order.id, order.alarms)
    },
    order: (id) => orders('WHERE id = ?', id)[0],
    open: () =>
      sql.all<Row>('SELECT * FROM work_order WHERE over = 0 ORDER BY id').map((row) => ({
        order: toOrder(row),
        place: { step: row.step, until: row.until } satisfies ChainPlace,
      })),
    putPlace: (id, { step, until }) => sql.run('UPDATE work_order SET step = ?, until = ? WHERE id = ?', step, until, id),
    list({ states, districts, domains, seenBy, crew, facility, alarm, from, to, closedFrom, before, limit }) {
      const given = matching([
        ['state IN (SELECT value FROM json_each(?))', listed(states)],
        ['district IN (SELECT value FROM json_each(?))', listed(districts)],
        ['domain IN (SELECT value FROM json_each(?))', listed(domains)],
        [isSeen, seenBy && seenValues(seenBy)],
        ['EXISTS (SELECT 1 FROM json_each(crews) WHERE value = ?)', crew],
        ['EXISTS (SELECT 1 FROM json_each(facilities) WHERE value = ?)', facility],
        ['id IN (SELECT work_order FROM work_order_alarm WHERE alarm = ?)', alarm],
        ['created >= ?', from],
        ['created < ?', to],
        ['closed >= ?', closedFrom],
        ['id < ?', before],
      ])
      const rows = sql.all<Row>(`SELECT * FROM work_order ${given.where} ORDER BY id DESC LIMIT ?`, ...given.values, limit + 1)
      const { items, next } = page(rows, limit)
      return { items: items.map(toOrder), next }
    },
    ofAlarm: (alarm) => orders('WHERE id = (SELECT max(work_order) FROM work_order_alarm WHERE alarm = ?)', alarm)[0],
    lastOfGroup: (group, since) =>
      orders("WHERE work_group = ? AND over = 1 AND closed > ? AND state <> 'rejected' ORDER BY id DESC LIMIT 1", group, since)[0],

    log: ({ order, at, recorded, by, crew, type, words, state }) =>
      sql.run(
        'INSERT INTO work_order_event (work_order, at, recorded, by, crew, type, words, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        ...[order, at, recorded, by, crew, type, words, state],
      ),
    logOf: (order, before, limit) =>
      page(
        sql.all<OrderLogEntry & { id: number }>(
          `SELECT ${eventColumns} FROM work_order_event WHERE work_order = ? AND id < ? ORDER BY id DESC LIMIT ?`,
          ...[order, before, limit + 1],
        ),
        limit,
      ),
    // A dispatch names the crews that were asked in its words.
    wasAsked: (order, crew) =>
      sql.get(
        `SELECT 1 FROM work_order_event WHERE work_order = ?
         AND (crew = ? OR type = 'dispatch' AND instr(', ' || words || ', ', ', ' || ? || ', ') > 0) LIMIT 1`,
        ...[order, crew, crew],
      ) !== undefined,
    // Of the row with the greatest time SQLite takes the other columns, too.
    arrivals: (since) =>
      sql.all<Arrival>(
        `SELECT crew, work_order AS "order", max(at) AS at FROM work_order_event
         WHERE recorded >= ? AND type = 'arrive' AND crew <> '' GROUP BY crew ORDER BY crew`,
        since,
      ),
    logBetween: (from, to, after, limit) =>
      page(
        sql.all<OrderLogEntry & { id: number }>(
          `SELECT ${eventColumns} FROM work_order_event WHERE recorded >= ? AND recorded < ? AND id > ? ORDER BY id LIMIT ?`,
          ...[from, to, after, limit + 1],
        ),
        limit,
      ),

    logCounts: (from, to) =>
      new Map(
        sql
          .all<{ type: string; orders: number }>(
            `SELECT type, count(DISTINCT work_order) AS orders FROM work_order_event WHERE recorded >= ? AND recorded < ? GROUP BY type`,
            ...[from, to],
          )
          .map(({ type, orders }) => [type, orders]),
      ),

    takenAction: (id) => sql.get<TakenAction>(`SELECT id, work_order AS "order", outcome, why, at FROM taken_action WHERE id = ?`, id),
    putTakenAction: ({ id, order, outcome, why, at }) =>
      sql.run('INSERT INTO taken_action (id, work_order, outcome, why, at) VALUES (?, ?, ?, ?, ?)', id, order, outcome, why, at),
    forgetTakenActions: (before) => sql.run('DELETE FROM taken_action WHERE at < ?', before),

    addPhoto: ({ id, order, at, by, bytes, type }) =>
      sql.run(
        'INSERT INTO work_order_photo (id, work_order, at, by, bytes, type) VALUES (?, ?, ?, ?, ?, ?)',
        ...[id, order, at, by, bytes, type],
      ),
    photo: (id) => sql.get<OrderPhoto>(`SELECT ${photoColumns} FROM work_order_photo WHERE id = ?`, id),
    photosOf: (order) => sql.all<OrderPhoto>(`SELECT ${photoColumns} FROM work_order_photo WHERE work_order = ? ORDER BY at, id`, order),
  }
}

const eventColumns = 'id, work_order AS "order", at, recorded, by, crew, type, words, state'
const photoColumns = 'id, work_order AS "order", at, by, bytes, type'
