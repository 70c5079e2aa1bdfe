import type { LightingHistory } from '../control/lighting-history.ts'
import type { FacilityKind } from '../facilities/facility-kind.ts'
import type { FacilityDescription } from '../facilities/plant.ts'
import type { RuleSet } from '../facilities/rule-proposal.ts'
import type { PlacedLight } from '../operations/lamp-history.ts'
import { ReplayRoad } from '../replay.ts'
import { merged } from '../services/lamp-history.ts'
import { lampOnRates } from '../services/lamp-on-rates.ts'
import type { RemoteStore } from '../storage/open-telemetry-store.ts'
import type { TelemetryStore } from '../storage/telemetry-store.ts'
import { hours } from '../telemetry/duration.ts'
import { storedHistory } from './stored-history.ts'

/** Played before a gap, so that of each lamp and circuit it is known how it was when the gap began, ms. */
export const GAP_LEAD = hours(3)

/** What the thread that fills a gap is started with. */
export interface LampGapOrder {
  /** Lamps, and what feeds them or reports for them. */
  facilities: readonly FacilityDescription[]
  rules: RuleSet
  timeZone: string
  lighting: LightingHistory
  /** Begin of each slot, ms, in their order. */
  slots: readonly number[]
  /** The server of the store, which the thread asks itself; null: it asks the thread that opened the store. */
  remote: RemoteStore | null
}

export interface LateSlot {
  at: number
  places: PlacedLight[]
}

/** How lamps were lit in slots of which nobody took note: by the same look at them, over what is stored of that time. */
export async function fillLampGap(
  { facilities, rules, timeZone, lighting, slots }: LampGapOrder,
  store: Pick<TelemetryStore, 'scan'>,
  kinds: ReadonlyMap<string, FacilityKind>,
  signal: AbortSignal,
): Promise<LateSlot[]> {
  const span = { from: (slots[0] as number) - GAP_LEAD, to: (slots.at(-1) as number) + 1 }
  const history = storedHistory({ store, kinds, span })
  const road = new ReplayRoad({ kinds, facilities, rules, timeZone, lighting, decode: history.decode, keepEnded: false })
  let at = span.from
  const rates = lampOnRates({ ...road.city, now: () => at })
  const found: LateSlot[] = []
  const lookAt = (slot: number) => {
    at = slot
    road.tick(at)
    found.push({ at, places: merged(rates.places()) })
  }
  for await (const batch of history.read({ ...span, plant: road.plant, signal })) {
    let next = 0
    for (const slot of slots.slice(found.length)) {
      const end = batch.findIndex(({ received }, i) => i >= next && received > slot)
      if (end < 0) break
      road.process(batch.slice(next, end))
      next = end
      lookAt(slot)
    }
    road.process(batch.slice(next))
  }
  for (const slot of slots.slice(found.length)) lookAt(slot)
  return found
}
