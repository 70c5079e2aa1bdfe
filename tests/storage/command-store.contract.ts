import { describe, expect, test } from 'vitest'
import { type Command, newTarget } from '../../src/control/command.ts'
import { stepTarget } from '../../src/control/command-step.ts'
import type { CommandStore } from '../../src/storage/command-store.ts'

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
const ids = ({ items }: { items: Command[] }) => items.map(({ id }) => id)

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

    test('lists them newest first, in pages, by facility, state and order', () => {
      commands().insert(command)
      commands().insert({ ...done, id: 'c-2', order: null })
      commands().insert({ ...command, id: 'c-3', order: 8, targets: [newTarget('lamp-3')] })
      const first = commands().list({ limit: 2 })
      expect(ids(first)).toEqual(['c-3', 'c-2'])
      const rest = commands().list({ limit: 2, before: first.next as number })
      expect([ids(rest), rest.next]).toEqual([['c-1'], null])
      expect(ids(commands().list({ limit: 9, facility: 'lamp-2' }))).toEqual(['c-2', 'c-1'])
      expect(ids(commands().list({ limit: 9, facility: 'lamp-2', state: 'refused' }))).toEqual(['c-2'])
      expect(ids(commands().list({ limit: 9, state: 'requested' }))).toEqual(['c-3', 'c-1'])
      expect(ids(commands().list({ limit: 9, order: 8 }))).toEqual(['c-3'])
      expect(ids(commands().list({ limit: 9, within: { districts: 'all', kinds: [], always: [] } }))).toEqual([])
    })

    test('forgets what is old and done, a little at a time', () => {
      for (const id of ['c-1', 'c-2', 'c-3']) commands().insert({ ...done, id })
      commands().insert({ ...command, id: 'c-4' })
      commands().insert({ ...done, id: 'c-5', at: 100 })
      commands().prune(50, 2)
      expect(ids(commands().list({ limit: 9 }))).toEqual(['c-5', 'c-4', 'c-3'])
      commands().prune(50, 2)
      expect(ids(commands().list({ limit: 9 }))).toEqual(['c-5', 'c-4'])
    })
  })
}
