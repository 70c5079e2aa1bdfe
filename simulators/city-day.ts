import { kindByKey } from '../src/facilities/index.ts'
import type { Registration } from '../src/facilities/registration.ts'
import { hours, seconds } from '../src/telemetry/duration.ts'
import { gatewayStatusTopic } from '../src/telemetry/topic.ts'
import { generateCity } from './city.ts'
import { Fleet } from './fleet.ts'
import { encodeMessages } from './messages.ts'
import { simulatedFacilities } from './plant-source.ts'
import { seededRandom } from './random.ts'
import { createWorld } from './world.ts'

export interface SentMessage {
  /** When it reaches the server, ms. */
  received: number
  topic: string
  payload: Uint8Array
}

export interface DayOptions {
  seed: string
  start: number
  length: number
  lamps: number
}

const encoder = new TextEncoder()
const GATEWAY = 'GW-001'

/** A small city of all kinds, some of it under work. */
export function dayCity({ seed, lamps }: Pick<DayOptions, 'seed' | 'lamps'>): Registration[] {
  const city = generateCity({ seed, lamps, cabinets: 3, gateways: 2, pumpStations: 2, gasStations: 2, sewagePlants: 1, wastePlants: 1 })
  return city.map((facility, i) => ({ ...facility, mode: i % 17 === 5 ? 'maintenance' : i % 17 === 11 ? 'out-of-service' : 'auto' }))
}

/**
 * What a city sends in a day with bad weather, faults, lost messages, wrong clocks, a dead gateway that later sends what it kept, wills and
 * greetings, repeated and unreadable messages; as it reaches the server through a network that delays and disorders it.
 */
export function dayMessages({ seed, start, length, lamps }: DayOptions): SentMessage[] {
  const random = seededRandom(`${seed}:network`)
  const facilities = simulatedFacilities(dayCity({ seed, lamps }), kindByKey)
  const world = createWorld({ position: [114.6, 37.9], seed })
  const fleet = new Fleet({ facilities, seed, world, start, randomFaultsPerHour: 12, gaps: 0.03, skew: seconds(40) })
  const from = start + seconds(Math.round((length * 0.4) / 1000))
  const outage = { from, to: from + Math.min(hours(1), seconds(Math.round((length * 0.1) / 1000))) }
  const messages: SentMessage[] = []
  const kept: { topic: string; payload: string }[] = []
  const send = (sent: number, topic: string, payload: string) =>
    messages.push({ received: Math.round(sent + 5 + 300 * random() ** 3), topic, payload: encoder.encode(payload) })
  for (let at = start; at < start + length; at += seconds(1)) {
    for (const { client, topic, payload } of encodeMessages(fleet.step(at), 'gateways')) {
      if (client.endsWith(GATEWAY) && at >= outage.from && at < outage.to) kept.push({ topic, payload })
      else {
        send(at + 1000 * random(), topic, payload)
        if (random() < 0.002) send(at + 2000 * random(), topic, payload)
        if (random() < 0.001) send(at, topic, payload.slice(0, 20))
      }
    }
    if (at === outage.from) send(at + 500, gatewayStatusTopic(GATEWAY), 'offline')
    if (at === outage.to) {
      send(at, gatewayStatusTopic(GATEWAY), 'online')
      // All it kept at once, while it sends what is new as well.
      for (const [i, { topic, payload }] of kept.entries()) {
        messages.push({ received: Math.round(at + 700 + 3 * i), topic, payload: encoder.encode(payload) })
      }
    }
  }
  return messages.sort((a, b) => a.received - b.received)
}
