import { LamplighterError } from '../../errors.ts'
import type { AlarmViewStore, KeptView } from '../alarm-view-store.ts'
import type { Statements } from './statements.ts'

type Row = Omit<KeptView, 'shared'> & { shared: number }

const toView = ({ shared, ...row }: Row): KeptView => ({ ...row, shared: shared === 1 })

export function sqliteAlarmViewStore(sql: Statements): AlarmViewStore {
  const checkName = ({ owner, name, id }: KeptView) => {
    if (sql.get('SELECT 1 FROM alarm_view WHERE owner = ? AND name = ? AND id != ?', owner, name, id))
      throw new LamplighterError('action-refused', `There is a view ${JSON.stringify(name)} of ${owner} already. Choose another name.`)
  }
  return {
    viewsFor: (person) =>
      sql.all<Row>('SELECT * FROM alarm_view WHERE owner = ? OR shared = 1 ORDER BY name COLLATE NOCASE, id', person).map(toView),
    view(id) {
      const row = sql.get<Row>('SELECT * FROM alarm_view WHERE id = ?', id)
      return row && toView(row)
    },
    add(view) {
      checkName({ ...view, id: 0 })
      const { name, owner, shared, search, at } = view
      return sql.one<{ id: number }>(
        'INSERT INTO alarm_view (name, owner, shared, search, at) VALUES (?, ?, ?, ?, ?) RETURNING id',
        ...[name, owner, Number(shared), search, at],
      ).id
    },
    update(view) {
      checkName(view)
      const { id, name, shared, search, at } = view
      sql.run('UPDATE alarm_view SET name = ?, shared = ?, search = ?, at = ? WHERE id = ?', name, Number(shared), search, at, id)
    },
    remove: (id) => sql.run('DELETE FROM alarm_view WHERE id = ?', id),
    firstView: (person) => sql.get<{ view: number }>('SELECT view FROM first_alarm_view WHERE person = ?', person)?.view ?? null,
    setFirstView(person, id) {
      if (id === null) sql.run('DELETE FROM first_alarm_view WHERE person = ?', person)
      else sql.run('INSERT OR REPLACE INTO first_alarm_view (person, view) VALUES (?, ?)', person, id)
    },
  }
}
