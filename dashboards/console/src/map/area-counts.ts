import type { WallFacility } from '../live/live-state.ts'

export interface Road {
  name: string
  counts: Uint32Array
  total: number
}

export interface District extends Road {
  roads: readonly Road[]
}

type Located = Pick<WallFacility, 'number' | 'district' | 'road'>

/** Districts and their roads, with how many facilities are in each state; counting again costs one look at each facility. */
export class AreaCounts {
  readonly #states: number
  readonly #numbers: Uint32Array
  /** Number of the road of each facility. */
  readonly #roadOf: Uint32Array
  readonly #roads: { district: string; name: string; total: number }[] = []

  constructor(facilities: readonly Located[], states: number) {
    this.#states = states
    this.#numbers = Uint32Array.from(facilities, ({ number }) => number)
    const known = new Map<string, number>()
    this.#roadOf = Uint32Array.from(facilities, ({ district, road }) => {
      const key = `${district}\n${road}`
      let at = known.get(key)
      if (at === undefined) {
        at = this.#roads.push({ district, name: road, total: 0 }) - 1
        known.set(key, at)
      }
      const own = this.#roads[at] as { total: number }
      own.total++
      return at
    })
  }

  /** `states`: state codes by number of facility. In order of names. */
  count(states: Uint8Array): District[] {
    const all = new Uint32Array(this.#roads.length * this.#states)
    for (let i = 0; i < this.#numbers.length; i++) {
      const at = (this.#roadOf[i] as number) * this.#states + (states[this.#numbers[i] as number] ?? 0)
      all[at] = (all[at] as number) + 1
    }
    const districts = new Map<string, District & { roads: Road[] }>()
    this.#roads.forEach(({ district, name, total }, i) => {
      const counts = all.subarray(i * this.#states, (i + 1) * this.#states)
      let own = districts.get(district)
      if (!own) {
        own = { name: district, counts: new Uint32Array(this.#states), total: 0, roads: [] }
        districts.set(district, own)
      }
      own.total += total
      counts.forEach((count, state) => {
        own.counts[state] = (own.counts[state] as number) + count
      })
      own.roads.push({ name, counts, total })
    })
    const byName = (a: Road, b: Road) => a.name.localeCompare(b.name)
    for (const { roads } of districts.values()) roads.sort(byName)
    return [...districts.values()].sort(byName)
  }
}
