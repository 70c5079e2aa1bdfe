import { setTimeout as wait } from 'node:timers/promises'
import type { AlarmView, FacilityInput } from '../../src/edges/http/schemas.ts'
import type { Client } from '../acceptance/server-process.ts'
import { Ledger } from './ledger.ts'
import { OutboxDevice } from './outbox-device.ts'

/** The point that carries what is held against the ledger. */
export const POINT = 'temperature'
const RULE = 'battery-low'

/** What the thermometer of a gateway shows; follows from its id and the time, so that any row can be checked. */
export function temperature(id: string, at: number): number {
  return 20 + ((at * 31 + id.length * 7 + id.charCodeAt(id.length - 1)) % 1000) / 100
}

export interface FleetOptions {
  mqttPort: number
  size: number
  /** Reports per second of all together. */
  rate: number
  /** ms. */
  patience: number
  /** Every so many ms each battery runs low for a third of the time; once when it ends before. */
  episode: number
  /** Before the ids, to tell fleets apart. */
  prefix?: string
}

interface Episode {
  started: number
  ended: number | null
}

interface Member {
  id: string
  device: OutboxDevice
  episodes: Episode[]
  newest: number
}

export const gatewayIds = (size: number, prefix = 'GW') => Array.from({ length: size }, (_, i) => `${prefix}-${i}`)
export const gateways = (size: number, prefix?: string): FacilityInput[] => gatewayIds(size, prefix).map((id) => ({ id, kind: 'gateway' }))

/** Gateways that report what they measure until it is acknowledged, with batteries that run low now and then. */
export class GatewayFleet {
  readonly ledger = new Ledger()
  readonly #options: FleetOptions
  readonly #members: Member[]
  readonly #begun = Date.now()
  readonly #timer: NodeJS.Timeout
  #reports = 0
  #isLeaving = false

  constructor(options: FleetOptions) {
    this.#options = options
    this.#members = gatewayIds(options.size, options.prefix).map((id) => ({
      id,
      device: new OutboxDevice({
        url: `mqtt://127.0.0.1:${options.mqttPort}`,
        clientId: id,
        topic: `facilities/gateway/${id}/telemetry`,
        patience: options.patience,
        onAcknowledged: (at) => this.ledger.note(id, at),
      }),
      episodes: [],
      newest: 0,
    }))
    this.#timer = setInterval(() => this.#report(), 10)
  }

  get reports(): number {
    return this.#reports
  }

  get waiting(): number {
    return this.#members.reduce((sum, { device }) => sum + device.waiting, 0)
  }

  get repeated(): number {
    return this.#members.reduce((sum, { device }) => sum + device.repeated, 0)
  }

  get connections(): number {
    return this.#members.reduce((sum, { device }) => sum + device.connections, 0)
  }

  #report(): void {
    const elapsed = Date.now() - this.#begun
    for (const due = (elapsed / 1000) * this.#options.rate; this.#reports < due; this.#reports++) {
      const { episode } = this.#options
      const phase = (elapsed % episode) / episode
      this.#reportOf(this.#members[this.#reports % this.#members.length]!, phase >= 1 / 3 && phase < 2 / 3)
    }
  }

  #reportOf(member: Member, isLow: boolean): void {
    const { id, device, episodes } = member
    const at = Math.max(Date.now(), member.newest + 1)
    const running = episodes.at(-1)?.ended === null ? episodes.at(-1) : undefined
    if (!device.report(at, { [POINT]: temperature(id, at), battery: isLow ? 10 : 90 })) return
    member.newest = at
    if (isLow && !running) episodes.push({ started: at, ended: null })
    if (!isLow && running) running.ended = at
  }

  /** Measures no more, with batteries that are full again, and waits until all is acknowledged; rejects after `timeout` ms. */
  async finish(timeout: number): Promise<void> {
    if (!this.#isLeaving) {
      this.#isLeaving = true
      clearInterval(this.#timer)
      for (const member of this.#members) this.#reportOf(member, false)
    }
    for (const deadline = Date.now() + timeout; this.waiting > 0; await wait(50)) {
      if (Date.now() > deadline) throw new Error(`${this.waiting} reports were not acknowledged within ${timeout} ms`)
    }
  }

  stop(): void {
    clearInterval(this.#timer)
    for (const { device } of this.#members) device.stop()
  }

  /** Which batteries were low at other times than the alarms say; to be asked after `finish`. */
  async alarmProblems(client: Client): Promise<{ episodes: number; problems: string[] }> {
    const problems: string[] = []
    let count = 0
    for (const { id, episodes } of this.#members) {
      count += episodes.length
      const { items } = await client.get<{ items: AlarmView[] }>(`/api/alarms?facility=${id}&rule=${RULE}&limit=500`)
      const told = items
        .flatMap(({ occurrences }) => occurrences)
        .sort((a, b) => a.started - b.started)
        .map(({ started, ended }) => ({ started, ended }))
      // An alarm keeps its newest occurrences; those before are held by their number.
      const low = episodes.slice(-told.length)
      const counted = items.reduce((sum, { occurrenceCount }) => sum + occurrenceCount, 0)
      if (counted !== episodes.length) problems.push(`${id}: ${episodes.length} times low, ${counted} times in alarm`)
      else if (JSON.stringify(told) !== JSON.stringify(low)) {
        problems.push(`${id}: low ${JSON.stringify(low)}, in alarm ${JSON.stringify(told)}`)
      }
    }
    return { episodes: count, problems }
  }
}
