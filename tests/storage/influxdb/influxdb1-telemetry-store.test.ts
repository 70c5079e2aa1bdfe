import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openInfluxdb1 } from '../../../src/storage/influxdb/influxdb1-telemetry-store.ts'
import { RowsRefused } from '../../../src/storage/refused-rows.ts'
import { findProgram } from '../../servers.ts'
import { contractKind, NOON, rowsOf, telemetryStoreContract } from '../telemetry-store.contract.ts'
import { freePort, type OutsideServer, startInfluxd } from './server.ts'

const influxd = findProgram('influxd')
const open = (url: string) => openInfluxdb1({ url, database: 'lamplighter', kinds: [contractKind], timeout: 10_000 })

describe.skipIf(!influxd)('with a server', () => {
  telemetryStoreContract('InfluxDB 1', async () => {
    const server = await startInfluxd(influxd as string)
    const store = await open(server.url)
    return { store, reopen: () => open(server.url), stop: () => server.stop() }
  })

  describe('InfluxDB 1 store', () => {
    let server: OutsideServer
    beforeAll(async () => {
      server = await startInfluxd(influxd as string)
    }, 30_000)
    afterAll(() => server?.stop())
    const asked = { facilities: ['a'], kind: contractKind.key, points: ['flow', 'level'], from: NOON - 1000, to: NOON + 100_000 }

    test('rejects while the server is away and works when it is back', async () => {
      const store = await open(server.url)
      await server.pause()
      const row = rowsOf(['away', NOON, { flow: 1 }])
      await expect(store.write([row])).rejects.toMatchObject({ code: 'store-unavailable' })
      await expect(store.range({ ...asked, facilities: ['away'] }, 10)).rejects.toMatchObject({ code: 'store-unavailable' })
      await expect(store.ping()).rejects.toMatchObject({ code: 'store-unavailable' })
      await server.resume()
      await store.write([row])
      expect((await store.range({ ...asked, facilities: ['away'] }, 10))[0]?.value).toEqual([1])
    })

    test('a row the server refuses for ever is named alone, and all others are written', async () => {
      const database = `${server.url}/write?db=lamplighter&precision=ms`
      await open(server.url)
      // Somebody else wrote the field with another type; a type holds for a week's shard.
      expect((await fetch(database, { method: 'POST', body: `pump-station,facility=x level="high" ${NOON}` })).status).toBe(204)
      const store = await open(server.url)
      const rows = Array.from({ length: 100 }, (_, i): [string, number, Record<string, number>] => [
        'a',
        NOON + i,
        i === 37 ? { level: 1 } : { flow: i },
      ])
      const error = await store.write([rowsOf(...rows)]).catch((error: unknown) => error)
      expect(error).toBeInstanceOf(RowsRefused)
      const { refused } = error as RowsRefused
      expect(refused.map(({ batch }) => [batch.rows, batch.at[0]])).toEqual([[1, NOON + 37]])
      expect(refused[0]?.reason).toMatch(/^HTTP 400: .*field type conflict/)
      expect((await store.range({ ...asked, points: ['flow'] }, 1000))[0]?.at).toHaveLength(99)
    })

    test('a database dropped by somebody is made again', async () => {
      const store = await open(server.url)
      await fetch(`${server.url}/query`, { method: 'POST', body: new URLSearchParams({ q: 'DROP DATABASE lamplighter' }) })
      const row = rowsOf(['again', NOON, { flow: 1 }])
      // The server may take one more write for the database it is dropping.
      const write = async () => {
        await store.write([row])
        expect((await store.range({ ...asked, facilities: ['again'] }, 10))[0]?.value).toEqual([1])
      }
      await vi.waitFor(write, { timeout: 10_000 })
    })
  })
})

test('opening fails with store-unavailable when nobody listens', async () => {
  await expect(open(`http://127.0.0.1:${await freePort()}`)).rejects.toMatchObject({ code: 'store-unavailable' })
})
