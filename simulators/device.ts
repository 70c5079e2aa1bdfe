import type { FacilityKind, SimulatedGrid, SimulatedMoment, SimulatedWorld } from '../src/facilities/facility-kind.ts'
import type { FacilityDescription } from '../src/facilities/plant.ts'
import type { PointValue } from '../src/telemetry/point.ts'
import { seededRandom } from './random.ts'

/** A facility as the simulators know it. */
export interface SimulatedFacilityInput extends Omit<FacilityDescription, 'kind'> {
  kind: FacilityKind
}

/** What one facility reports at one moment of simulated time, ms since 1970. */
export interface SimulatedReport {
  facility: SimulatedFacilityInput
  /** By the device's clock. */
  at: number
  /** When it leaves the device, by the true clock. */
  sent: number
  values: Record<string, PointValue>
}

export interface DeviceOptions {
  seed: string
  grid: SimulatedGrid
  moment: (at: number) => SimulatedMoment
}

/** Runs the simulation of one facility. What it reports depends on seed, id, the times it is stepped at and its neighbours in the grid. */
export class Device {
  readonly #step: (world: SimulatedWorld) => Record<string, PointValue | null> | null
  readonly #random: () => number
  readonly #moment: (at: number) => SimulatedMoment
  #last: number | null = null

  constructor({ id, kind, rated }: SimulatedFacilityInput, { seed, grid, moment }: DeviceOptions) {
    this.#random = seededRandom(`${seed}:${id}`)
    this.#moment = moment
    this.#step = kind.simulation.create({ id, rated: { ...kind.rated, ...rated } }, this.#random, grid)
  }

  /** Goes on to `at` and returns what it measures; null when the device is silent then. */
  step(at: number): Record<string, PointValue> | null {
    const elapsed = this.#last === null ? 0 : at - this.#last
    this.#last = at
    const stepped = this.#step({ ...this.#moment(at), at, elapsed, random: this.#random })
    if (stepped === null) return null
    const values: Record<string, PointValue> = {}
    for (const [point, value] of Object.entries(stepped)) if (value !== null) values[point] = value
    return values
  }
}
