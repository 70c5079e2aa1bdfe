import type { FacilityMode } from '../detection/facility-mode.ts'
import { type KindCommand, valueProblem } from '../facilities/commands.ts'
import type { Text } from '../telemetry/point.ts'
import type { Command, CommandProblem } from './command.ts'

/** What is known of a facility that is to be told something. */
export interface Subject {
  mode: FacilityMode
  /** It hears commands and does something by itself. */
  isReached: boolean
  /** It says that it is run on site. */
  isLocal: boolean
  /** The circuit on which it hangs is on, or none switches it. */
  isFed: boolean
  commands: ReadonlyMap<string, KindCommand>
  rated: Readonly<Record<string, number>>
  /** By point index; NaN where nothing is known. */
  values: ArrayLike<number>
}

export interface Objection {
  problem: CommandProblem
  words: Text | null
}

/** Why a facility is not told something now; null when it may be, or may once a second person that is asked has said so. */
export function objectionTo(
  subject: Subject,
  { command: key, value, purpose, approval }: Pick<Command, 'command' | 'value' | 'purpose' | 'approval'>,
): Objection | null {
  const object = (problem: CommandProblem, words: Text | null = null): Objection => ({ problem, words })
  const { mode, commands, rated, values } = subject
  if (!subject.isReached || commands.size === 0) return object('not-commandable')
  const command = commands.get(key)
  if (!command) return object('unknown-command')
  const wrong = valueProblem(command.parameter, value)
  if (wrong) return object('value-out-of-range', wrong)
  if (!command.has(rated, value)) return object('unknown-command')
  if (mode === 'out-of-service') return object('out-of-service')
  if (mode === 'manual' || subject.isLocal) return object('local-mode')
  // Whoever works on it tests it, and what they began is ended.
  if (mode === 'maintenance' && purpose !== 'test' && purpose !== 'end') return object('maintenance')
  if (command.danger === 'second-person' && approval === null && purpose !== 'end') return object('second-person')
  if (!subject.isFed) return object('circuit-off')
  const interlock = command.interlock(values, value)
  return interlock && object('interlock', interlock)
}
