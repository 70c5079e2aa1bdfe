import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { sharedAccess } from './edges/mqtt/access.ts'
import { type Broker, startBroker } from './edges/mqtt/broker.ts'
import type { FacilityKind } from './facilities/facility-kind.ts'
import type { Plant } from './facilities/plant.ts'
import type { Ingest } from './ingest.ts'
import { Ingress } from './ingress.ts'
import type { EmbeddedStateStore } from './storage/embedded/state-store.ts'
import { LorawanDialect } from './telemetry/codecs/lorawan/dialect.ts'
import { MappedDialect } from './telemetry/codecs/mapped/dialect.ts'
import { type Dialect, EMBEDDED } from './telemetry/dialect.ts'
import type { RejectionLog } from './telemetry/rejection-log.ts'
import type { DialectParts } from './telemetry/translation-parts.ts'

export interface FrontDoorParts {
  config: Config
  log: Logger
  state: EmbeddedStateStore
  kinds: ReadonlyMap<string, FacilityKind>
  plant: Plant
  ingest: Ingest
  rejections: RejectionLog
  dialects: DialectParts
  now: () => number
  /** Called in the reverse order when the program stops. */
  stops: (() => unknown)[]
}

export interface FrontDoor {
  broker: Broker
}

/** Opens the ways in which telemetry comes: the dialects, the embedded broker, and what connects to other brokers. */
export async function openFrontDoor(parts: FrontDoorParts): Promise<FrontDoor> {
  const { config, log, kinds, plant, ingest, rejections, now, stops } = parts
  const { index, unbound, codecs } = parts.dialects
  const dialects: Dialect[] = [
    new LorawanDialect({ bindings: index, codecs, unbound }),
    new MappedDialect({ match: (topic) => index.match(topic), takes: (topic) => index.takes(topic), unbound }),
  ]
  const ingress = new Ingress({
    ...{ ingest, dialects, now },
    onRejected: (message, found) => rejections.add(message, found),
    onMishap: (error, { topic, source }) =>
      log.error({ err: error, topic, source }, 'a message could not be translated and was passed over'),
  })
  const broker = await startBroker({
    host: config.MQTT_HOST,
    port: config.MQTT_PORT,
    maxPayload: config.MQTT_MAX_PAYLOAD,
    access: sharedAccess(config.MQTT_USERNAME, config.MQTT_PASSWORD),
    isRead: (topic) => ingress.reads(topic, EMBEDDED),
    isReserved: (topic) =>
      ('kind' in topic && kinds.get(topic.kind)?.reportsItself === true) || plant.get(topic.id)?.kind.reportsItself === true,
    now,
    onPublish: (topic, payload, _from, acknowledged) => ingress.take(topic, payload, EMBEDDED, acknowledged),
    onRefused: ({ topic, payload, reason, detail }) =>
      rejections.add({ received: now(), topic, payload }, [{ reason, detail, facility: null }]),
    onFault: (fault, detail) => log.debug({ fault, detail }, 'an MQTT connection was closed or not taken'),
  })
  stops.push(() => broker.close())
  return { broker }
}
