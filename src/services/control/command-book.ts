import { type Command, isDone, isOver, type Target } from '../../control/command.ts'
import type { StateStore } from '../../storage/state-store.ts'

/** A command to one facility. */
export interface ToldOnce {
  command: Command
  target: Target
}

/**
 * The commands of which something is to be done, in memory as in the store. Everything that moves one goes through `change`, which makes it
 * durable with its audit before anything is sent and anybody is told.
 */
export class CommandBook {
  readonly #state: StateStore
  readonly #open = new Map<string, Command>()
  /** Of open ones: where in the list of its targets a facility stands. */
  readonly #places = new Map<string, ReadonlyMap<string, number>>()
  readonly #byFacility = new Map<string, Set<string>>()
  readonly #listeners: ((commands: readonly Command[]) => void)[] = []
  /** Those that the change under way has moved, as they were before. A group has thousands of targets, so each is copied and written once. */
  readonly #before = new Map<string, Command>()
  #changed = new Map<string, Command>()
  #after: (() => void)[] = []
  #depth = 0

  constructor(state: StateStore) {
    this.#state = state
    this.#load()
  }

  #load(): void {
    for (const map of [this.#open, this.#places, this.#byFacility, this.#before, this.#changed]) map.clear()
    this.#after = []
    for (const command of this.#state.commands.open()) this.#keep(command)
  }

  onChange(listener: (commands: readonly Command[]) => void): void {
    this.#listeners.push(listener)
  }

  open(): Command[] {
    return [...this.#open.values()]
  }

  get size(): number {
    return this.#open.size
  }

  get(id: string): Command | undefined {
    return this.#open.get(id) ?? this.#state.commands.command(id)
  }

  /** Open ones that concern a facility, oldest first. */
  of(facility: string): ToldOnce[] {
    const found: ToldOnce[] = []
    for (const id of this.#byFacility.get(facility) ?? []) {
      const command = this.#open.get(id) as Command
      found.push({ command, target: command.targets[this.#places.get(id)?.get(facility) as number] as Target })
    }
    return found
  }

  concerns(facility: string): boolean {
    return this.#byFacility.has(facility)
  }

  /** What a facility was told, newest first. */
  history(facility: string, limit: number): ToldOnce[] {
    return this.#state.commands.list({ facility, limit, shown: 0 }).items.flatMap(({ command: listed }) => {
      const command = this.#open.get(listed.id) ?? listed
      const target = command.targets[this.#places.get(listed.id)?.get(facility) ?? 0]
      return target ? [{ command, target }] : []
    })
  }

  /** Runs `work` in one transaction; what it changed is told when it went through, and forgotten when it did not. */
  change<T>(work: () => T): T {
    this.#depth++
    let done: T
    try {
      done = this.#state.transaction(() => {
        const result = work()
        if (this.#depth === 1) this.#write()
        return result
      })
    } catch (error) {
      if (this.#depth === 1) this.#load()
      throw error
    } finally {
      this.#depth--
    }
    if (this.#depth === 0) this.#tell()
    return done
  }

  /** To be done once the change is durable. */
  afterwards(work: () => void): void {
    this.#after.push(work)
  }

  #write(): void {
    for (const [id, before] of this.#before) {
      const command = this.#open.get(id) as Command
      this.#state.commands.update(command, before)
      if (!isAllOver(before) && isAllOver(command)) this.#auditResult(command)
      this.#changed.set(id, command)
      if (isDone(command)) this.#forget(command)
    }
    this.#before.clear()
  }

  #tell(): void {
    const after = this.#after
    this.#after = []
    const changed = [...this.#changed.values()]
    this.#changed = new Map()
    for (const work of after) work()
    if (changed.length > 0) for (const listener of this.#listeners) listener(changed)
  }

  add(command: Command): void {
    this.#state.commands.insert(command)
    this.#changed.set(command.id, command)
    if (!isDone(command)) this.#keep(command)
  }

  /** Takes a command of the book, in the caller's change, as it is from now on. */
  put(command: Command): void {
    this.#own(this.get(command.id) as Command)
    this.#open.set(command.id, { ...command, targets: [...command.targets] })
  }

  /** Moves the target of one facility. */
  move({ id }: Pick<Command, 'id'>, facility: string, move: (target: Target) => Target): void {
    const command = this.get(id) as Command
    const place = this.#places.get(id)?.get(facility) ?? command.targets.findIndex((target) => target.facility === facility)
    if (place >= 0) this.#move(command, place, move)
  }

  /** Moves all targets of a command; the command as it is then. */
  step({ id }: Pick<Command, 'id'>, move: (target: Target) => Target): Command {
    let command = this.get(id) as Command
    for (let place = 0; place < command.targets.length; place++) command = this.#move(command, place, move)
    return command
  }

  #move(command: Command, place: number, move: (target: Target) => Target): Command {
    const target = command.targets[place] as Target
    const moved = move(target)
    if (moved === target) return command
    const own = this.#own(command)
    own.targets[place] = moved
    return own
  }

  /** The command of the change under way, whose targets are its own. */
  #own(command: Command): Command & { targets: Target[] } {
    const { id } = command
    if (!this.#before.has(id)) {
      this.#before.set(id, command)
      this.#open.set(id, { ...command, targets: [...command.targets] })
    }
    return this.#open.get(id) as Command & { targets: Target[] }
  }

  #auditResult({ id, targets }: Command): void {
    const at = targets.reduce((latest, { over }) => Math.max(latest, over ?? 0), 0)
    const detail = resultText(targets)
    this.#state.audit({ at, by: 'clock', action: 'command-result', subject: `command ${id}`, detail })
  }

  #keep(command: Command): void {
    this.#open.set(command.id, command)
    this.#places.set(command.id, new Map(command.targets.map(({ facility }, place) => [facility, place])))
    for (const { facility } of command.targets) {
      const ids = this.#byFacility.get(facility)
      if (ids) ids.add(command.id)
      else this.#byFacility.set(facility, new Set([command.id]))
    }
  }

  #forget({ id, targets }: Command): void {
    this.#open.delete(id)
    this.#places.delete(id)
    for (const { facility } of targets) {
      const ids = this.#byFacility.get(facility)
      if (ids?.delete(id) && ids.size === 0) this.#byFacility.delete(facility)
    }
  }
}

const isAllOver = ({ targets }: Command): boolean => targets.every(({ state }) => isOver(state))

/** Facilities named in one record of the audit. */
const MOST_NAMED = 20

/** Which facilities ended how, for the audit. */
export function resultText(targets: readonly Target[]): string {
  const groups = Map.groupBy(targets, ({ state, problem }) => (problem === null ? state : `${state} (${problem})`))
  const named = (some: readonly Target[]) =>
    some.length <= MOST_NAMED
      ? some.map(({ facility }) => facility).join(', ')
      : `${some
          .slice(0, MOST_NAMED)
          .map(({ facility }) => facility)
          .join(', ')} and ${some.length - MOST_NAMED} more`
  return [...groups].map(([how, some]) => `${how}: ${named(some)}`).join('; ')
}
