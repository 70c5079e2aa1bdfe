import { type Command, isOver } from '../../control/command.ts'
import type { ProgrammeBook } from '../../control/programme-book.ts'
import { lagOf, STAGGER } from '../../control/switching-table.ts'
import type { ProgrammeStep } from '../../detection/expected.ts'
import { shareChannel } from '../../facilities/commands.ts'
import { type Facility, hasController, runsAlone } from '../../facilities/plant.ts'
import { minutes, seconds } from '../../telemetry/duration.ts'
import type { ToldOnce } from '../control/command-book.ts'
import { unarmed } from '../control/command-desk.ts'
import { definitionOf, ratedOf } from '../control/subject.ts'
import type { ServiceParts } from '../parts.ts'

/** A circuit of which nothing was ever heard is switched only while its step is so young; later what it does is waited for. */
export const UNHEARD = minutes(30)
/** What failed is told again after this time, twice that, and so on, ms; and not before the cabinet was heard. */
export const TOLD_AGAIN = minutes(5)
const LONGEST_PAUSE = minutes(60)
/** What was found to be owed nothing is looked at again after so long, unless its programme or the ledger moves. */
const LOOKED_AGAIN = seconds(10)
/** Later commands of a cabinet among which those for one circuit are looked for. */
const LOOK_BACK = 50

type Parts = Pick<ServiceParts, 'plant' | 'detector' | 'commands' | 'now'> & { book: ProgrammeBook }

interface Switch {
  circuit: number
  on: boolean
}

/**
 * Switches cabinets that cannot run alone, by commands at the times of their programme, once anything is configured. What is owed to a circuit
 * follows from its programme, its telemetry and the ledger alone, so that it outlives the program. What somebody holds by a command is left
 * alone, as is what changed after it was switched.
 */
export class ProgrammeSwitching {
  readonly #parts: Parts
  readonly #programme: ReturnType<ProgrammeBook['reader']>
  /** For which step a circuit was found to be owed nothing, and until when that is believed. */
  readonly #settled = new Map<string, { step: string; until: number }>()
  #looked = -1
  #cabinets: Facility[] = []

  constructor(parts: Parts) {
    this.#parts = parts
    this.#programme = parts.book.reader()
    parts.commands.book.onChange((changed) => {
      if (this.#settled.size === 0) return
      for (const { targets } of changed) for (const { facility } of targets) this.#forget(facility)
    })
  }

  #forget(facility: string): void {
    const cabinet = this.#parts.plant.get(facility)
    if (cabinet && isSwitched(cabinet)) for (const circuit of circuitsOf(cabinet)) this.#settled.delete(keyOf(cabinet, circuit))
  }

  /** Once a second. */
  tick(): void {
    const { plant, book, commands, now } = this.#parts
    if (!book.isConfigured) return
    if (plant.revision !== this.#looked) {
      this.#looked = plant.revision
      this.#cabinets = [...plant].filter(isSwitched)
      this.#settled.clear()
    }
    const at = now()
    const due = this.#cabinets.flatMap((cabinet) => this.#dueOf(cabinet, at).map((one) => ({ cabinet, ...one })))
    if (due.length === 0) return
    const groups = Map.groupBy(due, ({ circuit, on }) => `${commandOf(on)} ${circuit}`)
    commands.book.change(() => {
      for (const [key, some] of groups) {
        const { circuit, on } = some[0] as Switch
        commands.begin({
          ...{ id: `programme.${at}.${key.replace(' ', '.')}`, command: commandOf(on), value: circuit },
          ...{ purpose: 'programme', by: 'clock', account: 'clock', reason: '', order: null, ends: null, until: null, ...unarmed },
          facilities: some.map(({ cabinet }) => cabinet.id),
        })
      }
    })
    commands.sendNow()
  }

  /** Its circuits one after another. */
  #dueOf(cabinet: Facility, at: number): Switch[] {
    const told = lazily(() => this.#parts.commands.book.history(cabinet.id, LOOK_BACK))
    return circuitsOf(cabinet).flatMap((circuit) => {
      const lag = lagOf(cabinet.id) + (circuit - 1) * STAGGER
      const step = this.#programme(cabinet, at - lag)
      if (!step) return []
      const on = step.level > 0
      const isOn = this.#isOn(cabinet, circuit)
      const since = begunAt(step) + lag
      if (isOn === on || (isOn === undefined && at - since > UNHEARD)) return []
      const [key, name] = [keyOf(cabinet, circuit), `${on} ${since}`]
      const settled = this.#settled.get(key)
      if (settled && settled.step === name && at < settled.until) return []
      if (this.#isOwed(cabinet, { circuit, on }, { since, at, told: told() })) return [{ circuit, on }]
      this.#settled.set(key, { step: name, until: at + LOOKED_AGAIN })
      return []
    })
  }

  /** By what the ledger says of a circuit that is not as its programme says. */
  #isOwed(
    cabinet: Facility,
    { circuit, on }: Switch,
    { since, at, told }: { since: number; at: number; told: readonly ToldOnce[] },
  ): boolean {
    const { commands } = this.#parts
    const asked = { command: commandOf(on), value: circuit, purpose: 'programme', approval: null } as const
    // It is dark until whoever works there has left.
    if (on && commands.crewObjection(cabinet, asked)) return false
    const ours = definitionOf(cabinet, asked)?.channels(circuit) ?? {}
    const ofCircuit = told.filter(({ command }) => shareChannel(ours, definitionOf(cabinet, command)?.channels(command.value) ?? {}))
    const place = ofCircuit.findIndex(({ command }) => isOurs(command, asked.command) && command.at >= since)
    const own = ofCircuit[place]
    if (!own) return true
    // A cabinet that cannot run alone does nothing by itself with a circuit that it is given back.
    if (ofCircuit.slice(0, place).some((later) => this.#isGivenBack(cabinet, later))) return !commands.isHeld(cabinet, asked)
    const { state, problem } = own.target
    if (state === 'refused')
      return problem !== 'refused-by-device'
        ? commands.objectionTo(cabinet, asked) === null
        : this.#isPatient(cabinet, ofCircuit, since, at)
    return (state === 'failed' || state === 'expired') && this.#isPatient(cabinet, ofCircuit, since, at)
  }

  #isGivenBack(cabinet: Facility, { command, target }: ToldOnce): boolean {
    const channels = Object.values(definitionOf(cabinet, command)?.channels(command.value) ?? {})
    return target.times.sent !== null && channels.every((level) => level === null)
  }

  /** What went wrong is tried again once the cabinet was heard, each time after a longer pause. */
  #isPatient({ number }: Facility, ofCircuit: readonly ToldOnce[], since: number, at: number): boolean {
    const own = ofCircuit.filter(({ command }) => command.purpose === 'programme' && command.at >= since)
    const over = Math.max(...own.map(({ target }) => target.over ?? 0))
    const pause = Math.min(LONGEST_PAUSE, TOLD_AGAIN * 2 ** (own.length - 1))
    const state = this.#parts.detector.state(number)
    const isHeard = state !== undefined && !state.isResumed && state.lastReceived > over
    return isHeard && at >= over + pause && own.every(({ target }) => isOver(target.state))
  }

  /** As its telemetry says; undefined where it said nothing. */
  #isOn({ number, kind }: Facility, circuit: number): boolean | undefined {
    const value = this.#parts.detector.state(number)?.values[kind.circuits[circuit - 1] as number]
    return value === undefined || Number.isNaN(value) ? undefined : value === 1
  }
}

const commandOf = (on: boolean) => (on ? 'circuit-on' : 'circuit-off')
const isOurs = ({ purpose, command }: Pick<Command, 'purpose' | 'command'>, asked: string): boolean =>
  purpose === 'programme' && command === asked

/** A circuit is lit through all dimming. */
const begunAt = ({ level, from, litFrom }: ProgrammeStep): number => (level > 0 ? (litFrom ?? from) : from)

/** What takes a look at the store is looked up once, and only where it matters. */
function lazily<T>(look: () => T): () => T {
  let found: { value: T } | undefined
  return () => {
    found ??= { value: look() }
    return found.value
  }
}

const keyOf = ({ id }: Facility, circuit: number): string => `${id} ${circuit}`

function circuitsOf(cabinet: Facility): number[] {
  const { circuits = cabinet.kind.circuits.length } = ratedOf(cabinet)
  return Array.from({ length: circuits }, (_, i) => i + 1)
}

const isSwitched = (facility: Facility): boolean =>
  facility.kind.circuits.length > 0 && facility.kind.commands.has('circuit-on') && hasController(facility) && !runsAlone(facility)
