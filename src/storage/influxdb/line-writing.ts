import { LamplighterError } from '../../errors.ts'
import type { StoredKind, TelemetryRows } from '../telemetry-store.ts'
import { encodeLines } from './line-protocol.ts'

/** Lines of one request. */
const LINES_PER_REQUEST = 5_000
/** A line that was refused so often, alone or with others, is set aside. */
const TRIES = 5

/** Called with a line the server refuses for ever, and with what the server says. */
export type OnPoison = (line: string, reason: string) => void

/** What the server answered: written, refused because of the lines themselves, or anything else, which passes. */
export type WriteOutcome = { type: 'written' } | { type: 'refused'; reason: string } | { type: 'unavailable'; reason: string }

/** Sorts an HTTP answer to a write; an unauthorised or unknown database is for the operator to mend, so the lines wait. */
export function outcomeOf(status: number, body: string): WriteOutcome {
  const reason = `HTTP ${status}: ${body.slice(0, 300)}`
  return status === 400 || status === 413 || status === 422 ? { type: 'refused', reason } : { type: 'unavailable', reason }
}

export const unavailable = (reason: string, cause?: unknown) => new LamplighterError('store-unavailable', reason, cause)

/** Writes batches as lines through `send`; halves a refused request until the lines at fault stand alone. */
export class LineWriter {
  /** Lines set aside. */
  refused = 0
  readonly #kinds: ReadonlyMap<string, StoredKind>
  readonly #send: (body: string) => Promise<WriteOutcome>
  readonly #onPoison: OnPoison

  constructor(kinds: readonly StoredKind[], send: (body: string) => Promise<WriteOutcome>, onPoison: OnPoison = () => {}) {
    this.#kinds = new Map(kinds.map((kind) => [kind.key, kind]))
    this.#send = send
    this.#onPoison = onPoison
  }

  async write(batches: readonly TelemetryRows[]): Promise<void> {
    for (const batch of batches) {
      const kind = this.#kinds.get(batch.kind)
      if (!kind) throw new LamplighterError('invalid-request', `the store does not know the kind ${batch.kind}`)
      const lines = encodeLines(kind, batch)
      for (let first = 0; first < lines.length; first += LINES_PER_REQUEST)
        await this.#writeLines(lines.slice(first, first + LINES_PER_REQUEST), 1)
    }
  }

  async #writeLines(lines: readonly string[], tries: number): Promise<void> {
    const outcome = await this.#send(lines.join('\n'))
    if (outcome.type === 'written') return
    if (outcome.type === 'unavailable') throw unavailable(outcome.reason)
    const half = lines.length >>> 1
    if (half > 0) {
      await this.#writeLines(lines.slice(0, half), tries + 1)
      await this.#writeLines(lines.slice(half), tries + 1)
    } else if (tries < TRIES) await this.#writeLines(lines, tries + 1)
    else {
      this.refused++
      this.#onPoison(lines[0] as string, outcome.reason)
    }
  }
}
