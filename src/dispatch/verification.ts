import { minutes } from '../telemetry/duration.ts'
import type { Order } from './order.ts'

/** A repair holds when its facility has been well for so long, ms: a lamp that lights for a minute and goes out again was not repaired. */
export const PROOF = minutes(10)
/** A fault that still stands so long after the repair refutes it, ms: rules wait before they let go. */
export const DOUBT = minutes(15)

/** What telemetry says of one facility of a repaired order. */
export interface Proof {
  facility: string
  /** A fault the order is for is still there. */
  isFaulty: boolean
  /** Newest report after the repair, ms; null: none yet. */
  reported: number | null
  /** Since when it has shown without a break that it works, in a state in which the fault would show, ms; null while it does not: a lamp by day proves nothing. */
  wellSince: number | null
  /** No telemetry ever told of it; only people can say. */
  isMute: boolean
}

export type Verdict =
  | { type: 'verified'; facilities: readonly string[] }
  | { type: 'refuted'; facilities: readonly string[] }
  /** `by-hand`: telemetry will never tell; else what is still to come. `until`: look again then at the latest, ms. */
  | { type: 'waiting'; for: 'reports' | 'proof' | 'by-hand'; facilities: readonly string[]; until: number | null }

/** Whether telemetry bears a repair out at `at`, ms. Each facility must; one whose fault stands refutes it for all. */
export function judgeRepair({ repair }: Order, proofs: readonly Proof[], at: number): Verdict {
  const since = repair?.at ?? at
  const named = (list: readonly Proof[]) => list.map(({ facility }) => facility)
  const faulty = proofs.filter(({ isFaulty, reported }) => isFaulty && reported !== null && reported >= since)
  if (faulty.length > 0 && at - since >= DOUBT) return { type: 'refuted', facilities: named(faulty) }
  const open = proofs.filter((proof) => !isProven(proof, since, at))
  if (open.length === 0 && proofs.length > 0) return { type: 'verified', facilities: named(proofs) }
  if (proofs.every(({ isMute }) => isMute)) return { type: 'waiting', for: 'by-hand', facilities: named(proofs), until: null }
  const silent = open.filter(({ reported }) => reported === null || reported < since)
  if (silent.length > 0) return { type: 'waiting', for: 'reports', facilities: named(silent), until: at + PROOF }
  const proving = open.flatMap(({ wellSince }) => (wellSince === null ? [] : [Math.max(wellSince, since) + PROOF]))
  return { type: 'waiting', for: 'proof', facilities: named(open), until: Math.min(at + PROOF, ...proving.filter((time) => time > at)) }
}

const isProven = ({ isFaulty, wellSince }: Proof, since: number, at: number): boolean =>
  !isFaulty && wellSince !== null && at - Math.max(wellSince, since) >= PROOF
