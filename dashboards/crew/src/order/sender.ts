import type { CrewAnswersView, OrderPhotoView } from '../../../../src/edges/http/order-schemas.ts'
import type { CheckInAnswersView } from '../../../../src/edges/http/round-schemas.ts'
import { ApiProblem } from '../../../shared/http.ts'
import { type ActionEntry, type CheckInEntry, failureOf, nextSending, type OutboxEntry, type PhotoEntry, type Sending } from './outbox.ts'
import { keptRefusal } from './refusal.ts'

export type Answer = CrewAnswersView['answers'][number]

/** Where the outbox lies. Each method has done its work for good when it resolves. */
export interface OutboxStore {
  entries(): Promise<OutboxEntry[]>
  /** The bytes of a photo; undefined where they are gone. */
  picture(photo: string): Promise<Blob | undefined>
  /** The server has answered; they wait no more, and what moved nothing is kept to be told. */
  settle(sent: readonly { entry: OutboxEntry; answer: Answer | null }[]): Promise<void>
  refuse(seq: number, words: string): Promise<void>
}

/** How the server is reached; all throw `ApiProblem`. */
export interface Post {
  actions(crew: string, actions: readonly ActionEntry['action'][]): Promise<CrewAnswersView>
  checkIns(checkIns: readonly CheckInEntry['checkIn'][]): Promise<CheckInAnswersView>
  photo(entry: PhotoEntry, bytes: Blob): Promise<OrderPhotoView>
}

/** sent: nothing waits any more. later: the server was out of reach, or busy. sign-in: the session has ended. */
export type SendResult = 'sent' | 'later' | 'sign-in'

/**
 * Sends what waits of an account, in order, until nothing does or the server is out of reach. An entry leaves the phone only after its answer, so
 * that it may be sent twice but never not at all; the server counts each id once. Run by one tab at a time.
 */
export async function sendWaiting(account: string, store: OutboxStore, post: Post): Promise<SendResult> {
  let most: number | undefined
  for (;;) {
    const sending = nextSending(await store.entries(), account, most)
    if (!sending) return 'sent'
    most = undefined
    try {
      await send(sending, store, post)
    } catch (problem) {
      if (!(problem instanceof ApiProblem)) throw problem
      const failure = failureOf(problem)
      if (failure !== 'refused') return failure
      // One that the server does not take must not hold up the others.
      if (sending.type !== 'photo' && sending.entries.length > 1) most = 1
      else await store.refuse((sending.type === 'photo' ? sending.entry : (sending.entries[0] as OutboxEntry)).seq, keptRefusal(problem))
    }
  }
}

async function send(sending: Sending, store: OutboxStore, post: Post): Promise<void> {
  if (sending.type === 'actions') {
    const { entries, crew } = sending
    const { answers } = await post.actions(
      crew,
      entries.map(({ action }) => action),
    )
    const byId = new Map(answers.map((answer) => [answer.id, answer]))
    const answered = entries.flatMap((entry) => {
      const answer = byId.get(entry.action.id)
      return answer ? [{ entry, answer }] : []
    })
    if (answered.length === 0) throw new ApiProblem(0, 'unreachable', '', 'The answer names none of the actions.')
    await store.settle(answered)
    return
  }
  if (sending.type === 'check-ins') {
    await sendCheckIns(sending.entries, store, post)
    return
  }
  const { entry } = sending
  const bytes = await store.picture(entry.photo)
  if (bytes) await post.photo(entry, bytes)
  else throw new ApiProblem(404, 'not-found', '', 'The picture is no longer on this phone.')
  await store.settle([{ entry, answer: null }])
}

/** One that does not show that somebody was there stays, with why, until somebody has read it. */
async function sendCheckIns(entries: readonly CheckInEntry[], store: OutboxStore, post: Post): Promise<void> {
  const { answers } = await post.checkIns(entries.map(({ checkIn }) => checkIn))
  const byId = new Map(answers.map((answer) => [answer.id, answer]))
  const known = entries.flatMap((entry) => {
    const answer = byId.get(entry.checkIn.id)
    return answer ? [{ entry, answer }] : []
  })
  if (known.length === 0) throw new ApiProblem(0, 'unreachable', '', 'The answer names none of the check-ins.')
  const [taken, refused] = [known.filter(({ answer }) => answer.why === null), known.filter(({ answer }) => answer.why !== null)]
  await store.settle(taken.map(({ entry }) => ({ entry, answer: null })))
  for (const { entry, answer } of refused) await store.refuse(entry.seq, answer.why ? `${answer.why.zh} ${answer.why.en}` : '')
}
