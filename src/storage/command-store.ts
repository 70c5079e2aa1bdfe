import type { FacilityScope } from '../access/scope.ts'
import type { Command, Target, TargetState } from '../control/command.ts'
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
  /** Targets that come with each, of those in scope: the facility that is asked for first, then those with a problem, then the others. The one that is asked for always comes. */
  shown: number
}

/** A command with some of its targets. */
export interface ListedCommand {
  command: Command
  /** How many it has in scope, by their states. */
  counts: Partial<Record<TargetState, number>>
  /** How many it has in all. */
  total: number
}

export interface TargetQuery {
  within?: FacilityScope | undefined
  state?: TargetState
  /** Only those after this place. */
  after?: number
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
  /** Those that an account asked for directly, and nobody approved, of which something is still to be done or that are not older than this, ms. */
  alone(account: string, since: number): Command[]
  /** Newest first. */
  list(query: CommandQuery): Page<ListedCommand>
  /** Its targets in their order. */
  targets(id: string, query: TargetQuery): Page<Target>
  /** Forgets commands asked for before this, ms, of which nothing is to be done, the oldest first: up to `limit` targets, and those commands that have none then. */
  prune(before: number, limit: number): void
}
