import { setImmediate as nextTurn } from 'node:timers/promises'
import { isInScope, isWhole, type Scope, WHOLE_CITY } from '../access/scope.ts'
import type { IncidentAlarm } from '../alarms/incident.ts'
import { incidentSteps } from '../alarms/incident-tree.ts'
import type { AlarmRegister } from '../alarms/register.ts'
import type { Incidents } from '../edges/alarm-system.ts'
import { Slices } from '../edges/exchange/slices.ts'
import type { Plant } from '../facilities/plant.ts'
import type { StateStore } from '../storage/state-store.ts'

/** Alarms in one tree; more than people look through. */
const MOST_ALARMS = 10_000
/** Steps read at once, which takes a few milliseconds. */
const PART = 500

interface Parts {
  plant: Plant
  state: Pick<StateStore, 'floods'>
  register: Pick<AlarmRegister, 'get'>
}

/** The alarms that came from one time on, read part by part; what explains them is as it is now. */
export class IncidentReading {
  readonly #parts: Parts
  readonly #scope: Scope
  readonly #alarms = new Map<number, IncidentAlarm>()
  #last: { recorded: number; id: number }
  #isComplete = true

  constructor(from: number, parts: Parts, scope: Scope = WHOLE_CITY) {
    this.#parts = parts
    this.#scope = scope
    this.#last = { recorded: from, id: 0 }
  }

  /** Takes what more was recorded before `to`. */
  async readOn(to: number): Promise<void> {
    while (this.#readPart(to)) await nextTurn()
  }

  /** False when there was no more. */
  #readPart(to: number): boolean {
    const rows = this.#parts.state.floods.activations({ after: this.#last, to, limit: PART })
    for (const { id, recorded, alarm } of rows) {
      this.#last = { id, recorded }
      if (this.#alarms.has(alarm.id) || !this.#isSeen(alarm)) continue
      if (this.#alarms.size < MOST_ALARMS) this.#alarms.set(alarm.id, alarm)
      else this.#isComplete = false
    }
    return rows.length === PART && this.#isComplete
  }

  #isSeen({ facility: id }: IncidentAlarm): boolean {
    if (isWhole(this.#scope)) return true
    const facility = this.#parts.plant.get(id)
    return facility !== undefined && isInScope(this.#scope, facility)
  }

  /** Of what was read so far. */
  async tree(): Promise<Incidents> {
    const { plant, register } = this.#parts
    const alarms = [...this.#alarms.values()].map((alarm) => {
      const live = register.get(alarm.id)
      return live ? { ...alarm, by: live.suppressed?.by ?? null } : alarm
    })
    const complete = this.#isComplete
    const slices = new Slices()
    const steps = incidentSteps(alarms, plant)
    for (;;) {
      const { done, value } = steps.next()
      if (done) return { incidents: value, complete }
      if (slices.isOver()) await slices.next()
    }
  }
}

/** The incidents of what was recorded from `from` to before `to` of facilities in scope; others have their turn in between. */
export async function readIncidents(from: number, to: number, parts: Parts, scope?: Scope): Promise<Incidents> {
  const reading = new IncidentReading(from, parts, scope)
  await reading.readOn(to)
  return reading.tree()
}
