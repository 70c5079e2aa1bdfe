import type { Logger } from 'pino'
import type { Rounds } from '../../edges/rounds.ts'
import { ROUND_REPORT_PERIOD } from './round-services.ts'

/** Lets the rounds of a running city go on; returns how that ends. */
export function startRounds(rounds: Pick<Rounds, 'tick'>, log: Pick<Logger, 'error'>): () => void {
  const tick = () => {
    try {
      rounds.tick()
    } catch (error) {
      log.error({ err: error }, 'rounds could not be carried on; they are tried again')
    }
  }
  tick()
  const ticking = setInterval(tick, ROUND_REPORT_PERIOD)
  return () => clearInterval(ticking)
}
