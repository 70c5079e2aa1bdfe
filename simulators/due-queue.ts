interface Due {
  at: number
  item: number
}

const isBefore = (a: Due, b: Due) => a.at < b.at || (a.at === b.at && a.item < b.item)

/** A binary heap of item numbers by the time they are due; equal times come in order of item. */
export class DueQueue {
  readonly #heap: Due[] = []

  get size(): number {
    return this.#heap.length
  }

  peek(): number | undefined {
    return this.#heap[0]?.at
  }

  push(at: number, item: number): void {
    const heap = this.#heap
    const due = { at, item }
    let i = heap.push(due) - 1
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (!isBefore(due, heap[parent] as Due)) break
      heap[i] = heap[parent] as Due
      i = parent
    }
    heap[i] = due
  }

  pop(): Due | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || heap.length === 0) return first
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Due, heap[child] as Due)) child++
      if (!isBefore(heap[child] as Due, last)) break
      heap[i] = heap[child] as Due
      i = child
    }
    heap[i] = last
    return first
  }
}
