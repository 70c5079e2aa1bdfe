import type { AlarmRegister } from '../../alarms/register.ts'
import { partsOfKey } from '../../detection/rule-key.ts'
import type { TakenAlerts } from '../../edges/alert-sources.ts'
import { TokenBucket } from '../../edges/mqtt/token-bucket.ts'
import { LamplighterError } from '../../errors.ts'
import type { AlertSource } from '../../facilities/external-system/alert-source.ts'
import {
  type AlertCondition,
  type AlertNotification,
  chooseConditions,
  isHeartbeat,
  toldAlert,
} from '../../facilities/external-system/alerts.ts'
import { externalSystem } from '../../facilities/external-system/index.ts'
import type { ExternalPoint } from '../../facilities/external-system/points.ts'
import { round } from '../../facilities/physics.ts'
import type { Plant } from '../../facilities/plant.ts'
import type { Ingest } from '../../ingest.ts'
import type { AlertSourceStore } from '../../storage/alert-source-store.ts'
import { encodeReports } from '../../telemetry/codecs/native.ts'
import { hours, minutes, seconds } from '../../telemetry/duration.ts'
import { makeRoom } from '../../telemetry/make-room.ts'
import type { PointValue } from '../../telemetry/point.ts'
import { telemetryTopic } from '../../telemetry/topic.ts'

/** ms between two reports of what is known of each system. */
export const EXTERNAL_REPORT_PERIOD = seconds(30)
/** Notifications that a system may send. */
const RATE = { perSecond: 10, burst: 200 }
/** What is left out is counted until it is over, or nobody has repeated it for so long, ms. */
const COUNTED_FOR = hours(24)
const MOST_COUNTED = 10_000
const MOST_GROUPS = 1000
/** No group of a sender has this key: theirs have braces. */
const UNREAD = 'unread'
/** Bytes of one message in the journal. */
const MESSAGE_BYTES = 48 * 1024

/** What is known of a system since the start. */
interface Heard {
  /** From when a heartbeat is waited for: after a restart it gets its full time. */
  waitedFrom: number
  at: number | null
  beat: number | null
  bucket: TokenBucket
  /** Alarms on their way to the register, by fingerprint. */
  underWay: Set<string>
  /** Alerts left out, by fingerprint, and what the sender left out, by group; with when each was said last. */
  leftOut: Map<string, number>
  truncated: Map<string, { count: number; at: number }>
}

export interface ExternalSystemsParts {
  plant: Pick<Plant, 'get'>
  register: Pick<AlarmRegister, 'of'>
  ingest: Pick<Ingest, 'take'>
  sources: Pick<AlertSourceStore, 'all'>
  now: () => number
}

/**
 * What other monitoring systems send goes the road of all messages: journaled before it is answered, then alarms like others, in a replay too.
 * The service reports for each of them what it hears of it, as it does for itself, so that silence and too many alerts are found by rules.
 */
export class ExternalSystems {
  readonly #parts: ExternalSystemsParts
  readonly #heard = new Map<string, Heard>()

  constructor(parts: ExternalSystemsParts) {
    this.#parts = parts
    for (const { id } of parts.sources.all()) this.#of(id)
  }

  /** Of a system: when it was heard last and its heartbeat, what stands, and what is left out. */
  figuresOf(id: string): { lastHeard: number | null; lastHeartbeat: number | null; active: number; leftOut: number } {
    const heard = this.#of(id)
    return { lastHeard: heard.at, lastHeartbeat: heard.beat, active: this.#active(id), leftOut: countOf(heard) }
  }

  /** A system that was set up anew gets its full time; one that was removed is forgotten. */
  forget(id: string): void {
    this.#heard.delete(id)
  }

  /** To be called each `EXTERNAL_REPORT_PERIOD`. */
  report(): void {
    for (const source of this.#parts.sources.all()) {
      if (!this.#isRegistered(source.id)) continue
      this.#dropOld(source.id)
      try {
        this.#send(source, [], () => {})
      } catch {
        // A full journal is an alarm of its own, and the next report says all of it again.
      }
    }
  }

  /** Resolves when what the notification changes is on disk. Throws `not-found`, `busy`, and what the journal throws. */
  async take(source: AlertSource, { groupKey, alerts, truncatedAlerts }: AlertNotification): Promise<TakenAlerts> {
    const { now, register } = this.#parts
    const { id, most } = source
    if (!this.#isRegistered(id)) throw new LamplighterError('not-found', `The facility of ${id} was removed; save the source again.`)
    const heard = this.#of(id)
    if (heard.bucket.take(1, performance.now()) === 0)
      throw new LamplighterError('busy', `${id} sends more than ${RATE.perSecond} notifications a second; it may send this one again.`)
    const at = now()
    heard.at = at
    const isBeat = (alert: (typeof alerts)[number]) => isHeartbeat(alert, source)
    if (alerts.some((alert) => isBeat(alert) && alert.status === 'firing')) heard.beat = at
    const told = alerts.filter((alert) => !isBeat(alert)).flatMap((alert) => toldAlert(alert, source) ?? [])
    const known = new Map([...register.of(id)].flatMap((alarm) => [[partsOfKey(alarm.rule).instance, alarm] as const]))
    known.delete(null)
    const waiting = [...heard.underWay].filter((fingerprint) => !known.has(fingerprint))
    const isUnderWay = (fingerprint: string) => heard.underWay.has(fingerprint) && !known.has(fingerprint)
    const { conditions, leftOut } = chooseConditions(
      told.filter(({ fingerprint, firing }) => !(firing && isUnderWay(fingerprint))),
      (fingerprint) => known.get(fingerprint),
      most - known.size - waiting.length,
      at,
    )
    for (const { fingerprint } of told) heard.leftOut.delete(fingerprint)
    for (const fingerprint of leftOut) heard.leftOut.set(fingerprint, at)
    makeRoom(heard.leftOut, MOST_COUNTED)
    heard.truncated.delete(groupKey)
    if (truncatedAlerts > 0) heard.truncated.set(groupKey, { count: truncatedAlerts, at })
    makeRoom(heard.truncated, MOST_GROUPS)
    await this.#keep(source, heard, conditions)
    return { changed: conditions.length, leftOut: leftOut.length + truncatedAlerts }
  }

  /** What is in a notification that cannot be read nobody knows: it counts as one alert left out, until none has come for `COUNTED_FOR`. */
  noteUnread({ id }: AlertSource): void {
    this.#of(id).truncated.set(UNREAD, { count: 1, at: this.#parts.now() })
  }

  async #keep(source: AlertSource, heard: Heard, conditions: readonly AlertCondition[]): Promise<void> {
    const begun = conditions.filter(({ active }) => active).map(({ instance }) => instance)
    for (const instance of begun) heard.underWay.add(instance)
    try {
      await Promise.all(
        inParts(conditions).map(
          (part) => new Promise<void>((done, fail) => this.#send(source, part, (error) => (error ? fail(error) : done()))),
        ),
      )
    } finally {
      for (const instance of begun) heard.underWay.delete(instance)
    }
  }

  #send({ id, heartbeat }: AlertSource, told: readonly AlertCondition[], acknowledge: (error?: Error) => void): void {
    const at = this.#parts.now()
    const { at: heardAt, beat, waitedFrom, ...heard } = this.#of(id)
    const age = (since: number) => round(Math.max(0, at - since) / minutes(1), 1)
    const values: Partial<Record<ExternalPoint, PointValue>> = {
      alerts: this.#active(id),
      'alerts-left-out': countOf(heard),
      'heartbeat-expected': heartbeat !== null,
      ...(heardAt !== null && { 'heard-age': age(heardAt) }),
      ...(heartbeat !== null && { 'heartbeat-age': age(beat ?? waitedFrom) }),
    }
    const body = encodeReports({ at, values: values as Record<string, PointValue>, ...(told.length > 0 && { told }) })
    this.#parts.ingest.take(telemetryTopic(externalSystem.key, id), Buffer.from(body), acknowledge)
  }

  #active(id: string): number {
    return [...this.#parts.register.of(id)].filter(({ active, rule }) => active && partsOfKey(rule).instance !== null).length
  }

  #isRegistered(id: string): boolean {
    return this.#parts.plant.get(id)?.kind === externalSystem
  }

  #dropOld(id: string): void {
    const { leftOut, truncated } = this.#of(id)
    const oldest = this.#parts.now() - COUNTED_FOR
    for (const [fingerprint, at] of leftOut) if (at < oldest) leftOut.delete(fingerprint)
    for (const [group, { at }] of truncated) if (at < oldest) truncated.delete(group)
  }

  #of(id: string): Heard {
    const known = this.#heard.get(id)
    if (known) return known
    const heard: Heard = {
      ...{ waitedFrom: this.#parts.now(), at: null, beat: null, bucket: new TokenBucket(RATE, performance.now()) },
      ...{ underWay: new Set(), leftOut: new Map(), truncated: new Map() },
    }
    this.#heard.set(id, heard)
    return heard
  }
}

const countOf = ({ leftOut, truncated }: Pick<Heard, 'leftOut' | 'truncated'>): number =>
  leftOut.size + [...truncated.values()].reduce((sum, { count }) => sum + count, 0)

/** As few messages as hold them; one without any where there are none, for the counts change too. */
function inParts(conditions: readonly AlertCondition[]): AlertCondition[][] {
  const parts: AlertCondition[][] = [[]]
  let bytes = 0
  for (const condition of conditions) {
    const size = Buffer.byteLength(JSON.stringify(condition))
    if (bytes > 0 && bytes + size > MESSAGE_BYTES) {
      parts.push([])
      bytes = 0
    }
    bytes += size
    parts.at(-1)?.push(condition)
  }
  return parts
}
