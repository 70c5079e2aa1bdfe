import { LamplighterError } from '../errors.ts'
import type { Plant } from '../facilities/plant.ts'
import { server } from '../facilities/server/index.ts'
import { type JournalBounds, type ServerFigures, ServerSampler } from '../facilities/server/sampler.ts'
import type { Ingest } from '../ingest.ts'
import { encodeReports } from '../telemetry/codecs/native.ts'
import { seconds } from '../telemetry/duration.ts'
import { telemetryTopic } from '../telemetry/topic.ts'
import type { OwnValues } from './health/own-rules.ts'

/** Time between two reports of the service of itself, ms. */
export const SELF_REPORT_PERIOD = seconds(10)

export interface SelfReportingParts {
  id: string
  plant: Pick<Plant, 'get'>
  ingest: Pick<Ingest, 'take' | 'passBy'>
  bounds: JournalBounds
  read: () => Omit<ServerFigures, 'isJournalWritable'>
  now: () => number
}

/** What the service is registered as. */
export const serverRegistration = (id: string) => ({ id, kind: server.key, name: '监控服务器', nameEn: 'Monitoring server' })

/** Throws `config-invalid` where the id belongs to a facility of another kind. */
export function checkServerId(id: string, plant: Pick<Plant, 'get'>): void {
  const known = plant.get(id)
  if (known && known.kind !== server)
    throw new LamplighterError('config-invalid', `SERVER_ID ${id} is a ${known.kind.key} already; give the service another id.`)
}

/**
 * The service as a facility of its own: what it reports goes the road of all messages, so that its alarms are like others and a replay has
 * them. What the journal does not take goes down the road without it: that nothing can be written must not wait for a write.
 */
export class SelfReporting {
  readonly #parts: SelfReportingParts
  readonly #sampler: ServerSampler
  /** A report the journal has not answered for yet. */
  #isWaiting = false
  #latest: OwnValues = {}

  constructor(parts: SelfReportingParts) {
    this.#parts = parts
    this.#sampler = new ServerSampler(parts.bounds, parts.now(), { ...parts.read(), isJournalWritable: true })
  }

  /** What it measured last; nothing before the first report. */
  get latest(): OwnValues {
    return this.#latest
  }

  /** To be called each `SELF_REPORT_PERIOD`, also where it has no id and nobody is told. */
  report(): void {
    const { id, plant, ingest, read, now } = this.#parts
    const at = now()
    const values = this.#sampler.sample(at, { ...read(), isJournalWritable: true })
    this.#latest = values
    if (plant.get(id)?.kind !== server) return
    const topic = telemetryTopic(server.key, id)
    const body = (isWritable: boolean) =>
      Buffer.from(encodeReports({ at, values: presentOf({ ...values, 'journal-writable': isWritable }) }))
    const passBy = () => ingest.passBy(topic, body(false))
    // A disk that hangs answers nothing at all.
    if (this.#isWaiting) {
      passBy()
      return
    }
    this.#isWaiting = true
    try {
      ingest.take(topic, body(true), (error) => {
        this.#isWaiting = false
        if (error) passBy()
      })
    } catch {
      this.#isWaiting = false
      passBy()
    }
  }
}

/** A report leaves out what is not known. */
function presentOf<V>(values: Readonly<Record<string, V | null>>): Record<string, V> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, V] => entry[1] !== null))
}
