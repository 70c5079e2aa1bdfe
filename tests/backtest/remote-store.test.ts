import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { usualFloodLimits } from '../../src/alarms/flood.ts'
import { backtestInWorker } from '../../src/backtest/backtest-in-worker.ts'
import type { BacktestOrder } from '../../src/backtest/backtest-order.ts'
import { readConfig } from '../../src/config.ts'
import { kindByKey } from '../../src/facilities/index.ts'
import { openRemoteStore, type RemoteStore, remoteStore } from '../../src/storage/open-telemetry-store.ts'
import type { TelemetryRows } from '../../src/storage/telemetry-store.ts'
import { minutes, seconds } from '../../src/telemetry/duration.ts'
import { findProgram } from '../servers.ts'
import { type OutsideServer, startInfluxd } from '../storage/influxdb/server.ts'
import { asTheyAre, START } from './tanks.ts'

const influxd = findProgram('influxd')

describe.skipIf(!influxd)('a back-test of a store on a server', () => {
  let server: OutsideServer
  beforeAll(async () => {
    server = await startInfluxd(influxd as string)
  }, 30_000)
  afterAll(() => server?.stop())

  const order = (url: string): BacktestOrder => {
    const scope = { kind: 'pump-station', group: null, facility: null }
    const off = { id: 1, version: 1, ...scope, rule: 'outlet-pressure-high', changes: { enabled: false }, reason: '', by: 'li', at: START }
    const remote = remoteStore(readConfig([], { TELEMETRY_STORE: 'influxdb1', INFLUXDB_URL: url }))
    const span = { from: START, to: START + minutes(2) }
    return {
      facilities: [{ id: 'PS-1', kind: 'pump-station' }] as unknown as BacktestOrder['facilities'],
      subjects: ['PS-1'],
      before: asTheyAre,
      after: { groups: [], overrides: [off] },
      ...{ window: span, lead: 0, timeZone: 'Asia/Shanghai', floods: usualFloodLimits, journalFolder: '', stored: span, remote },
      limits: { maxPayload: 10_000, maxFuture: 0, maxAge: minutes(10) },
    }
  }
  const played = (given: BacktestOrder) => {
    const scan = () => Promise.reject(new Error('the main thread was asked'))
    return backtestInWorker(given, { scan }, new AbortController().signal, () => {}, { name: 'test', memoryMb: 512 })
  }

  test('asks it in its own thread', { timeout: 60_000 }, async () => {
    const { remote, ...rest } = order(server.url)
    const store = await openRemoteStore(remote as RemoteStore, [...kindByKey.values()])
    const rows: TelemetryRows = {
      ...{ kind: 'pump-station', facilities: ['PS-1'], facility: new Uint32Array(60), rows: 60, columns: ['outlet-pressure'] },
      at: Float64Array.from({ length: 60 }, (_, i) => START + seconds(i)),
      values: [Float64Array.from({ length: 60 }, (_, i) => (i > 20 && i < 40 ? 0.9 : 0.4))],
    }
    await store.write([rows])
    await store.close()
    const { readings, difference } = await played({ ...rest, remote })
    expect([readings, difference.counts]).toMatchObject([60, { lost: 1, after: 0 }])
    await expect(played({ ...rest, remote: null })).rejects.toThrow('the main thread was asked')
  })

  test('says why when that is away', { timeout: 60_000 }, async () => {
    await expect(played(order('http://127.0.0.1:9'))).rejects.toThrow(/InfluxDB cannot be asked/)
  })
})
