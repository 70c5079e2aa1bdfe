import { readFileSync } from 'node:fs'
import { unavailable } from './write-outcome.ts'

/** A password or token: as text, or in a file that is read again when the server refuses what it held. */
export interface SecretSource {
  text: string
  /** Counts before the text; empty: none. Space around what it holds is left out. */
  file: string
}

export class Secret {
  readonly #source: SecretSource
  #held: string | null = null

  constructor(source: SecretSource) {
    this.#source = source
  }

  /** Throws `store-unavailable` when the file cannot be read. */
  get value(): string {
    this.#held ??= this.#read()
    return this.#held
  }

  /** Reads the file again; true when it holds something else than before. */
  refresh(): boolean {
    const before = this.#held
    this.#held = this.#read()
    return this.#held !== before
  }

  #read(): string {
    const { text, file } = this.#source
    if (file === '') return text
    try {
      return readFileSync(file, 'utf8').trim()
    } catch (error) {
      throw unavailable(`the file ${file} with the password or token for InfluxDB cannot be read`, error)
    }
  }
}
