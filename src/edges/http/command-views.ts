import { isWhole, type Scope } from '../../access/scope.ts'
import { type Command, countStates, type Target } from '../../control/command.ts'
import { LamplighterError } from '../../errors.ts'
import type { KindCommand } from '../../facilities/commands.ts'
import type { ListedCommand } from '../../storage/command-store.ts'
import type { Services } from '../services.ts'
import { isIdInScope } from './api.ts'
import { type CommandView, MOST_OF_ONE, MOST_SHOWN } from './command-schemas.ts'
import type { KindView } from './schemas.ts'

type Known = Pick<Services, 'plant'>

/** Undefined where none of its facilities is in scope. */
export function commandView(command: Command, services: Known, scope: Scope, most = MOST_SHOWN): CommandView | undefined {
  const { targets } = command
  const own = isWhole(scope) ? targets : targets.filter(({ facility }) => isIdInScope(services, facility, scope))
  if (own.length === 0) return undefined
  return viewOf(command, { counts: countStates(own), total: targets.length, targets: firstOf(own, most) })
}

/** The same of one from a list, which has as many of its targets as are shown. */
export const listedView = ({ command, ...rest }: ListedCommand): CommandView => viewOf(command, { ...rest, targets: command.targets })

function viewOf(
  { token: _, approval, ...rest }: Command,
  { counts, total, targets }: Omit<ListedCommand, 'command'> & Pick<Command, 'targets'>,
): CommandView {
  const own = Object.values(counts).reduce((sum, count) => sum + count, 0)
  return {
    ...rest,
    approval: approval && { ...approval, reasons: [...approval.reasons], decision: approval.decision && { ...approval.decision } },
    ...{ total: own, counts, elsewhere: total - own, targets: targets.map(targetView) },
  }
}

/** Where some are left out, those of which somebody should know come first. */
function firstOf(targets: readonly Target[], most: number): readonly Target[] {
  if (targets.length <= most) return targets
  const wrong = targets.filter(({ problem }) => problem !== null).slice(0, most)
  return wrong.length === 0 ? targets.slice(0, most) : [...wrong, ...targets.filter(({ problem }) => problem === null)].slice(0, most)
}

export const targetView = ({ again: _, known: __, shown: ___, words, times, ...rest }: Target): CommandView['targets'][number] => ({
  ...rest,
  times: { ...times },
  words: words && { ...words },
})

/** Throws `not-found`, for one out of scope too. */
export function knownCommand(
  services: Known & Pick<Services, 'commands'>,
  id: string,
  scope: Scope,
): { command: Command; view: CommandView } {
  const command = services.commands.command(id)
  const view = command && commandView(command, services, scope, MOST_OF_ONE)
  if (!command || !view) throw new LamplighterError('not-found', `There is no command ${id}; /api/commands lists them.`)
  return { command, view }
}

export function kindCommandView({ key, title, parameter, danger, undo }: KindCommand): KindView['commands'][number] {
  const shown = parameter?.type === 'choice' ? { ...parameter, choices: { ...parameter.choices } } : parameter
  const values = parameter === null ? [null] : parameter.type === 'choice' ? Object.keys(parameter.choices) : [parameter.least]
  return { key, title, parameter: shown && { ...shown }, danger, mayEnd: values.some((value) => undo(value) !== null) }
}
