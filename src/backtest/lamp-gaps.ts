import { dateOf } from '../control/calendar-day.ts'
import type { LightingHistory } from '../control/lighting-history.ts'
import { descriptionOf, isProgrammed } from '../facilities/plant.ts'
import { lampGaps } from '../operations/lamp-history.ts'
import type { ServiceParts } from '../services/parts.ts'
import { hours, minutes } from '../telemetry/duration.ts'
import type { LampGapOrder, LateSlot } from './lamp-gap.ts'
import { withCauses } from './with-causes.ts'

/** So long after the program is back devices have sent what they kept, ms. */
export const BACKLOG_WITHIN = minutes(30)
/** Gaps of longer ago stay, ms. */
const LOOKED_BACK = hours(48)
/** Slots that are filled at once: two hours. */
const AT_ONCE = 24
const LOOK_PERIOD = minutes(1)

type Parts = Pick<ServiceParts, 'plant' | 'state' | 'rules' | 'utcOffset' | 'now'> & {
  lighting: (from: number) => LightingHistory
  /** Works it out, elsewhere. */
  fill: (order: Omit<LampGapOrder, 'timeZone' | 'remote'>, signal: AbortSignal) => Promise<readonly LateSlot[]>
  onTrouble: (error: unknown) => void
}

/** Fills the history of lamps where the program was not running, once devices have sent what they kept of that time; a little at a time. */
export class LampGaps {
  readonly #parts: Parts
  readonly #stop = new AbortController()
  #looked = Number.NEGATIVE_INFINITY
  #isBusy = false
  #work: Promise<void> = Promise.resolve()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Once a second. */
  tick(): void {
    const at = this.#parts.now()
    if (this.#isBusy || Math.abs(at - this.#looked) < LOOK_PERIOD) return
    this.#looked = at
    const { state, onTrouble } = this.#parts
    const gap = lampGaps(state.lampHistory.times(at - LOOKED_BACK, at)).find(({ until }) => until <= at - BACKLOG_WITHIN)
    if (!gap) return
    this.#isBusy = true
    this.#work = this.#fill(gap.slots.slice(0, AT_ONCE))
      .then(() => {
        // There may be more.
        this.#looked = Number.NEGATIVE_INFINITY
      })
      .catch((error: unknown) => {
        if (!this.#stop.signal.aborted) onTrouble(error)
      })
      .finally(() => {
        this.#isBusy = false
      })
  }

  async #fill(slots: readonly number[]): Promise<void> {
    const { plant, state, rules, utcOffset, lighting, fill } = this.#parts
    const facilities = withCauses([...plant].filter(isProgrammed), plant).map(descriptionOf)
    const ruleSet = { groups: rules.groups, overrides: rules.overrides }
    const order = { facilities, rules: ruleSet, lighting: lighting(slots[0] as number), slots }
    for (const { at, places } of await fill(order, this.#stop.signal)) {
      if (this.#stop.signal.aborted) return
      state.lampHistory.add(at, dateOf(at, utcOffset), places, true)
    }
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('stopped'))
    await this.#work
  }
}
