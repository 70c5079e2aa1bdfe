import { type Command, isDone, type Target } from '../../control/command.ts'
import type { CommandStore } from '../command-store.ts'
import { page } from './page.ts'
import { facilityIn } from './scope-sql.ts'
import { matching, type Statements } from './statements.ts'

interface Row {
  id: number
  body: string
}

/** Commands in the state database: what is looked for stands in columns of its own. */
export function sqliteCommandStore(sql: Statements): CommandStore {
  const toCommand = ({ id, body }: Row): Command => {
    const rows = sql.all<{ body: string }>('SELECT body FROM command_target WHERE command = ? ORDER BY place', id)
    return { ...JSON.parse(body), targets: rows.map((row): Target => JSON.parse(row.body)) }
  }
  const bodyOf = ({ targets: _, ...rest }: Command) => JSON.stringify(rest)
  return {
    insert(command) {
      const { id } = sql.one<{ id: number }>(
        'INSERT INTO command (name, at, work_order, done, body) VALUES (?, ?, ?, ?, ?) RETURNING id',
        ...[command.id, command.at, command.order, Number(isDone(command)), bodyOf(command)],
      )
      command.targets.forEach((target, place) => {
        sql.run(
          'INSERT INTO command_target (command, place, facility, state, body) VALUES (?, ?, ?, ?, ?)',
          ...[id, place, target.facility, target.state, JSON.stringify(target)],
        )
      })
    },
    update(command, before) {
      const { id } = sql.one<{ id: number }>(
        'UPDATE command SET done = ?, body = ? WHERE name = ? RETURNING id',
        ...[Number(isDone(command)), bodyOf(command), command.id],
      )
      command.targets.forEach((target, place) => {
        if (target === before.targets[place]) return
        sql.run(
          'UPDATE command_target SET state = ?, body = ? WHERE command = ? AND place = ?',
          ...[target.state, JSON.stringify(target), id, place],
        )
      })
    },
    command(id) {
      const row = sql.get<Row>('SELECT id, body FROM command WHERE name = ?', id)
      return row && toCommand(row)
    },
    open: () => sql.all<Row>('SELECT id, body FROM command WHERE done = 0 ORDER BY id').map(toCommand),
    list({ within, facility, state, order, before, limit }) {
      const ofTarget = matching([['facility = ?', facility], ['state = ?', state], ...(within ? [facilityIn(within)] : [])])
      const isOfTarget = ofTarget.where !== ''
      const given = matching([
        ['work_order = ?', order],
        ['id < ?', before],
        [`id IN (SELECT command FROM command_target ${ofTarget.where})`, isOfTarget ? ofTarget.values : undefined],
      ])
      const rows = sql.all<Row>(`SELECT id, body FROM command ${given.where} ORDER BY id DESC LIMIT ?`, ...given.values, limit + 1)
      const { items, next } = page(rows, limit)
      return { items: items.map(toCommand), next }
    },
    prune(before, limit) {
      const old = 'SELECT id FROM command WHERE done = 1 AND at < ? ORDER BY id LIMIT ?'
      sql.run(`DELETE FROM command_target WHERE command IN (${old})`, before, limit)
      sql.run(`DELETE FROM command WHERE id IN (${old})`, before, limit)
    },
  }
}
