import { execFileSync } from 'node:child_process'
import { connectAsync } from 'mqtt'
import { afterAll, expect, test } from 'vitest'
import type { Snapshot } from '../../src/edges/http/live-schemas.ts'
import { findProgram } from '../servers.ts'
import { type OutsideServer, startInfluxd } from '../storage/influxdb/server.ts'
import { eventually, type ServerProcess, signIn, startServer, testFolder } from './server-process.ts'

/** Long form: OUTAGE_SECONDS=60 npm test -- tests/acceptance/influxdb.test.ts */
const OUTAGE = Number(process.env.OUTAGE_SECONDS ?? 5) * 1000
const influxd = findProgram('influxd')
const influx = findProgram('influx')

const { folder, remove } = testFolder()
let database: OutsideServer | undefined
let server: ServerProcess | undefined
afterAll(async () => {
  await server?.end('SIGKILL')
  await database?.stop()
  remove()
})

const query = (text: string) => {
  const port = new URL((database as OutsideServer).url).port
  const args = ['-host', '127.0.0.1', '-port', port, '-database', 'lamplighter', '-format', 'csv', '-execute', text]
  return execFileSync(influx as string, args, { encoding: 'utf8' })
    .trim()
    .split('\n')
    .slice(1)
}

test.skipIf(!influxd || !influx)(
  'InfluxDB away in the middle: alarms go on, and no reading is missing afterwards',
  { timeout: 120_000 + OUTAGE },
  async () => {
    database = await startInfluxd(influxd as string)
    server = await startServer({
      folder,
      facilities: [
        { id: 'PS-1', kind: 'pump-station' },
        { id: 'GS-1', kind: 'gas-station' },
      ],
      env: { TELEMETRY_STORE: 'influxdb1', INFLUXDB_URL: database.url },
    })
    const client = await signIn(server.url)
    const mqtt = await connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`)
    const sent: number[] = []
    const begun = Date.now()
    const publishing = setInterval(() => {
      const at = Math.max(Date.now(), (sent.at(-1) ?? 0) + 1)
      sent.push(at)
      mqtt.publish('facilities/pump-station/PS-1/telemetry', JSON.stringify({ at, values: { 'outlet-pressure': 0.4, running: true } }), {
        qos: 1,
      })
    }, 5)
    await eventually(
      async () => query('SELECT count("outlet-pressure") FROM "pump-station"').length,
      (rows) => rows > 0,
    )
    await database.pause()
    await mqtt.publishAsync('facilities/gas-station/GS-1/telemetry', JSON.stringify({ at: Date.now(), values: { 'ch4-2': 50 } }), {
      qos: 1,
    })
    const { alarms } = await eventually(
      () => client.get<Snapshot>('/api/snapshot'),
      (snapshot) => snapshot.alarms.some((alarm) => alarm.facility === 'GS-1'),
      2_000,
    )
    expect(alarms.filter((alarm) => alarm.facility === 'GS-1' && alarm.priority === 'critical').length).toBeGreaterThan(0)
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, OUTAGE - (Date.now() - begun))))
    await database.resume()
    clearInterval(publishing)
    await mqtt.endAsync()
    const count = 'SELECT count("outlet-pressure") FROM "pump-station" WHERE "facility" = \'PS-1\''
    await eventually(
      async () => Number(query(count)[0]?.split(',').at(-1)),
      (stored) => stored === sent.length,
      30_000,
    )
    const times = query('SELECT "outlet-pressure" FROM "pump-station" WHERE "facility" = \'PS-1\'').map((row) =>
      Number(row.split(',')[1]?.slice(0, -6)),
    )
    expect(times).toEqual(sent)
  },
)

test.skipIf(!influxd || !influx)(
  'InfluxDB away at the start: alarms go out, health says why, and all is stored when it is there',
  { timeout: 60_000 },
  async () => {
    const away = await startInfluxd(influxd as string)
    const other = testFolder()
    let started: ServerProcess | undefined
    try {
      await away.pause()
      started = await startServer({
        folder: other.folder,
        facilities: [{ id: 'GS-1', kind: 'gas-station' }],
        env: { TELEMETRY_STORE: 'influxdb1', INFLUXDB_URL: away.url },
      })
      const client = await signIn(started.url)
      const mqtt = await connectAsync(`mqtt://127.0.0.1:${started.mqttPort}`)
      const at = Date.now()
      await mqtt.publishAsync('facilities/gas-station/GS-1/telemetry', JSON.stringify({ at, values: { 'ch4-2': 50 } }), { qos: 1 })
      await mqtt.endAsync()
      await eventually(
        () => client.get<Snapshot>('/api/snapshot'),
        (snapshot) => snapshot.alarms.some((alarm) => alarm.facility === 'GS-1' && alarm.priority === 'critical'),
        2_000,
      )
      await eventually(
        async () => (await fetch(`${started?.url}/readyz`)).text(),
        (said) => said.includes('Readings cannot be stored: InfluxDB cannot be asked'),
      )
      await away.resume()
      const readings = `/api/facilities/GS-1/readings?points=ch4-2&from=${at - 1000}&to=${at + 1000}`
      await eventually(
        () => client.get<{ series: { value: number[] }[] }>(readings).catch(() => null),
        (found) => found?.series[0]?.value[0] === 50,
        30_000,
      )
    } finally {
      await started?.end('SIGKILL')
      await away.stop()
      other.remove()
    }
  },
)
