import type { FacilityScope } from '../access/scope.ts'
import type { Command, TargetState } from '../control/command.ts'
import type { Page } from './state-store.ts'

export interface CommandQuery {
  /** Only those to some facility that is registered and in scope. */
  within?: FacilityScope | undefined
  facility?: string
  /** Some facility, or the one that is asked for, stands so. */
  state?: TargetState
  order?: number
  /** Only those before this place in the list. */
  before?: number
  limit: number
}

/** Commands that people and clocks gave, each with what became of it. */
export interface CommandStore {
  insert(command: Command): void
  /** Writes those of its targets that are others than in `before`, as the store has it. */
  update(command: Command, before: Command): void
  command(id: string): Command | undefined
  /** Those of which something is still to be done, oldest first. */
  open(): Command[]
  /** Newest first. */
  list(query: CommandQuery): Page<Command>
  /** Forgets up to `limit` commands asked for before this, ms, of which nothing is to be done; the oldest first. */
  prune(before: number, limit: number): void
}
