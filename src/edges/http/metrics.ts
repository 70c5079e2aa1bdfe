import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { LiveCounts } from '../live/counts.ts'
import type { Figures, Services } from '../services.ts'

type Read = (figures: Figures) => number

const totals: Record<string, [help: string, read: Read]> = {
  messages_total: ['MQTT messages processed', (f) => f.messages],
  readings_total: ['Readings admitted', (f) => f.readings],
  duplicate_readings_total: ['Readings that had come before', (f) => f.duplicates],
  late_readings_total: ['Readings older than the latest of their point', (f) => f.late],
  bad_values_total: ['Values that are physically impossible', (f) => f.badValues],
  journal_given_up_total: ['Messages given up because the journal was full', (f) => f.storage.journal.givenUp],
  store_written_total: ['Values the telemetry store has confirmed', (f) => f.storage.writer.written],
  store_failures_total: ['Writes the telemetry store did not confirm', (f) => f.storage.writer.failures],
  set_aside_values_total: ['Values set aside because the telemetry store refuses them for ever', (f) => f.storage.writer.setAside],
  set_aside_given_up_total: ['Rows set aside that were given up for lack of room', (f) => f.storage.setAside.givenUp],
  mqtt_connects_total: ['MQTT clients that were let in', (f) => f.broker?.connects ?? 0],
  mqtt_throttled_total: ['Times a client that sent too fast was read slower', (f) => f.broker?.throttled ?? 0],
  mqtt_throttled_seconds_total: ['How long messages of such clients had to wait', (f) => (f.broker?.throttledTime ?? 0) / 1000],
  mqtt_not_forwarded_total: ['Messages not sent to MQTT subscribers that did not keep up', (f) => f.broker?.dropped ?? 0],
  alarms_raised_total: ['Alarms raised', (f) => f.alarmsRaised],
}

const levels: Record<string, [help: string, read: Read]> = {
  pipeline_backlog: ['Messages on disk that wait to be processed', (f) => f.pipelineBacklog],
  journal_bytes: ['Size of the journal', (f) => f.storage.journal.bytes],
  journal_waiting_bytes: ['Size of the part of the journal that somebody still needs', (f) => f.storage.journal.waitingBytes],
  journal_segments: ['Files of the journal', (f) => f.storage.journal.segments],
  store_lag_messages: [
    'Messages up to the newest that the telemetry store has not confirmed',
    ({ storage: { journal, writer } }) => Math.max(0, journal.next - 1 - writer.storedThrough),
  ],
  store_backlog_messages: ['Messages left to be stored besides the live ones', (f) => f.storage.writer.backlog],
  store_live_lag_seconds: ['Age of the oldest live reading that is not stored', (f) => f.storage.writer.liveLag / 1000],
  set_aside_batches: ['Batches of readings that the telemetry store refuses for ever', (f) => f.storage.setAside.batches],
  set_aside_rows: ['Rows in those batches', (f) => f.storage.setAside.rows],
  mqtt_clients: ['Connected MQTT clients', (f) => f.mqttClients],
  mqtt_away_sessions: ['MQTT sessions whose clients are away', (f) => f.broker?.awaySessions ?? 0],
  mqtt_queued_bytes: ['Bytes that wait in MQTT sessions', (f) => f.broker?.queuedBytes ?? 0],
  mqtt_subscribed_bytes: ['Memory that MQTT subscriptions take', (f) => f.broker?.subscribedBytes ?? 0],
  mqtt_retained: ['Topics with a retained message', (f) => f.broker?.retained ?? 0],
  facilities: ['Registered facilities', (f) => f.facilities],
  live_alarms: ['Alarms that have not ended', (f) => f.liveAlarms],
}

/** The figures of the service and of the process, as Prometheus reads them. */
export function createMetrics(
  services: Pick<Services, 'figures' | 'rejections' | 'alarmSystem' | 'vendorCodecs' | 'channels' | 'reports'>,
  live: Pick<LiveCounts, 'snapshots' | 'dropped' | 'consoles'>,
): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const [name, [help, read]] of Object.entries(totals)) {
    new Counter({
      name: `lamplighter_${name}`,
      help,
      registers: [registry],
      collect() {
        this.reset()
        this.inc(read(services.figures()))
      },
    })
  }
  for (const [name, [help, read]] of Object.entries(levels)) {
    new Gauge({
      name: `lamplighter_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read(services.figures()))
      },
    })
  }
  const load: Record<string, [help: string, read: () => number]> = {
    alarms_last_10_minutes: ['Alarms told to operators in the last 10 minutes', () => services.alarmSystem.rate()],
    flood_active: ['1 while there is a flood of alarms', () => Number(services.alarmSystem.floodNow() !== null)],
    flood_alarms: ['Alarms of the flood that goes on, 0 without one', () => services.alarmSystem.floodNow()?.alarms ?? 0],
  }
  for (const [name, [help, read]] of Object.entries(load)) {
    new Gauge({
      name: `lamplighter_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read())
      },
    })
  }
  const byReason: Record<string, [help: string, read: () => ReadonlyMap<string, number> | undefined]> = {
    rejections_total: ['Messages or parts of messages refused, by reason', () => services.rejections.counts()],
    mqtt_refused_connections_total: ['MQTT connections not taken, by reason', () => services.figures().broker?.refusedConnects],
    mqtt_not_queued_total: ['Messages not kept for MQTT sessions, by reason', () => services.figures().broker?.notQueued],
    mqtt_not_retained_total: ['MQTT messages not kept as retained ones, by reason', () => services.figures().broker?.notRetained],
    mqtt_forgotten_sessions_total: ['MQTT sessions forgotten, by reason', () => services.figures().broker?.forgottenSessions],
    mqtt_refused_subscriptions_total: ['MQTT subscriptions refused, by reason', () => services.figures().broker?.refusedSubscriptions],
    mqtt_disconnects_total: ['MQTT connections that ended, by reason', () => services.figures().broker?.disconnects],
    console_snapshots_total: [
      'Snapshots that consoles asked for, by why; hash: one that showed something else than the server',
      () => live.snapshots,
    ],
  }
  for (const [name, [help, read]] of Object.entries(byReason)) {
    new Counter({
      name: `lamplighter_${name}`,
      help,
      labelNames: ['reason'],
      registers: [registry],
      collect() {
        this.reset()
        for (const [reason, count] of read() ?? []) this.inc({ reason }, count)
      },
    })
  }
  codecMetrics(registry, services.vendorCodecs)
  channelMetrics(registry, services.channels)
  reportMetrics(registry, services.reports)
  liveMetrics(registry, live)
  return registry
}

function liveMetrics(registry: Registry, live: Pick<LiveCounts, 'dropped' | 'consoles'>): void {
  new Gauge({
    name: 'lamplighter_consoles',
    help: 'Consoles that are connected',
    registers: [registry],
    collect() {
      this.set(live.consoles())
    },
  })
  new Counter({
    name: 'lamplighter_consoles_dropped_total',
    help: 'Consoles let go because they did not keep up',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(live.dropped)
    },
  })
}

function reportMetrics(registry: Registry, reports: Pick<Services['reports'], 'figures'>): void {
  new Counter({
    name: 'lamplighter_citizen_reports_total',
    help: 'Reports of citizens, by what became of them as they came in',
    labelNames: ['outcome'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [outcome, count] of reports.figures().taken) this.inc({ outcome }, count)
    },
  })
  new Gauge({
    name: 'lamplighter_citizen_reports_open',
    help: 'Reports of citizens that are not closed; waiting: those without an order',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const { open, waiting } = reports.figures()
      this.set({ state: 'waiting' }, waiting)
      this.set({ state: 'under-way' }, open - waiting)
    },
  })
}

function channelMetrics(registry: Registry, channels: Pick<Services['channels'], 'figures'>): void {
  const perChannel = { labelNames: ['channel'], registers: [registry] }
  new Gauge({
    ...perChannel,
    name: 'lamplighter_messages_waiting',
    help: 'Messages to people that wait to be delivered; the channel push is all phones',
    collect() {
      this.reset()
      for (const { channel, waiting } of channels.figures()) this.set({ channel }, waiting)
    },
  })
  const totals = {
    delivered: 'Messages to people that were taken by the other side',
    failed: 'Times that one was not',
    dead: 'Messages to people that were given up',
  } as const
  for (const [name, help] of Object.entries(totals) as [keyof typeof totals, string][]) {
    new Counter({
      ...perChannel,
      name: `lamplighter_messages_${name}_total`,
      help,
      collect() {
        this.reset()
        for (const { channel, ...counts } of channels.figures()) this.inc({ channel }, counts[name])
      },
    })
  }
}

function codecMetrics(registry: Registry, codecs: Services['vendorCodecs']): void {
  const perCodec = { labelNames: ['codec'], registers: [registry] }
  new Counter({
    ...perCodec,
    name: 'lamplighter_codec_decodes_total',
    help: 'Uplinks that payload codecs of vendors decoded',
    collect() {
      this.reset()
      for (const [codec, { decodes }] of codecs.figures()) this.inc({ codec }, decodes)
    },
  })
  new Counter({
    name: 'lamplighter_codec_failures_total',
    help: 'Uplinks that they did not, by reason',
    labelNames: ['codec', 'reason'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [codec, { failures }] of codecs.figures())
        for (const [reason, count] of Object.entries(failures)) this.inc({ codec, reason }, count)
    },
  })
  new Counter({
    ...perCodec,
    name: 'lamplighter_codec_seconds_total',
    help: 'Time they took',
    collect() {
      this.reset()
      for (const [codec, { ms }] of codecs.figures()) this.inc({ codec }, ms / 1000)
    },
  })
  new Gauge({
    ...perCodec,
    name: 'lamplighter_codec_suspended',
    help: '1 while a codec is not run because it had to be stopped too often',
    collect() {
      this.reset()
      for (const [codec, { suspendedUntil }] of codecs.figures()) this.set({ codec }, Number(suspendedUntil !== null))
    },
  })
}
