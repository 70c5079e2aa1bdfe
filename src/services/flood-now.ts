import type { StoredFlood } from '../alarms/flood-log.ts'
import type { IncidentSummary } from '../alarms/flood-review.ts'
import type { Incident } from '../alarms/incident.ts'
import type { FloodNow, Incidents } from '../edges/alarm-system.ts'
import { seconds } from '../telemetry/duration.ts'
import { IncidentReading } from './incident-reading.ts'
import type { ServiceParts } from './parts.ts'

/** Incidents that a banner shows. */
const SHOWN = 5
/** For the banner the tree is made anew at most so often, ms, and takes about this share of the time at most, unless it would be old. */
const LEAST_WAIT = seconds(1)
const MOST_WAIT = seconds(10)
const SHARE = 0.05

type Parts = Pick<ServiceParts, 'plant' | 'state' | 'register' | 'now'>

/** A tree, with how many changes of alarms were known when it was begun. */
interface MadeTree extends Incidents {
  changes: number
  /** Our time, ms. */
  asOf: number
}

/** The incidents of a flood that goes on, read on from where they were read before and put together once for all who ask. */
class FloodTree {
  readonly id: number
  readonly #parts: Parts
  readonly #reading: IncidentReading
  #made: MadeTree | undefined
  #making: Promise<MadeTree> | undefined
  #wait = LEAST_WAIT

  constructor(flood: StoredFlood, parts: Parts) {
    this.id = flood.id
    this.#parts = parts
    this.#reading = new IncidentReading(flood.started, parts)
  }

  /** With all that is known when it is asked for. */
  async current(): Promise<Incidents> {
    const { changes } = this.#parts.register
    // One that is being made may have been begun before; whoever waits for it shares the next.
    await this.#making?.catch(() => {})
    return this.#made && this.#made.changes >= changes ? this.#made : this.#make()
  }

  /** As of a moment ago; undefined before there is one. */
  recent(at: number): MadeTree | undefined {
    const made = this.#made
    const isDue = !made || (made.changes !== this.#parts.register.changes && Math.abs(at - made.asOf) >= this.#wait)
    // A store that cannot be read is told of by whoever has to write, and the next look tries again.
    if (isDue) this.#make().catch(() => {})
    return made
  }

  #make(): Promise<MadeTree> {
    this.#making ??= this.#makeOne().finally(() => {
      this.#making = undefined
    })
    return this.#making
  }

  async #makeOne(): Promise<MadeTree> {
    const { register, now } = this.#parts
    const { changes } = register
    const asOf = now()
    const began = performance.now()
    await this.#reading.readOn(Number.MAX_SAFE_INTEGER)
    this.#made = { ...(await this.#reading.tree()), changes, asOf }
    this.#wait = Math.min(MOST_WAIT, Math.max(LEAST_WAIT, (performance.now() - began) / SHARE))
    return this.#made
  }
}

export interface FloodFollower {
  /** The flood that goes on, with its largest incidents as of a moment ago; null when there is none. */
  floodNow(): FloodNow | null
  /** All incidents of the flood that goes on; undefined when it is another one or over. */
  incidentsOf(id: number): Promise<Incidents> | undefined
}

/** Follows the flood that goes on. Whoever asks what it is like now is not kept waiting. */
export function floodFollower(parts: Parts): FloodFollower {
  const { register, now } = parts
  let followed: FloodTree | undefined

  const treeOf = (flood: StoredFlood): FloodTree => {
    if (followed?.id !== flood.id) followed = new FloodTree(flood, parts)
    return followed
  }

  return {
    floodNow() {
      const flood = register.floods?.running
      if (!flood) {
        followed = undefined
        return null
      }
      const tree = treeOf(flood).recent(now())
      const incidents = tree?.incidents.slice(0, SHOWN).map(summaryOf) ?? []
      return { ...flood, rate: register.floods?.rate ?? 0, incidents, asOf: tree?.asOf ?? flood.recognised }
    },
    incidentsOf(id) {
      const flood = register.floods?.running
      return flood?.id === id ? treeOf(flood).current() : undefined
    },
  }
}

export function summaryOf({ children: _, own: __, ...rest }: Incident): IncidentSummary {
  return rest
}
