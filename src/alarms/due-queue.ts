interface Entry {
  at: number
  id: number
}

const isBefore = (a: Entry, b: Entry) => a.at < b.at || (a.at === b.at && a.id < b.id)

/** Times at which alarms, or other numbered things, are due, the earliest first and of equal times the lowest id: a binary heap. */
export class DueQueue {
  readonly #heap: Entry[] = []

  get first(): Entry | undefined {
    return this.#heap[0]
  }

  get size(): number {
    return this.#heap.length
  }

  clear(): void {
    this.#heap.length = 0
  }

  add(at: number, id: number): void {
    const heap = this.#heap
    const entry = { at, id }
    let place = heap.length
    while (place > 0) {
      const above = (place - 1) >> 1
      if (!isBefore(entry, heap[above] as Entry)) break
      heap[place] = heap[above] as Entry
      place = above
    }
    heap[place] = entry
  }

  removeFirst(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (!last || heap.length === 0) return
    let place = 0
    for (;;) {
      let below = 2 * place + 1
      if (below >= heap.length) break
      if (below + 1 < heap.length && isBefore(heap[below + 1] as Entry, heap[below] as Entry)) below++
      if (!isBefore(heap[below] as Entry, last)) break
      heap[place] = heap[below] as Entry
      place = below
    }
    heap[place] = last
  }
}
