import { connectAsync, type MqttClient } from 'mqtt'
import type { AlarmView, FacilityInput } from '../../src/edges/http/schemas.ts'
import type { Client } from './server-process.ts'

const LAMPS_PER_CABINET = 200
const CONNECTIONS = 20

/** What a lamp reports to go into alarm at once, and the alarm: one in 20 critical, three high, four medium, the rest low. */
const faults = [
  { values: { 'leakage-current': 16 }, rule: 'leakage-rising' },
  ...Array.from({ length: 3 }, () => ({ values: { tilt: 20 }, rule: 'impact' })),
  ...Array.from({ length: 4 }, () => ({ values: { 'driver-temperature': 90 }, rule: 'driver-overheated' })),
  ...Array.from({ length: 12 }, () => ({ values: { 'on-hours': 60_000 }, rule: 'replacement-due' })),
]
const faultOf = (lamp: number) => faults[(lamp * 7) % faults.length] as (typeof faults)[number]
const lampId = (lamp: number) => `SL-${String(lamp).padStart(5, '0')}`

/** A city of lamps on cabinets. */
export function cityOfLamps(lamps: number): FacilityInput[] {
  const cabinets = Math.ceil(lamps / LAMPS_PER_CABINET)
  return [
    ...Array.from({ length: cabinets }, (_, i) => ({ id: `LC-${i}`, kind: 'light-cabinet', name: `Cabinet ${i}` })),
    ...Array.from({ length: lamps }, (_, i) => ({ id: lampId(i), kind: 'street-light', name: `Lamp ${i}`, fedBy: `LC-${i % cabinets}` })),
  ]
}

/** What a wall saw of the burst. */
export interface BurstView {
  /** By the id of the facility: how often its alarm came as a new one, and when it first came, ms after its device published it. */
  seen: Map<string, { priority: string; rule: string; times: number; delay: number }>
  /** Whether within each delta the critical alarms come first. */
  isCriticalFirst: boolean
  /** Ids of the floods the heartbeats told of. */
  floods: Set<number>
}

/** Signed in before the burst, listens to everything a wall is told. */
export async function watchBurst(client: Client): Promise<{ view: BurstView; close: () => void }> {
  const view: BurstView = { seen: new Map(), isCriticalFirst: true, floods: new Set() }
  const socket = client.live()
  await new Promise<void>((resolve, reject) => {
    socket.on('connect', resolve)
    socket.on('connect_error', reject)
  })
  socket.on('heartbeat', ({ flood }) => void (flood && view.floods.add(flood.id)))
  socket.on('delta', ({ alarms }) => {
    const now = Date.now()
    const last = alarms.findLastIndex(({ priority }) => priority === 'critical')
    if (alarms.slice(0, last + 1).some(({ priority }) => priority !== 'critical')) view.isCriticalFirst = false
    for (const alarm of alarms) note(view, alarm, now)
  })
  return { view, close: () => void socket.close() }
}

function note({ seen }: BurstView, { facility, priority, rule, version, activated }: AlarmView, now: number): void {
  const known = seen.get(facility)
  if (!known) seen.set(facility, { priority, rule, times: 1, delay: now - activated })
  else if (version === 1) known.times++
}

/** All lamps report a fault within `length` ms, evenly, over MQTT with QoS 1; the reports carry the time they were sent. Returns when all are acknowledged. */
export async function burst(mqttPort: number, lamps: number, length: number): Promise<void> {
  const clients: MqttClient[] = []
  for (let i = 0; i < CONNECTIONS; i++) clients.push(await connectAsync(`mqtt://127.0.0.1:${mqttPort}`))
  const begun = Date.now()
  const sent: Promise<unknown>[] = []
  await new Promise<void>((resolve) => {
    const pace = setInterval(() => {
      const due = Math.min(lamps, Math.ceil(((Date.now() - begun) / length) * lamps))
      for (let lamp = sent.length; lamp < due; lamp++) {
        const body = JSON.stringify({ at: Date.now(), values: faultOf(lamp).values })
        const client = clients[lamp % CONNECTIONS] as MqttClient
        sent.push(client.publishAsync(`facilities/street-light/${lampId(lamp)}/telemetry`, body, { qos: 1 }))
      }
      if (sent.length < lamps) return
      clearInterval(pace)
      resolve()
    }, 5)
  })
  await Promise.all(sent)
  for (const client of clients) await client.endAsync()
}

/** The lamps in alarm, each with its rule. */
export function expectedAlarms(lamps: number): { facility: string; rule: string }[] {
  return Array.from({ length: lamps }, (_, lamp) => ({ facility: lampId(lamp), rule: faultOf(lamp).rule }))
}
