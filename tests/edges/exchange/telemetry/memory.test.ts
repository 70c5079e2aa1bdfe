import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { ownFolder } from './fixtures.ts'

const folder = ownFolder()
const MEGABYTE = 1_048_576

/** What a process of its own needs for an export and an import of so many rows. */
async function measure(format: string, rows: number): Promise<{ exported: number; imported: number; grown: number; bytes: number }> {
  const program = join(import.meta.dirname, 'exchange-rows.ts')
  const child = spawn(process.execPath, [program, format, String(rows), join(folder, `rows.${format}`)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return JSON.parse(await text(child.stdout))
}

describe.each(['csv', 'json-lines', 'line-protocol', 'parquet'])('a million rows as %s', (format) => {
  test('go out and come in without being held in memory', async () => {
    const { exported, imported, grown, bytes } = await measure(format, 1_000_000)
    expect([exported, imported]).toEqual([1_000_000, 1_000_000])
    expect(bytes).toBeGreaterThan(MEGABYTE)
    expect(grown).toBeLessThan(450 * MEGABYTE)
  }, 300_000)
})
