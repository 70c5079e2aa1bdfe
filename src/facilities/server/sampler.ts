import { hours } from '../../telemetry/duration.ts'
import type { SimulatedValues } from '../facility-kind.ts'
import { round } from '../physics.ts'
import type { ServerPoint } from './points.ts'

/** What the service knows of itself at one moment. Totals count since its start. */
export interface ServerFigures {
  isJournalWritable: boolean
  /** Of the journal, what somebody still needs. */
  waitingBytes: number
  /** Messages that are not stored yet, and how long the oldest of them has waited, ms. */
  storageBacklog: number
  storageLag: number
  /** Messages given up, in total. */
  givenUp: number
  isStoreReachable: boolean
  /** Values the store refused, in total. */
  setAside: number
  /** Bytes; null where nobody can tell. */
  disk: { free: number; size: number } | null
  /** ms since the last backup; null when none are made, or nobody knows yet. */
  backupAge: number | null
  /** Bytes in use, and what may be used. */
  memory: number
  memoryLimit: number
  /** 99th percentile since the last sample, ms. */
  loopDelay: number
  /** Processor time of all threads, in total, ms. */
  processor: number
  messages: number
  rejected: number
  mqttClients: number
}

export interface JournalBounds {
  maxBytes: number
  /** ms */
  maxAge: number
}

const GB = 1e9
const MB = 1e6

/** Makes of the figures of the service, told at about equal times, the values of its points. */
export class ServerSampler {
  readonly #bounds: JournalBounds
  #before: { at: number; figures: ServerFigures }
  /** What had been given up at the samples of the last hour, oldest first. */
  readonly #givenUp: { at: number; total: number }[]

  /** `at`: ms since 1970 at the start, from which the first rates count. */
  constructor(bounds: JournalBounds, at: number, figures: ServerFigures) {
    this.#bounds = bounds
    this.#before = { at, figures }
    this.#givenUp = [{ at, total: figures.givenUp }]
  }

  sample(at: number, figures: ServerFigures): SimulatedValues<ServerPoint> {
    const { figures: before, at: since } = this.#before
    // A clock that was set back makes no rate.
    const elapsed = at - since
    const perSecond = (of: 'messages' | 'rejected' | 'processor') =>
      elapsed > 0 ? Math.max(0, (1000 * (figures[of] - before[of])) / elapsed) : null
    this.#before = { at, figures }
    const [messages, rejected, processor] = [perSecond('messages'), perSecond('rejected'), perSecond('processor')]
    const { disk, storageLag, backupAge } = figures
    const fill = Math.max(figures.waitingBytes / this.#bounds.maxBytes, storageLag / this.#bounds.maxAge)
    return {
      'journal-writable': figures.isJournalWritable,
      'journal-fill': round(100 * fill, 1),
      'given-up': figures.givenUp,
      'given-up-hour': this.#givenUpInLastHour(at, figures.givenUp),
      'store-reachable': figures.isStoreReachable,
      'storage-lag': Math.round(storageLag / 1000),
      'storage-backlog': figures.storageBacklog,
      'set-aside': figures.setAside,
      'disk-free': disk && round(disk.free / GB, 2),
      'disk-free-share': disk && disk.size > 0 ? round((100 * disk.free) / disk.size, 1) : null,
      'backup-age': backupAge === null ? null : round(backupAge / hours(1), 1),
      memory: Math.round(figures.memory / MB),
      'memory-share': figures.memoryLimit > 0 ? round((100 * figures.memory) / figures.memoryLimit, 1) : null,
      'loop-delay': round(figures.loopDelay, 1),
      cpu: processor === null ? null : Math.round(processor / 10),
      'messages-rate': messages === null ? null : round(messages, 1),
      'rejected-rate': rejected === null ? null : round(rejected, 1),
      'mqtt-clients': figures.mqttClients,
    }
  }

  #givenUpInLastHour(at: number, total: number): number {
    this.#givenUp.push({ at, total })
    while ((this.#givenUp[1]?.at ?? at) <= at - hours(1)) this.#givenUp.shift()
    return total - (this.#givenUp[0]?.total ?? total)
  }
}
