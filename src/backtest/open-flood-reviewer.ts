import { join } from 'node:path'
import type { Logger } from 'pino'
import { floodLimits } from '../alarms/policy.ts'
import type { Config } from '../config.ts'
import type { ServiceParts } from '../services/parts.ts'
import { lightingHistory } from '../services/programmes/lighting-history.ts'
import { remoteStore } from '../storage/open-telemetry-store.ts'
import { backtestInWorker } from './backtest-in-worker.ts'
import { FloodReviewer } from './flood-reviewer.ts'

/** The history of one flood takes less than what people ask of a back-test. */
const REVIEW_MEMORY_MB = 1024

type Parts = Pick<ServiceParts, 'state' | 'register' | 'plant' | 'kinds' | 'rules' | 'telemetry' | 'limits' | 'now'> & {
  config: Config
  log: Logger
}

/** Reviews floods by the city's own rules and history, each in a worker of its own. */
export function openFloodReviewer({ config, log, limits, ...parts }: Parts): FloodReviewer {
  const { state, register, telemetry } = parts
  return new FloodReviewer({
    ...parts,
    backtest: (order, signal, onProgress) =>
      backtestInWorker(
        {
          ...order,
          limits,
          lighting: lightingHistory(state),
          timeZone: config.TIME_ZONE,
          floods: floodLimits(register.policy),
          remote: remoteStore(config),
          journalFolder: join(config.DATA_FOLDER, 'journal'),
        },
        telemetry,
        signal,
        onProgress,
        { name: 'review', memoryMb: REVIEW_MEMORY_MB },
      ),
    onTrouble: (error) => log.error({ err: error }, 'a flood could not be reviewed'),
  })
}
