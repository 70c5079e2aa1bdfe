import type { Rejection } from '../../rejection.ts'
import { DataType, type MetricValue, readValue } from './datatype.ts'
import { type Alias, MAX_METRICS, type Metric, type Payload } from './payload.ts'
import type { ReportingVerb } from './topic.ts'

/** A message of an edge node, or of a device behind it. */
export interface NodeMessage {
  verb: ReportingVerb
  device: string | null
  payload: Payload
  /** ms, our clock */
  received: number
  /** Whether the node, or the device, is bound to a facility. Of others only the order of messages counts. */
  isBound: boolean
}

export interface NamedValue {
  name: string
  /** ms since 1970, by the device's clock */
  at: number
  value: MetricValue
}

/** What a node said, in the order in which it was sent. The death of device null is that of the node with all its devices. */
export type Said = { sort: 'birth' | 'data'; device: string | null; values: NamedValue[] } | { sort: 'death'; device: string | null }

export type Refusal = Pick<Rejection, 'reason' | 'detail'>

export interface Heard {
  said: Said[]
  refusals: Refusal[]
}

/** Messages kept that came before their turn; more mean that what is missing will not come. */
const MAX_HELD = 64
const SEQUENCE = 256
/** Half of all numbers are ahead, half behind. */
const AHEAD = SEQUENCE / 2
/** How many metrics a refusal names. */
const NAMED = 5

interface KnownMetric {
  name: string
  datatype: number
}

/** The metrics of one birth. An alias that its birth gave to two metrics is null: it says neither. */
interface Births {
  byName: Map<string, KnownMetric>
  byAlias: Map<Alias, KnownMetric | null>
}

/** From a node's birth until its death, or until a message is lost. */
interface Session {
  /** Payload time of the birth; what was sent before it is of an earlier session. */
  born: number | undefined
  birthSeq: number
  /** The sequence number that comes next. */
  next: number
  last: NodeMessage
  own: Births
  devices: Map<string, Births>
  /** Devices that said goodbye. */
  gone: Set<string>
  /** Since something came that was not next. */
  gap: { since: number; held: Map<number, NodeMessage> } | undefined
}

/**
 * What a host application knows of one edge node: whether its messages come in order, and what its aliases mean. A value is only told under the
 * name its sender gave it: where a message of its session may have been missed, aliases mean nothing until the node is born again.
 */
export class EdgeNode {
  #session: Session | undefined
  /** Of the newest birth or death; 0 to 255. */
  #bdSeq: number | undefined
  #isDead = false
  #needsBirth = false

  /** Whether it should be asked to send its births again. */
  get needsBirth(): boolean {
    return this.#needsBirth
  }

  /** Metrics known of it and its devices. */
  get size(): number {
    const { own, devices } = this.#session ?? {}
    let size = own?.byName.size ?? 0
    for (const { byName } of devices?.values() ?? []) size += byName.size
    return size
  }

  /** ms since when a message is missing; undefined while none is. */
  get gapSince(): number | undefined {
    return this.#session?.gap?.since
  }

  /** Type of a metric by its birth, of the node itself or of a device; undefined while it is not known to be born with it. */
  datatypeOf(device: string | null, metric: string): number | undefined {
    const births = device === null ? this.#session?.own : this.#session?.devices.get(device)
    return births?.byName.get(metric)?.datatype
  }

  /** Whether the node, or a device of its, has said goodbye or was cut off, and was not born since. */
  isGone(device: string | null): boolean {
    return this.#isDead || (device !== null && this.#session?.gone.has(device) === true)
  }

  hear(message: NodeMessage): Heard {
    const heard: Heard = { said: [], refusals: [] }
    if (message.verb === 'NBIRTH') this.#hearBirth(message, heard)
    else if (message.verb === 'NDEATH') this.#hearDeath(message, heard)
    else if (this.#session) this.#hearInSession(this.#session, message, heard)
    else {
      this.#needsBirth = true
      heard.refusals.push({ reason: 'before-birth', detail: `${message.verb} of a node whose birth is not known` })
      saySelfContained(message, heard)
    }
    return heard
  }

  /** What is missing will not come: the session is over, and what came after the gap is not known. */
  giveUpGap(): Refusal[] {
    const { gap, next } = this.#session ?? {}
    if (!gap) return []
    this.#session = undefined
    this.#needsBirth = true
    const after = gap.held.size > 0 ? `, nor can the ${gap.held.size} after it be read` : ''
    return [{ reason: 'out-of-sequence', detail: `message ${next} did not come${after}` }]
  }

  /** Forgets all births, to make room. */
  forget(): void {
    this.#session = undefined
  }

  #hearBirth(message: NodeMessage, heard: Heard): void {
    const { payload, isBound } = message
    const bdSeq = bdSeqOf(payload)
    const session = this.#session
    if (session && isRepeatedBirth(session, message) && bdSeq === this.#bdSeq) return
    if (session && isEarlier(payload, session) && bdSeq !== this.#bdSeq) {
      // A birth of an earlier session that comes late; or the node's clock was set back, and then it is taken when it comes again.
      this.#refuseLate(session, message, heard)
      return
    }
    const birthSeq = sequenceOf(payload)
    this.#session = {
      ...{ born: payload.timestamp, birthSeq, next: after(birthSeq), last: message, devices: new Map(), gone: new Set(), gap: undefined },
      own: isBound ? learn(payload.metrics) : learn([]),
    }
    this.#bdSeq = bdSeq
    this.#isDead = false
    this.#needsBirth = false
    sayBirth(message, heard)
  }

  #hearDeath({ payload }: NodeMessage, heard: Heard): void {
    if (this.#isDead || !this.#isDeathOfNow(bdSeqOf(payload))) return
    this.#session = undefined
    this.#isDead = true
    this.#needsBirth = false
    heard.said.push({ sort: 'death', device: null })
  }

  /** A will may come after the birth that follows it. Where births may have been missed, a newer death counts too. */
  #isDeathOfNow(bdSeq: number | undefined): boolean {
    if (bdSeq === undefined || this.#bdSeq === undefined || bdSeq === this.#bdSeq) return true
    return !this.#session && modulo(bdSeq - this.#bdSeq) < AHEAD
  }

  #hearInSession(session: Session, message: NodeMessage, heard: Heard): void {
    const { payload, received } = message
    const seq = sequenceOf(payload)
    const ahead = modulo(seq - session.next)
    if (isEarlier(payload, session) || ahead >= AHEAD) {
      if (!isRepetition(session.last, message)) this.#refuseLate(session, message, heard)
    } else if (ahead > 0) this.#hold(session, message, heard)
    else {
      let turn: NodeMessage | undefined = message
      while (turn) {
        session.next = after(session.next)
        session.last = turn
        this.#take(session, turn, heard)
        turn = session.gap?.held.get(session.next)
        session.gap?.held.delete(session.next)
      }
      if (session.gap?.held.size === 0) session.gap = undefined
      else if (session.gap) session.gap.since = received
    }
  }

  #hold(session: Session, message: NodeMessage, heard: Heard): void {
    session.gap ??= { since: message.received, held: new Map() }
    const { held } = session.gap
    const seq = sequenceOf(message.payload)
    if (held.has(seq)) return
    held.set(seq, isData(message) ? { ...message, payload: saySelfContained(message, heard) } : message)
    let metrics = 0
    for (const { payload } of held.values()) metrics += payload.metrics.length
    if (held.size > MAX_HELD || metrics > MAX_METRICS) heard.refusals.push(...this.giveUpGap())
  }

  #refuseLate(session: Session, message: NodeMessage, heard: Heard): void {
    const { payload, verb, received } = message
    session.gap ??= { since: received, held: new Map() }
    const detail = isEarlier(payload, session)
      ? `${verb} sent before the birth of the session`
      : `${verb} with number ${payload.seq ?? 'none'} where ${session.next} comes next`
    heard.refusals.push({ reason: 'out-of-sequence', detail })
    if (isData(message)) saySelfContained(message, heard)
  }

  #take(session: Session, message: NodeMessage, heard: Heard): void {
    const { verb, device, isBound, payload } = message
    if (device !== null && (verb === 'DBIRTH' || verb === 'DDEATH')) {
      session.devices.delete(device)
      if (verb === 'DDEATH') session.gone.add(device)
      else session.gone.delete(device)
      if (verb === 'DDEATH') heard.said.push({ sort: 'death', device })
      else {
        if (isBound) session.devices.set(device, learn(payload.metrics))
        sayBirth(message, heard)
      }
      return
    }
    if (!isBound) return
    const births = device === null ? session.own : session.devices.get(device)
    if (births) {
      const unknown = sayData(message, births, heard)
      if (unknown.length === 0) return
      const named = unknown.slice(0, NAMED).join(', ')
      heard.refusals.push({ reason: 'unknown-metric', detail: `${unknown.length} of ${payload.metrics.length} metrics: ${named}` })
    } else {
      heard.refusals.push({ reason: 'before-birth', detail: `${verb} of a device whose birth is not known` })
      saySelfContained(message, heard)
    }
    this.#needsBirth = true
  }
}

/** What a message says to somebody who knows no birth: a birth says all, data what carries its name and type. */
export function hearAlone(message: NodeMessage): Heard {
  const heard: Heard = { said: [], refusals: [] }
  if (message.verb === 'NBIRTH' || message.verb === 'DBIRTH') sayBirth(message, heard)
  else if (saySelfContained(message, heard).metrics.length > 0) {
    heard.refusals.push({ reason: 'before-birth', detail: `${message.verb} of metrics whose names and types come with a birth` })
  }
  return heard
}

const modulo = (number: number) => ((number % SEQUENCE) + SEQUENCE) % SEQUENCE
const after = (seq: number) => modulo(seq + 1)
/** Some encoders leave out a number that is 0. */
const sequenceOf = ({ seq = 0 }: Payload) => modulo(seq)
const isData = ({ verb }: NodeMessage) => verb === 'NDATA' || verb === 'DDATA'

const isEarlier = ({ timestamp }: Payload, { born }: Session) => timestamp !== undefined && born !== undefined && timestamp < born

const isRepetition = (last: NodeMessage, { verb, device, payload }: NodeMessage) =>
  last.verb === verb && last.device === device && last.payload.seq === payload.seq && last.payload.timestamp === payload.timestamp

const isRepeatedBirth = ({ born, birthSeq }: Session, { payload }: NodeMessage) =>
  payload.timestamp === born && sequenceOf(payload) === birthSeq

function bdSeqOf({ metrics }: Payload): number | undefined {
  const value = metrics.find(({ name }) => name === 'bdSeq')?.value
  return value?.wire === 'integer' ? modulo(Number(value.value)) : undefined
}

function learn(metrics: readonly Metric[]): Births {
  const births: Births = { byName: new Map(), byAlias: new Map() }
  for (const { name, alias, datatype = DataType.unknown } of metrics) {
    if (name === undefined) continue
    const known = { name, datatype }
    births.byName.set(name, known)
    if (alias !== undefined) births.byAlias.set(alias, births.byAlias.has(alias) ? null : known)
  }
  return births
}

function sayBirth({ device, payload, received, isBound }: NodeMessage, heard: Heard): void {
  const values: NamedValue[] = []
  const valued = new ValueReader(payload, received, values)
  if (isBound) for (const metric of payload.metrics) if (metric.name !== undefined) valued.read(metric, metric.name, metric.datatype)
  heard.refusals.push(...valued.refusals())
  heard.said.push({ sort: 'birth', device, values })
}

/** Gives back those metrics of which nobody knows what they are. */
function sayData({ device, payload, received }: NodeMessage, births: Births, heard: Heard): string[] {
  const values: NamedValue[] = []
  const unknown: string[] = []
  const valued = new ValueReader(payload, received, values)
  for (const metric of payload.metrics) {
    const { alias } = metric
    const known = metric.name !== undefined ? births.byName.get(metric.name) : alias !== undefined ? births.byAlias.get(alias) : undefined
    const name = metric.name ?? known?.name
    const datatype = metric.datatype ?? known?.datatype
    if (name !== undefined && datatype !== undefined) valued.read(metric, name, datatype)
    else unknown.push(name ?? (alias !== undefined ? `alias ${alias}` : 'one without a name'))
  }
  heard.refusals.push(...valued.refusals())
  if (values.length > 0) heard.said.push({ sort: 'data', device, values })
  return unknown
}

const isSelfContained = (metric: Metric): metric is Metric & { name: string; datatype: number } =>
  metric.name !== undefined && metric.datatype !== undefined

/** Tells what needs no birth to be understood, whatever its turn, for a reading has its own time. Gives back the rest. */
function saySelfContained({ device, payload, received, isBound, verb }: NodeMessage, heard: Heard): Payload {
  const rest: Metric[] = []
  const values: NamedValue[] = []
  const valued = new ValueReader(payload, received, values)
  const isTold = isBound && (verb === 'NDATA' || verb === 'DDATA')
  for (const metric of payload.metrics) {
    if (isTold && isSelfContained(metric)) valued.read(metric, metric.name, metric.datatype)
    else rest.push(metric)
  }
  heard.refusals.push(...valued.refusals())
  if (values.length > 0) heard.said.push({ sort: 'data', device, values })
  return { ...payload, metrics: rest }
}

/** Makes values of metrics: nulls are left out, and what the sender itself does not hold to be good is refused. */
class ValueReader {
  readonly #payload: Payload
  readonly #received: number
  readonly #values: NamedValue[]
  readonly #bad: string[] = []
  readonly #timeless: string[] = []

  constructor(payload: Payload, received: number, values: NamedValue[]) {
    this.#payload = payload
    this.#received = received
    this.#values = values
  }

  read(metric: Metric, name: string, datatype: number = DataType.unknown): void {
    if (metric.isNull || metric.value === undefined) return
    const value = readValue(metric.value, datatype)
    if (value === undefined) return
    if (!isGood(metric.quality)) this.#bad.push(name)
    else if (metric.isHistorical && metric.timestamp === undefined) this.#timeless.push(name)
    else this.#values.push({ name, at: metric.timestamp ?? this.#payload.timestamp ?? this.#received, value })
  }

  refusals(): Refusal[] {
    const refusals: Refusal[] = []
    if (this.#bad.length > 0) refusals.push({ reason: 'bad-quality', detail: this.#bad.slice(0, NAMED).join(', ') })
    if (this.#timeless.length > 0) {
      refusals.push({ reason: 'bad-time', detail: `historical without a time: ${this.#timeless.slice(0, NAMED).join(', ')}` })
    }
    return refusals
  }
}

/** Sparkplug has 192 good, 0 bad and 500 stale; up to 255 stand the kinds of good of OPC, from which these numbers come. */
const isGood = (quality: number | undefined) => quality === undefined || (quality >= 192 && quality <= 255)
