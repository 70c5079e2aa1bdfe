import { connectAsync, type MqttClient } from 'mqtt'
import type { Client } from '../tests/acceptance/server-process.ts'
import { LAMPS_PER_CABINET, lampId } from './lamp-city.ts'

/** A gateway's lamps are taken for silent this long after it said that its radio failed, ms; after the mains of their cabinet failed, sooner. */
const RADIO_DELAY = 10_000
/** For the lamps to be heard again before the radio is well. */
const SLACK = 2000
const TICK = 50
const PROBES_PER_SECOND = 5
const PROBE_LENGTH = 3000
const OPERATOR_EVERY = 5000
const SHORTEST_CYCLE = 2 * RADIO_DELAY
/** A little longer than it would take: a rule that comes four times in ten minutes chatters and would be held. */
const LENGTHENED = 1.03

/**
 * State changes as a real city makes them: the radio of a gateway fails, or in the next round the mains of a cabinet; its lamps show as
 * without report all at once, and as normal one by one when they are heard again. Two changes for each lamp and round cost one alarm for each
 * cabinet and not one for each lamp, so that what is measured is states and not a flood. Besides, a few lamps a second go into alarm and out of it,
 * and an operator acknowledges what is over.
 */
export class LampLoad {
  readonly #client: Client
  readonly #clients: MqttClient[]
  readonly #lamps: number
  /** Work by the tick it is due in. */
  #plans = new Map<number, (() => void)[]>()
  #worked = 0
  #timers: ReturnType<typeof setInterval>[] = []
  #probe = 0
  sent = 0

  constructor(client: Client, clients: MqttClient[], lamps: number) {
    this.#client = client
    this.#clients = clients
    this.#lamps = lamps
  }

  static async open(client: Client, mqttPort: number, lamps: number): Promise<LampLoad> {
    const clients: MqttClient[] = []
    for (let i = 0; i < 10; i++) clients.push(await connectAsync(`mqtt://127.0.0.1:${mqttPort}`))
    return new LampLoad(client, clients, lamps)
  }

  get #gateways(): number {
    return Math.ceil(this.#lamps / LAMPS_PER_CABINET)
  }

  async #publish(kind: string, id: string, values: object): Promise<void> {
    const client = this.#clients[this.sent++ % this.#clients.length] as MqttClient
    await client.publishAsync(`facilities/${kind}/${id}/telemetry`, JSON.stringify({ at: Date.now(), values }), { qos: 1 })
  }

  #report(lamp: number, more: object = {}): Promise<void> {
    return this.#publish('street-light', lampId(lamp), { voltage: 221, power: 118, 'dim-actual': 100, tilt: 1, ...more })
  }

  /** Every facility reports once, so that none is without report. */
  async greet(): Promise<void> {
    for (let i = 0; i < this.#gateways; i++) await Promise.all([this.#radio(i, true), this.#mains(i, true)])
    for (let from = 0; from < this.#lamps; from += 500) {
      await Promise.all(Array.from({ length: Math.min(500, this.#lamps - from) }, (_, i) => this.#report(from + i)))
    }
  }

  /** A lamp goes into alarm, and out of it a little later. */
  probe(): void {
    const lamp = (this.#probe++ * 37) % this.#lamps
    // Of a priority that is listed in a flood too.
    void this.#report(lamp, { tilt: 20 })
    this.#plan(Date.now() + PROBE_LENGTH, () => void this.#report(lamp))
  }

  /** Goes on until `stop`; what comes of it is up to two changes for each lamp of a cycle, at most `changes` a second. */
  start(changes: number): void {
    const cycle = LENGTHENED * Math.max(SHORTEST_CYCLE, ((2 * this.#lamps) / changes) * 1000)
    const begun = Date.now()
    this.#worked = Math.floor(begun / TICK)
    for (let i = 0; i < this.#gateways; i++) this.#planRound(i, begun + (i * cycle) / this.#gateways, cycle, true)
    this.#timers = [
      setInterval(() => this.#work(), TICK),
      setInterval(() => this.probe(), 1000 / PROBES_PER_SECOND),
      setInterval(() => void this.acknowledge(), OPERATOR_EVERY),
    ]
  }

  #planRound(gateway: number, at: number, cycle: number, isRadio: boolean): void {
    const fail = (isWell: boolean) => () => void (isRadio ? this.#radio(gateway, isWell) : this.#mains(gateway, isWell))
    this.#plan(at, fail(false))
    const heard = cycle - RADIO_DELAY - 2 * SLACK
    const first = gateway * LAMPS_PER_CABINET
    const lamps = Math.min(LAMPS_PER_CABINET, this.#lamps - first)
    for (let i = 0; i < lamps; i++) {
      this.#plan(at + RADIO_DELAY + SLACK + (i * heard) / lamps, () => void this.#report(first + i))
    }
    this.#plan(at + cycle - SLACK, fail(true))
    this.#plan(at + cycle, () => this.#planRound(gateway, at + cycle, cycle, !isRadio))
  }

  #radio(gateway: number, isWell: boolean): Promise<void> {
    return this.#publish('gateway', `GW-${gateway + 1}`, { radio: isWell })
  }

  #mains(cabinet: number, isWell: boolean): Promise<void> {
    const voltage = isWell ? 221 : 0
    return this.#publish('light-cabinet', `LC-${cabinet + 1}`, { 'voltage-a': voltage, 'voltage-b': voltage, 'voltage-c': voltage })
  }

  #plan(at: number, work: () => void): void {
    const tick = Math.max(this.#worked + 1, Math.floor(at / TICK))
    const planned = this.#plans.get(tick)
    if (planned) planned.push(work)
    else this.#plans.set(tick, [work])
  }

  #work(): void {
    for (const now = Math.floor(Date.now() / TICK); this.#worked < now; ) {
      const due = this.#plans.get(++this.#worked) ?? []
      this.#plans.delete(this.#worked)
      for (const work of due) work()
    }
  }

  /** As the operator does with what is over. */
  async acknowledge(): Promise<void> {
    const { items } = await this.#client.get<{ items: { id: number; version: number; state: string }[] }>('/api/alarms?live=true&limit=500')
    const alarms = items.filter(({ state }) => state === 'rtn-unacknowledged')
    // One that came back meanwhile refuses them all; the next round takes the others.
    if (alarms.length > 0) {
      const seen = alarms.map(({ id, version }) => ({ id, version }))
      await this.#client.post('/api/alarms/acknowledge', { alarms: seen }).catch(() => {})
    }
  }

  pause(): void {
    for (const timer of this.#timers) clearInterval(timer)
    this.#timers = []
    this.#plans.clear()
  }

  async stop(): Promise<void> {
    this.pause()
    for (const client of this.#clients) await client.endAsync(true)
  }
}
