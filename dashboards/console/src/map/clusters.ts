/** Side of the square that is summed up, pixels of the screen. */
export const CLUSTER_CELL = 56
/** So many in one square become one symbol. */
const LEAST = 4

export interface Cluster {
  /** Middle of its members, in the coordinates they were given in. */
  x: number
  y: number
  /** Members by state code. */
  counts: Uint32Array
  total: number
}

/** Squares of a screen that are fixed to the ground: the same facilities are together wherever the map is moved. */
export class ClusterGrid {
  readonly #states: number
  readonly #cells = new Map<number, { members: number[]; x: number; y: number; counts: Uint32Array }>()

  constructor(states: number) {
    this.#states = states
  }

  /** A facility, by any number, at map pixels (from the corner of the world, at the zoom shown). */
  add(member: number, x: number, y: number, state: number): void {
    const key = Math.floor(y / CLUSTER_CELL) * 2 ** 25 + Math.floor(x / CLUSTER_CELL)
    let cell = this.#cells.get(key)
    if (!cell) {
      cell = { members: [], x: 0, y: 0, counts: new Uint32Array(this.#states) }
      this.#cells.set(key, cell)
    }
    cell.members.push(member)
    cell.x += x
    cell.y += y
    cell.counts[state] = (cell.counts[state] as number) + 1
  }

  /** Squares with many as clusters, and the members of the others singly. */
  finish(): { clusters: Cluster[]; single: number[] } {
    const clusters: Cluster[] = []
    const single: number[] = []
    for (const { members, x, y, counts } of this.#cells.values()) {
      if (members.length < LEAST) single.push(...members)
      else clusters.push({ x: x / members.length, y: y / members.length, counts, total: members.length })
    }
    return { clusters, single }
  }
}

/** The cluster as its symbol tells it: how many are in the worst state, and how many beside. `order`: state codes, worst first. */
export function worstOf({ counts, total }: Pick<Cluster, 'counts' | 'total'>, order: readonly number[]) {
  const state = order.find((code) => (counts[code] ?? 0) > 0) ?? 0
  const count = counts[state] ?? 0
  return { state, count, others: total - count }
}
