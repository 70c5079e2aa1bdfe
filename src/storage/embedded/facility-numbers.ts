/** Facility ids, each kept once however many files name it. */
export class FacilityNames {
  readonly #index = new Map<string, number>()
  readonly #names: string[] = []

  indexOf(id: string): number | undefined {
    return this.#index.get(id)
  }

  add(id: string): number {
    const known = this.#index.get(id)
    if (known !== undefined) return known
    this.#index.set(id, this.#names.length)
    return this.#names.push(id) - 1
  }

  name(index: number): string {
    return this.#names[index] as string
  }
}

/** The numbers a file gives facilities. */
export class FacilityNumbers {
  readonly #names: FacilityNames
  /** By index of the name; 0 = none, else the number + 1. */
  #numbers = new Uint32Array(64)
  /** By number; 0 = none, else the index of the name + 1. */
  #indices = new Uint32Array(64)
  #size = 0

  constructor(names: FacilityNames) {
    this.#names = names
  }

  get size(): number {
    return this.#size
  }

  get(id: string): number | undefined {
    const index = this.#names.indexOf(id)
    const entry = index === undefined ? 0 : (this.#numbers[index] ?? 0)
    return entry === 0 ? undefined : entry - 1
  }

  id(number: number): string | undefined {
    const entry = this.#indices[number] ?? 0
    return entry === 0 ? undefined : this.#names.name(entry - 1)
  }

  set(id: string, number: number): void {
    const index = this.#names.add(id)
    this.#numbers = longEnough(this.#numbers, index)
    this.#indices = longEnough(this.#indices, number)
    this.#numbers[index] = number + 1
    this.#indices[number] = index + 1
    this.#size++
  }
}

function longEnough(array: Uint32Array<ArrayBuffer>, index: number): Uint32Array<ArrayBuffer> {
  if (index < array.length) return array
  const longer = new Uint32Array(Math.max(index + 1, array.length * 2))
  longer.set(array)
  return longer
}
