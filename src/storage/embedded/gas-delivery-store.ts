import type { GasDelivery } from '../../operations/gas-delivery.ts'
import type { GasDeliveryStore } from '../gas-delivery-store.ts'
import { page } from './page.ts'
import { facilityIn } from './scope-sql.ts'
import { matching, type Statements } from './statements.ts'

type Row = Omit<GasDelivery, 'station'> & { facility: string }

const toDelivery = ({ facility, ...rest }: Row): GasDelivery => ({ ...rest, station: facility })

export function sqliteGasDeliveryStore(sql: Statements): GasDeliveryStore {
  const values = ({ station, at, tonnes, state, note, by, changed }: GasDelivery) => [station, at, tonnes, state, note, by, changed]
  return {
    insert: (delivery) =>
      sql.one<{ id: number }>(
        'INSERT INTO gas_delivery (facility, at, tonnes, state, note, by, changed) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id',
        ...values(delivery),
      ).id,
    update: (delivery) =>
      sql.run(
        'UPDATE gas_delivery SET facility = ?, at = ?, tonnes = ?, state = ?, note = ?, by = ?, changed = ? WHERE id = ?',
        ...values(delivery),
        delivery.id,
      ),
    find(id) {
      const row = sql.get<Row>('SELECT * FROM gas_delivery WHERE id = ?', id)
      return row && toDelivery(row)
    },
    list({ within, station, state, from, to, before, limit }) {
      const given = matching([
        ['facility = ?', station],
        ['state = ?', state],
        ['at >= ?', from],
        ['at < ?', to],
        ['id < ?', before],
        ...(within ? [facilityIn(within)] : []),
      ])
      const rows = sql.all<Row>(`SELECT * FROM gas_delivery ${given.where} ORDER BY id DESC LIMIT ?`, ...given.values, limit + 1)
      return page(rows.map(toDelivery), limit)
    },
    prune: (before, limit) =>
      sql.run('DELETE FROM gas_delivery WHERE id IN (SELECT id FROM gas_delivery WHERE at < ? ORDER BY at LIMIT ?)', before, limit),
  }
}
