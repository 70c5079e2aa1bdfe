import { connectAsync } from 'mqtt'
import { afterAll, expect, test } from 'vitest'
import type { SampledOccurrenceView } from '../../src/edges/http/routes/alarm-samples.ts'
import type { AlarmView } from '../../src/edges/http/schemas.ts'
import { minutes, seconds } from '../../src/telemetry/duration.ts'
import { eventually, type ServerProcess, signIn, startServer, testFolder } from './server-process.ts'

const { folder, remove } = testFolder()
let server: ServerProcess
afterAll(async () => {
  await server?.end('SIGKILL')
  remove()
})

test('what proves an alarm is frozen even when the program was killed as soon as the alarm was there', { timeout: 120_000 }, async () => {
  server = await startServer({ folder, facilities: [{ id: 'PS-1', kind: 'pump-station' }] })
  // Reports that come a quarter of an hour late are judged in their own time, so their samples are due soon.
  const activated = Date.now() - minutes(15)
  const mqtt = await connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`)
  const send = (at: number, inlet: number) =>
    mqtt.publishAsync('facilities/pump-station/PS-1/telemetry', JSON.stringify({ at, values: { 'inlet-pressure': inlet } }), { qos: 1 })
  const sent = Array.from({ length: 91 }, (_, i) => {
    const at = activated + seconds(10 * i - 600)
    return { at, inlet: at < activated ? 0.2 : 0.01 }
  })
  for (const { at, inlet } of sent) await send(at, inlet)
  const before = await signIn(server.url)
  const alarmOf = async (client: typeof before) => (await client.get<{ items: AlarmView[] }>('/api/alarms?rule=suction-low')).items[0]
  const alarm = (await eventually(() => alarmOf(before), Boolean)) as AlarmView
  await server.end('SIGKILL')
  await mqtt.endAsync(true)
  server = await startServer({ folder })
  const client = await signIn(server.url)
  const { items } = await eventually(
    () => client.get<{ items: SampledOccurrenceView[] }>(`/api/alarms/${alarm.id}/samples`),
    (list) => list.items[0]?.state === 'frozen',
    60_000,
  )
  expect(items).toHaveLength(1)
  const [{ points, from, to }] = items as [SampledOccurrenceView]
  expect([from, to]).toEqual([alarm.activated - minutes(10), alarm.activated + minutes(5)])
  const within = sent.filter(({ at }) => at >= from && at < to)
  expect(within.length).toBeGreaterThan(80)
  const samples = { at: within.map(({ at }) => at), value: within.map(({ inlet }) => inlet), good: within.map(() => true) }
  expect(points).toEqual([{ point: 'inlet-pressure', before: null, ...samples }])
})
