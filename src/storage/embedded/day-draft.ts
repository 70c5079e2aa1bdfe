import type { DayFile } from './day-file.ts'

/** What a write adds to a day file, kept apart from it until it is committed. */
export class DayDraft {
  readonly file: DayFile
  readonly #columns = new Map<string, readonly string[]>()
  readonly #numbers = new Map<string, number>()

  constructor(file: DayFile) {
    this.file = file
  }

  /** Columns of the kind's table, undefined when there is no table. */
  columns(kind: string): readonly string[] | undefined {
    return this.#columns.get(kind) ?? this.file.columns.get(kind)
  }

  setColumns(kind: string, columns: readonly string[]): void {
    this.#columns.set(kind, columns)
  }

  number(facility: string): number | undefined {
    return this.file.facilities.get(facility) ?? this.#numbers.get(facility)
  }

  /** Numbers that are taken: the number of the next facility. */
  get facilities(): number {
    return this.file.facilities.size + this.#numbers.size
  }

  /** Gives the facility the next number. */
  add(facility: string): number {
    const number = this.facilities
    this.#numbers.set(facility, number)
    return number
  }

  /** Puts what was added into the file; call once it is committed. */
  publish(): void {
    for (const [kind, columns] of this.#columns) this.file.columns.set(kind, columns)
    for (const [facility, number] of this.#numbers) this.file.facilities.set(facility, number)
  }
}
