import { LamplighterError } from '../../errors.ts'
import { type RefusedRows, RowsRefused, sliceRows } from '../refused-rows.ts'
import type { StoredKind, TelemetryRows } from '../telemetry-store.ts'
import { encodeLines } from './line-protocol.ts'

/** Lines of one request. */
const LINES_PER_REQUEST = 5_000
/** A line that was refused so often, alone or with others, is given back. */
const TRIES = 5

/** What the server answered: written, refused because of the lines themselves, or anything else, which passes. */
export type WriteOutcome = { type: 'written' } | { type: 'refused'; reason: string } | { type: 'unavailable'; reason: string }

/** Sorts an HTTP answer to a write; an unauthorised or unknown database is for the operator to mend, so the lines wait. */
export function outcomeOf(status: number, body: string): WriteOutcome {
  const reason = `HTTP ${status}: ${body.slice(0, 300)}`
  return status === 400 || status === 413 || status === 422 ? { type: 'refused', reason } : { type: 'unavailable', reason }
}

export const unavailable = (reason: string, cause?: unknown) => new LamplighterError('store-unavailable', reason, cause)

/** A line and the row it was made of. */
interface RowLine {
  line: string
  row: number
}

/** Writes batches as lines through `send`; halves a refused request until the lines at fault stand alone, and rejects with their rows at the end. */
export class LineWriter {
  readonly #kinds: ReadonlyMap<string, StoredKind>
  readonly #send: (body: string) => Promise<WriteOutcome>

  constructor(kinds: readonly StoredKind[], send: (body: string) => Promise<WriteOutcome>) {
    this.#kinds = new Map(kinds.map((kind) => [kind.key, kind]))
    this.#send = send
  }

  async write(batches: readonly TelemetryRows[]): Promise<void> {
    const refused: RefusedRows[] = []
    for (const batch of batches) {
      const kind = this.#kinds.get(batch.kind)
      if (!kind) throw new LamplighterError('invalid-request', `the store does not know the kind ${batch.kind}`)
      const rows: number[] = []
      const lines = encodeLines(kind, batch, rows).map((line, i): RowLine => ({ line, row: rows[i] as number }))
      for (let first = 0; first < lines.length; first += LINES_PER_REQUEST) {
        await this.#writeLines(lines.slice(first, first + LINES_PER_REQUEST), 1, (row, reason) => {
          refused.push({ batch: sliceRows(batch, row, row + 1), reason })
        })
      }
    }
    if (refused.length > 0) throw new RowsRefused(refused)
  }

  async #writeLines(lines: readonly RowLine[], tries: number, refuse: (row: number, reason: string) => void): Promise<void> {
    const outcome = await this.#send(lines.map(({ line }) => line).join('\n'))
    if (outcome.type === 'written') return
    if (outcome.type === 'unavailable') throw unavailable(outcome.reason)
    const half = lines.length >>> 1
    if (half > 0) {
      await this.#writeLines(lines.slice(0, half), tries + 1, refuse)
      await this.#writeLines(lines.slice(half), tries + 1, refuse)
    } else if (tries < TRIES) await this.#writeLines(lines, tries + 1, refuse)
    else refuse((lines[0] as RowLine).row, outcome.reason)
  }
}
