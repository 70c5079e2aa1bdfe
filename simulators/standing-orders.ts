import { type Channels, EVERY_CHANNEL } from '../src/facilities/commands.ts'

interface StandingOrder {
  value: number
  /** Simulated time at which the facility goes back to its programme, ms; Infinity when it does not by itself. */
  until: number
}

/** What facilities of a fleet were told and still hold, by the number of the facility. */
export class StandingOrders {
  readonly #held = new Map<number, Map<string, StandingOrder>>()

  give(facility: number, channels: Channels, until: number): void {
    const held = this.#held.get(facility) ?? new Map<string, StandingOrder>()
    for (const [channel, value] of Object.entries(channels)) {
      if (value !== null) held.set(channel, { value, until })
      else if (channel === EVERY_CHANNEL) held.clear()
      else held.delete(channel)
    }
    if (held.size > 0) this.#held.set(facility, held)
    else this.#held.delete(facility)
  }

  drop(facility: number): void {
    this.#held.delete(facility)
  }

  valueOf(facility: number, channel: string, at: number): number | undefined {
    const order = this.#held.get(facility)?.get(channel)
    return order && at < order.until ? order.value : undefined
  }
}
