import type { Command } from '../../control/command.ts'
import type { ProgrammeBook } from '../../control/programme-book.ts'
import { lagOf, STAGGER } from '../../control/switching-table.ts'
import { shareChannel } from '../../facilities/commands.ts'
import { type Facility, hasController, runsAlone } from '../../facilities/plant.ts'
import { minutes } from '../../telemetry/duration.ts'
import { unarmed } from '../control/command-desk.ts'
import { definitionOf, ratedOf } from '../control/subject.ts'
import type { ServiceParts } from '../parts.ts'

/** A step that began longer ago is not made up for: the service was away, and what was switched since is somebody's decision. */
export const MADE_UP = minutes(30)

type Parts = Pick<ServiceParts, 'plant' | 'detector' | 'commands' | 'now'> & { book: ProgrammeBook }

interface Switch {
  circuit: number
  on: boolean
}

/**
 * Switches cabinets that cannot run alone, by commands at the times of their programme, once anything is configured. What somebody holds by
 * a command is left alone.
 */
export class ProgrammeSwitching {
  readonly #parts: Parts
  readonly #programme: ReturnType<ProgrammeBook['reader']>
  /** What each circuit was told last. */
  readonly #told = new Map<string, boolean>()
  /** Circuits that could not be switched at their time, or are given back by somebody who held them: they are made up for whenever it is. */
  readonly #owed = new Set<string>()
  #looked = -1
  #cabinets: Facility[] = []

  constructor(parts: Parts) {
    this.#parts = parts
    this.#programme = parts.book.reader()
    parts.commands.book.onChange((changed) => {
      for (const command of changed) if (this.#cabinets.some(({ kind }) => kind.commands.has(command.command))) this.#takeBack(command)
    })
  }

  /** A cabinet that cannot run alone does nothing by itself with a circuit that it is given back. */
  #takeBack(command: Command): void {
    for (const { facility: id, state } of command.targets) {
      const cabinet = state === 'sent' ? this.#parts.plant.get(id) : undefined
      const definition = cabinet && isSwitched(cabinet) ? definitionOf(cabinet, command) : undefined
      if (!cabinet || !definition) continue
      const given = definition.channels(command.value)
      for (const circuit of circuitsOf(cabinet)) {
        const switching = cabinet.kind.commands.get('circuit-on')?.channels(circuit) ?? {}
        if (!shareChannel(given, switching) || Object.values(given).some((level) => level !== null)) continue
        this.#told.delete(keyOf(cabinet, circuit))
        this.#owed.add(keyOf(cabinet, circuit))
      }
    }
  }

  /** Once a second. */
  tick(): void {
    const { plant, book, commands, now } = this.#parts
    if (!book.isConfigured) return
    if (plant.revision !== this.#looked) {
      this.#looked = plant.revision
      this.#cabinets = [...plant].filter(isSwitched)
    }
    const at = now()
    const due = this.#cabinets.flatMap((cabinet) => this.#dueOf(cabinet, at).map((one) => ({ cabinet, ...one })))
    if (due.length === 0) return
    const groups = Map.groupBy(due, ({ circuit, on }) => `${on ? 'circuit-on' : 'circuit-off'} ${circuit}`)
    commands.book.change(() => {
      for (const [key, some] of groups) {
        const { circuit, on } = some[0] as Switch
        commands.begin({
          ...{ id: `programme.${at}.${key.replace(' ', '.')}`, command: on ? 'circuit-on' : 'circuit-off', value: circuit },
          ...{ purpose: 'programme', by: 'clock', account: 'clock', reason: '', order: null, ends: null, until: null, ...unarmed },
          facilities: some.map(({ cabinet }) => cabinet.id),
        })
      }
    })
    for (const { cabinet, circuit, on } of due) {
      this.#told.set(keyOf(cabinet, circuit), on)
      this.#owed.delete(keyOf(cabinet, circuit))
    }
    commands.sendNow()
  }

  /** Its circuits one after another. */
  #dueOf(cabinet: Facility, at: number): Switch[] {
    const { commands } = this.#parts
    return circuitsOf(cabinet).flatMap((circuit) => {
      const key = keyOf(cabinet, circuit)
      const moment = at - lagOf(cabinet.id) - (circuit - 1) * STAGGER
      const step = this.#programme(cabinet, moment)
      if (!step || (moment - step.from > MADE_UP && !this.#owed.has(key))) return []
      const on = step.level > 0
      const known = this.#told.get(key) ?? this.#isOn(cabinet, circuit)
      if (known === on) return []
      // It is dark until whoever works there has left.
      if (on && commands.crewObjection(cabinet, { command: 'circuit-on', value: circuit })) {
        this.#owed.add(key)
        return []
      }
      return [{ circuit, on }]
    })
  }

  /** As its telemetry says; undefined where it said nothing. */
  #isOn({ number, kind }: Facility, circuit: number): boolean | undefined {
    const value = this.#parts.detector.state(number)?.values[kind.circuits[circuit - 1] as number]
    return value === undefined || Number.isNaN(value) ? undefined : value === 1
  }
}

const keyOf = ({ id }: Facility, circuit: number): string => `${id} ${circuit}`

function circuitsOf(cabinet: Facility): number[] {
  const { circuits = cabinet.kind.circuits.length } = ratedOf(cabinet)
  return Array.from({ length: circuits }, (_, i) => i + 1)
}

const isSwitched = (facility: Facility): boolean =>
  facility.kind.circuits.length > 0 && facility.kind.commands.has('circuit-on') && hasController(facility) && !runsAlone(facility)
