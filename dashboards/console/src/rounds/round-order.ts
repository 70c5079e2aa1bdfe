import type { RoundView } from '../../../../src/edges/http/round-schemas.ts'
import type { FacilityState } from '../../../../src/edges/http/schemas.ts'

export type Standing = 'late' | 'now' | 'to-come' | 'done' | 'missed' | 'called-off'

/** Where a round stands at our time `now`, ms. */
export function standingOf({ state, begins, late }: Pick<RoundView, 'state' | 'begins' | 'late'>, now: number): Standing {
  if (state !== 'open') return state
  return now < begins ? 'to-come' : now >= late ? 'late' : 'now'
}

/** What asks for somebody first. */
const rank: Readonly<Record<Standing, number>> = { late: 0, missed: 1, now: 2, 'to-come': 3, done: 4, 'called-off': 5 }

export const byUrgency = <T extends Pick<RoundView, 'state' | 'begins' | 'late'>>(rounds: readonly T[], now: number): T[] =>
  rounds.toSorted((a, b) => rank[standingOf(a, now)] - rank[standingOf(b, now)] || a.begins - b.begins)

/** How long it is from our time `now`, ms, until one of them begins, is late or is missed; Infinity: none will. */
export const untilNext = (rounds: readonly Pick<RoundView, 'begins' | 'late' | 'over'>[], now: number): number =>
  Math.min(...rounds.flatMap(({ begins, late, over }) => [begins, late, over]).filter((at) => at > now)) - now

/** Colour only for what is abnormal; null: words alone. */
export const symbolOf: Readonly<Record<Standing, FacilityState | null>> = {
  ...{ late: 'medium', missed: 'high', now: null, 'to-come': null, done: 'normal', 'called-off': 'out-of-service' },
}
