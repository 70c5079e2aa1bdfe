import { type Command, isDone, isOver, type Target } from '../../control/command.ts'
import type { StateStore } from '../../storage/state-store.ts'

/**
 * The commands of which something is to be done, in memory as in the store. Everything that moves one goes through `change`, which makes it
 * durable with its audit before anything is sent and anybody is told.
 */
export class CommandBook {
  readonly #state: StateStore
  readonly #open = new Map<string, Command>()
  readonly #byFacility = new Map<string, Set<string>>()
  readonly #listeners: ((commands: readonly Command[]) => void)[] = []
  #changed = new Map<string, Command>()
  #after: (() => void)[] = []
  #depth = 0

  constructor(state: StateStore) {
    this.#state = state
    this.#load()
  }

  #load(): void {
    this.#open.clear()
    this.#byFacility.clear()
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
  of(facility: string): Command[] {
    return [...(this.#byFacility.get(facility) ?? [])].map((id) => this.#open.get(id) as Command)
  }

  concerns(facility: string): boolean {
    return this.#byFacility.has(facility)
  }

  /** Runs `work` in one transaction; what it changed is told when it went through, and forgotten when it did not. */
  change<T>(work: () => T): T {
    this.#depth++
    let done: T
    try {
      done = this.#state.transaction(work)
    } catch (error) {
      if (this.#depth === 1) {
        this.#changed.clear()
        this.#after = []
        this.#load()
      }
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
    this.#note(command)
  }

  /** Keeps a command of the book as it is from now on. */
  put(command: Command): void {
    const before = this.get(command.id) as Command
    if (before === command) return
    this.#state.commands.update(command, before)
    this.#note(command)
    const wereOver = before.targets.every(({ state }) => isOver(state))
    if (!wereOver && command.targets.every(({ state }) => isOver(state))) this.#auditResult(command)
  }

  /** Moves the targets of a command; the same object when nothing changes. */
  step(command: Command, move: (target: Target) => Target): Command {
    let isMoved = false
    const targets = command.targets.map((target) => {
      const moved = move(target)
      isMoved ||= moved !== target
      return moved
    })
    if (!isMoved) return command
    const stepped = { ...command, targets }
    this.put(stepped)
    return stepped
  }

  #note(command: Command): void {
    this.#keep(command)
    this.#changed.set(command.id, command)
  }

  #auditResult({ id, targets }: Command): void {
    const at = Math.max(...targets.map(({ over }) => over ?? 0))
    const detail = resultText(targets)
    this.#state.audit({ at, by: 'clock', action: 'command-result', subject: `command ${id}`, detail })
  }

  #keep(command: Command): void {
    const isOpen = !isDone(command)
    if (isOpen) this.#open.set(command.id, command)
    else this.#open.delete(command.id)
    for (const { facility } of command.targets) {
      const ids = this.#byFacility.get(facility)
      if (isOpen && ids) ids.add(command.id)
      else if (isOpen) this.#byFacility.set(facility, new Set([command.id]))
      else if (ids?.delete(command.id) && ids.size === 0) this.#byFacility.delete(facility)
    }
  }
}

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
