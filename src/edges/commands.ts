import type { Command, CommandValue } from '../control/command.ts'
import type { CommandQuery } from '../storage/command-store.ts'
import type { Page } from '../storage/state-store.ts'
import type { Text } from '../telemetry/point.ts'

export interface CommandRequest {
  /** Made by whoever asks; the same one again is the same command. */
  id: string
  command: string
  value: CommandValue
  facilities: readonly string[]
  reason: string
  /** ms until the facilities go back to their programme; null: not before another command. */
  lasts: number | null
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
  /**
   * Takes a command down and carries it on: what stands against it is answered as the state of each facility. Throws `action-refused` where
   * the id is that of another command.
   */
  request(request: CommandRequest, by: string): Command
  /** What is not sent yet is not sent; where facilities were to be given back later, they are at once. */
  cancel(id: string, reason: string, by: string): Command
  command(id: string): Command | undefined
  list(query: CommandQuery): Page<Command>
  /** Throws `not-allowed` for who does not belong to the crew that has the order in hand. */
  test(order: number, request: TestRequest, person: string): TestAnswer
  /** Takes an answer of a device; `acknowledge` is called once it is durable. False where the topic is none for answers. */
  answered(topic: string, payload: Uint8Array, acknowledge: (error?: Error) => void): boolean
  /** Commands as they are after a change. */
  onChange(listener: (commands: readonly Command[]) => void): void
}
