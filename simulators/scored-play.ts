import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { startApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import type { AlarmView, FacilityInput } from '../src/edges/http/schemas.ts'
import { encodeReports } from '../src/telemetry/codecs/native.ts'
import type { PointValue } from '../src/telemetry/point.ts'
import { telemetryTopic } from '../src/telemetry/topic.ts'
import type { PlayableRun } from './labelled-runs.ts'
import { MqttLink } from './mqtt-link.ts'
import { registerFacilities, signedIn } from './registration.ts'

export interface PlayOptions {
  runs: readonly PlayableRun[]
  kind: string
  rated: Readonly<Record<string, number>>
  /** What is so in every row though the recordings do not say it. */
  always: Readonly<Record<string, PointValue>>
  signal: AbortSignal
  onProgress: (played: number, of: number) => void
}

/** All runs begin at this moment, ms; any will do, for nothing that learns by itself knows the time of day. */
export const START = Date.UTC(2026, 0, 5, 8)
const PAGE = 500
const PASSWORD = 'only-for-this-run'

/**
 * Starts the real server on a data folder of its own, registers one facility per run and plays all of them side by side through MQTT.
 * The server's clock shows the event time of what is being sent. Returns the alarms of each run, as the API tells them.
 */
export async function playAndAsk(options: PlayOptions): Promise<AlarmView[][]> {
  const folder = mkdtempSync(join(tmpdir(), 'lamplighter-score-'))
  let now = START
  const given = { DATA_FOLDER: join(folder, 'data'), HTTP_PORT: '0', MQTT_PORT: '0', ADMIN_PASSWORD: PASSWORD }
  // The service itself is not scored, and lives in another time than what is played.
  const config = readConfig([], { ...given, SERVER_ID: '' })
  try {
    const app = await startApp({ config, log: pino({ level: 'error' }), consoleFolder: folder, now: () => now })
    try {
      const api = { url: app.url, user: 'admin', password: PASSWORD }
      await registerFacilities(api, options.runs.map(facilityOf(options)))
      await send(`mqtt://127.0.0.1:${app.mqttPort}`, options, (at) => {
        now = at
      })
      return await signedIn(api, async (get) => Promise.all(options.runs.map((_, i) => alarmsOf(get, idOf(i)))))
    } finally {
      await app.stop()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const idOf = (run: number) => `RUN-${run + 1}`
const facilityOf =
  ({ kind, rated }: PlayOptions) =>
  ({ name }: PlayableRun, run: number): FacilityInput => ({ id: idOf(run), kind, name, rated })

/** Sends the rows of all runs in the order of their times; time goes on only when all before is on disk. */
async function send(url: string, { runs, kind, always, signal, onProgress }: PlayOptions, setClock: (at: number) => void): Promise<void> {
  const link = new MqttLink({ url, clientId: 'score', window: runs.length, buffer: runs.length })
  const rows = runs.flatMap(({ rows }, run) => rows.map((row) => ({ ...row, run }))).sort((a, b) => a.offset - b.offset)
  try {
    let sent = START
    for (const [i, { offset, values, run }] of rows.entries()) {
      const at = START + Math.round(offset)
      if (at > sent) {
        await link.below(1, signal)
        onProgress(i, rows.length)
        sent = at
        setClock(at)
      }
      link.send({ topic: telemetryTopic(kind, idOf(run)), payload: encodeReports({ at, values: { ...always, ...values } }) })
    }
    await link.below(1, signal)
    if (link.counts.dropped > 0) throw new Error(`the server refused ${link.counts.dropped} messages`)
  } finally {
    await link.stop()
  }
}

async function alarmsOf(get: <T>(path: string) => Promise<T>, facility: string): Promise<AlarmView[]> {
  const found: AlarmView[] = []
  for (let before = ''; ; ) {
    const { items, next } = await get<{ items: AlarmView[]; next: number | null }>(
      `/api/alarms?facility=${facility}&limit=${PAGE}${before}`,
    )
    found.push(...items)
    if (next === null) return found
    before = `&before=${next}`
  }
}
