import type { CrewAction } from '../../../../src/dispatch/crew-action.ts'
import type { CheckInsView } from '../../../../src/edges/http/round-schemas.ts'
import type { ApiProblem } from '../../../shared/http.ts'

/** What somebody did on this phone and the server has not answered yet. It belongs to an account, and waits until that one is signed in. */
export type NewEntry = {
  account: string
  /** In whose name. */
  crew: string
  /** What the server refused it for; it is not sent again by itself, and stays until somebody has seen it. Null: it waits. */
  refused: string | null
} & (
  | { type: 'action'; action: CrewAction }
  | { type: 'photo'; photo: string; order: number; at: number }
  /** `name`: of the stop, to be told by. */
  | { type: 'check-in'; checkIn: CheckInsView['checkIns'][number]; name: string }
)
/** `seq` grows with each entry of this phone. */
export type OutboxEntry = NewEntry & { seq: number }
export type ActionEntry = Extract<OutboxEntry, { type: 'action' }>
export type PhotoEntry = Extract<OutboxEntry, { type: 'photo' }>

export type CheckInEntry = Extract<OutboxEntry, { type: 'check-in' }>

/** Null: it belongs to a round. */
export const orderOf = (entry: NewEntry): number | null =>
  entry.type === 'action' ? entry.action.order : entry.type === 'photo' ? entry.order : null

/** Actions in one request: as many as the server takes. */
const MOST_AT_ONCE = 100

export type Sending =
  | { type: 'actions'; crew: string; entries: ActionEntry[] }
  | { type: 'check-ins'; entries: CheckInEntry[] }
  | { type: 'photo'; entry: PhotoEntry }

/** What still waits of an account, in the order in which it was done. */
export const waitingOf = (entries: readonly OutboxEntry[], account: string): OutboxEntry[] =>
  entries.filter((entry) => entry.account === account && entry.refused === null).sort((a, b) => a.seq - b.seq)

/**
 * What is sent next: actions in the order in which they were done, check-ins on rounds, and then photos, so that an answer to an order never stands behind a picture
 * on a weak link. Null when nothing waits.
 */
export function nextSending(entries: readonly OutboxEntry[], account: string, most = MOST_AT_ONCE): Sending | null {
  const waiting = waitingOf(entries, account)
  const actions = waiting.filter((entry) => entry.type === 'action')
  const [first] = actions
  if (first) {
    const other = actions.findIndex(({ crew }) => crew !== first.crew)
    return { type: 'actions', crew: first.crew, entries: actions.slice(0, Math.min(most, other < 0 ? actions.length : other)) }
  }
  const checkIns = waiting.filter((entry) => entry.type === 'check-in')
  if (checkIns.length > 0) return { type: 'check-ins', entries: checkIns.slice(0, most) }
  const photo = waiting.find((entry) => entry.type === 'photo')
  return photo ? { type: 'photo', entry: photo } : null
}

/** later: it may go another time. sign-in: whoever it belongs to must sign in first. refused: it will never go as it is. */
export type Failure = 'later' | 'sign-in' | 'refused'

const REFUSALS: ReadonlySet<number> = new Set([400, 403, 404, 409, 413, 415, 422])

/** What a failed request means for what it carried. Only the server's own word refuses anything: the page of some other network does not. */
export function failureOf({ status, code }: Pick<ApiProblem, 'status' | 'code'>): Failure {
  if (status === 401) return 'sign-in'
  return code !== 'unknown' && REFUSALS.has(status) ? 'refused' : 'later'
}
