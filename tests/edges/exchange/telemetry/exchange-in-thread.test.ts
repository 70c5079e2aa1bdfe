import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../../../../src/config.ts'
import { importInThread } from '../../../../src/edges/exchange/telemetry/exchange-in-thread.ts'
import { LamplighterError } from '../../../../src/errors.ts'
import { remoteStore } from '../../../../src/storage/open-telemetry-store.ts'
import { RowsRefused } from '../../../../src/storage/refused-rows.ts'
import type { TelemetryRows, TelemetryStore } from '../../../../src/storage/telemetry-store.ts'
import { contractKind, NOON } from '../../../storage/telemetry-store.contract.ts'
import { linesOf, never, ownFolder, takingOptions } from './fixtures.ts'

const folder = ownFolder()
const remote = remoteStore(readConfig([], { TELEMETRY_STORE: 'influxdb1', INFLUXDB_URL: 'http://127.0.0.1:9' }))
const path = join(folder, 'rows.csv')
writeFileSync(path, `time,facility,flow\n${new Date(NOON).toISOString()},a,1\n${new Date(NOON + 1000).toISOString()},b,2\n`)

const importing = (write: TelemetryStore['write']) =>
  importInThread(
    { path, format: 'csv', encoding: 'utf-8' },
    takingOptions({ kinds: new Map([[contractKind.key, { key: contractKind.key, points: contractKind.points }]]) }),
    false,
    { telemetry: { write, scan: () => Promise.reject(new Error('scan')), range: () => Promise.reject(new Error('range')) }, remote },
    { signal: never },
  )

test('an import writes through the one store that knows which hours of a server are to be rolled up again', {
  timeout: 30_000,
}, async () => {
  const tries: (readonly TelemetryRows[])[] = []
  const report = await importing(async (batches) => {
    tries.push(batches)
    if (tries.length === 1) throw new LamplighterError('store-unavailable', 'away')
  })
  expect(report.taken).toBe(2)
  expect(tries.map((batches) => batches.flatMap(linesOf))).toEqual(Array(2).fill([`${NOON} a flow=1`, `${NOON + 1000} b flow=2`]))
})

test('rows that the store refuses come back to the import with the reason', { timeout: 30_000 }, async () => {
  const report = await importing(async ([batch]) => {
    throw new RowsRefused([{ batch: batch as TelemetryRows, reason: 'field type conflict' }])
  })
  expect(report.problems.map(({ reason, about }) => [reason, about])).toEqual(Array(2).fill(['store-refused', 'field type conflict']))
  expect(report.taken).toBe(0)
})
