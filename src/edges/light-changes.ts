import type { Scope } from '../access/scope.ts'
import type { ApprovalReason } from '../control/approval.ts'
import type { CountedDifference, KeptLightChange, LightChange, LightCounts, NewOverride } from '../control/light-change.ts'
import type { FacilityDescription } from '../facilities/plant.ts'
import type { LightChangeQuery } from '../storage/light-change-store.ts'
import type { Page } from '../storage/state-store.ts'
import type { Commander, Execution } from './commands.ts'

/** What a change of light would do, and the token by which it does. */
export interface LightArming {
  /** Good once, for whoever armed it, where they armed it. */
  token: string
  /** ms */
  expires: number
  counts: LightCounts
  /** What is typed where `typesCount`: the lamps, or the cabinets where there is no lamp. */
  ready: number
  typesCount: boolean
  differences: readonly CountedDifference[]
  /** Why a second person is needed; empty where none is. */
  secondPerson: readonly ApprovalReason[]
}

export interface DarkenedFacilities {
  lamps: ReadonlySet<string>
  cabinets: ReadonlySet<string>
}

/** Changes of light in the two steps of commands: looked at, piece by piece in a large city, then done or left to a second person. Methods throw `LamplighterError`. */
export interface LightChanges {
  /** Says what would happen, and changes nothing. Throws where it could not be done, as for what reaches out of scope. */
  arm(change: LightChange, by: Commander): Promise<LightArming>
  /** Puts in force what was armed, or lets it wait for a second person. Throws `action-refused`, with nothing done, where the token, the count or the city does not fit. */
  execute(execution: Execution, by: Commander): Promise<KeptLightChange>
  /** Says yes as the second person. Throws `not-allowed` for the first one, and `action-refused` where nothing waits any more. */
  approve(id: string, by: Commander): Promise<KeptLightChange>
  decline(id: string, reason: string, by: Commander): Promise<KeptLightChange>
  /** Takes back what still waits, which needs one person. */
  withdraw(id: string, reason: string, by: string): KeptLightChange
  /** Puts in force what gives no facility another light. Throws `action-refused` for what does. */
  direct(change: LightChange, by: string, scope: Scope): Promise<void>

  /** Registered lamps and cabinets that would have less light if they were described so. */
  darkened(next: readonly FacilityDescription[]): DarkenedFacilities
  /** Throws `action-refused` where these are more than one person puts in the dark within ten minutes; else counts them. */
  takeDarkened(found: DarkenedFacilities, by: string): void
  /** Throws `action-refused` where other holidays of the city, YYYY-MM-DD, would give more facilities less light than one person decides on. */
  checkHolidays(holidays: string[], by: string): void
  /** The light of an emergency plan: in force at once, or left to a second person; once approved it is renewed without another word. */
  byPlan(override: NewOverride, by: Pick<Commander, 'name' | 'account'>): KeptLightChange
  /** What the light of a plan would need. */
  needsOf(override: NewOverride, by: Pick<Commander, 'name' | 'account'>): readonly ApprovalReason[]
  ofPlan(plan: string): KeptLightChange[]

  change(id: string): KeptLightChange | undefined
  list(query: LightChangeQuery): Page<KeptLightChange>
  /** Whether some of what it is for lies in scope, and some of it elsewhere. */
  placeOf(change: LightChange, scope: Scope): { isSeen: boolean; isElsewhere: boolean }
  /** Once a second: ends what nobody approved in time. */
  tick(): void
  onChange(listener: (change: KeptLightChange) => void): void
}
