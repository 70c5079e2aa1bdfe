import { expect, test } from 'vitest'
import { openInfluxdb1 } from '../../../src/storage/influxdb/influxdb1-telemetry-store.ts'
import { openInfluxdb2 } from '../../../src/storage/influxdb/influxdb2-telemetry-store.ts'
import { openInfluxdb3 } from '../../../src/storage/influxdb/influxdb3-telemetry-store.ts'
import { days } from '../../../src/telemetry/duration.ts'

const none = { text: '', file: '' }
const options = {
  url: 'http://127.0.0.1:1',
  kinds: [],
  timeout: 1000,
  database: 'lamplighter',
  token: none,
  org: 'city',
  bucket: 'lamplighter',
}
const openers = { openInfluxdb1, openInfluxdb2, openInfluxdb3 }

/** What a store says while its server is away. */
async function keptFrom(opener: keyof typeof openers, rawDays: number) {
  const store = openers[opener]({ ...options, rawDays, username: '', password: none })
  const found = await store.keptFrom?.(days(500))
  await store.close()
  return found
}

test('a database that drops rows after some days tells from when on it keeps them; InfluxDB 3 is told by its own tools', async () => {
  for (const opener of ['openInfluxdb1', 'openInfluxdb2'] as const) {
    expect(await keptFrom(opener, 400)).toEqual({ others: days(100), kinds: {} })
    expect(await keptFrom(opener, 0)).toBeUndefined()
  }
  expect(await keptFrom('openInfluxdb3', 400)).toBeUndefined()
})
