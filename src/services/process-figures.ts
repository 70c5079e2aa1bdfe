import { totalmem } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { ServerFigures } from '../facilities/server/sampler.ts'

/** ms between two looks at the event loop. */
const RESOLUTION = 10

export type ProcessFigures = Pick<ServerFigures, 'memory' | 'memoryLimit' | 'loopDelay' | 'processor'>

/** Begins to watch this process. Each `read` says what was since the one before. */
export function watchProcess(): { read(): ProcessFigures; close(): void } {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION })
  delay.enable()
  return {
    read() {
      const percentile = delay.count > 0 ? delay.percentile(99) / 1e6 : RESOLUTION
      delay.reset()
      const { user, system } = process.cpuUsage()
      // Without a limit of its own a process is told 0 or more than there is.
      const limit = process.constrainedMemory()
      return {
        memory: process.memoryUsage.rss(),
        memoryLimit: limit > 0 ? Math.min(limit, totalmem()) : totalmem(),
        // It measures from one look to the next, so that an idle loop shows the time between looks.
        loopDelay: Math.max(0, percentile - RESOLUTION),
        processor: (user + system) / 1000,
      }
    },
    close: () => delay.disable(),
  }
}
