import type { FacilityKind, SimulatedWorld } from '../src/facilities/facility-kind.ts'
import { noGrid } from '../src/facilities/physics.ts'
import type { PointValue } from '../src/telemetry/point.ts'
import type { Faults } from './faults.ts'
import { seededRandom } from './random.ts'
import type { World } from './world.ts'

/** A facility as the simulators know it. */
export interface SimulatedFacilityInput {
  id: string
  kind: FacilityKind
  gateway: string | null
  rated: Readonly<Record<string, number>>
}

/** What one facility reports at one moment of simulated time, ms since 1970. */
export interface SimulatedReport {
  facility: SimulatedFacilityInput
  at: number
  values: Record<string, PointValue>
}

/** Runs the simulation of one facility. What it reports depends on seed, id and the times it is stepped at, on no other device. */
export class Device {
  readonly facility: SimulatedFacilityInput
  readonly #step: (world: SimulatedWorld) => Record<string, PointValue | null> | null
  readonly #random: () => number
  readonly #world: World
  readonly #faults: Faults
  #last: number | null = null

  constructor(facility: SimulatedFacilityInput, { seed, world, faults }: { seed: string; world: World; faults: Faults }) {
    this.facility = facility
    this.#random = seededRandom(`${seed}:${facility.id}`)
    this.#world = world
    this.#faults = faults
    const { simulation, rated } = facility.kind
    this.#step = simulation.create({ id: facility.id, rated: { ...rated, ...facility.rated } }, this.#random, noGrid)
  }

  /** Goes on to `at`; null when the device is silent then. */
  step(at: number): SimulatedReport | null {
    const elapsed = this.#last === null ? 0 : at - this.#last
    this.#last = at
    const { id } = this.facility
    const stepped = this.#step({
      ...this.#world(at),
      at,
      elapsed,
      random: this.#random,
      fault: (name) => this.#faults.size(id, name, at),
    })
    if (stepped === null) return null
    const values: Record<string, PointValue> = {}
    for (const [point, value] of Object.entries(stepped)) if (value !== null) values[point] = value
    return { facility: this.facility, at, values }
  }
}
