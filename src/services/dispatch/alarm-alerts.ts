import type { Alarm } from '../../alarms/alarm.ts'
import type { RecordType } from '../../alarms/alarm-log.ts'
import { priorities } from '../../detection/rule.ts'
import { ALERTS_REPEATED, type Alert, type AlertSubject, alertOf, END_REPEATED, isAlertOfOthers, isFiring } from '../../dispatch/alert.ts'
import { ALARM, type AlertmanagerSettings, type Channel, takes } from '../../dispatch/channel.ts'
import { pauseAfter } from '../../dispatch/delivery.ts'
import type { DeliveryTotals } from '../../edges/notify/notifier.ts'
import { alarmTitle } from '../../facilities/alarm-title.ts'
import { seconds } from '../../telemetry/duration.ts'
import type { ServiceParts } from '../parts.ts'

/** Changes within so long go out together, ms. */
const GATHERED = seconds(1)
/** Alerts of one channel, the most urgent first; thousands more would bury them and whoever reads them. */
const MOST_ALERTS = 2000
/** Alerts of one request. */
const BATCH = 200
/** Without success so often in a row, somebody should look. */
const TROUBLE = 3

type Parts = Pick<ServiceParts, 'register' | 'state' | 'plant' | 'kinds' | 'now'> & {
  post: (settings: AlertmanagerSettings, alerts: readonly Alert[]) => Promise<void>
  publicUrl: string
  schedule: (work: () => void, delay: number) => () => void
  random: () => number
}

interface Ended {
  alarm: Alarm
  /** Our time, ms. */
  at: number
}

/** Steps after which an alarm may be over for people. */
const ending: ReadonlySet<RecordType> = new Set(['return', 'reset', 'shelve', 'suppress', 'take-out-of-service', 'withdraw', 'follow-rule'])

interface Target {
  failures: number
  problem: string
  totals: DeliveryTotals
  cancel: (() => void) | undefined
  isRunning: boolean
  /** What changed since it was told last. */
  isStale: boolean
}

/**
 * Tells Alertmanagers which alarms stand: all of them again and again, as Prometheus does, so that whatever was lost on the way is made up
 * for, and an end as an end. After a restart the ends of the last minutes are taken from the alarm record.
 */
export class AlarmAlerts {
  readonly #parts: Parts
  #firing = new Map<number, Alarm>()
  /** By alarm and priority, each of which is an alert of its own. */
  readonly #ended = new Map<string, Ended>()
  readonly #targets = new Map<string, Target>()
  #cancelLook: (() => void) | undefined
  #stopped = false

  constructor(parts: Parts) {
    this.#parts = parts
    const at = parts.now()
    for (const { alarm: id, type, recorded } of parts.state.alarmRecordsBetween(at - END_REPEATED, at + 1)) {
      const alarm = ending.has(type) ? parts.state.alarm(id) : undefined
      if (alarm && !isAlertOfOthers(alarm)) this.#ended.set(keyOf(alarm), { alarm, at: recorded })
    }
    this.#look()
  }

  start(): void {
    for (const { id } of this.#channels()) this.#plan(id, this.#targetOf(id), 0)
  }

  stop(): void {
    this.#stopped = true
    this.#cancelLook?.()
    for (const { cancel } of this.#targets.values()) cancel?.()
  }

  /** Alarms are new or changed. */
  take(alarms: readonly Alarm[]): void {
    if (this.#stopped || this.#cancelLook || !alarms.some((alarm) => this.#isNews(alarm))) return
    this.#cancelLook = this.#parts.schedule(() => {
      this.#cancelLook = undefined
      this.#look()
      for (const { id } of this.#channels()) this.#tellSoon(id)
    }, GATHERED)
  }

  #isNews(alarm: Alarm): boolean {
    const known = this.#firing.get(alarm.id)
    return isOurs(alarm) ? known?.priority !== alarm.priority : known !== undefined
  }

  /** Takes what fires from the register, and what does so no more as ended now. */
  #look(): void {
    const { register, now } = this.#parts
    const at = now()
    const before = this.#firing
    this.#firing = new Map([...register.live()].filter(isOurs).map((alarm) => [alarm.id, alarm]))
    for (const alarm of before.values()) {
      if (this.#firing.get(alarm.id)?.priority !== alarm.priority) this.#ended.set(keyOf(alarm), { alarm, at })
    }
    for (const alarm of this.#firing.values()) this.#ended.delete(keyOf(alarm))
    for (const [key, ended] of this.#ended) if (at - ended.at > END_REPEATED) this.#ended.delete(key)
  }

  /** A channel was set up or changed. */
  hurry(channel: string): void {
    if (this.#channels().some(({ id }) => id === channel)) this.#plan(channel, this.#targetOf(channel), 0)
  }

  /** Why the last request of a channel failed; null when it did not, or there was none. */
  problem(channel: string): string | null {
    return this.#targets.get(channel)?.problem || null
  }

  /** Channels that take nothing, as figures of health have them. */
  troubles(): { channel: string; count: number; problem: string }[] {
    const known = new Set(this.#channels().map(({ id }) => id))
    return [...this.#targets].flatMap(([channel, { failures, problem }]) =>
      failures >= TROUBLE && known.has(channel) ? [{ channel, count: failures, problem }] : [],
    )
  }

  /** Requests since the start, by channel. */
  totals(): ReadonlyMap<string, DeliveryTotals> {
    return new Map([...this.#targets].map(([channel, { totals }]) => [channel, totals]))
  }

  #channels(): (Channel & { settings: AlertmanagerSettings })[] {
    return this.#parts.state.deliveries.channels().filter(isAlertmanager)
  }

  #targetOf(channel: string): Target {
    const known = this.#targets.get(channel)
    if (known) return known
    const target: Target = {
      ...{ failures: 0, problem: '', totals: { delivered: 0, failed: 0, dead: 0 } },
      ...{ cancel: undefined, isRunning: false, isStale: false },
    }
    this.#targets.set(channel, target)
    return target
  }

  /** One that fails keeps its pause. */
  #tellSoon(channel: string): void {
    const target = this.#targetOf(channel)
    target.isStale = true
    if (!target.isRunning && target.failures === 0) this.#plan(channel, target, 0)
  }

  #plan(channel: string, target: Target, delay: number): void {
    target.cancel?.()
    if (!this.#stopped) target.cancel = this.#parts.schedule(() => void this.#tell(channel, target), delay)
  }

  async #tell(id: string, target: Target): Promise<void> {
    if (target.isRunning) return
    const channel = this.#channels().find((one) => one.id === id)
    if (!channel) return void this.#targets.delete(id)
    target.isRunning = true
    target.isStale = false
    try {
      this.#look()
      const alerts = this.#alertsFor(channel)
      for (let from = 0; from < alerts.length; from += BATCH) {
        await this.#parts.post(channel.settings, alerts.slice(from, from + BATCH))
        target.totals.delivered++
      }
      target.failures = 0
      target.problem = ''
    } catch (error) {
      target.failures++
      target.totals.failed++
      target.problem = error instanceof Error ? error.message : String(error)
    }
    target.isRunning = false
    const pause = target.failures > 0 ? pauseAfter(target.failures, this.#parts.random()) : target.isStale ? GATHERED : ALERTS_REPEATED
    this.#plan(id, target, Math.min(pause, ALERTS_REPEATED))
  }

  #alertsFor(channel: Channel): Alert[] {
    const { now, publicUrl } = this.#parts
    const at = now()
    const told = (alarm: Alarm, since: number | null) => {
      const subject = this.#subjectOf(alarm)
      const link = publicUrl && `${publicUrl}/alarms/${alarm.id}`
      return takes(channel, ALARM, subject.district, subject.domain) ? [alertOf(subject, since, at, channel.language, link)] : []
    }
    const rank = ({ priority }: Alarm) => priorities.indexOf(priority)
    const standing = [...this.#firing.values()].sort((a, b) => rank(a) - rank(b) || b.activated - a.activated)
    // Ends first: one whose fault is back with another priority must not end the new alert.
    return [
      ...[...this.#ended.values()].slice(-MOST_ALERTS).flatMap(({ alarm, at: since }) => told(alarm, since)),
      ...standing.flatMap((alarm) => told(alarm, null)).slice(0, MOST_ALERTS),
    ]
  }

  #subjectOf(alarm: Alarm): AlertSubject {
    const { plant, kinds } = this.#parts
    const { name = '', nameEn = '', district = '', road = '' } = plant.get(alarm.facility) ?? {}
    const called = name || alarm.facility
    return {
      ...{ alarm, district, road, domain: kinds.get(alarm.kind)?.domain ?? '' },
      ...{ title: alarmTitle(alarm, [...kinds.values()]), name: { zh: called, en: nameEn || called } },
    }
  }
}

const keyOf = ({ id, priority }: Alarm): string => `${id} ${priority}`
const isOurs = (alarm: Alarm): boolean => isFiring(alarm) && !isAlertOfOthers(alarm)
const isAlertmanager = (channel: Channel): channel is Channel & { settings: AlertmanagerSettings } =>
  channel.settings.type === 'alertmanager' && !channel.disabled
