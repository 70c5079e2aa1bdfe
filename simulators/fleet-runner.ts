import { setTimeout as sleep } from 'node:timers/promises'
import { decodeCommand, encodeAcknowledgement } from '../src/telemetry/codecs/command-messages.ts'
import { decodeTable } from '../src/telemetry/codecs/programme-messages.ts'
import type { SimulatedClock } from './clock.ts'
import type { Fleet } from './fleet.ts'
import { type ClientMode, clientsOf, encodeMessages, type SimulatedClient, tableTopicsOf } from './messages.ts'
import { type LinkCounts, MqttLink } from './mqtt-link.ts'

export interface RunOptions {
  fleet: Fleet
  clock: SimulatedClock
  mode: ClientMode
  url: string
  username?: string | undefined
  password?: string | undefined
  /** Passwords by the id of facility or gateway; whoever has one comes as that device. */
  credentials?: ReadonlyMap<string, string>
  /** Before each other client id, so that two simulators can meet at one broker. */
  clientPrefix?: string
  /** Simulated time at which the run ends by itself. */
  until?: number
  onTrouble?: (problem: string | null) => void
}

export interface FleetRun {
  readonly counts: LinkCounts
  readonly clients: number
  connected(): number
  /** Resolves when the end of the run is reached or it was stopped, and everything sent is acknowledged or given up. */
  readonly done: Promise<void>
  stop(): void
}

const TICK = 100
/** New connections a tick, so that a thousand do not knock at once. */
const CONNECTS_PER_TICK = 40
/** Messages waiting in all links together at most. */
const TOTAL_BUFFER = 200_000
const DRAIN_TIMEOUT = 10_000

/** Steps a fleet along the wall clock and publishes what it reports. */
export function runFleet(options: RunOptions): FleetRun {
  const {
    fleet,
    clock,
    mode,
    url,
    username,
    password,
    credentials,
    clientPrefix = 'sim-',
    until = Number.POSITIVE_INFINITY,
    onTrouble,
  } = options
  const counts: LinkCounts = { sent: 0, acknowledged: 0, dropped: 0 }
  const clients = clientsOf(fleet.facilities, mode)
  const links = new Map<string, MqttLink>()
  const gateways = new Map(fleet.facilities.map(({ id, gateway }) => [id, gateway]))
  const buffer = Math.min(1000, Math.max(10, Math.floor(TOTAL_BUFFER / clients.length)))
  const stop = new AbortController()

  /** A gateway does for those behind it what they are told, each of the others for itself. */
  const commandsOf = ({ key, device, commandTopic: topic, acknowledgementTopic, facility }: SimulatedClient) => ({
    topic,
    take(payload: Uint8Array) {
      const message = decodeCommand(payload)
      const told = facility ?? message?.facility
      if (!message || told === undefined || (facility === null && gateways.get(told) !== device)) return
      const answer = fleet.command(told, message, Date.now(), (at) => clock.at(at))
      if (answer) links.get(key)?.send({ topic: acknowledgementTopic, payload: encodeAcknowledgement(answer) })
    },
  })
  const tableTopics = tableTopicsOf(fleet.facilities, mode)
  const tablesOf = ({ key }: SimulatedClient) => {
    const ids = tableTopics.get(key) ?? new Map<string, string>()
    return {
      topics: [...ids.keys()],
      take(topic: string, payload: Uint8Array) {
        const table = decodeTable(payload)
        if (table) fleet.giveTable(ids.get(topic) as string, table)
      },
    }
  }
  const connectSome = (): boolean => {
    for (const client of clients.slice(links.size, links.size + CONNECTS_PER_TICK)) {
      const { key, device, statusTopic } = client
      const own = credentials?.get(device)
      const login =
        own === undefined
          ? { clientId: `${clientPrefix}${key}`, username, password }
          : { clientId: key === device ? device : `${device}:reports`, username: device, password: own }
      links.set(
        key,
        new MqttLink({
          url,
          ...login,
          statusTopic,
          commands: commandsOf(client),
          tables: tablesOf(client),
          buffer,
          counts,
          ...(onTrouble && { onTrouble }),
        }),
      )
    }
    return links.size === clients.length
  }

  const run = async () => {
    while (!stop.signal.aborted && !connectSome()) await sleep(TICK / 4, undefined, { signal: stop.signal }).catch(() => {})
    while (!stop.signal.aborted) {
      const now = Math.min(until, clock.at(Date.now()))
      for (const { client, topic, payload } of encodeMessages(fleet.step(now), mode)) links.get(client)?.send({ topic, payload })
      if (now >= until) break
      await sleep(TICK, undefined, { signal: stop.signal }).catch(() => {})
    }
    const drained = AbortSignal.any([stop.signal, AbortSignal.timeout(DRAIN_TIMEOUT)])
    await Promise.allSettled([...links.values()].map((link) => link.below(1, drained)))
    await Promise.all([...links.values()].map((link) => link.stop()))
  }
  return {
    counts,
    clients: clients.length,
    connected: () => [...links.values()].filter(({ isConnected }) => isConnected).length,
    done: run(),
    stop: () => stop.abort(),
  }
}
