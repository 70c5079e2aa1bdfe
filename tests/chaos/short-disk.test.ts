import { join } from 'node:path'
import mqtt, { type MqttClient } from 'mqtt'
import { expect, test } from 'vitest'
import type { AlarmView } from '../../src/edges/http/schemas.ts'
import type { StorageFigures } from '../../src/edges/storage.ts'
import { telemetryTopic } from '../../src/telemetry/topic.ts'
import { eventually, type ServerProcess, signIn, startServer, testFolder } from '../acceptance/server-process.ts'
import { gateways } from './gateway-fleet.ts'
import { healthProblems } from './server-figures.ts'
import { mountSmallDisk, type SmallDisk, whyNoSmallDisk } from './small-disk.ts'

const why = whyNoSmallDisk()
const because = why ? ` (${why})` : ''
/** MB. Of so small a disk 2 MB are kept for alarms. */
const DISK = 100
/** Bytes; less than is kept. */
const LEFT = 1_500_000
const MESSAGES = 400
const [gateway] = gateways(1)

async function onShortDisk(
  env: Record<string, string>,
  work: (parts: { server: ServerProcess; disk: SmallDisk; device: MqttClient }) => Promise<void>,
): Promise<void> {
  const { folder, remove } = testFolder()
  const disk = mountSmallDisk(join(folder, 'data'), DISK)
  let server: ServerProcess | undefined
  let device: MqttClient | undefined
  try {
    server = await startServer({ folder, facilities: gateways(1), env: { JOURNAL_MAX_MB: '80', ...env } })
    device = await mqtt.connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`)
    await work({ server, disk, device })
  } finally {
    device?.end(true)
    await server?.end('SIGKILL')
    disk.remove()
    remove()
  }
}

const topic = telemetryTopic('gateway', gateway!.id)
const report = (device: MqttClient, values: object) => device.publishAsync(topic, JSON.stringify({ at: Date.now(), values }), { qos: 1 })
/** What takes space in the journal and says nothing. */
async function fillJournal(device: MqttClient): Promise<void> {
  for (let i = 0; i < MESSAGES; i++) await device.publishAsync(topic, Buffer.alloc(60_000, 'x'), { qos: 1 })
}
async function journalOf({ url }: ServerProcess): Promise<() => Promise<StorageFigures['journal']>> {
  const client = await signIn(url)
  return async () => (await client.get<StorageFigures>('/api/storage')).journal
}

test.skipIf(why)(
  `a disk that runs short takes what nobody needs of the journal, and telemetry is taken on${because}`,
  { timeout: 120_000 },
  () =>
    onShortDisk({}, async ({ server, disk, device }) => {
      const journal = await journalOf(server)
      await fillJournal(device)
      const { bytes } = await eventually(journal, ({ waitingBytes }) => waitingBytes === 0)
      expect(bytes).toBeGreaterThan(MESSAGES * 60_000)
      disk.fill(LEFT)
      expect(await eventually(journal, (now) => now.bytes < bytes / 2)).toMatchObject({ givenUp: 0 })
      await report(device, { temperature: 21 })
      expect(await healthProblems(server)).toEqual([])
    }),
)

test.skipIf(why)(
  `with the store away it gives up the oldest that waits, counted, and the newest still raises alarms${because}`,
  { timeout: 120_000 },
  () =>
    onShortDisk({ TELEMETRY_STORE: 'influxdb1', INFLUXDB_URL: 'http://127.0.0.1:9' }, async ({ server, disk, device }) => {
      const journal = await journalOf(server)
      await report(device, { temperature: 20 })
      await fillJournal(device)
      expect((await journal()).waitingBytes).toBeGreaterThan(MESSAGES * 60_000)
      disk.fill(LEFT)
      await eventually(journal, ({ givenUp }) => givenUp > 100)
      await report(device, { battery: 3 })
      const client = await signIn(server.url)
      await eventually(
        () => client.get<{ items: AlarmView[] }>('/api/alarms'),
        ({ items }) => ['battery-low', 'telemetry-given-up'].every((rule) => items.some((alarm) => alarm.rule === rule)),
      )
      expect((await healthProblems(server)).filter((text) => /disk/.test(text))).toEqual([])
    }),
)
