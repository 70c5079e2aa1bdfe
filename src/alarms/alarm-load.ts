import { type Priority, priorities } from '../detection/rule.ts'
import { minutes } from '../telemetry/duration.ts'
import type { Activation } from './activation.ts'
import { type Flood, type FloodLimits, floodsAmong, usualFloodLimits } from './flood.ts'

/** How many alarms people have to deal with. */
export interface AlarmLoad {
  alarms: number
  byPriority: Record<Priority, number>
  /** Activations nobody saw, because another alarm explained them or for another reason of the kind. */
  hidden: number
  /** Mean number of alarms in ten minutes, and the most there were in ten minutes of the clock. */
  mean: number
  busiest: number
  /** Share of the ten-minute stretches without a new alarm. */
  quietShare: number
  floods: readonly Flood[]
}

/** The stretch by which ISA-18.2, 16.5 and EEMUA 191 count alarms. */
const STRETCH = minutes(10)

/** Counts what people were told between two times, ms. */
export function alarmLoad(activations: readonly Activation[], from: number, to: number, limits: FloodLimits = usualFloodLimits): AlarmLoad {
  const byPriority = Object.fromEntries(priorities.map((priority) => [priority, 0])) as Record<Priority, number>
  const stretches = new Map<number, number>()
  const told: number[] = []
  let hidden = 0
  for (const { started, toldAt, priority } of activations) {
    const at = toldAt ?? started
    if (at < from || at >= to) continue
    if (toldAt === null) hidden++
    else {
      told.push(at)
      byPriority[priority]++
      const stretch = Math.floor((at - from) / STRETCH)
      stretches.set(stretch, (stretches.get(stretch) ?? 0) + 1)
    }
  }
  const count = Math.max(1, Math.ceil((to - from) / STRETCH))
  return {
    alarms: told.length,
    byPriority,
    hidden,
    mean: told.length / Math.max(1, (to - from) / STRETCH),
    busiest: Math.max(0, ...stretches.values()),
    quietShare: 1 - stretches.size / count,
    floods: floodsAmong(
      told.sort((a, b) => a - b),
      limits,
      to,
    ),
  }
}
