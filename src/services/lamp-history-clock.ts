import { dateOf } from '../control/calendar-day.ts'
import type { LampHistory } from '../edges/lamp-history.ts'
import { days, seconds } from '../telemetry/duration.ts'
import type { ServiceParts } from './parts.ts'

/** How long what was seen every five minutes is kept, and what it added up to by days. */
const SLOTS_KEPT = days(62)
const DAYS_KEPT = days(3 * 366)

/** Writes down how lamps are lit as time goes by; returns how to stop. */
export function keepLampHistory(history: LampHistory, onTrouble: (error: unknown) => void): () => void {
  const timer = setInterval(() => {
    try {
      history.tick()
    } catch (error) {
      onTrouble(error)
    }
  }, seconds(1))
  return () => clearInterval(timer)
}

/** Forgets a little of what is older than it is kept. */
export function pruneLampHistory({ state, utcOffset, now }: Pick<ServiceParts, 'state' | 'utcOffset' | 'now'>, limit: number): void {
  state.lampHistory.prune(now() - SLOTS_KEPT, dateOf(now() - DAYS_KEPT, utcOffset), limit)
}
