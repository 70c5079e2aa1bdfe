import { link, toldRounds } from '../live/live.ts'
import { useAnswer } from '../shell/use-answer.ts'
import { useTold } from '../shell/use-told.ts'
import { untilNext } from './round-order.ts'

type Timed = Parameters<typeof untilNext>[0]

/** Something may be otherwise that nobody tells, ms. */
const PAUSE = 60_000

/**
 * What the server answers about rounds; asked anew at news of a plan that `concerns` picks, and when one of `timed` begins, is late or is missed:
 * nobody tells of that.
 */
export function useRoundAnswer<T>(load: () => Promise<T>, key: string, timed: (answer: T) => Timed, concerns = (_: string) => true) {
  const asked = useAnswer(load, `${key} ${link.value === 'disconnected'}`, (answer) =>
    Math.min(PAUSE, answer === null ? PAUSE : untilNext(timed(answer), Date.now())),
  )
  useTold(toldRounds, ({ plan }) => concerns(plan), asked.again, key)
  return asked
}
