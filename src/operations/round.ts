import type { CalendarDay } from '../control/calendar-day.ts'
import { minutes } from '../telemetry/duration.ts'
import type { Text } from '../telemetry/point.ts'
import type { CheckInDoubt, ClaimedPlace, ScannedCode, Shown } from './check-in.ts'
import type { Company } from './company.ts'
import type { Occurrence, Place, RoundKind, RoundPlan, StopReading } from './round-plan.ts'

export const roundStates = {
  open: { zh: '待完成', en: 'Open' },
  done: { zh: '已完成', en: 'Done' },
  missed: { zh: '漏做', en: 'Missed' },
  'called-off': { zh: '已取消', en: 'Called off' },
} as const satisfies Record<string, Text>
export type RoundState = keyof typeof roundStates

/** A stop as it was when the round was made. */
export interface RoundStop {
  key: string
  name: Text
  facility: string | null
  position: Place | null
  district: string
  road: string
  keyArea: boolean
  readings: readonly StopReading[]
}

/** One round of a plan, as the plan was when it was made; times in ms. */
export interface Round {
  id: number
  plan: string
  name: Text
  kind: RoundKind
  company: Company
  key: string
  begins: number
  due: number
  /** Late from here on, and missed from here on, while it is open. */
  late: number
  over: number
  crew: string | null
  proof: RoundPlan['proof']
  radius: number
  stops: readonly RoundStop[]
  /** Stops without which it is not done. */
  least: number
  emergency: string | null
  state: RoundState
  /** Different stops at which somebody was. */
  visited: number
  /** The first and last visits, by the phones. */
  started: number | null
  lastVisit: number | null
  /** When it came to be what it is; null while it is open. */
  ended: number | null
}

/** A round without its stops, of which there may be many. */
export type RoundSketch = Omit<Round, 'stops'>

/** Somebody at a stop; the first visit of each stop counts. */
export interface CheckIn {
  /** Made by the phone, unique: sent twice it counts once. */
  id: string
  round: number
  stop: string
  facility: string | null
  by: string
  /** When, by the phone's clock set right by the server's, and when the server heard of it, ms. */
  at: number
  received: number
  shown: Shown
  scanned: ScannedCode | null
  place: ClaimedPlace | null
  /** From the stop to where the phone says it was, m. */
  distance: number | null
  doubts: readonly CheckInDoubt[]
  readings: readonly (StopReading & { value: number | boolean | string })[]
  note: string
}

/** A round as it is made; its `id` is given by the store. */
export function newRound(plan: RoundPlan, { key, begins, due, emergency }: Occurrence, stops: readonly RoundStop[]): Round {
  return {
    ...{ id: 0, plan: plan.id, kind: plan.kind, company: plan.company, key, begins, due, emergency, stops },
    name: { zh: plan.name, en: plan.nameEn || plan.name },
    late: due + minutes(plan.lateAfter),
    over: due + minutes(plan.missedAfter),
    ...{ crew: plan.crew, proof: plan.proof, radius: plan.radius },
    least: Math.max(1, Math.ceil(plan.share * stops.length)),
    ...{ state: 'open', visited: 0, started: null, lastVisit: null, ended: null },
  }
}

export const isLate = ({ state, late }: Pick<Round, 'state' | 'late'>, now: number): boolean => state === 'open' && now >= late

/** What keeps a visit at `at`, ms, from counting for a round; null: nothing. */
export function visitProblem({ state, begins, over, ended }: Round, at: number): Text | null {
  if (state === 'called-off' && at >= (ended ?? at)) return { zh: '此次任务已取消。', en: 'This round was called off.' }
  if (at < begins) return { zh: '此次任务尚未开始。', en: 'This round has not begun yet.' }
  if (at >= over) return { zh: '此次任务的时间已过，记为漏做。', en: 'The time of this round was over; it counts as missed.' }
  return null
}

/**
 * The round after a visit of a stop that nobody has visited before. A phone may tell of it long after: what was done in time is done, also
 * where the round counted as missed meanwhile. What was called off stays so, with the visits before.
 */
export function withVisit(round: Round, at: number): Round {
  const visited = round.visited + 1
  const lastVisit = Math.max(round.lastVisit ?? at, at)
  const isDone = visited >= round.least
  return {
    ...{ ...round, visited, lastVisit },
    started: Math.min(round.started ?? at, at),
    ...(isDone && round.state !== 'done' && round.state !== 'called-off' && { state: 'done' as const, ended: lastVisit }),
  }
}

/** The round at our time `now`, ms: what is open past its end is missed. */
export const aged = (round: Round, now: number): Round =>
  round.state === 'open' && now >= round.over ? { ...round, state: 'missed', ended: round.over } : round

/** What a plan's rounds say to the rules that judge them. */
export interface RoundFigures {
  /** How long the oldest open round is past its window, min; 0: none is. */
  overdue: number
  /** Rounds of the last day that were missed since one was done. */
  missed: number
  /** Of rounds whose window began today. */
  planned: number
  done: number
  /** Visited part of the stops of the round whose window is open or that is late, %; 100 where there is none. */
  progress: number
  open: number
}

/** A missed round stands against a plan for so long at most, ms: then only its record is left. */
export const MISSED_STANDS = minutes(24 * 60)

/** `rounds`: those of one plan that began since `MISSED_STANDS` before, and today. */
export function roundFigures(rounds: readonly RoundSketch[], today: Pick<CalendarDay, 'from' | 'to'>, now: number): RoundFigures {
  const begun = rounds.filter(({ begins, state }) => begins <= now && state !== 'called-off')
  const open = begun.filter(({ state }) => state === 'open')
  const lastDone = Math.max(Number.NEGATIVE_INFINITY, ...begun.filter(({ state }) => state === 'done').map(({ begins }) => begins))
  const own = begun.filter(({ begins }) => begins >= today.from)
  const first = open.toSorted((a, b) => a.due - b.due)[0]
  return {
    overdue: Math.max(0, ...open.map(({ due }) => (now - due) / minutes(1))),
    missed: begun.filter(({ state, over, begins }) => state === 'missed' && begins > lastDone && now - over < MISSED_STANDS).length,
    planned: rounds.filter(({ begins, state }) => begins >= today.from && begins < today.to && state !== 'called-off').length,
    done: own.filter(({ state }) => state === 'done').length,
    progress: first ? (100 * Math.min(first.visited, first.least)) / first.least : 100,
    open: open.length,
  }
}
