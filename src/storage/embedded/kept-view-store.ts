import { LamplighterError } from '../../errors.ts'
import type { KeptView, KeptViewStore } from '../kept-view-store.ts'
import type { Statements } from './statements.ts'

type Row = Omit<KeptView, 'shared'> & { shared: number }

const toView = ({ shared, ...row }: Row): KeptView => ({ ...row, shared: shared === 1 })

export function sqliteKeptViewStore(sql: Statements): KeptViewStore {
  const checkName = ({ owner, page, name, id }: KeptView) => {
    if (sql.get('SELECT 1 FROM kept_view WHERE owner = ? AND page = ? AND name = ? AND id != ?', owner, page, name, id))
      throw new LamplighterError('action-refused', `There is a view ${JSON.stringify(name)} of ${owner} already. Choose another name.`)
  }
  return {
    viewsFor: (person, page) =>
      sql
        .all<Row>('SELECT * FROM kept_view WHERE page = ? AND (owner = ? OR shared = 1) ORDER BY name COLLATE NOCASE, id', page, person)
        .map(toView),
    view(id) {
      const row = sql.get<Row>('SELECT * FROM kept_view WHERE id = ?', id)
      return row && toView(row)
    },
    add(view) {
      checkName({ ...view, id: 0 })
      const { name, owner, page, shared, search, at } = view
      return sql.one<{ id: number }>(
        'INSERT INTO kept_view (name, owner, page, shared, search, at) VALUES (?, ?, ?, ?, ?, ?) RETURNING id',
        ...[name, owner, page, Number(shared), search, at],
      ).id
    },
    update(view) {
      checkName(view)
      const { id, name, shared, search, at } = view
      sql.run('UPDATE kept_view SET name = ?, shared = ?, search = ?, at = ? WHERE id = ?', name, Number(shared), search, at, id)
    },
    remove: (id) => sql.run('DELETE FROM kept_view WHERE id = ?', id),
    firstView: (person) => sql.get<{ view: number }>('SELECT view FROM first_kept_view WHERE person = ?', person)?.view ?? null,
    setFirstView(person, id) {
      if (id === null) sql.run('DELETE FROM first_kept_view WHERE person = ?', person)
      else sql.run('INSERT OR REPLACE INTO first_kept_view (person, view) VALUES (?, ?)', person, id)
    },
  }
}
