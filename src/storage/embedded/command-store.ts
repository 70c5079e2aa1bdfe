import { type Command, countStates, isDone, isOver, type Target, type TargetState, targetStates } from '../../control/command.ts'
import type { CommandStore, ListedCommand } from '../command-store.ts'
import { page } from './page.ts'
import { facilityIn } from './scope-sql.ts'
import { matching, type Statements } from './statements.ts'

interface Row {
  id: number
  body: string
}

type Counts = ListedCommand['counts']

/** States in which a target has ended otherwise than it should. */
const wrong = (Object.keys(targetStates) as TargetState[]).filter((state) => isOver(state) && state !== 'effect-seen')
const isWrong = `state IN (${wrong.map((state) => `'${state}'`).join(', ')})`

/** Commands in the state database: what is looked for stands in columns of its own, how many targets stand how with the command. */
export function sqliteCommandStore(sql: Statements): CommandStore {
  const toTargets = (rows: readonly { body: string }[]) => rows.map(({ body }): Target => JSON.parse(body))
  const toCommand = ({ id, body }: Row): Command => {
    const { counts: _, ...rest } = JSON.parse(body)
    return { ...rest, targets: toTargets(sql.all('SELECT body FROM command_target WHERE command = ? ORDER BY place', id)) }
  }
  const bodyOf = ({ targets, ...rest }: Command) => JSON.stringify({ ...rest, counts: countStates(targets) })
  const sum = (counts: Counts) => Object.values(counts).reduce((total, count) => total + count, 0)

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
    alone: (account, since) =>
      sql
        .all<Row>(
          `SELECT id, body FROM command WHERE (done = 0 OR (done = 1 AND at >= ?)) AND body ->> '$.account' = ?
           AND body ->> '$.purpose' = 'direct' AND body ->> '$.approval' IS NULL ORDER BY id`,
          ...[since, account],
        )
        .map(toCommand),
    list({ within, facility, state, order, before, limit, shown }) {
      const ofTarget = matching([['facility = ?', facility], ['state = ?', state], ...(within ? [facilityIn(within)] : [])])
      const isOfTarget = ofTarget.where !== ''
      const given = matching([
        ['work_order = ?', order],
        ['id < ?', before],
        [`id IN (SELECT command FROM command_target ${ofTarget.where})`, isOfTarget ? ofTarget.values : undefined],
      ])
      const rows = sql.all<Row>(`SELECT id, body FROM command ${given.where} ORDER BY id DESC LIMIT ?`, ...given.values, limit + 1)
      const { items, next } = page(rows, limit)
      const listed = ({ id, body }: Row): ListedCommand => {
        const { counts: all, ...rest } = JSON.parse(body)
        const [scoped, scope] = within ? facilityIn(within) : ['', []]
        const where = `WHERE command = ?${within ? ` AND ${scoped}` : ''}`
        const counts: Counts = within
          ? Object.fromEntries(
              sql
                .all<{ state: TargetState; count: number }>(
                  `SELECT state, COUNT(*) AS count FROM command_target ${where} GROUP BY state`,
                  ...[id, ...scope],
                )
                .map((row) => [row.state, row.count]),
            )
          : all
        const some = (condition: string, values: (string | number)[], most: number) =>
          most <= 0
            ? []
            : sql.all<{ body: string }>(
                `SELECT body FROM command_target ${where} AND ${condition} ORDER BY place LIMIT ?`,
                ...[id, ...scope, ...values, most],
              )
        const first = facility === undefined ? [] : some('facility = ?', [facility], 1)
        const [not, besides] = facility === undefined ? ['', []] : [' AND +facility <> ?', [facility]]
        const room = shown - first.length
        const bad = sum(counts) > shown ? some(`${isWrong}${not}`, besides, room) : []
        const others = some(`${sum(counts) > shown ? `NOT ${isWrong}` : 'TRUE'}${not}`, besides, room - bad.length)
        return { command: { ...rest, targets: toTargets([...first, ...bad, ...others]) }, counts, total: sum(all) }
      }
      return { items: items.map(listed), next }
    },
    targets(id, { within, state, after = -1, limit }) {
      const given = matching([['state = ?', state], ['place > ?', after], ...(within ? [facilityIn(within)] : [])])
      const rows = sql.all<{ id: number; body: string }>(
        `SELECT place AS id, body FROM command_target ${given.where} AND command = (SELECT id FROM command WHERE name = ?) ORDER BY place LIMIT ?`,
        ...[...given.values, id, limit + 1],
      )
      const { items, next } = page(rows, limit)
      return { items: toTargets(items), next }
    },
    prune(before, limit) {
      const old = 'SELECT id FROM command WHERE done = 1 AND at < ? ORDER BY at, id LIMIT ?'
      const theirs = `SELECT command, place FROM command_target WHERE command IN (${old}) ORDER BY command, place LIMIT ?`
      sql.run(`DELETE FROM command_target WHERE (command, place) IN (${theirs})`, before, limit, limit)
      sql.run(
        `DELETE FROM command WHERE id IN (${old}) AND NOT EXISTS (SELECT 1 FROM command_target WHERE command_target.command = command.id)`,
        ...[before, limit],
      )
    },
  }
}
