import { open, readFile } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { type PlainRow, plainRow } from '../plain-row.ts'
import type { RefusedRows } from '../refused-rows.ts'
import { RowCollector } from '../row-collector.ts'
import type { SetAsideBatch } from '../set-aside.ts'
import type { TelemetryRows } from '../telemetry-store.ts'
import { replaceFile } from './durable-write.ts'

/**
 * A file of a batch, JSON lines in UTF-8: a header, then a row each, `{"facility":"SL-1","at":1700000000000,"values":{"power":61.5}}`, with values as
 * they were given to the store; infinite ones as text. The checksum is the CRC-32 in hex of all bytes behind the header line.
 */
type Header = Omit<SetAsideBatch, 'bytes' | 'damaged'> & { bodyBytes: number; checksum: string }

const HEADER_MOST = 64 * 1024
/** Rows encoded or decoded before others get their turn. */
const ROWS_A_TURN = 2_000
const REASON_LENGTH = 2_000

/** Writes a batch durably and returns what it is. */
export async function writeSetAside(
  path: string,
  { id, at, store }: Pick<SetAsideBatch, 'id' | 'at' | 'store'>,
  refused: readonly RefusedRows[],
): Promise<SetAsideBatch> {
  const parts: Buffer[] = []
  let sum = 0
  let values = 0
  let bodyBytes = 0
  for (const { batch } of refused) {
    for (let first = 0; first < batch.rows; first += ROWS_A_TURN) {
      const lines: string[] = []
      for (let row = first; row < Math.min(first + ROWS_A_TURN, batch.rows); row++) {
        const encoded = plainRow(batch, row)
        values += Object.keys(encoded.values).length
        lines.push(`${JSON.stringify(encoded)}\n`)
      }
      const part = Buffer.from(lines.join(''))
      sum = crc32(part, sum)
      bodyBytes += part.length
      parts.push(part)
      if (lines.length === ROWS_A_TURN) await nextTurn()
    }
  }
  const rows = refused.reduce((count, { batch }) => count + batch.rows, 0)
  const reason = [...new Set(refused.map((one) => one.reason))].join('; ').slice(0, REASON_LENGTH)
  const batch = { id, at, store, kind: refused[0]?.batch.kind ?? '', reason, rows, values }
  const header: Header = { ...batch, bodyBytes, checksum: hex(sum) }
  const head = Buffer.from(`${JSON.stringify(header)}\n`)
  await replaceFile(path, [head, ...parts])
  return { ...batch, bytes: head.length + bodyBytes, damaged: false }
}

/** What a file says of itself; damaged when it does not, or is longer or shorter than it says. */
export async function readSetAsideHeader(path: string, id: string): Promise<SetAsideBatch> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_MOST), 0, HEADER_MOST, 0)
    const end = buffer.subarray(0, bytesRead).indexOf('\n')
    const header = end < 0 ? undefined : headerIn(buffer.toString('utf8', 0, end))
    if (!header) return { id, at: 0, store: '', kind: '', reason: '', rows: 0, values: 0, bytes: size, damaged: true }
    const { bodyBytes, checksum: _, ...batch } = header
    return { ...batch, id, bytes: size, damaged: size !== end + 1 + bodyBytes }
  } finally {
    await file.close()
  }
}

/** The rows of a file, as far as they can be read, and whether that is all. */
export async function readSetAsideRows(path: string): Promise<{ rows: TelemetryRows; isWhole: boolean }> {
  const content = await readFile(path)
  const end = content.indexOf('\n')
  const header = headerIn(content.toString('utf8', 0, Math.max(0, end)))
  const body = content.subarray(end + 1)
  const rows = new RowCollector(header?.kind ?? '')
  let read = 0
  for (let at = 0; at < body.length; ) {
    const next = body.indexOf('\n', at)
    const line = next < 0 ? undefined : rowIn(body.toString('utf8', at, next))
    at = next < 0 ? body.length : next + 1
    if (line) {
      rows.begin(line.facility, Number(line.at))
      for (const [column, value] of Object.entries(line.values)) rows.set(column, Number(value))
      if (++read % ROWS_A_TURN === 0) await nextTurn()
    }
  }
  const isWhole = header !== undefined && header.bodyBytes === body.length && header.checksum === hex(crc32(body)) && read === header.rows
  return { rows: rows.rows(), isWhole }
}

const hex = (sum: number) => (sum >>> 0).toString(16).padStart(8, '0')

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function rowIn(line: string): PlainRow | undefined {
  const row = parsed(line)
  return typeof row?.facility === 'string' && typeof row.values === 'object' && row.values !== null
    ? (row as unknown as PlainRow)
    : undefined
}

function headerIn(line: string): Header | undefined {
  const header = parsed(line)
  const texts = ['store', 'kind', 'reason', 'checksum'].every((field) => typeof header?.[field] === 'string')
  const numbers = ['at', 'rows', 'values', 'bodyBytes'].every((field) => typeof header?.[field] === 'number')
  return texts && numbers ? (header as unknown as Header) : undefined
}
