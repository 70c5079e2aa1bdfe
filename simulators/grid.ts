import type { SimulatedGrid, SimulatedLoad, SimulatedMoment, SimulatedSupply } from '../src/facilities/facility-kind.ts'

/** What the grid must know of a facility. */
export interface Wired {
  id: string
  fedBy: string | null
  circuit: number | null
  /** WGS84 degrees [longitude, latitude] */
  position: readonly [number, number] | null
}

type Draw = (at: number, moment: SimulatedMoment) => number
type Feed = Parameters<SimulatedGrid['feeds']>[0]
type Relay = Parameters<SimulatedGrid['relays']>[0]

/** One facility's place in the grid. */
interface Node {
  feeder: number | undefined
  circuit: number | null
  /** 0 for the nearest to the feeder on its circuit to 1 for the farthest. */
  along: number
  load: SimulatedLoad
  draw: Draw | undefined
  feed: Feed | undefined
  relay: Relay | undefined
  /** Numbers of what it feeds by circuit, nearest first. */
  fed: Map<number | null, number[]>
  loads: Map<number | null, readonly SimulatedLoad[]>
}

/** What one circuit of a feeding facility carries at a moment. */
export interface CircuitOutput {
  circuit: number | null
  supply: SimulatedSupply
  /** Numbers of the facilities on it. */
  fed: readonly number[]
}

/** The wires between the facilities of a fleet; a facility is its place in the list. Everything is asked when it is needed, nothing is kept. */
export class Grid {
  readonly #nodes: Node[]
  readonly #momentOf: (facility: number, at: number) => SimulatedMoment

  constructor(facilities: readonly Wired[], momentOf: (facility: number, at: number) => SimulatedMoment) {
    this.#momentOf = momentOf
    const numbers = new Map(facilities.map(({ id }, number) => [id, number]))
    this.#nodes = facilities.map(({ fedBy, circuit }, number): Node => {
      const feeder = fedBy === null ? undefined : numbers.get(fedBy)
      const load = (at: number) => this.#nodes[number]?.draw?.(at, momentOf(number, at)) ?? 0
      return { feeder, circuit, along: 0, load, draw: undefined, feed: undefined, relay: undefined, fed: new Map(), loads: new Map() }
    })
    for (const [number, { feeder, circuit }] of this.#nodes.entries()) {
      if (feeder === undefined) continue
      const { fed } = this.#nodes[feeder] as Node
      const onCircuit = fed.get(circuit)
      if (onCircuit) onCircuit.push(number)
      else fed.set(circuit, [number])
    }
    for (const [number, { fed }] of this.#nodes.entries()) {
      for (const members of fed.values()) this.#order(members, facilities[number] as Wired, facilities)
    }
  }

  /** Along the circuit by distance where all places are known, else as they were registered. */
  #order(members: number[], feeder: Wired, facilities: readonly Wired[]): void {
    const distances = new Map(members.map((member) => [member, distance(feeder.position, (facilities[member] as Wired).position)]))
    const areKnown = members.every((member) => distances.get(member) !== undefined)
    if (areKnown) members.sort((a, b) => (distances.get(a) as number) - (distances.get(b) as number) || a - b)
    for (const [i, member] of members.entries()) (this.#nodes[member] as Node).along = members.length > 1 ? i / (members.length - 1) : 0
  }

  /** The grid as one facility sees it. */
  of(number: number): SimulatedGrid {
    const node = this.#nodes[number] as Node
    return {
      supply: (at) => this.#supply(node, at),
      draws: (draw) => {
        node.draw = draw
        if (node.feeder !== undefined) this.#nodes[node.feeder]?.loads.clear()
      },
      loads: (circuit) => this.#loads(node, circuit),
      feeds: (feed) => {
        node.feed = feed
      },
      relays: (relay) => {
        node.relay = relay
      },
    }
  }

  /** What each circuit of a facility that has something on it carries. */
  outputs(number: number, at: number): CircuitOutput[] {
    const { feed, fed } = this.#nodes[number] as Node
    if (!feed) return []
    const moment = this.#momentOf(number, at)
    return [...fed].map(([circuit, members]) => ({ circuit, supply: feed(circuit, 0, at, moment), fed: members }))
  }

  /** Amperes that what hangs on its switched circuits draws of a facility at a moment. */
  current(number: number, at: number): number {
    const node = this.#nodes[number] as Node
    return this.outputs(number, at)
      .filter(({ circuit, supply }) => circuit !== null && supply.isOn)
      .flatMap(({ circuit }) => this.#loads(node, circuit))
      .reduce((sum, load) => sum + load(at), 0)
  }

  /** Whether a facility feeds anything. */
  isFeeder(number: number): boolean {
    const { feed, fed } = this.#nodes[number] as Node
    return feed !== undefined && fed.size > 0
  }

  /** Whether a facility lets the reports of others through. */
  relays(number: number, at: number): boolean {
    return this.#nodes[number]?.relay?.(at, this.#momentOf(number, at)) ?? true
  }

  #supply({ feeder, circuit, along }: Node, at: number): SimulatedSupply | undefined {
    if (feeder === undefined) return undefined
    return this.#nodes[feeder]?.feed?.(circuit, along, at, this.#momentOf(feeder, at))
  }

  #loads(node: Node, circuit: number | null): readonly SimulatedLoad[] {
    const known = node.loads.get(circuit)
    if (known) return known
    const members = circuit === null ? [...node.fed.values()].flat() : (node.fed.get(circuit) ?? [])
    const loads = members.flatMap((member) => {
      const { draw, load } = this.#nodes[member] as Node
      return draw ? [load] : []
    })
    node.loads.set(circuit, loads)
    return loads
  }
}

/** In units of a degree of latitude; good enough to tell which is nearer. */
function distance(a: readonly [number, number] | null, b: readonly [number, number] | null): number | undefined {
  if (!a || !b) return undefined
  return Math.hypot((a[0] - b[0]) * Math.cos((a[1] * Math.PI) / 180), a[1] - b[1])
}
