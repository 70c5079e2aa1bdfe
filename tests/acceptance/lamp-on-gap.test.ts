import { connectAsync, type MqttClient } from 'mqtt'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Fleet } from '../../simulators/fleet.ts'
import { encodeMessages } from '../../simulators/messages.ts'
import { simulatedFacilities } from '../../simulators/plant-source.ts'
import { createWorld } from '../../simulators/world.ts'
import { type App, startApp } from '../../src/app.ts'
import { BACKLOG_WITHIN } from '../../src/backtest/lamp-gaps.ts'
import { readConfig } from '../../src/config.ts'
import type { LampMomentsView } from '../../src/edges/http/lamp-history-schemas.ts'
import { kindByKey } from '../../src/facilities/index.ts'
import { SLOT } from '../../src/operations/lamp-history.ts'
import { hours, minutes, seconds } from '../../src/telemetry/duration.ts'
import { eventually, PASSWORD, signIn, testFolder } from './server-process.ts'

/** Nine in the evening, on the equator. */
const begun = Date.UTC(2026, 5, 1, 13)
const place: [number, number] = [120, 0]
const often = { 'report-interval': 300 }
const facilities = [
  { id: 'LC-1', kind: 'light-cabinet', position: place, rated: { circuits: 2 } },
  ...Array.from({ length: 12 }, (_, i) => ({
    ...{ id: `M-${i}`, kind: 'street-light', position: [120 + i / 10_000, 0] as [number, number], road: 'Main Road', rated: often },
    ...{ fedBy: 'LC-1', circuit: 1 + (i % 2) },
  })),
]
/** From the beginning, ms; `down` and `up`: when the program stops and is there again. */
const [down, up, end] = [hours(1), hours(3.5), hours(3.5) + BACKLOG_WITHIN + minutes(30)]
/** None at the moment of a look, of which nobody has heard by then. */
const faults = [
  { where: 'id=M-1', fault: 'lamp-failure', after: minutes(20), for: null },
  { where: 'id=M-3,M-5', fault: 'lamp-failure', after: hours(1.5) + minutes(2), for: hours(1) },
  { where: 'id=LC-1', fault: 'breaker-tripped', after: hours(2.25) + minutes(2), for: minutes(30) },
  { where: 'id=M-8', fault: 'communication-loss', after: hours(2) + minutes(2), for: hours(1) },
]
const HEARD_BEFORE = seconds(20)

let time = begun
const folders = [testFolder(), testFolder()] as const
const start = (folder: string): Promise<App> => {
  const given = { DATA_FOLDER: folder, HTTP_PORT: '0', MQTT_PORT: '0', ADMIN_PASSWORD: PASSWORD, SERVER_ID: '' }
  return startApp({ config: readConfig([], given), log: pino({ level: 'silent' }), consoleFolder: folder, now: () => time })
}

let always: App
let stopped: App

/** A night over MQTT for a program that always runs, and for one that does not: what it missed devices send it when it is back. */
beforeAll(async () => {
  always = await start(folders[0].folder)
  stopped = await start(folders[1].folder)
  for (const app of [always, stopped]) app.services.putFacilities(facilities, 'admin')
  const connect = (app: App) => connectAsync(`mqtt://127.0.0.1:${app.mqttPort}`)
  let clients: { app: App; mqtt: MqttClient }[] = []
  for (const app of [always, stopped]) clients.push({ app, mqtt: await connect(app) })
  const fleet = new Fleet({
    ...{ facilities: simulatedFacilities(facilities, kindByKey), seed: 'gap', start: begun - SLOT },
    world: createWorld({ position: place, seed: 'gap' }),
  })
  for (const fault of faults) fleet.inject({ size: 1, ...fault })
  const backlog: ReturnType<typeof encodeMessages> = []
  const send = (mqtt: MqttClient, messages: typeof backlog) =>
    Promise.all(messages.map(({ topic, payload }) => mqtt.publishAsync(topic, payload, { qos: 1 })))
  for (let slot = begun; slot < begun + end; slot += SLOT) {
    if (slot === begun + down) {
      await clients[1]?.mqtt.endAsync()
      clients = clients.slice(0, 1)
      await stopped.stop()
    }
    if (slot === begun + up) {
      stopped = await start(folders[1].folder)
      const mqtt = await connect(stopped)
      await send(mqtt, backlog)
      clients.push({ app: stopped, mqtt })
    }
    for (let at = slot - HEARD_BEFORE - SLOT + minutes(1); at <= slot - HEARD_BEFORE; at += minutes(1)) {
      time = at
      const sent = encodeMessages(fleet.step(at), 'separate')
      if (clients.length < 2) backlog.push(...sent)
      for (const { mqtt } of clients) await send(mqtt, sent)
    }
    for (const { app } of clients)
      await eventually(
        async () => app.services.figures().pipelineBacklog,
        (waiting) => waiting === 0,
      )
    time = slot + seconds(1)
    for (const { app } of clients) app.services.lampHistory.tick()
  }
  for (const { mqtt } of clients) await mqtt.endAsync()
}, 240_000)
afterAll(async () => {
  for (const app of [always, stopped]) await app?.stop()
  for (const { remove } of folders) remove()
})

test('what devices send late of the time in which the program did not run fills the history as it would have been', async () => {
  const momentsOf = async (app: App) => {
    const client = await signIn(app.url)
    return () => client.get<LampMomentsView>(`/api/lamp-on-rate/history?by=road&from=${begun + SLOT}&to=${begun + end}`)
  }
  const { moments: live } = await (await momentsOf(always))()
  const { moments: filled } = await eventually(await momentsOf(stopped), ({ moments }) => moments.length >= live.length, 60_000)
  const late = filled.filter((moment) => moment.late).map(({ at }) => at - begun)
  // The first minutes after it was back are among them: devices had still to tell what they kept.
  expect(late).toEqual(late.map((_, i) => down + i * SLOT))
  expect(late.at(-1)).toBeGreaterThanOrEqual(up - SLOT)
  expect(late.at(-1)).toBeLessThanOrEqual(up + minutes(15))
  expect(live.some((moment) => moment.late)).toBe(false)
  const counts = (moments: LampMomentsView['moments']) =>
    moments.map(({ at, due, lit, dark, unknown }) => [(at - begun) / SLOT, due, lit, dark, unknown])
  expect(counts(filled)).toEqual(counts(live))
  // What went wrong meanwhile is in it.
  const within = live.filter(({ at }) => at >= begun + down && at < begun + up)
  expect(new Set(within.map(({ dark }) => dark)).size).toBeGreaterThan(2)
  expect(within.some(({ unknown }) => unknown > 0)).toBe(true)
}, 90_000)
