import { open } from 'node:fs/promises'
import type { Encoding } from '../encoding.ts'
import type { TelemetryFormat } from './formats.ts'
import { parseLine } from './line-reading.ts'

const PEEK = 65_536

/** What a file of telemetry is, by its beginning. */
export async function recognizeTelemetry(path: string, encoding: Encoding): Promise<TelemetryFormat> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(PEEK), 0, PEEK, 0)
    const start = buffer.subarray(0, bytesRead)
    if (start.subarray(0, 4).toString('latin1') === 'PAR1') return 'parquet'
    return formatOfText(new TextDecoder(encoding).decode(start))
  } finally {
    await file.close()
  }
}

/** Line protocol may begin with comments, and with what a dump of a server says of its databases. */
function formatOfText(text: string): TelemetryFormat {
  if (text.trimStart().startsWith('{')) return 'json-lines'
  const lines = text.split('\n', 100).map((line) => line.trim())
  const first = lines.find((line) => line !== '' && !line.startsWith('#') && !line.startsWith('CREATE DATABASE'))
  return first !== undefined && typeof parseLine(first) === 'object' ? 'line-protocol' : 'csv'
}
