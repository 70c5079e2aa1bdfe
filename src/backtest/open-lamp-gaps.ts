import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { ServiceParts } from '../services/parts.ts'
import { lightingHistory } from '../services/programmes/lighting-history.ts'
import { remoteStore } from '../storage/open-telemetry-store.ts'
import { GAP_LEAD } from './lamp-gap.ts'
import { fillInWorker } from './lamp-gap-in-worker.ts'
import { LampGaps } from './lamp-gaps.ts'

type Parts = Pick<ServiceParts, 'plant' | 'state' | 'rules' | 'telemetry' | 'utcOffset' | 'now'> & { config: Config; log: Logger }

/** Gaps of the history of lamps are filled in a thread of its own. */
export function openLampGaps({ config, log, telemetry, ...parts }: Parts): LampGaps {
  return new LampGaps({
    ...parts,
    lighting: (from) => lightingHistory(parts.state, from - GAP_LEAD),
    fill: (order, signal) => fillInWorker({ ...order, timeZone: config.TIME_ZONE, remote: remoteStore(config) }, telemetry, signal),
    onTrouble: (error) => log.error({ err: error }, 'gaps in the history of lamps could not be filled; it is tried again'),
  })
}
