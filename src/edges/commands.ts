import type { Scope } from '../access/scope.ts'
import type { ApprovalReason } from '../control/approval.ts'
import type { Command, CommandProblem, CommandValue, Target } from '../control/command.ts'
import type { CommandDanger } from '../facilities/commands.ts'
import type { CommandQuery, ListedCommand, TargetQuery } from '../storage/command-store.ts'
import type { Page } from '../storage/state-store.ts'
import type { ForeignAnswer } from '../telemetry/command-mapping.ts'
import type { Text } from '../telemetry/point.ts'

/** Who commands, and from where. */
export interface Commander {
  /** A person, or `key:NAME`. */
  name: string
  /** The account that answers for it. */
  account: string
  scope: Scope
  /** Key of the session, and id of the live connection of its console; both null for a program with a key. */
  session: string | null
  connection: string | null
}

/** What somebody would have done. */
export interface ArmRequest {
  command: string
  value: CommandValue
  /** Ids, or the text of a query: whoever it fits then. */
  facilities: readonly string[] | string
  reason: string
  /** ms until the facilities go back to their programme; null: not before another command. */
  lasts: number | null
}

/** Why some facilities would not be told. */
export interface ArmedObjection {
  problem: CommandProblem
  words: Text | null
  count: number
  /** The first of them. */
  facilities: readonly string[]
}

/** What would happen, and the token by which it does. */
export interface Arming {
  /** Good once, for whoever armed it, where they armed it. */
  token: string
  /** ms */
  expires: number
  total: number
  /** How many would be told. */
  ready: number
  kinds: readonly { kind: string; total: number; ready: number }[]
  objections: readonly ArmedObjection[]
  danger: CommandDanger
  /** Whether `ready` must be typed. */
  typesCount: boolean
  /** Why a second person is needed; empty where none is. */
  secondPerson: readonly ApprovalReason[]
  /** How long sending takes at the pace of feeders and city, ms. */
  sendingTakes: number
}

/** Says yes to what was armed. */
export interface Execution {
  /** Made by whoever asks; the same one again is the same command. */
  id: string
  token: string | null
  /** As it was typed. */
  count: number | null
}

/** A test of lamps of a repair by the crew that has it. */
export interface TestRequest {
  id: string
  /** A command of the lamps, or `energise`: switches on the circuit that feeds them. */
  command: string
  value: CommandValue
  facilities: readonly string[]
  lasts: number
}

/** A circuit that is off and would have to be switched on for a test. */
export interface DarkCircuit {
  cabinet: string
  circuit: number
  facilities: readonly string[]
  /** Whether the repair covers it, so that its crew may energise it; and why not, in words. */
  covered: boolean
  why: Text | null
}

export interface TestAnswer {
  command: Command
  /** Of those lamps that were refused because of it. */
  dark: readonly DarkCircuit[]
}

/** Commands to facilities. `by` is the account; methods throw `LamplighterError`. */
export interface Commands {
  /** Says what would happen, and changes nothing. Throws `not-found` for a facility out of scope. */
  arm(request: ArmRequest, by: Commander): Arming
  /**
   * Takes down what was armed and carries it on, or lets it wait for a second person; what stands against it is answered as the state of each
   * facility. Throws `action-refused`, with nothing done, where the token is not good for it, the count is another one, or the city is another.
   */
  execute(execution: Execution, by: Commander): Command
  /** Says yes as the second person. Throws `not-allowed` for the first one, and `action-refused` where nothing waits any more. */
  approve(id: string, by: Commander): Command
  /** Says no. */
  decline(id: string, reason: string, by: Commander): Command
  /** What is not sent yet is not sent; where facilities were to be given back later, they are at once. */
  cancel(id: string, reason: string, by: string): Command
  command(id: string): Command | undefined
  list(query: CommandQuery): Page<ListedCommand>
  targets(id: string, query: TargetQuery): Page<Target>
  /** Throws `not-allowed` for who does not belong to the crew that has the order in hand. */
  test(order: number, request: TestRequest, person: string): TestAnswer
  /** Takes an answer of a device; `acknowledge` is called once it is durable. False where the topic is none for answers. */
  answered(topic: string, payload: Uint8Array, acknowledge: (error?: Error) => void): boolean
  /** Takes what a device of another dialect says to a command. */
  heard(answer: ForeignAnswer): void
  /** Commands as they are after a change. */
  onChange(listener: (commands: readonly Command[]) => void): void
}
