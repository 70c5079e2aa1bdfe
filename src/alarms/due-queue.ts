import { Heap } from './heap.ts'

interface Entry {
  at: number
  id: number
}

/** Times at which alarms, or other numbered things, are due, the earliest first and of equal times the lowest id. */
export class DueQueue {
  readonly #heap = new Heap<Entry>((a, b) => a.at < b.at || (a.at === b.at && a.id < b.id))

  get first(): Entry | undefined {
    return this.#heap.first
  }

  get size(): number {
    return this.#heap.size
  }

  clear(): void {
    this.#heap.clear()
  }

  add(at: number, id: number): void {
    this.#heap.add({ at, id })
  }

  removeFirst(): void {
    this.#heap.removeFirst()
  }
}
