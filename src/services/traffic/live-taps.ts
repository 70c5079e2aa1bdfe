import { filterMatches, isTopicFilter } from '../../access/topic-filter.ts'
import type { Passing, Tap, TapListener, TapOrder, TapOutcome, TappedMessage } from '../../edges/traffic.ts'
import { LamplighterError } from '../../errors.ts'
import { minutes, seconds } from '../../telemetry/duration.ts'
import type { Rejection } from '../../telemetry/rejection.ts'

export const MAX_TAPS = 4
/** Of one person, so that nobody holds them all. */
export const MAX_TAPS_EACH = 2
export const TAP_TIME = minutes(10)
export const TAP_RATE = 50
/** Bytes of a payload that are shown. */
const SHOWN_BYTES = 4_096
/** Messages of which a later word is still passed on. */
const FOLLOWED = 400

interface OpenTap extends TapOrder {
  by: string
  listener: TapListener
  /** The second that goes on, and what was told in it. */
  second: number
  told: number
  skipped: number
}

/** A message that was told, until everything is known of it. */
interface Followed {
  topic: string
  payload: Uint8Array
  bytes: number
  taps: readonly OpenTap[]
  outcome: TapOutcome
  /** What it says in the native dialect; null of a message that is native. */
  natives: { topic: string; payload: Uint8Array; isRejected: boolean }[] | null
}

type Acknowledge = (error?: Error) => void

/** Lets a few people look at what comes and goes by topic filter, a bounded number of messages a second. */
export class LiveTaps {
  readonly #now: () => number
  readonly #taps = new Set<OpenTap>()
  #followed: Followed[] = []
  #lastId = 0

  constructor(now: () => number) {
    this.#now = now
  }

  get size(): number {
    return this.#taps.size
  }

  open(order: TapOrder, by: string, listener: TapListener): Tap {
    if (!isTopicFilter(order.filter))
      throw new LamplighterError('invalid-request', `${JSON.stringify(order.filter)} is no MQTT topic filter; # may only stand at the end.`)
    if (this.#taps.size >= MAX_TAPS)
      throw new LamplighterError('action-refused', `${MAX_TAPS} live taps are open already. Close one, or wait until one ends.`)
    if ([...this.#taps].filter((tap) => tap.by === by).length >= MAX_TAPS_EACH)
      throw new LamplighterError('action-refused', `You have ${MAX_TAPS_EACH} live taps open already. Close one, or wait until one ends.`)
    const tap: OpenTap = { ...order, by, listener, second: 0, told: 0, skipped: 0 }
    this.#taps.add(tap)
    return {
      until: this.#now() + TAP_TIME,
      tick: () => tellSkipped(tap),
      close: () => {
        this.#taps.delete(tap)
        if (this.#taps.size === 0) this.#followed = []
      },
    }
  }

  came(passing: Passing, acknowledge: Acknowledge): Acknowledge {
    if (this.#taps.size === 0) return acknowledge
    const followed = this.#tell(passing, 'in')
    if (!followed) return acknowledge
    return (error) => {
      if (error) followed.outcome.problem = error.message
      else followed.outcome.journaled = followed.natives ? followed.natives.length : 1
      tellOutcome(followed)
      acknowledge(error)
    }
  }

  refused(passing: Passing, why: Pick<Rejection, 'reason' | 'detail'>): void {
    if (this.#taps.size === 0) return
    const followed = this.#tell(passing, 'in')
    if (!followed) return
    followed.outcome.rejections = [why]
    tellOutcome(followed)
  }

  sent(passing: Passing): void {
    if (this.#taps.size > 0) this.#tell(passing, 'out')
  }

  translated({ topic, payload }: Pick<Passing, 'topic' | 'payload'>, natives: readonly { topic: string; payload: string }[]): void {
    if (this.#taps.size === 0) return
    const followed = this.#followed.find((one) => one.natives === null && one.outcome.journaled === null && isSame(one, topic, payload))
    if (followed) followed.natives = natives.map((one) => ({ topic: one.topic, payload: Buffer.from(one.payload), isRejected: false }))
  }

  /** Messages rejected by what reads them: as they came, or what they said natively. */
  rejected({ topic, payload }: Pick<Passing, 'topic' | 'payload'>, rejections: readonly Rejection[]): void {
    if (this.#taps.size === 0) return
    for (const followed of this.#followed) {
      const { outcome, natives } = followed
      const native = natives?.find(
        (one) => !one.isRejected && isSame({ topic: one.topic, payload: one.payload, bytes: one.payload.length }, topic, payload),
      )
      if (!native && (outcome.rejections.length > 0 || !isSame(followed, topic, payload))) continue
      if (native) native.isRejected = true
      outcome.rejections = [...outcome.rejections, ...rejections.map(({ reason, detail }) => ({ reason, detail }))]
      tellOutcome(followed)
      return
    }
  }

  #tell(passing: Passing, direction: TappedMessage['direction']): Followed | undefined {
    const { topic, payload, source, from, qos = null, retain = null } = passing
    const at = this.#now()
    const taps = [...this.#taps].filter((tap) => wants(tap, topic, source, direction) && hasRoom(tap, at))
    if (taps.length === 0) return undefined
    const message: TappedMessage = {
      ...{ id: ++this.#lastId, at, direction, source, topic },
      ...{ clientId: from?.clientId ?? null, peer: from?.peer.id || null, qos, retain },
      ...{ bytes: payload.length, payload: new Uint8Array(payload.subarray(0, SHOWN_BYTES)) },
    }
    for (const { listener } of taps) listener.message(message)
    if (direction === 'out') return undefined
    const outcome: TapOutcome = { id: message.id, journaled: null, rejections: [], problem: null }
    const followed: Followed = { topic, payload: message.payload, bytes: message.bytes, taps, outcome, natives: null }
    this.#followed.push(followed)
    if (this.#followed.length > FOLLOWED) this.#followed.shift()
    return followed
  }
}

const wants = (tap: OpenTap, topic: string, source: string, direction: TappedMessage['direction']) =>
  (tap.source === undefined || tap.source === source) &&
  (tap.direction === undefined || tap.direction === direction) &&
  filterMatches(tap.filter, topic)

function hasRoom(tap: OpenTap, now: number): boolean {
  const second = Math.floor(now / seconds(1))
  if (second !== tap.second) {
    tap.second = second
    tap.told = 0
  }
  if (tap.told < TAP_RATE) {
    tap.told++
    return true
  }
  tap.skipped++
  return false
}

function tellSkipped(tap: OpenTap): void {
  if (tap.skipped === 0) return
  tap.listener.skipped(tap.skipped)
  tap.skipped = 0
}

function tellOutcome({ taps, outcome }: Followed): void {
  for (const { listener } of taps) listener.outcome({ ...outcome })
}

/** Beyond what is kept of a payload its length must do. */
const isSame = (one: Pick<Followed, 'topic' | 'payload' | 'bytes'>, topic: string, payload: Uint8Array) =>
  one.topic === topic && one.bytes === payload.length && Buffer.compare(one.payload, payload.subarray(0, one.payload.length)) === 0
