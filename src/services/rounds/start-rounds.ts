import type { Logger } from 'pino'
import type { Rounds } from '../../edges/rounds.ts'
import type { Ingest } from '../../ingest.ts'
import { ROUND_REPORT_PERIOD } from './round-services.ts'

/** Lets the rounds of a running city go on; returns how that ends. */
export function startRounds(
  rounds: Pick<Rounds, 'reportTo' | 'tick'>,
  ingest: Pick<Ingest, 'take'>,
  log: Pick<Logger, 'error'>,
): () => void {
  // What the journal cannot take now, the next report says again.
  rounds.reportTo((topic, payload) => ingest.take(topic, Buffer.from(payload), () => {}))
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
