import { setTimeout as pause } from 'node:timers/promises'
import { connect } from 'mqtt'
import type { FacilityInput } from '../../src/edges/http/schemas.ts'
import type { Client } from '../acceptance/server-process.ts'

const RULE = 'ch4-cut-off-1'
const probeId = (i: number) => `GS-PROBE-${i}`

export const probeStations = (count: number): FacilityInput[] =>
  Array.from({ length: count }, (_, i) => ({ id: probeId(i), kind: 'gas-station' }))

/** How long alarms take from the device to a live client. */
export interface AlarmProbe {
  /** ms of each alarm that came, with when it was sent. */
  readonly delays: readonly { sent: number; delay: number }[]
  /** Sent, and not seen by the client. */
  readonly missing: number
  /** Sends no more, waits so long at most for what is on its way, ms, and ends. */
  finish(patience: number): Promise<void>
}

/** Lets one station after the other report gas, each `interval` ms one, until `count` have. */
export function startAlarmProbe(client: Client, mqttPort: number, count: number, interval: number): AlarmProbe {
  const sent = new Map<string, number>()
  const delays: { sent: number; delay: number }[] = []
  let next = 0
  const socket = client.live()
  socket.on('delta', ({ alarms }) => {
    for (const { facility, rule } of alarms) {
      const since = rule === RULE ? sent.get(facility) : undefined
      if (since === undefined) continue
      sent.delete(facility)
      delays.push({ sent: since, delay: Date.now() - since })
    }
  })
  const mqtt = connect(`mqtt://127.0.0.1:${mqttPort}`)
  mqtt.on('error', () => {})
  const timer = setInterval(() => {
    if (next >= count || !socket.connected || !mqtt.connected) return
    const id = probeId(next++)
    const at = Date.now()
    sent.set(id, at)
    mqtt.publish(`facilities/gas-station/${id}/telemetry`, JSON.stringify({ at, values: { 'ch4-1': 45 } }), { qos: 1 })
  }, interval)
  return {
    delays,
    get missing() {
      return sent.size
    },
    async finish(patience) {
      clearInterval(timer)
      for (const end = Date.now() + patience; sent.size > 0 && Date.now() < end; ) await pause(50)
      socket.close()
      mqtt.end(true)
    },
  }
}

/** The value below which a share of the list lies; NaN of an empty list. */
export function quantile(list: readonly number[], share: number): number {
  return list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))] ?? Number.NaN
}
