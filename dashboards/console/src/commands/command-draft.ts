import type { CommandView } from '../../../../src/edges/http/command-schemas.ts'
import type { KindView } from '../../../../src/edges/http/schemas.ts'
import type { KindCommand } from './command-words.ts'

/** What somebody has filled in. */
export interface CommandDraft {
  command: string
  value: CommandView['value']
  /** Until the facilities go back by themselves; 0: not by themselves. */
  minutes: number
  reason: string
}

/** The commands of some kinds, each once; those of the kind that comes first, first. */
export function commandsOf(kinds: readonly KindView[]): KindCommand[] {
  const found = new Map<string, KindCommand>()
  for (const kind of kinds) for (const command of kind.commands) if (!found.has(command.key)) found.set(command.key, command)
  return [...found.values()]
}

/** What a form says of a command. */
export function draftOf(command: KindCommand, form: FormData): CommandDraft {
  const given = String(form.get('value') ?? '')
  const { parameter } = command
  return {
    command: command.key,
    value: parameter === null ? null : parameter.type === 'number' ? Number(given) : given,
    minutes: command.mayEnd ? Number(form.get('minutes') ?? 0) : 0,
    reason: String(form.get('reason') ?? '').trim(),
  }
}
