import { connectAsync } from 'mqtt'
import pino from 'pino'
import type { Static } from 'typebox'
import { afterAll, expect, test } from 'vitest'
import { type App, startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import type { FloodReviewSchema } from '../../src/edges/http/flood-schemas.ts'
import { minutes, seconds } from '../../src/telemetry/duration.ts'
import { eventually, PASSWORD, signIn, testFolder } from './server-process.ts'

const LAMPS = Array.from({ length: 12 }, (_, i) => `SL-${i}`)

const { folder, remove } = testFolder()
let app: App | undefined
afterAll(async () => {
  await app?.stop()
  remove()
})

test('the whole program reviews a flood after its end and tries the proposal out on what the store has', { timeout: 90_000 }, async () => {
  let ahead = 0
  const now = () => Date.now() + ahead
  const given = { DATA_FOLDER: folder, HTTP_PORT: '0', MQTT_PORT: '0', ADMIN_PASSWORD: PASSWORD, SERVER_ID: '' }
  app = await startApp({ config: readConfig([], given), log: pino({ level: 'silent' }), consoleFolder: folder, now })
  app.services.putFacilities(
    LAMPS.map((id) => ({ id, kind: 'street-light', name: id, district: 'North', road: 'First Road' })),
    'admin',
  )
  const devices = await connectAsync(`mqtt://127.0.0.1:${app.mqttPort}`)
  const begun = now() - minutes(2)
  // A lorry shakes the masts for nine seconds, twice.
  for (const [second, tilt] of [
    [0, 20],
    [9, 0],
    [60, 20],
    [69, 0],
  ] as const) {
    const body = JSON.stringify({ at: begun + seconds(second), values: { tilt } })
    for (const id of LAMPS) await devices.publishAsync(`facilities/street-light/${id}/telemetry`, body, { qos: 1 })
  }
  await devices.endAsync()
  const client = await signIn(app.url)
  const review = () => client.get<Static<typeof FloodReviewSchema>>('/api/floods/1/review')
  expect((await review()).state).toBe('flood')
  // What was reported is in the store long before a flood is over; here only a jump of the clock lies between.
  const stored = async () => app?.services.storage.figures().writer.written ?? 0
  await eventually(stored, (values) => values >= 4 * LAMPS.length)
  ahead = minutes(13)
  const made = await eventually(review, ({ state }) => state === 'done' || state === 'failed', 60_000)
  expect(made).toMatchObject({
    state: 'done',
    review: {
      incidentCount: 1,
      worstRules: [{ kind: 'street-light', rule: 'impact', alarms: 24, facilities: 12, passing: 24 }],
      proposals: [
        {
          ...{ kind: 'street-light', rule: 'impact', because: 'passing', problem: null },
          override: { scope: { kind: 'street-light' }, changes: { onDelay: seconds(10) } },
          backtest: { facilities: 12, readings: 48, before: 24, after: 0, saved: 24, lost: 0, added: 0 },
        },
      ],
    },
  })
})
