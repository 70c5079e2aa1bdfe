/* Run by a test that kills it: writes numbered rows and puts all files in order all the while, and prints each number once it is durable. */
import { writeSync } from 'node:fs'
import { openEmbeddedTelemetryStore } from '../../../src/storage/embedded/telemetry-store.ts'
import { days } from '../../../src/telemetry/duration.ts'
import { NOON, rowsOf } from './numbered-rows.ts'

const [folder = '', first = '0'] = process.argv.slice(2)
const store = await openEmbeddedTelemetryStore({ folder, kinds: [], retentionDays: 400 })

async function sealForEver(): Promise<never> {
  for (;;) await store.compact(NOON + days(3))
}
void sealForEver()
for (let n = Number(first); ; n++) {
  await store.write([rowsOf(n)])
  writeSync(1, `${n}\n`)
}
