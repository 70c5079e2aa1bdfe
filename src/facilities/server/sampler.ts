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
  /** Rows the store left out because they are older than it keeps, in total. */
  leftOut: number
  /** Bytes; null where nobody can tell. */
  disk: { free: number; size: number } | null
  /** ms since the last backup; null when none are made, or nobody knows yet. */
  backupAge: number | null
  /** Until the first certificate ends; null when nothing is served with TLS. */
  certificateDays: number | null
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
  readonly #givenUp: LastHour
  readonly #leftOut: LastHour

  /** `at`: ms since 1970 at the start, from which the first rates count. */
  constructor(bounds: JournalBounds, at: number, figures: ServerFigures) {
    this.#bounds = bounds
    this.#before = { at, figures }
    this.#givenUp = new LastHour(at, figures.givenUp)
    this.#leftOut = new LastHour(at, figures.leftOut)
  }

  sample(at: number, figures: ServerFigures): SimulatedValues<ServerPoint> {
    const { figures: before, at: since } = this.#before
    // A clock that was set back makes no rate.
    const elapsed = at - since
    const perSecond = (of: 'messages' | 'rejected' | 'processor') =>
      elapsed > 0 ? Math.max(0, (1000 * (figures[of] - before[of])) / elapsed) : null
    this.#before = { at, figures }
    const [messages, rejected, processor] = [perSecond('messages'), perSecond('rejected'), perSecond('processor')]
    const { disk, storageLag, backupAge, certificateDays } = figures
    const fill = Math.max(figures.waitingBytes / this.#bounds.maxBytes, storageLag / this.#bounds.maxAge)
    return {
      'journal-writable': figures.isJournalWritable,
      'journal-fill': round(100 * fill, 1),
      'given-up': figures.givenUp,
      'given-up-hour': this.#givenUp.grown(at, figures.givenUp),
      'store-reachable': figures.isStoreReachable,
      'storage-lag': Math.round(storageLag / 1000),
      'storage-backlog': figures.storageBacklog,
      'set-aside': figures.setAside,
      'left-out-hour': this.#leftOut.grown(at, figures.leftOut),
      'disk-free': disk && round(disk.free / GB, 2),
      'disk-free-share': disk && disk.size > 0 ? round((100 * disk.free) / disk.size, 1) : null,
      'backup-age': backupAge === null ? null : round(backupAge / hours(1), 1),
      'certificate-days': certificateDays === null ? null : round(certificateDays, 1),
      memory: Math.round(figures.memory / MB),
      'memory-share': figures.memoryLimit > 0 ? round((100 * figures.memory) / figures.memoryLimit, 1) : null,
      'loop-delay': round(figures.loopDelay, 1),
      cpu: processor === null ? null : Math.round(processor / 10),
      'messages-rate': messages === null ? null : round(messages, 1),
      'rejected-rate': rejected === null ? null : round(rejected, 1),
      'mqtt-clients': figures.mqttClients,
    }
  }
}

/** By how much a total grew in the last hour. */
export class LastHour {
  /** Oldest first. */
  readonly #samples: { at: number; total: number }[]

  constructor(at: number, total: number) {
    this.#samples = [{ at, total }]
  }

  grown(at: number, total: number): number {
    this.#samples.push({ at, total })
    while ((this.#samples[1]?.at ?? at) <= at - hours(1)) this.#samples.shift()
    return total - (this.#samples[0]?.total ?? total)
  }
}
