import type { Logger } from 'pino'
import type { DeviceSort } from './access/device.ts'
import { addressesOf, type Config, isOpen, listOf } from './config.ts'
import type { BrokerConnections } from './edges/brokers/connections.ts'
import { ReadAlongPublisher } from './edges/brokers/read-along.ts'
import { type Broker, type ConnectionFault, defaultBounds, packetLimit, startBroker } from './edges/mqtt/broker.ts'
import { type ListenerOptions, openListener } from './edges/mqtt/listeners.ts'
import { trustedAddresses } from './edges/mqtt/senders.ts'
import type { Services } from './edges/services.ts'
import type { CertificateWatch } from './edges/tls/certificate-watch.ts'
import type { Passing } from './edges/traffic.ts'
import type { FacilityKind } from './facilities/facility-kind.ts'
import type { Plant } from './facilities/plant.ts'
import type { Ingest } from './ingest.ts'
import { Ingress } from './ingress.ts'
import type { BrokerConnection } from './storage/broker-connection-store.ts'
import type { EmbeddedStateStore } from './storage/embedded/state-store.ts'
import { LorawanDialect } from './telemetry/codecs/lorawan/dialect.ts'
import { MappedDialect } from './telemetry/codecs/mapped/dialect.ts'
import { SparkplugDialect } from './telemetry/codecs/sparkplug/sparkplug.ts'
import { isStateTopic, stateTopic } from './telemetry/codecs/sparkplug/topic.ts'
import type { CommandedValue, Road } from './telemetry/command-mapping.ts'
import { type Dialect, EMBEDDED, type Send } from './telemetry/dialect.ts'
import { days, minutes } from './telemetry/duration.ts'
import { type RoadFinders, roadTo } from './telemetry/foreign-roads.ts'
import type { Text } from './telemetry/point.ts'
import type { Rejection } from './telemetry/rejection.ts'
import type { RejectionLog } from './telemetry/rejection-log.ts'
import { acknowledgingOf, isStatus, parseTopic, type Topic } from './telemetry/topic.ts'
import type { DialectParts } from './telemetry/translation-parts.ts'

/** ms between two looks at what a Sparkplug node owes. */
const SPARKPLUG_LOOK = 500

export interface FrontDoorParts {
  config: Config
  log: Logger
  state: EmbeddedStateStore
  kinds: ReadonlyMap<string, FacilityKind>
  plant: Plant
  ingest: Ingest
  rejections: RejectionLog
  dialects: DialectParts
  /** Null when nothing is served with TLS. */
  certificates: CertificateWatch | null
  services: Pick<Services, 'commands' | 'devices' | 'traffic' | 'plant' | 'findFacilities' | 'latestValues' | 'facilityState' | 'onChange'>
  brokers: BrokerConnections
  now: () => number
  schedule: (work: () => void, delay: number) => () => void
  /** Called in the reverse order when the program stops. */
  stops: (() => unknown)[]
}

export interface FrontDoor {
  broker: Broker
  /** Where else it listens, as URLs, by what speaks there. */
  listeners: ReadonlyMap<string, string>
  /** Publishes what the service says. */
  send: Send
  /** The way by which a facility whose device speaks another dialect is told a command, as `roadTo` says. */
  road(facility: string, command: string, value: CommandedValue): Road | Text | undefined
  finders: RoadFinders
}

/** Opens the ways in which telemetry comes: the dialects, the embedded broker, and what connects to other brokers. */
export async function openFrontDoor(parts: FrontDoorParts): Promise<FrontDoor> {
  const { config, log, kinds, plant, ingest, rejections, brokers, services, now, schedule, stops } = parts
  const { index, unbound, codecs } = parts.dialects
  const { devices, traffic } = services
  let sent: Promise<unknown> = Promise.resolve()
  const send: Send = (source, topic, payload, options) => {
    if (traffic.taps() > 0) traffic.sent({ topic, payload: Buffer.from(payload), source, ...options })
    if (source !== EMBEDDED) {
      brokers.send(source, topic, payload, options)
      return
    }
    sent = broker.publish(topic, payload, options).catch((error: unknown) => log.warn({ err: error, topic }, 'a message could not be sent'))
  }
  const sparkplug = new SparkplugDialect({
    ...{ bindings: index, unbound, send },
    hostId: config.SPARKPLUG_HOST_ID,
    reorderTimeout: config.SPARKPLUG_REORDER_MS,
  })
  const lorawan = new LorawanDialect({ bindings: index, codecs, unbound, send, onAnswer: (answer) => services.commands.heard(answer) })
  const mapped = new MappedDialect({ match: (topic) => index.match(topic), takes: (topic) => index.takes(topic), unbound, send })
  const dialects: Dialect[] = [lorawan, sparkplug, mapped]
  const finders = { lorawan: lorawan.road, sparkplug: sparkplug.road, mapped: mapped.road }
  const ingress = new Ingress({
    ...{ ingest, dialects, now },
    onRejected: (message, found) => rejections.add(message, found),
    onTranslated: (message, natives) => traffic.translated(message, natives),
    onMishap: (error, { topic, source }) =>
      log.error({ err: error, topic, source }, 'a message could not be translated and was passed over'),
  })
  const ownState = stateTopic(config.SPARKPLUG_HOST_ID)
  const isReserved = (topic: Topic) =>
    ('kind' in topic && kinds.get(topic.kind)?.reportsItself === true) || plant.get(topic.id)?.kind.reportsItself === true
  const onFault = (fault: ConnectionFault, detail: string) => log.debug({ fault, detail }, 'an MQTT connection was closed or not taken')
  const access = devices.access({ isOpen: isOpen(config), username: config.MQTT_USERNAME, password: config.MQTT_PASSWORD })
  const broker = await startBroker({
    host: config.MQTT_HOST,
    port: config.MQTT_PORT,
    maxPayload: config.MQTT_MAX_PAYLOAD,
    access,
    isRead: (topic) => ingress.reads(topic, EMBEDDED) || acknowledgingOf(topic) !== undefined,
    isRetained: (topic, native) => isStatus(native) || isStateTopic(topic),
    isReserved: (native, topic) => (native ? isReserved(native) : config.SPARKPLUG_HOST_ID !== '' && topic === ownState),
    proxies: proxiesOf(config, 'plain'),
    isTrusted: trustedAddresses(addressesOf(config.MQTT_TRUSTED_ADDRESSES)),
    gate: {
      connections: config.MQTT_MAX_CONNECTIONS,
      perAddress: config.MQTT_MAX_CONNECTIONS_PER_ADDRESS,
      connectsPerMinute: config.MQTT_CONNECTS_PER_MINUTE,
    },
    bounds: {
      sessions: {
        ...defaultBounds.sessions,
        expiry: days(config.MQTT_SESSION_DAYS),
        perAddress: config.MQTT_MAX_CONNECTIONS_PER_ADDRESS,
      },
    },
    rateOf: ({ id, sort, rate }) => rate ?? (sort === 'device' ? deviceRate(config, plant, id, devices.get(id).sort) : undefined),
    now,
    onPublish(topic, payload, from, acknowledged, { qos, retain, native }) {
      traffic.published(topic, payload.length, from)
      takeIn({ topic, payload, source: EMBEDDED, from, qos, retain }, native !== undefined, acknowledged)
    },
    onRefused({ topic, payload, clientId, peer, qos, retain, reason, detail }) {
      const from = peer ? { clientId, peer } : undefined
      refused({ topic, payload, source: EMBEDDED, from, qos, retain }, peer?.id || clientId, { reason, detail })
    },
    onFault,
    observer: traffic.observer,
  })
  stops.push(() => broker.close())
  traffic.onSubscriptions((clientId) => broker.subscriptions(clientId))
  const listeners = new Map<string, string>()
  for (const listener of moreListeners(parts)) {
    const { port, close } = await openListener(listener, broker.acceptance)
    // It is not waited for: its connections end with the broker, which stops after it.
    stops.push(() => void close())
    const scheme = listener.websocket ? (listener.tls ? 'wss' : 'ws') : 'mqtts'
    listeners.set(listener.title, `${scheme}://${listener.host}:${port}${listener.websocket ? '/mqtt' : ''}`)
  }
  const noting = setInterval(() => noteDevices(), minutes(1))
  stops.push(() => {
    clearInterval(noting)
    noteDevices()
  })
  sparkplug.announce(EMBEDDED, now())
  stops.push(() => {
    sparkplug.leave(EMBEDDED, now())
    return sent
  })
  connectBrokers()
  const looking = setInterval(() => sparkplug.tick(now()), SPARKPLUG_LOOK)
  stops.push(() => clearInterval(looking))
  const road: FrontDoor['road'] = (facility, command, value) => roadTo(facility, command, value, { index, finders, mapped })
  return { broker, listeners, send, road, finders }

  /** Others' brokers, and what others may read along here and there. */
  function connectBrokers(): void {
    /** When each connection was asked for, the time in its will, ms. */
    const asked = new Map<string, number>()
    const readsSparkplug = ({ topics }: BrokerConnection) => topics.some((topic) => /^(spBv1\.0|#|\+)(\/|$)/.test(topic))
    brokers.start({
      services,
      maxPacket: packetLimit(config.MQTT_MAX_PAYLOAD),
      isRead: (topic, source) => ingress.reads(topic, source),
      take(source, topic, payload, acknowledge, isRetained) {
        const native = parseTopic(topic)
        const isNative = native !== undefined
        const refusal = foreignRefusal(isNative && isReserved(native), isNative || ingress.reads(topic, source), payload.length)
        if (!refusal) return takeIn({ topic, payload, source, retain: isRetained }, isNative, acknowledge)
        refused({ topic, payload, source, retain: isRetained }, source, refusal)
        acknowledge()
      },
      will(settings) {
        asked.set(settings.id, now())
        return readsSparkplug(settings) ? sparkplug.will(now()) : null
      },
      onConnected(settings) {
        if (readsSparkplug(settings)) sparkplug.announce(settings.id, asked.get(settings.id) ?? now())
      },
      onLeaving: ({ id }) => sparkplug.leave(id, now()),
    })
    services.onChange(brokers.changed)
    stops.push(() => brokers.close())
    if (config.MQTT_READ_ALONG === 'off') return
    const readAlong = new ReadAlongPublisher({
      ...{ services, schedule, settings: { mode: config.MQTT_READ_ALONG, query: config.MQTT_READ_ALONG_QUERY } },
      send(topic, payload, options) {
        send(EMBEDDED, topic, payload, options)
        return true
      },
    })
    services.onChange((change) => readAlong.take(change))
    readAlong.begin()
    stops.push(() => {
      readAlong.end()
      return sent
    })
  }

  function foreignRefusal(isOwn: boolean, isRead: boolean, bytes: number): Pick<Rejection, 'reason' | 'detail'> | null {
    if (isOwn) return { reason: 'reserved-topic', detail: 'it came by another broker' }
    if (!isRead) return { reason: 'unknown-topic', detail: 'it came by another broker' }
    const { MQTT_MAX_PAYLOAD: most } = config
    return bytes > most ? { reason: 'payload-too-large', detail: `${bytes} bytes, the limit is ${most}` } : null
  }

  function refused(passing: Passing, sender: string, refusal: Pick<Rejection, 'reason' | 'detail'>): void {
    const { topic, payload } = passing
    rejections.add({ received: now(), topic, payload, sender }, [{ ...refusal, facility: null }])
    traffic.refused(passing, refusal)
  }

  function takeIn(passing: Passing, isNative: boolean, acknowledge: (error?: Error) => void): void {
    const { topic, payload, source, from, retain } = passing
    const mayReportFor = from && ((facility: string, filter: string) => access.mayReportFor(from.peer, facility, filter))
    // A device says so of what others shall keep, another broker of what it had kept.
    const more = { mayReportFor, isRetained: source !== EMBEDDED && retain === true, isNative }
    const take = (answer: typeof acknowledge) => {
      // Answers of devices belong to commands, not to telemetry.
      if (!isNative && source === EMBEDDED && services.commands.answered(topic, payload, answer)) return
      ingress.take(topic, payload, source, answer, more)
    }
    if (traffic.taps() === 0) {
      take(acknowledge)
      return
    }
    const told = traffic.came(passing, acknowledge)
    try {
      take(told)
    } catch (error) {
      told(error instanceof Error ? error : new Error(String(error)))
    }
  }

  function noteDevices(): void {
    try {
      devices.tick()
    } catch (error) {
      log.warn({ err: error }, 'when devices were connected last could not be noted')
    }
  }
}

/** Those of the broker besides the plain one. */
function moreListeners({ config, certificates }: FrontDoorParts): ListenerOptions[] {
  const tls = certificates ? { certificates, clients: config.MQTT_CLIENT_CERTIFICATES } : undefined
  const websocket = { origins: listOf(config.MQTT_WEBSOCKET_ORIGINS), maxMessage: packetLimit(config.MQTT_MAX_PAYLOAD) }
  const withTls: ListenerOptions = {
    ...{ title: 'MQTT with TLS', settings: ['MQTT_TLS_HOST', 'MQTT_TLS_PORT'], host: config.MQTT_TLS_HOST, port: config.MQTT_TLS_PORT },
    ...{ tls, proxies: proxiesOf(config, 'tls') },
  }
  const overWebSocket: ListenerOptions = {
    ...{ title: 'MQTT over WebSocket', settings: ['MQTT_WEBSOCKET_HOST', 'MQTT_WEBSOCKET_PORT'] },
    ...{ host: config.MQTT_WEBSOCKET_HOST, port: config.MQTT_WEBSOCKET_PORT },
    ...{ websocket, tls: config.MQTT_WEBSOCKET === 'wss' ? tls : undefined, proxies: proxiesOf(config, 'websocket') },
  }
  return [...(config.MQTT_TLS ? [withTls] : []), ...(config.MQTT_WEBSOCKET === 'off' ? [] : [overWebSocket])]
}

const deviceRate = (config: Config, plant: Plant, id: string, sort: DeviceSort) =>
  sort !== 'device' || plant.behind(id).size > 0 || plant.get(id)?.kind.key === 'gateway'
    ? { perSecond: config.MQTT_GATEWAY_RATE, burst: config.MQTT_GATEWAY_BURST }
    : { perSecond: config.MQTT_DEVICE_RATE, burst: config.MQTT_DEVICE_BURST }

const proxiesOf = ({ MQTT_PROXIED, MQTT_PROXIES }: Config, listener: string) =>
  listOf(MQTT_PROXIED).includes(listener) ? addressesOf(MQTT_PROXIES) : undefined
