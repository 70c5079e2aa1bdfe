/** Gives what comes first by an order, however it was put in: a binary heap. */
export class Heap<T> {
  readonly #isBefore: (a: T, b: T) => boolean
  readonly #heap: T[] = []

  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore
  }

  get first(): T | undefined {
    return this.#heap[0]
  }

  get size(): number {
    return this.#heap.length
  }

  clear(): void {
    this.#heap.length = 0
  }

  add(entry: T): void {
    const heap = this.#heap
    let place = heap.length
    while (place > 0) {
      const above = (place - 1) >> 1
      if (!this.#isBefore(entry, heap[above] as T)) break
      heap[place] = heap[above] as T
      place = above
    }
    heap[place] = entry
  }

  removeFirst(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let place = 0
    for (;;) {
      let below = 2 * place + 1
      if (below >= heap.length) break
      if (below + 1 < heap.length && this.#isBefore(heap[below + 1] as T, heap[below] as T)) below++
      if (!this.#isBefore(heap[below] as T, last)) break
      heap[place] = heap[below] as T
      place = below
    }
    heap[place] = last
  }
}
