/*
 * No InfluxDB 3 server is available to tests. Its v1 query API is played by InfluxDB 1, which answers the same InfluxQL, behind a front that takes
 * lines by the v2 write API; what only InfluxDB 3 does is played by recorded answers.
 */
import { afterEach, describe, expect, test } from 'vitest'
import { openInfluxdb3 } from '../../../src/storage/influxdb/influxdb3-telemetry-store.ts'
import { RowsRefused } from '../../../src/storage/refused-rows.ts'
import { findProgram } from '../../servers.ts'
import { contractKind, NOON, rowsOf, telemetryStoreContract } from '../telemetry-store.contract.ts'
import { serve, serveThrough } from './fake-server.ts'
import { startInfluxd } from './server.ts'

const influxd = findProgram('influxd')
const open = (url: string) =>
  openInfluxdb3({ url, database: 'city', token: { text: 'secret', file: '' }, kinds: [contractKind], timeout: 10_000 })

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

describe.skipIf(!influxd)('with a server', () => {
  telemetryStoreContract('InfluxDB 3', async () => {
    const server = await startInfluxd(influxd as string)
    await fetch(`${server.url}/query`, { method: 'POST', body: new URLSearchParams({ q: 'CREATE DATABASE city' }) })
    const front = await serveThrough(server.url, { change: (path) => path.replace('/api/v2/write?bucket=', '/write?db=') })
    const stop = async () => {
      front.stop()
      await server.stop()
    }
    return { store: open(front.url), reopen: async () => open(front.url), stop }
  })
})

test('lines go to the v2 write API with the token, and those it names are given back', async () => {
  const failed = { original_line: 'x', line_number: 2, error_message: 'invalid column type' }
  const { url, requests, stop } = await serve(({ body }) =>
    body.includes('flow=2')
      ? { status: 400, body: JSON.stringify({ error: 'partial write of line protocol occurred', data: [failed] }) }
      : { status: 204 },
  )
  stops.push(stop)
  const rows = rowsOf(['a', NOON, { flow: 1 }], ['a', NOON + 1, { flow: 2 }], ['a', NOON + 2, { flow: 3 }])
  const error = await open(url)
    .write([rows])
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(RowsRefused)
  expect((error as RowsRefused).refused.map(({ batch, reason }) => [[...batch.at], reason.includes('invalid column type')])).toEqual([
    [[NOON + 1], true],
  ])
  expect(requests[0]).toMatchObject({ path: '/api/v2/write?bucket=city&precision=ms', headers: { authorization: 'Bearer secret' } })
  // The others are written as a whole, not one by one.
  expect(requests[1]?.body.split('\n')).toHaveLength(2)
})
