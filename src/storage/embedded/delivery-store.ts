import type { SQLInputValue } from 'node:sqlite'
import type { Delivery } from '../../dispatch/delivery.ts'
import type { DeliveryStore, PushSubscription, StoredNotice } from '../delivery-store.ts'
import { page } from './page.ts'
import { matching, type Statements } from './statements.ts'

type DeliveryRow = Omit<Delivery, 'urgent' | 'notBefore'> & { urgent: number; not_before: number }
const COLUMNS = 'target, notice, urgent, created, state, attempts, not_before, delivered, problem'
const toDelivery = ({ urgent, not_before, ...row }: DeliveryRow): Delivery => ({ ...row, urgent: urgent === 1, notBefore: not_before })
const valuesOf = ({ target, notice, urgent, created, state, attempts, notBefore, delivered, problem }: Delivery): SQLInputValue[] => [
  ...[target, notice, Number(urgent), created, state, attempts, notBefore, delivered, problem],
]

/** Channels and deliveries in the state database. */
export function sqliteDeliveryStore(sql: Statements): DeliveryStore {
  const deliveries = (rest: string, ...values: SQLInputValue[]) =>
    sql.all<DeliveryRow>(`SELECT id, ${COLUMNS} FROM delivery ${rest}`, ...values).map(toDelivery)
  return {
    channels: () => sql.all<{ body: string }>('SELECT body FROM channel ORDER BY id').map(({ body }) => JSON.parse(body)),
    putChannel: (channel) =>
      sql.run(
        'INSERT INTO channel (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body',
        channel.id,
        JSON.stringify(channel),
      ),
    removeChannel: (id) => sql.run('DELETE FROM channel WHERE id = ?', id),

    subscriptions(account) {
      const { where, values } = matching([['account = ?', account]])
      return sql.all<PushSubscription>(
        `SELECT endpoint, account, p256dh, auth, language, created FROM push_subscription ${where} ORDER BY created, endpoint`,
        ...values,
      )
    },
    putSubscription: ({ endpoint, account, p256dh, auth, language, created }) =>
      sql.run(
        `INSERT INTO push_subscription (endpoint, account, p256dh, auth, language, created) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (endpoint) DO UPDATE SET account = excluded.account, p256dh = excluded.p256dh, auth = excluded.auth, language = excluded.language`,
        ...[endpoint, account, p256dh, auth, language, created],
      ),
    removeSubscription: (endpoint) => sql.run('DELETE FROM push_subscription WHERE endpoint = ?', endpoint),

    addNotice: ({ id: _, key, at, ...body }) =>
      sql.one<{ id: number }>('INSERT INTO notice (key, at, body) VALUES (?, ?, ?) RETURNING id', key, at, JSON.stringify(body)).id,
    notice(id) {
      const row = sql.get<{ id: number; key: string; at: number; body: string }>('SELECT id, key, at, body FROM notice WHERE id = ?', id)
      return row && ({ id: row.id, key: row.key, at: row.at, ...JSON.parse(row.body) } as StoredNotice)
    },
    add: (delivery) =>
      sql.one<{ id: number }>(`INSERT INTO delivery (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`, ...valuesOf(delivery))
        .id,
    update: (delivery) =>
      sql.run(`UPDATE delivery SET (${COLUMNS}) = (?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ?`, ...valuesOf(delivery), delivery.id),
    delivery: (id) => deliveries('WHERE id = ?', id)[0],
    waiting: () => deliveries("WHERE state = 'waiting' ORDER BY id"),
    list({ state, target, before, limit }) {
      const { where, values } = matching([
        ['state = ?', state],
        ['target = ?', target],
        ['id < ?', before],
      ])
      return page(deliveries(`${where} ORDER BY id DESC LIMIT ?`, ...values, limit + 1), limit)
    },
    counts: () =>
      sql.all<ReturnType<DeliveryStore['counts']>[number]>(
        'SELECT target, state, count(*) AS count FROM delivery GROUP BY target, state ORDER BY target, state',
      ),
    givenUp: (since) =>
      sql.all<ReturnType<DeliveryStore['givenUp']>[number]>(
        // SQLite takes what is not aggregated from the row of the maximum.
        `SELECT target, count, problem FROM (SELECT target, count(*) AS count, problem, max(id) FROM delivery
         WHERE state = 'dead' AND not_before >= ? GROUP BY target) ORDER BY target`,
        since,
      ),
    prune(before, limit) {
      sql.run(
        "DELETE FROM delivery WHERE id IN (SELECT id FROM delivery WHERE state <> 'waiting' AND created < ? ORDER BY created, id LIMIT ?)",
        before,
        limit,
      )
      sql.run(
        `DELETE FROM notice WHERE id IN
         (SELECT id FROM notice WHERE at < ? AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.notice = notice.id) ORDER BY at, id LIMIT ?)`,
        before,
        limit,
      )
    },
  }
}
