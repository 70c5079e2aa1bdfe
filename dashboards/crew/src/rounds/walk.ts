import type { RoundDetailView, RoundStopView } from '../../../../src/edges/http/round-schemas.ts'
import type { ScannedCode } from '../../../../src/operations/check-in.ts'
import type { CheckInEntry, OutboxEntry } from '../order/outbox.ts'

/** A stop with who was there, as it will be once the server has heard of it. */
export interface ShownStop {
  stop: RoundStopView
  /** When somebody was there first, ms; null: nobody yet. */
  at: number | null
  /** Only this phone knows of it. */
  waits: boolean
}

export interface ShownRound {
  detail: RoundDetailView
  stops: readonly ShownStop[]
  visited: number
  /** Every stop that it needs has been visited. */
  isDone: boolean
  isLate: boolean
  /** Its window has not begun. */
  isToCome: boolean
}

const isCheckIn = (entry: OutboxEntry): entry is CheckInEntry => entry.type === 'check-in'

/** Rounds with what waits on this phone done to them, at our time `now`, ms: those that are late first, then by the end of their window. */
export function shownRounds(details: readonly RoundDetailView[], waiting: readonly OutboxEntry[], now: number): ShownRound[] {
  return details
    .map((detail) => shownRound(detail, waiting.filter(isCheckIn), now))
    .filter(({ detail: { round } }) => now < round.over)
    .sort((a, b) => Number(a.isToCome) - Number(b.isToCome) || a.detail.round.due - b.detail.round.due)
}

function shownRound(detail: RoundDetailView, waiting: readonly CheckInEntry[], now: number): ShownRound {
  const { round, stops, checkIns } = detail
  const told = new Map<string, number>()
  for (const { stop, at } of checkIns) told.set(stop, Math.min(told.get(stop) ?? at, at))
  const own = new Map(waiting.filter(({ checkIn }) => checkIn.round === round.id).map(({ checkIn }) => [checkIn.stop, checkIn.at]))
  const shown = stops.map((stop): ShownStop => {
    const at = told.get(stop.key)
    return { stop, at: at ?? own.get(stop.key) ?? null, waits: at === undefined && own.has(stop.key) }
  })
  const visited = round.visited + shown.filter(({ waits }) => waits).length
  const isDone = visited >= round.least
  // Where nobody has been comes first: forty stops do not fit a phone.
  const ordered = shown.toSorted((a, b) => Number(a.at !== null) - Number(b.at !== null))
  return { detail, stops: ordered, visited, isDone, isLate: !isDone && now >= round.late, isToCome: now < round.begins }
}

/** What the label of a stop names. */
export const labelOf = (plan: string, { facility, key }: Pick<RoundStopView, 'facility' | 'key'>): string => facility ?? `${plan}:${key}`

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return ''
  }
}

/** What a code names, and what it is taken for here; whether the secret of a label is right, the server knows. */
export function readCode(text: string): { ref: string; scanned: Exclude<ScannedCode, 'other'> } | null {
  const [, label] = /\/crew\/at\/([^/?#]+)\/[0-9a-f]{20}(?:[/?#]|$)/.exec(text) ?? []
  if (label !== undefined) return { ref: decoded(label), scanned: 'label' }
  const [, pole] = /\/report\/([^/?#]+)/.exec(text) ?? []
  return pole === undefined ? null : { ref: decoded(pole), scanned: 'public' }
}

/** Where a code leads: the first open round with its stop, one that nobody has visited before others. */
export function stopOfCode(rounds: readonly ShownRound[], ref: string): { round: ShownRound; stop: ShownStop } | null {
  const found = rounds
    .filter(({ isToCome }) => !isToCome)
    .flatMap((round) => {
      const stop = round.stops.find((one) => labelOf(round.detail.round.plan, one.stop) === ref)
      return stop ? [{ round, stop }] : []
    })
  return found.find(({ stop }) => stop.at === null) ?? found[0] ?? null
}
