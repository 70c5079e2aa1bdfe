import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FacilityKind } from '../../facilities/facility-kind.ts'
import type { ColumnMapper, ImportRow } from '../../facilities/import-mapping.ts'
import type { ImportProblem } from '../../facilities/import-problem.ts'
import { type Delimiter, readCsv } from './csv-reading.ts'
import { decodeText, type Encoding, EncodingProbe, type FoundEncoding } from './encoding.ts'
import { readGeoJson } from './geojson-reading.ts'
import { jsonElements } from './json-elements.ts'
import { readNgsiLd } from './ngsi-ld-reading.ts'
import type { ExportFormat } from './plant-export.ts'

export type ImportFormat = ExportFormat

/** A file of facilities that lies on disk. */
export interface PlantFile {
  path: string
  size: number
  encoding: Encoding
  format: ImportFormat
  delimiter?: Delimiter
}

const PEEK = 65_536

/** What the file is, by its bytes; all of them are read once. */
export async function recognize(path: string): Promise<FoundEncoding & { format: ImportFormat }> {
  const probe = new EncodingProbe()
  for await (const chunk of createReadStream(path)) probe.write(chunk as Buffer)
  const found = probe.end()
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(PEEK), 0, PEEK, 0)
    const start = new TextDecoder(found.encoding).decode(buffer.subarray(0, bytesRead)).trimStart()
    const format = !/^[[{]/.test(start) ? 'csv' : /"Feature(Collection)?"/.test(start) ? 'geojson' : 'ngsi-ld'
    return { ...found, format }
  } finally {
    await file.close()
  }
}

export interface ReadingOptions {
  kinds: ReadonlyMap<string, FacilityKind>
  mapper: ColumnMapper
  report: (problem: ImportProblem) => void
  /** Told the bytes read so far. */
  onRead: (bytes: number) => void
}

/** The rows of a file in any format. Throws `UnreadableFile` where it cannot be read on. */
export function readPlantFile(file: PlantFile, { kinds, mapper, report, onRead }: ReadingOptions): AsyncGenerator<ImportRow> {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    let read = 0
    for await (const chunk of createReadStream(file.path, { highWaterMark: 16_384 })) {
      read += (chunk as Buffer).length
      onRead(read)
      yield chunk as Buffer
    }
  }
  const text = decodeText(bytes(), file.encoding)
  if (file.format === 'csv') return readCsv(text, mapper, report, file.delimiter)
  if (file.format === 'geojson') return readGeoJson(jsonElements(text), mapper)
  return readNgsiLd(jsonElements(text), mapper, kinds)
}
