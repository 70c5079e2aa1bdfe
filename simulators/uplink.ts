import { seededRandom } from './random.ts'

/** What is not perfect about every device's way to the server. */
export interface Imperfections {
  /** Share of the messages that get lost, 0 to below 1. */
  gaps?: number
  /** Clocks are wrong by up to this much, each by its own constant, ms. */
  skew?: number
}

/** One device's clock and its way to the server, the same for the same seed and id. */
export interface Uplink {
  /** What its clock shows at a true time. */
  clock(at: number): number
  /** Whether the next message gets lost. */
  loses(): boolean
}

export function uplinkOf(id: string, seed: string, { gaps = 0, skew = 0 }: Imperfections): Uplink {
  const random = seededRandom(`${seed}:${id}:uplink`)
  const offset = Math.round((random() * 2 - 1) * skew)
  return { clock: (at) => at + offset, loses: () => gaps > 0 && random() < gaps }
}
