import { setImmediate as nextTurn } from 'node:timers/promises'
import { type MeasuredValue, toEntity } from '../../facilities/ngsi-ld.ts'
import type { Facility, Plant } from '../../facilities/plant.ts'
import { columnsOf, csvHeader, csvRows } from './csv-writing.ts'
import type { Encoding } from './encoding.ts'
import { encodeGb18030 } from './gb18030.ts'

export const exportFormats = ['csv', 'geojson', 'ngsi-ld'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** Facilities written between two turns of the event loop. */
const SLICE = 200

export interface ExportOptions {
  format: ExportFormat
  /** CSV only. */
  encoding: Exclude<Encoding, 'utf-16le'>
  /** Begins a UTF-8 CSV with the mark by which spreadsheets know it. */
  hasMark: boolean
  /** Of the column names of CSV. */
  language: 'en' | 'zh'
}

export interface ExportSources {
  plant: Pick<Plant, 'get'>
  latest: (facility: Facility) => readonly MeasuredValue[]
  /** Rules whose alarms are active. */
  faults: (facility: Facility) => ReadonlySet<string>
}

/** The facilities as a file, piece by piece; the event loop goes round between pieces. */
export async function* exportFacilities(
  facilities: readonly Facility[],
  options: ExportOptions,
  sources: ExportSources,
): AsyncGenerator<Uint8Array> {
  if (options.format === 'csv') yield* exportCsv(facilities, options)
  else if (options.format === 'geojson') yield* exportJson(facilities, '{"type":"FeatureCollection","features":[', ']}', feature)
  else
    yield* exportJson(facilities, '[', ']', (f) =>
      toEntity(f, { plant: sources.plant, latest: sources.latest(f), faults: sources.faults(f) }),
    )
}

async function* slices(facilities: readonly Facility[]): AsyncGenerator<readonly Facility[]> {
  for (let from = 0; from < facilities.length; from += SLICE) {
    yield facilities.slice(from, from + SLICE)
    await nextTurn()
  }
}

async function* exportCsv(facilities: readonly Facility[], { encoding, hasMark, language }: ExportOptions): AsyncGenerator<Uint8Array> {
  const rated = new Set<string>()
  const labels = new Set<string>()
  for await (const slice of slices(facilities)) {
    for (const facility of slice) {
      for (const name of Object.keys(facility.rated)) rated.add(name)
      for (const name of Object.keys(facility.labels)) labels.add(name)
    }
  }
  const fields = columnsOf(rated, labels)
  const encode = (text: string) => (encoding === 'gb18030' ? encodeGb18030(text) : Buffer.from(text))
  yield encode((hasMark && encoding === 'utf-8' ? '\ufeff' : '') + csvHeader(fields, language))
  for await (const slice of slices(facilities)) yield encode(csvRows(slice, fields))
}

async function* exportJson(
  facilities: readonly Facility[],
  start: string,
  end: string,
  make: (facility: Facility) => unknown,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${start}\n`)
  let isFirst = true
  for await (const slice of slices(facilities)) {
    const made = slice.map(make).filter((each) => each !== null)
    if (made.length === 0) continue
    yield Buffer.from((isFirst ? '' : ',\n') + made.map((each) => JSON.stringify(each)).join(',\n'))
    isFirst = false
  }
  yield Buffer.from(`\n${end}\n`)
}

/** RFC 7946, in the names of the API. */
function feature({ number: _, kind, position, ...rest }: Facility): unknown {
  return {
    type: 'Feature',
    id: rest.id,
    geometry: position && { type: 'Point', coordinates: [...position] },
    properties: { ...rest, kind: kind.key },
  }
}
