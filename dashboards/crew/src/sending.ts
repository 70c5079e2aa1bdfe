import { ApiProblem } from '../../shared/http.ts'
import { getSession, post } from './crew-api.ts'
import { keptOutbox } from './kept/kept-outbox.ts'
import { failureOf } from './order/outbox.ts'
import { type SendResult, sendWaiting } from './order/sender.ts'

const LOCK = 'lamplighter-crew-send'

/** One tab, or the service worker, sends at a time; the others wait for it and then find less to send. */
const alone = <T>(work: () => Promise<T>): Promise<T> =>
  // Where there are no locks, as without https, things may be sent twice and count once.
  'locks' in navigator ? (navigator.locks.request(LOCK, work) as Promise<T>) : work()

/** Sends what waits of whoever is signed in, if that is `account`; null: whoever that is. */
export const sendKept = (account: string | null, now: () => number): Promise<SendResult> =>
  alone(async () => {
    try {
      // The cookie is shared by all tabs: nothing must go out in another's name.
      const { name, owes } = await getSession()
      if (owes || (account !== null && name !== account)) return 'sign-in'
      return await sendWaiting(name, keptOutbox(now), post)
    } catch (problem) {
      if (!(problem instanceof ApiProblem)) throw problem
      return failureOf(problem) === 'sign-in' ? 'sign-in' : 'later'
    }
  })
