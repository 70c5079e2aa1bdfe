import { hours } from '../../telemetry/duration.ts'

/** More alarms than that in an hour say no more about the delay than these. */
const MOST = 1000

export interface DelayFigures {
  /** Alarms of the last hour, at most so many as are kept. */
  count: number
  /** ms */
  p50: number
  p99: number
}

/** How long it took from the moment at which a fault was to be told, by the clock of its device, to its alarm. */
export class AlarmDelays {
  /** Oldest first. */
  readonly #kept: { at: number; delay: number }[] = []

  /** `due`: when the rule fired, in our time; `at`: now. ms. */
  add(due: number, at: number): void {
    this.#kept.push({ at, delay: Math.max(0, at - due) })
    if (this.#kept.length > MOST) this.#kept.shift()
  }

  /** Of the last hour; null without an alarm in it. */
  figures(now: number): DelayFigures | null {
    while (this.#kept[0] && this.#kept[0].at <= now - hours(1)) this.#kept.shift()
    const sorted = this.#kept.map(({ delay }) => delay).toSorted((a, b) => a - b)
    if (sorted.length === 0) return null
    const rank = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] as number
    return { count: sorted.length, p50: rank(0.5), p99: rank(0.99) }
  }
}
