import { setImmediate as nextTurn } from 'node:timers/promises'
import { LamplighterError } from '../../errors.ts'
import { type RefusedRows, RowsRefused } from '../refused-rows.ts'
import type { StoredKind, TelemetryRows } from '../telemetry-store.ts'
import { encodeLines, withoutField } from './line-protocol.ts'
import { type Refusal, unavailable, type WriteOutcome } from './write-outcome.ts'

/** Lines of one request. */
const LINES_PER_REQUEST = 5_000
/** Rows that are turned into lines before others may go on. */
const ROWS_PER_TURN = 1_000
/** A line that was refused so often, alone or with others, is given back. */
const TRIES = 5

/** Sends lines to a server in one request; rejects only with a LamplighterError. */
export type SendLines = (lines: readonly string[]) => Promise<WriteOutcome>

export interface LineWriterOptions {
  kinds: readonly StoredKind[]
  send: SendLines
  now?: () => number
}

/** A line and the row it was made of. */
interface RowLine {
  line: string
  row: number
}

/** Called with rows that are refused, and with their only column that is, if it is one. */
type Refuse = (lines: readonly RowLine[], reason: string, column?: string) => void

/**
 * Writes batches as lines; narrows a refused request down to the rows and columns at fault, writes all else and rejects with those at the end.
 */
export class LineWriter {
  /** Rows that were older than the database keeps, and that it left out. */
  expired = 0
  readonly #kinds: ReadonlyMap<string, StoredKind>
  readonly #send: SendLines
  readonly #now: () => number
  #notBefore = Number.NEGATIVE_INFINITY

  constructor({ kinds, send, now = Date.now }: LineWriterOptions) {
    this.#kinds = new Map(kinds.map((kind) => [kind.key, kind]))
    this.#send = send
    this.#now = now
  }

  async write(batches: readonly TelemetryRows[]): Promise<void> {
    const wait = this.#notBefore - this.#now()
    if (wait > 0) throw unavailable(`InfluxDB asks to be left alone for another ${Math.ceil(wait / 1000)} s`)
    const refused: RefusedRows[] = []
    for (const batch of batches) {
      const kind = this.#kinds.get(batch.kind)
      if (!kind) throw new LamplighterError('invalid-request', `the store does not know the kind ${batch.kind}`)
      for (let first = 0; first < batch.rows; first += LINES_PER_REQUEST) {
        const lines = await encodeRows(kind, batch, first, Math.min(batch.rows, first + LINES_PER_REQUEST))
        if (lines.length > 0)
          await this.#writeLines(lines, 1, (those, reason, column) => refused.push({ batch: pickRows(batch, those, column), reason }))
      }
    }
    if (refused.length > 0) throw new RowsRefused(refused)
  }

  async #writeLines(lines: readonly RowLine[], tries: number, refuse: Refuse): Promise<void> {
    const outcome = await this.#send(lines.map(({ line }) => line))
    switch (outcome.type) {
      case 'written':
        this.expired += outcome.expired
        return
      case 'unavailable':
        if (outcome.wait !== undefined) this.#notBefore = this.#now() + outcome.wait
        throw unavailable(`InfluxDB cannot be written to: ${outcome.reason}`)
      case 'too-large':
        if (lines.length === 1) refuse(lines, outcome.reason)
        else for (const half of halves(lines)) await this.#writeLines(half, tries, refuse)
        return
      case 'refused':
        return this.#narrow(lines, outcome, tries, refuse)
    }
  }

  async #narrow(lines: readonly RowLine[], { field, named, dropped, reason }: Refusal, tries: number, refuse: Refuse): Promise<void> {
    const alone = lines.length === 1
    const rests = field !== null && (alone || dropped === lines.length) ? lines.map(({ line }) => withoutField(line, field)) : []
    if (field !== null && rests.length > 0 && rests.every((rest) => rest !== undefined)) {
      refuse(lines, reason, field)
      const rest = lines.map(({ row }, i) => ({ row, line: rests[i] as string })).filter(({ line }) => line !== '')
      if (rest.length > 0) await this.#writeLines(rest, tries, refuse)
    } else if (alone || named.length === lines.length) {
      if (tries < TRIES) await this.#writeLines(lines, tries + 1, refuse)
      else refuse(lines, reason)
    } else {
      const parts = named.length > 0 ? partition(lines, named) : halves(lines)
      for (const part of parts) await this.#writeLines(part, tries + 1, refuse)
    }
  }
}

async function encodeRows(kind: StoredKind, batch: TelemetryRows, first: number, end: number): Promise<RowLine[]> {
  const encoded: RowLine[] = []
  for (let row = first; row < end; row += ROWS_PER_TURN) {
    if (row > first) await nextTurn()
    const rows: number[] = []
    const lines = encodeLines(kind, batch, rows, row, Math.min(end, row + ROWS_PER_TURN))
    for (const [i, line] of lines.entries()) encoded.push({ line, row: rows[i] as number })
  }
  return encoded
}

function halves<T>(lines: readonly T[]): [readonly T[], readonly T[]] {
  const half = lines.length >>> 1
  return [lines.slice(0, half), lines.slice(half)]
}

function partition<T>(lines: readonly T[], named: readonly number[]): [readonly T[], readonly T[]] {
  const chosen = new Set(named)
  return [lines.filter((_, i) => !chosen.has(i)), lines.filter((_, i) => chosen.has(i))]
}

function pickRows(batch: TelemetryRows, lines: readonly RowLine[], column: string | undefined): TelemetryRows {
  const columns = column === undefined ? batch.columns : [column]
  return {
    ...batch,
    facility: Uint32Array.from(lines, ({ row }) => batch.facility[row] as number),
    at: Float64Array.from(lines, ({ row }) => batch.at[row] as number),
    columns,
    values: columns.map((name) => {
      const values = batch.values[batch.columns.indexOf(name)] as Float64Array
      return Float64Array.from(lines, ({ row }) => values[row] as number)
    }),
    rows: lines.length,
  }
}
