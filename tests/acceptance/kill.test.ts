import { connectAsync } from 'mqtt'
import { afterAll, expect, test } from 'vitest'
import type { ReadingsView } from '../../src/edges/http/reading-schemas.ts'
import type { AlarmView } from '../../src/edges/http/schemas.ts'
import { type Client, eventually, type ServerProcess, signIn, startServer, testFolder } from './server-process.ts'

/** Long form: KILLS=20 npm test -- tests/acceptance/kill.test.ts */
const KILLS = Number(process.env.KILLS ?? 4)
const RATE = 2000
const PUMPS = 20
const pumps = Array.from({ length: PUMPS }, (_, i) => ({ id: `PS-${i}`, kind: 'pump-station' }))
const gasStations = Array.from({ length: KILLS }, (_, i) => ({ id: `GS-${i}`, kind: 'gas-station' }))

const { folder, remove } = testFolder()
let server: ServerProcess
afterAll(async () => {
  await server?.end('SIGKILL')
  remove()
})

/** Publishes at 2,000 messages/s until the server is gone; what was acknowledged is added to `acknowledged`. */
async function publishUntilKilled(round: number, acknowledged: Map<string, number>[]): Promise<boolean> {
  const client = await connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`, { reconnectPeriod: 0 })
  client.on('error', () => {})
  let isAlarmAcknowledged = false
  let count = 0
  const start = Date.now()
  const sending = setInterval(() => {
    for (const due = ((Date.now() - start) / 1000) * RATE; count < due; count++) {
      const pump = count % PUMPS
      // Counted per pump, so that every message of a pump has a device time of its own.
      const at = start + Math.floor(count / PUMPS)
      const value = 0.3 + (count % 1000) / 10_000
      const body = JSON.stringify({ at, values: { 'outlet-pressure': value } })
      client.publish(`facilities/pump-station/PS-${pump}/telemetry`, body, { qos: 1 }, (error) => {
        if (!error) acknowledged[pump]?.set(String(at), value)
      })
    }
  }, 5)
  await new Promise((resolve) => setTimeout(resolve, 300))
  const gas = JSON.stringify({ at: Date.now(), values: { 'ch4-1': 45 } })
  client.publish(`facilities/gas-station/GS-${round}/telemetry`, gas, { qos: 1 }, (error) => {
    isAlarmAcknowledged = !error
  })
  await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 1200))
  await server.end('SIGKILL')
  clearInterval(sending)
  await client.endAsync(true)
  return isAlarmAcknowledged
}

async function storedReadings(client: Client, id: string, from: number): Promise<{ at: number; value: number }[]> {
  const readings: { at: number; value: number }[] = []
  for (let next: number | null = from; next !== null; ) {
    const page: ReadingsView = await client.get(
      `/api/facilities/${id}/readings?points=outlet-pressure&from=${next}&to=${Date.now() + 60_000}&limit=10000`,
    )
    const { at = [], value = [] } = page.series[0] ?? {}
    at.forEach((time, i) => void readings.push({ at: time, value: value[i] as number }))
    next = page.next
  }
  return readings
}

test(`kill -9 ${KILLS} times at ${RATE} messages/s loses and doubles nothing that was acknowledged`, {
  timeout: 60_000 + KILLS * 15_000,
}, async () => {
  const begun = Date.now()
  const acknowledged = pumps.map(() => new Map<string, number>())
  const alarmsAcknowledged: boolean[] = []
  server = await startServer({ folder, facilities: [...pumps, ...gasStations] })
  for (let round = 0; round < KILLS; round++) {
    alarmsAcknowledged.push(await publishUntilKilled(round, acknowledged))
    server = await startServer({ folder, mqttPort: server.mqttPort })
  }
  const client = await signIn(server.url)
  await eventually(
    async () =>
      Number((await (await fetch(`${server.url}/metrics`)).text()).match(/^lamplighter_store_lag_messages(?:\{.*\})? (\d+)/m)?.[1]),
    (lag) => lag === 0,
  )
  let total = 0
  for (const [i, expected] of acknowledged.entries()) {
    const stored = await storedReadings(client, `PS-${i}`, begun - 1000)
    const byTime = new Map(stored.map(({ at, value }) => [String(at), value]))
    expect(byTime.size, `PS-${i} has no time twice`).toBe(stored.length)
    for (const [at, value] of expected) expect(byTime.get(at), `PS-${i} at ${at}`).toBe(value)
    total += expected.size
  }
  console.info(`${total} acknowledged readings over ${KILLS} kills, all stored once`)
  expect(total).toBeGreaterThan(KILLS * 200)
  for (const [round, isAcknowledged] of alarmsAcknowledged.entries()) {
    const { items } = await client.get<{ items: AlarmView[] }>(`/api/alarms?facility=GS-${round}`)
    const rules = items.map((alarm) => alarm.rule)
    expect(new Set(rules).size, rules.join()).toBe(rules.length)
    for (const alarm of items) expect(alarm.occurrenceCount).toBe(1)
    if (isAcknowledged) expect(items.some((alarm) => alarm.priority === 'critical')).toBe(true)
  }
  expect(alarmsAcknowledged).toContain(true)
})
