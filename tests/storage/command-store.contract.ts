import { describe, expect, test } from 'vitest'
import { type Command, newTarget } from '../../src/control/command.ts'
import { stepTarget } from '../../src/control/command-step.ts'
import type { CommandStore, ListedCommand } from '../../src/storage/command-store.ts'

const command: Command = {
  ...{
    id: 'c-1',
    command: 'dim',
    value: 50.5,
    purpose: 'test',
    by: 'Anna',
    account: 'Anna',
    at: 10.5,
    reason: '试验',
    order: 7,
    ends: null,
  },
  ...{ query: 'kind=street-light', token: 'abc', approval: null },
  ...{ expires: 70.5, until: 900.5, ended: false, targets: [newTarget('lamp-1'), newTarget('lamp-2')] },
}
const done: Command = {
  ...command,
  until: null,
  targets: command.targets.map((target) =>
    stepTarget(target, { type: 'refuse', at: 11, problem: 'interlock', words: { zh: '漏电', en: 'leak' } }),
  ),
}
const ids = ({ items }: { items: ListedCommand[] }) => items.map(({ command: { id } }) => id)

/** What every store of commands must do; `commands` gives the empty one of a test. */
export function describeCommands(commands: () => CommandStore): void {
  describe('commands', () => {
    test('keeps a command with its facilities in their order, and each id once', () => {
      commands().insert(command)
      expect(commands().command('c-1')).toEqual(command)
      expect(commands().command('c-2')).toBeUndefined()
      expect(() => commands().insert(command)).toThrow()
    })

    test('writes what became of it, and knows of which something is still to be done', () => {
      commands().insert(command)
      commands().insert({ ...done, id: 'c-2' })
      expect(
        commands()
          .open()
          .map(({ id }) => id),
      ).toEqual(['c-1'])
      const moved = { ...command, targets: [command.targets[0]!, done.targets[1]!] }
      commands().update(moved, command)
      expect(commands().open()).toEqual([moved])
      const ended = { ...moved, ended: true, targets: done.targets }
      commands().update(ended, moved)
      expect(commands().open()).toEqual([])
      expect(commands().command('c-1')).toEqual(ended)
    })

    test('tells what an account asked for alone: what is under way however old, and what is over for a while', () => {
      const direct = { ...command, purpose: 'direct' } as const
      const approval = { reasons: ['dangerous'], expires: 9, lasts: null, decision: null } as const
      commands().insert({ ...direct, id: 'under way', at: 1 })
      commands().insert({ ...direct, ...done, purpose: 'direct', id: 'over', at: 20 })
      commands().insert({ ...direct, ...done, purpose: 'direct', id: 'long over', at: 19 })
      commands().insert({ ...direct, id: 'for two', at: 30, approval })
      commands().insert({ ...command, id: 'test', at: 30 })
      commands().insert({ ...direct, id: 'of Bao', at: 30, account: 'Bao' })
      const alone = commands().alone('Anna', 20)
      expect(alone.map(({ id, targets }) => [id, targets.length])).toEqual([
        ['under way', 2],
        ['over', 2],
      ])
    })

    test('lists them newest first, in pages, by facility, state and order', () => {
      commands().insert(command)
      commands().insert({ ...done, id: 'c-2', order: null })
      commands().insert({ ...command, id: 'c-3', order: 8, targets: [newTarget('lamp-3')] })
      const first = commands().list({ limit: 2, shown: 9 })
      expect(ids(first)).toEqual(['c-3', 'c-2'])
      const rest = commands().list({ limit: 2, shown: 9, before: first.next as number })
      expect([ids(rest), rest.next]).toEqual([['c-1'], null])
      expect(ids(commands().list({ limit: 9, shown: 9, facility: 'lamp-2' }))).toEqual(['c-2', 'c-1'])
      expect(ids(commands().list({ limit: 9, shown: 9, facility: 'lamp-2', state: 'refused' }))).toEqual(['c-2'])
      expect(ids(commands().list({ limit: 9, shown: 9, state: 'requested' }))).toEqual(['c-3', 'c-1'])
      expect(ids(commands().list({ limit: 9, shown: 9, order: 8 }))).toEqual(['c-3'])
      expect(ids(commands().list({ limit: 9, shown: 9, within: { districts: 'all', kinds: [], always: [] } }))).toEqual([])
    })

    test('lists some of the facilities of each: the one that is asked for, then those with a problem, and counts all', () => {
      const targets = ['a', 'b', 'c', 'd'].map(newTarget)
      targets[2] = { ...targets[2]!, ...done.targets[0]!, facility: 'c' }
      commands().insert({ ...command, targets })
      const shown = (query: object) => {
        const [{ command: listed, counts, total }] = commands().list({ limit: 9, shown: 2, ...query }).items as [ListedCommand]
        return [listed.targets.map(({ facility }) => facility).join(''), counts, total]
      }
      const counts = { requested: 3, refused: 1 }
      expect(shown({})).toEqual(['ca', counts, 4])
      expect(shown({ shown: 4 })).toEqual(['abcd', counts, 4])
      expect(shown({ facility: 'd' })).toEqual(['dc', counts, 4])
      expect(shown({ facility: 'd', shown: 0 })).toEqual(['d', counts, 4])
    })

    test('gives all facilities of one in pages, by state', () => {
      const targets = ['a', 'b', 'c'].map(newTarget)
      targets[1] = { ...targets[1]!, state: 'sent' }
      commands().insert({ ...command, targets })
      commands().insert({ ...command, id: 'c-2' })
      const of = (query: object) => {
        const { items, next } = commands().targets('c-1', { limit: 2, ...query })
        return [items.map(({ facility }) => facility).join(''), next]
      }
      expect(of({})).toEqual(['ab', 1])
      expect(of({ after: 1 })).toEqual(['c', null])
      expect(of({ state: 'requested' })).toEqual(['ac', null])
      expect(of({ within: { districts: 'all', kinds: [], always: [] } })).toEqual(['', null])
      expect(commands().targets('c-9', { limit: 2 })).toEqual({ items: [], next: null })
    })

    test('forgets what is old and done, a little at a time', () => {
      for (const id of ['c-1', 'c-2', 'c-3']) commands().insert({ ...done, id })
      commands().insert({ ...command, id: 'c-4' })
      commands().insert({ ...done, id: 'c-5', at: 100 })
      // Each has two facilities, and goes when the last of them has.
      commands().prune(50, 5)
      expect(ids(commands().list({ limit: 9, shown: 9 }))).toEqual(['c-5', 'c-4', 'c-3'])
      commands().prune(50, 5)
      expect(ids(commands().list({ limit: 9, shown: 9 }))).toEqual(['c-5', 'c-4'])
    })
  })
}
