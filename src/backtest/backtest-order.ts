import type { FaultLabel } from '../alarms/alarm-score.ts'
import type { FloodLimits } from '../alarms/flood.ts'
import type { LightingHistory } from '../control/lighting-history.ts'
import type { FacilityDescription } from '../facilities/plant.ts'
import type { RuleSet } from '../facilities/rule-proposal.ts'
import type { RemoteStore } from '../storage/open-telemetry-store.ts'
import type { DecodeLimits } from '../telemetry/codecs/native.ts'

/** What a back-test's thread is started with. */
export interface BacktestOrder {
  facilities: readonly FacilityDescription[]
  subjects: readonly string[]
  before: RuleSet
  after: RuleSet
  window: { from?: number; to?: number }
  lead: number
  labels?: readonly FaultLabel[]
  timeZone: string
  lighting?: LightingHistory
  /** Those of the alarm policy in force. */
  floods: FloodLimits
  journalFolder: string
  limits: DecodeLimits
  /** The time to ask the store for, ms; null: the journal. */
  stored: { from: number; to: number } | null
  /** The server of the store, which the thread asks itself; null: it asks the thread that opened the store. */
  remote: RemoteStore | null
}
