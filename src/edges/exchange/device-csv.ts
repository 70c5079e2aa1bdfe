import { setImmediate } from 'node:timers/promises'
import { stringify } from 'csv-stringify/sync'
import { type DeviceSort, deviceSorts } from '../../access/device.ts'
import { LamplighterError } from '../../errors.ts'
import type { DeviceState, Provisioned, ProvisionRow } from '../devices.ts'
import { csvRecords } from './csv-reading.ts'
import { csvFormat } from './csv-writing.ts'
import { decodeText, UnreadableFile } from './encoding.ts'
import { guardFormula, unguardFormula } from './formula-guard.ts'

export const MAX_ROWS = 100_000
export const MAX_BYTES = 16 * 1_048_576
/** Rows written before others have their turn. */
const PIECE = 1_000
const columns = ['id', 'sort', 'note', 'fingerprint']

/** The lines of a CSV with the columns id and, if wanted, sort, note and fingerprint; others are passed over. Throws `invalid-request`. */
export async function readDeviceCsv(content: AsyncIterable<Uint8Array>): Promise<ProvisionRow[]> {
  const rows: ProvisionRow[] = []
  let header: string[] | undefined
  try {
    for await (const { row, cells } of csvRecords(decodeText(bounded(content), 'utf-8'))) {
      if (!header) header = readHeader(cells)
      else rows.push(readRow(row, header, cells))
      if (rows.length > MAX_ROWS) throw new LamplighterError('payload-too-large', `The file has more than ${MAX_ROWS} lines; divide it.`)
    }
  } catch (error) {
    if (error instanceof UnreadableFile)
      throw new LamplighterError('invalid-request', `The file cannot be read (${error.message}); send CSV in UTF-8.`)
    throw error
  }
  if (rows.length === 0)
    throw new LamplighterError('invalid-request', 'The file names no device: a header with the column id, then a line each.')
  return rows
}

async function* bounded(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of content) {
    size += chunk.length
    if (size > MAX_BYTES) throw new LamplighterError('payload-too-large', `The file is larger than ${MAX_BYTES / 1_048_576} MB; divide it.`)
    yield chunk
  }
}

function readHeader(cells: readonly string[]): string[] {
  const header = cells.map((cell) => cell.trim().toLowerCase())
  if (!header.includes('id'))
    throw new LamplighterError('invalid-request', `The first line must name the columns, with id among ${columns.join(', ')}.`)
  return header
}

function readRow(row: number, header: readonly string[], cells: readonly string[]): ProvisionRow {
  const cell = (name: string) => unguardFormula(cells[header.indexOf(name)] ?? '').trim()
  const sort = cell('sort')
  if (sort !== '' && !deviceSorts.includes(sort as DeviceSort))
    throw new LamplighterError(
      'invalid-request',
      `Line ${row}: sort is ${JSON.stringify(sort.slice(0, 40))} and must be ${deviceSorts.join(', ')} or empty.`,
    )
  const note = cell('note')
  const fingerprint = cell('fingerprint').replaceAll(':', '').toLowerCase()
  return {
    ...{ row, id: cell('id') },
    ...(sort !== '' && { sort: sort as DeviceSort }),
    ...(note !== '' && { note: note.slice(0, 500) }),
    ...(fingerprint !== '' && { fingerprint }),
  }
}

const isoTime = (at: number | null) => (at === null ? '' : new Date(at).toISOString())

/** What the vendor puts into the devices; the only time that the secrets are told. */
export async function secretsCsv({ issued }: Provisioned): Promise<string> {
  const pieces = [stringify([['id', 'username', 'client_id', 'type', 'secret', 'expires']], csvFormat)]
  for (let start = 0; start < issued.length; start += PIECE) {
    const rows = issued.slice(start, start + PIECE)
    const cells = rows.map(({ device: { id }, credential: { type, expires }, secret }) => [
      id,
      id,
      id,
      type,
      secret ?? '',
      isoTime(expires),
    ])
    pieces.push(stringify(cells, csvFormat))
    await setImmediate()
  }
  return pieces.join('')
}

/** Everything about devices but secrets, in pieces. */
export function* devicesCsv(pages: Iterable<readonly DeviceState[]>): Generator<string> {
  yield stringify([deviceColumns], csvFormat)
  for (const page of pages) yield stringify(page.map(deviceCells), csvFormat)
}

const deviceColumns = [
  ...['id', 'sort', 'note', 'disabled', 'topics', 'subscriptions', 'connections', 'last_connected'],
  ...['credentials', 'expires', 'last_used'],
]

function deviceCells({ id, sort, note, disabled, topics, subscriptions, connections, lastConnected, credentials }: DeviceState) {
  return [
    ...[id, sort, guardFormula(note), disabled ? 'yes' : 'no', guardFormula(topics.join(' ')), guardFormula(subscriptions.join(' '))],
    ...[connections, isoTime(lastConnected), credentials.map(({ type }) => type).join(' ')],
    credentials.map(({ expires }) => isoTime(expires) || 'never').join(' '),
    credentials.map(({ lastUsed }) => isoTime(lastUsed) || 'never').join(' '),
  ]
}
