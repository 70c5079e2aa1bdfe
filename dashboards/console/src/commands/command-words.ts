import { commandProblems, targetStates } from '../../../../src/control/command.ts'
import type { CommandView } from '../../../../src/edges/http/command-schemas.ts'
import type { KindView } from '../../../../src/edges/http/schemas.ts'
import { facilityById, kinds } from '../live/live.ts'
import { say } from '../settings.ts'

export type KindCommand = KindView['commands'][number]
export type CommandTargetView = CommandView['targets'][number]

/** As the kind of the facility declares it; where that is not known, as any kind does. */
export function definitionOf(command: string, facility: string | undefined): KindCommand | undefined {
  const kind = kinds.value.get(facilityById.value.get(facility ?? '')?.kind ?? '')
  const declared = (one: KindView | undefined) => one?.commands.find(({ key }) => key === command)
  return declared(kind) ?? [...kinds.value.values()].map(declared).find(Boolean)
}

/** The value of a command, such as 40 % or a choice by its name; empty where it takes none. */
export function valueWords(parameter: KindCommand['parameter'] | undefined, value: CommandView['value']): string {
  if (value === null) return ''
  if (parameter?.type === 'choice') return say(parameter.choices[value] ?? { en: String(value), zh: String(value) })
  return `${value} ${parameter?.unit ?? ''}`.trim()
}

/** A command in words with its value. */
export function commandWords({ command, value, targets }: Pick<CommandView, 'command' | 'value' | 'targets'>): string {
  const found = definitionOf(command, targets[0]?.facility)
  return [found ? say(found.title) : command, valueWords(found?.parameter, value)].filter(Boolean).join(' ')
}

/** Why a command did not go all the way. */
export function whyText({ problem, words }: Pick<CommandTargetView, 'problem' | 'words'>): string {
  const why = problem === null ? '' : say(commandProblems[problem])
  return words ? `${why} (${say(words)})` : why
}

/** Where it stands, and why where it ended otherwise than well or cannot go on for now. */
export function stateWords(target: Pick<CommandTargetView, 'state' | 'problem' | 'words'>): string {
  const state = say(targetStates[target.state])
  if (target.problem !== null) return `${state}: ${whyText(target)}`
  const isHeldUp = target.words !== null && (target.state === 'accepted' || target.state === 'sent')
  return isHeldUp ? `${state}${whyText(target)}` : state
}
