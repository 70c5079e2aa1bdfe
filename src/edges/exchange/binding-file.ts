import { stringify } from 'csv-stringify/sync'
import { LamplighterError } from '../../errors.ts'
import { type DeviceBinding, type ProfileDialect, profileDialects } from '../../telemetry/device-profile.ts'
import { csvRecords, withoutEmptyEnd } from './csv-reading.ts'
import { csvFormat } from './csv-writing.ts'
import { decodeText, UnreadableFile } from './encoding.ts'
import { guardFormula, unguardFormula } from './formula-guard.ts'

const columns = ['dialect', 'address', 'facility', 'profile'] as const
/** They are written at once, while telemetry waits. */
const MOST_ROWS = 20_000
const ROWS_PER_PIECE = 1000

/** Bindings as CSV, in pieces. */
export function* bindingFile(bindings: Iterable<DeviceBinding>): Generator<string> {
  yield stringify([[...columns]], csvFormat)
  let rows: string[][] = []
  for (const binding of bindings) {
    rows.push(columns.map((column) => guardFormula(binding[column])))
    if (rows.length < ROWS_PER_PIECE) continue
    yield stringify(rows, csvFormat)
    rows = []
  }
  yield stringify(rows, csvFormat)
}

/** The bindings of a CSV file in UTF-8 with a header, the first of them in row 2. Throws `invalid-request` when it cannot be read. */
export async function readBindingFile(content: AsyncIterable<Uint8Array>): Promise<DeviceBinding[]> {
  const bindings: DeviceBinding[] = []
  let places: number[] | undefined
  try {
    for await (const { row, cells } of csvRecords(decodeText(content, 'utf-8'))) {
      if (!places) {
        places = placesOf(withoutEmptyEnd(cells).map((cell) => cell.trim()))
        continue
      }
      const [dialect = '', address = '', facility = '', profile = ''] = places.map((place) => unguardFormula(cells[place] ?? '').trim())
      if (!isDialect(dialect))
        throw refusal(`Row ${row}: there is no dialect ${JSON.stringify(dialect)}; there are ${profileDialects.join(', ')}.`)
      bindings.push({ dialect, address, facility, profile })
      if (bindings.length > MOST_ROWS) throw refusal(`There are more than ${MOST_ROWS} rows; send several files.`)
    }
  } catch (error) {
    if (error instanceof UnreadableFile) throw refusal(`The file cannot be read: ${error.about}. It must be CSV in UTF-8.`)
    throw error
  }
  if (!places) throw refusal('The file is empty.')
  return bindings
}

function placesOf(header: readonly string[]): number[] {
  const places = columns.map((column) => header.indexOf(column))
  if (places.includes(-1)) throw refusal(`The first row must name the columns ${columns.join(', ')}.`)
  return places
}

const isDialect = (text: string): text is ProfileDialect => (profileDialects as readonly string[]).includes(text)
const refusal = (message: string) => new LamplighterError('invalid-request', message)
