import { answerTime, type DeviceMessage, type ForeignCommand, type RoadFinder, rawOf } from '../../command-mapping.ts'
import { type Bindings, type BoundDevice, mapFields } from '../../device-profile.ts'
import { type Dialect, type Incoming, type NativeMessage, NOTHING_SAID, type Send, type Translation } from '../../dialect.ts'
import { text } from '../../point.ts'
import type { Rejection } from '../../rejection.ts'
import type { UnboundDevices } from '../../unbound-devices.ts'
import type { NativeReport } from '../native.ts'
import { nativeMessages, nativeStatus } from '../native-messages.ts'
import type { DataType, MetricValue } from './datatype.ts'
import { EdgeNode, type NamedValue, type Said } from './edge-node.ts'
import { encodeCommand, encodeRebirthRequest } from './encode.ts'
import { type HostState, hostState, saysOffline } from './host-state.ts'
import { decodePayload } from './payload.ts'
import { type AskedNode, neverAsked, RebirthPace } from './rebirth-pace.ts'
import { deviceCommandTopic, isSparkplugTopic, nodeCommandTopic, parseSparkplugTopic, type ReportingTopic } from './topic.ts'

export interface SparkplugParts {
  bindings: Bindings
  unbound: Pick<UnboundDevices, 'note'>
  send: Send
  /** Id of this host; its state is told nobody when it is empty. */
  hostId: string
  /** ms until a message that is missing will not come any more. */
  reorderTimeout: number
  /** Metrics of all births that are kept; those heard of longest ago are forgotten first. Default 1,000,000. */
  maxMetrics?: number
}

interface Node {
  group: string
  node: string
  edge: EdgeNode
  asked: AskedNode
  /** By which broker it was heard last. */
  source: string
  /** Metrics it had when it was counted last. */
  size: number
  /** What was given up between two messages; told with the next. */
  givenUp: Rejection[]
}

interface Announced {
  /** ms; of the connection. */
  since: number
  /** Somebody said otherwise. */
  isDoubted: boolean
}

/** Rejections told of one message; more say nothing new. */
const MAX_REJECTIONS = 20

/**
 * Sparkplug B 3.0 as a host application: keeps the session of each edge node that is bound to a facility, asks nodes to be born again when it
 * missed something, and tells nodes its own state.
 */
export class SparkplugDialect implements Dialect {
  readonly name = 'sparkplug'
  readonly hasSessions = true
  readonly #parts: SparkplugParts
  readonly #nodes = new Map<string, Node>()
  readonly #pace = new RebirthPace()
  readonly #announced = new Map<string, Announced>()
  #metrics = 0

  constructor(parts: SparkplugParts) {
    this.#parts = parts
  }

  reads(topic: string): boolean {
    return isSparkplugTopic(topic)
  }

  translate({ topic, payload, received, source, isRetained }: Incoming): Translation {
    const parsed = parseSparkplugTopic(topic)
    if (!parsed) return refused({ reason: 'unknown-topic', detail: topic.slice(0, 200), facility: null })
    if (parsed.sort === 'state') return this.#hearState(parsed.host, payload, source)
    // Commands of this and other hosts.
    if (parsed.sort === 'command') return NOTHING_SAID
    // Only states are retained; an old birth would end the session that is.
    if (isRetained) return refused({ reason: 'retained', detail: 'Sparkplug retains states only', facility: null })
    return this.#hearNode(parsed, { topic, payload, received, source })
  }

  /** Lets time pass, ms: what is missing for too long is given up, and its node asked for its births. To be called each second or so. */
  tick(now: number): void {
    for (const [source, announced] of this.#announced) {
      if (announced.isDoubted) this.#tell(source, true, announced.since)
      announced.isDoubted = false
    }
    for (const [address, known] of this.#nodes) {
      const { edge } = known
      const waited = now - (edge.gapSince ?? now)
      if (waited >= this.#parts.reorderTimeout || waited < 0) {
        for (const refusal of edge.giveUpGap()) known.givenUp.push({ ...refusal, facility: this.#facilityOf(address) })
        this.#count(known)
      }
      this.#askIfNeeded(address, known, now)
    }
  }

  /** Tells the nodes at a broker that the host is there. `connectedAt`, ms, is the time that the will of the connection has too. */
  announce(source: string, connectedAt: number): void {
    this.#announced.set(source, { since: connectedAt, isDoubted: false })
    this.#tell(source, true, connectedAt)
  }

  /** The will of a connection asked for at `connectedAt`, ms: QoS 1, retained. Null where the host tells no state. */
  will(connectedAt: number): HostState | null {
    return this.#parts.hostId === '' ? null : hostState(this.#parts.hostId, false, connectedAt)
  }

  /** Tells them that it leaves on purpose, at `now`. */
  leave(source: string, now: number): void {
    if (this.#announced.delete(source)) this.#tell(source, false, now)
  }

  /** The way to write a metric of a node or device, as its birth names and types it. Sparkplug knows no answer: what it reports then is one. */
  road: RoadFinder = ({ address }, mapping, value) => {
    const [group, node, device = null] = address.split('/') as [string, string, string?]
    const known = this.#nodes.get(`${group}/${node}`)
    const { metric = '' } = mapping
    if (known?.edge.isGone(device)) return text('it is offline since its last death message', '设备已离线（收到下线报文）')
    const datatype = known?.edge.datatypeOf(device, metric)
    if (!known || datatype === undefined)
      return text(`no birth with the metric ${metric} has been heard of it`, `尚未收到含指标 ${metric} 的上线报文`)
    const raw = rawOf(mapping, value)
    const command = (at: number) => ({
      timestamp: at,
      metrics: [{ name: metric, timestamp: at, datatype: datatype as DataType, value: raw as MetricValue }],
    })
    try {
      encodeCommand(command(0))
    } catch {
      return text(`${raw} is no value of the metric ${metric}`, `${raw} 不是指标 ${metric} 的取值`)
    }
    const topic = device === null ? nodeCommandTopic(group, node) : deviceCommandTopic(group, node, device)
    const render = ({ at }: Pick<ForeignCommand, 'at'>): DeviceMessage => ({
      ...{ source: known.source, topic, payload: encodeCommand(command(at)), qos: 0 },
    })
    return {
      ...{ answers: false, keeps: null, answerWithin: answerTime(mapping), lane: { key: `node ${group}/${node}`, perSecond: 20 }, render },
      send: (told) => {
        const { source, payload } = render(told)
        this.#parts.send(source, topic, payload, { qos: 0, retain: false, expires: told.expires })
      },
    }
  }

  #tell(source: string, online: boolean, timestamp: number): void {
    const { hostId, send } = this.#parts
    if (hostId === '') return
    const { topic, payload } = hostState(hostId, online, timestamp)
    send(source, topic, payload, { qos: 1, retain: true })
  }

  /** A will of an earlier connection may say that the host is gone while it is there. */
  #hearState(host: string, payload: Uint8Array, source: string): Translation {
    const announced = host === this.#parts.hostId ? this.#announced.get(source) : undefined
    // Said again at the next tick: what is heard now reaches the nodes only after this call.
    if (announced && saysOffline(payload)) announced.isDoubted = true
    return NOTHING_SAID
  }

  #hearNode({ verb, group, node, device }: ReportingTopic, message: Incoming): Translation {
    const { payload, received, source } = message
    const { bindings, unbound } = this.#parts
    const address = `${group}/${node}`
    const own = device === null ? address : `${address}/${device}`
    const known = this.#nodes.get(address) ?? this.#meet(address, group, node, source)
    const bound = bindings.find('sparkplug', own)
    // A node that only stands before its devices need not be a facility itself.
    const isUnknown = !bound && (device !== null || !known)
    // Only a birth names metrics, so that a profile can be tried on it.
    const isBirth = verb === 'NBIRTH' || verb === 'DBIRTH'
    if (isUnknown && verb !== 'NDEATH' && verb !== 'DDEATH') unbound.note({ dialect: 'sparkplug', address: own }, message, isBirth)
    if (!known) return refused(unknownFacility(own))
    const facility = bound?.facility.id ?? null
    const decoded = decodePayload(payload)
    if ('malformed' in decoded) return refused({ reason: 'malformed-sparkplug', detail: decoded.malformed, facility })
    known.source = source
    const { said, refusals } = known.edge.hear({ verb, device, payload: decoded.payload, received, isBound: bound !== undefined })
    const translating = new Translating(this.#parts, address)
    translating.rejections.push(...known.givenUp.splice(0))
    for (const refusal of refusals) translating.rejections.push({ ...refusal, facility })
    if (isUnknown) translating.rejections.push(unknownFacility(own))
    for (const one of said) translating.say(one)
    if (isBirth || verb === 'NDEATH') this.#makeRoom(address, known)
    this.#askIfNeeded(address, known, received)
    return translating.translation()
  }

  /** A node is kept in mind when it, or a device of its, is bound to a facility. */
  #meet(address: string, group: string, node: string, source: string): Node | undefined {
    if (!this.#isBound(address)) return undefined
    const known = { group, node, edge: new EdgeNode(), asked: neverAsked(), source, size: 0, givenUp: [] }
    this.#nodes.set(address, known)
    return known
  }

  #isBound(address: string): boolean {
    for (const _ of this.#parts.bindings.at('sparkplug', address)) return true
    return false
  }

  #facilityOf(address: string): string | null {
    return this.#parts.bindings.find('sparkplug', address)?.facility.id ?? null
  }

  #count(known: Node): void {
    this.#metrics += known.edge.size - known.size
    known.size = known.edge.size
  }

  #makeRoom(address: string, known: Node): void {
    this.#count(known)
    this.#nodes.delete(address)
    this.#nodes.set(address, known)
    for (const other of this.#nodes.values()) {
      if (this.#metrics <= (this.#parts.maxMetrics ?? 1_000_000) || other === known) return
      other.edge.forget()
      this.#count(other)
    }
  }

  #askIfNeeded(address: string, known: Node, now: number): void {
    const { edge, asked, source, group, node } = known
    if (!edge.needsBirth || !this.#pace.ask(asked, now)) return
    if (!this.#isBound(address)) {
      edge.forget()
      this.#count(known)
      this.#nodes.delete(address)
      return
    }
    this.#parts.send(source, nodeCommandTopic(group, node), encodeRebirthRequest(now), { qos: 0, retain: false })
  }
}

const refused = (rejection: Rejection): Translation => ({ messages: [], rejections: [rejection] })

const unknownFacility = (address: string): Rejection => ({
  reason: 'unknown-facility',
  detail: `no facility is bound to Sparkplug ${address.slice(0, 200)}`,
  facility: null,
})

/** Native messages of what one node said. */
class Translating {
  readonly messages: NativeMessage[] = []
  readonly rejections: Rejection[] = []
  readonly #parts: SparkplugParts
  readonly #address: string

  constructor(parts: SparkplugParts, address: string) {
    this.#parts = parts
    this.#address = address
  }

  say(said: Said): void {
    const { bindings } = this.#parts
    const { sort, device } = said
    if (sort === 'death' && device === null) {
      for (const bound of bindings.at('sparkplug', this.#address)) this.messages.push(nativeStatus(bound.facility, false))
      return
    }
    const bound = bindings.find('sparkplug', device === null ? this.#address : `${this.#address}/${device}`)
    if (!bound) return
    if (sort !== 'data') this.messages.push(nativeStatus(bound.facility, sort === 'birth'))
    if (sort === 'death') return
    const { messages, rejections } = valuesSaid(said.values, bound)
    this.messages.push(...messages)
    this.rejections.push(...rejections)
  }

  translation(): Translation {
    return { messages: this.messages, rejections: this.rejections.slice(0, MAX_REJECTIONS) }
  }
}

/** Values of metrics as messages of the facility they are bound to, a report for each time. */
export function valuesSaid(values: readonly NamedValue[], { facility, profile }: Pick<BoundDevice, 'facility' | 'profile'>): Translation {
  const reports: NativeReport[] = []
  const rejections: Rejection[] = []
  for (const [at, fields] of byTime(values)) {
    const mapped = mapFields((field) => fields.get(field), profile, facility)
    if (rejections.length < MAX_REJECTIONS) rejections.push(...mapped.rejections)
    if (Object.keys(mapped.values).length > 0) reports.push({ at, values: mapped.values })
  }
  return { messages: nativeMessages(facility, reports), rejections }
}

/** Oldest first. Of two values of one metric at one time, the later one counts. */
function byTime(values: readonly NamedValue[]): [at: number, fields: Map<string, NamedValue['value']>][] {
  const groups = new Map<number, Map<string, NamedValue['value']>>()
  for (const { name, at, value } of values) {
    const group = groups.get(at)
    if (group) group.set(name, value)
    else groups.set(at, new Map([[name, value]]))
  }
  return [...groups].sort(([a], [b]) => a - b)
}
