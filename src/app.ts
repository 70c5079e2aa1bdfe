import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { FloodLog } from './alarms/flood-log.ts'
import { floodLimits } from './alarms/policy.ts'
import { AlarmRegister } from './alarms/register.ts'
import { createBacktests } from './backtest/backtest-jobs.ts'
import { openFloodReviewer } from './backtest/open-flood-reviewer.ts'
import { openLampGaps } from './backtest/open-lamp-gaps.ts'
import { type Config, listOf, type SettingInForce } from './config.ts'
import { usualPatience } from './control/command-step.ts'
import { lightingOf } from './control/lighting-history.ts'
import { utcOffsets } from './control/local-time.ts'
import { Detector, TICK } from './detection/detector.ts'
import { serveFolder } from './edges/admin/serve-folder.ts'
import { BrokerConnections } from './edges/brokers/connections.ts'
import { openTelemetryExchange } from './edges/exchange/telemetry/open-exchange.ts'
import { startHttp } from './edges/http/server.ts'
import { ensureAdmin } from './edges/http/session.ts'
import { archiveFileOf, tileSourceOf } from './edges/map/tile-source.ts'
import type { Broker } from './edges/mqtt/broker.ts'
import type { Services } from './edges/services.ts'
import { openCertificates } from './edges/tls/open-certificates.ts'
import { LamplighterError } from './errors.ts'
import type { GeoBox } from './facilities/city-box.ts'
import { kindByKey } from './facilities/index.ts'
import { Plant } from './facilities/plant.ts'
import { RuleBook } from './facilities/rule-book.ts'
import { type FrontDoor, openFrontDoor } from './front-door.ts'
import { Ingest, recover } from './ingest.ts'
import { type Change, Pipeline } from './pipeline.ts'
import { admitFacility } from './services/admission.ts'
import { startForecasts } from './services/company-figures/start-forecasts.ts'
import { CommandDesk } from './services/control/command-desk.ts'
import { deliveryFigures } from './services/dispatch/channel-services.ts'
import { openTelling } from './services/dispatch/open-telling.ts'
import { OrderDesk } from './services/dispatch/order-desk.ts'
import { LateData } from './services/duty-reports/late-data.ts'
import { ActivePlans } from './services/emergency/active-plans.ts'
import { EXTERNAL_REPORT_PERIOD, ExternalSystems } from './services/external-systems/external-systems.ts'
import { forgetOld } from './services/forget-old.ts'
import { HealthWatch } from './services/health/health-watch.ts'
import { ownFigures } from './services/health/own-figures.ts'
import { keepLampHistory } from './services/lamp-history-clock.ts'
import { roadsOfFile } from './services/map-services.ts'
import { registerPlantFile } from './services/plant-file.ts'
import { watchProcess } from './services/process-figures.ts'
import { openLighting } from './services/programmes/lighting.ts'
import { lightingHistory } from './services/programmes/lighting-history.ts'
import { startRounds } from './services/rounds/start-rounds.ts'
import { requestSamples, SampleKeeper } from './services/sample-keeper.ts'
import { checkServerId, SELF_REPORT_PERIOD, SelfReporting, serverRegistration } from './services/self-reporting.ts'
import { createServices } from './services/services.ts'
import { vendorCodecServices } from './services/vendor-codec-services.ts'
import { calendarOrigin } from './storage/bucket-series.ts'
import { DiskWatch, readDiskSpace } from './storage/disk-space.ts'
import type { BackupSchedule } from './storage/embedded/backup-schedule.ts'
import { lockFolder, refuseHalfRestored } from './storage/embedded/folder-lock.ts'
import { removeLeftovers } from './storage/embedded/folder-walk.ts'
import { JournalRoom } from './storage/embedded/journal-room.ts'
import { openKeyFile } from './storage/embedded/key-file.ts'
import { openServiceJournal } from './storage/embedded/open-service-journal.ts'
import { openPhotoFolder } from './storage/embedded/photo-folder.ts'
import { openSetAsideFolder } from './storage/embedded/set-aside-folder.ts'
import { openStateStore } from './storage/embedded/state-store.ts'
import { openTelemetryStore, remoteStore } from './storage/open-telemetry-store.ts'
import { createStoreWriter } from './storage/store-writer.ts'
import { decodeNative } from './telemetry/codecs/native.ts'
import { LONGEST_TRANSLATED } from './telemetry/codecs/native-messages.ts'
import { EMBEDDED } from './telemetry/dialect.ts'
import { days, seconds } from './telemetry/duration.ts'
import type { Message } from './telemetry/message.ts'
import { RejectionLog } from './telemetry/rejection-log.ts'
import { dialectParts } from './telemetry/translation-parts.ts'

const MEGABYTE = 1_048_576
/** Facilities whose detection state is saved per second; more make recovery shorter and each second dearer. */
const SAVED_PER_SECOND = 500
/** ms; in turns of a few, so that what is switched together does not come on at one stroke. */
const COMMANDS_SENT_EVERY = 100

export interface App {
  url: string
  mqttPort: number
  /** URLs of the other listeners of the broker, by what speaks there. */
  mqttListeners: ReadonlyMap<string, string>
  /** The account made at the first start, with its password; null at later starts. */
  firstAccount: { name: string; password: string } | null
  services: Services
  stop(): Promise<void>
}

export interface AppOptions {
  config: Config
  /** What is shown of it, and where it comes from. */
  settings?: readonly SettingInForce[]
  log: Logger
  consoleFolder: string
  now?: () => number
}

/** Starts every part in order; each registers how it stops, and stops run last-in first-out. */
export async function startApp({ config, settings = [], log, consoleFolder, now = Date.now }: AppOptions): Promise<App> {
  const stops: (() => unknown)[] = []
  const stop = async () => {
    for (const stopPart of stops.splice(0).reverse()) {
      try {
        await stopPart()
      } catch (error) {
        log.error({ err: error }, 'a part did not stop cleanly')
      }
    }
  }
  try {
    return await start()
  } catch (error) {
    await stop()
    throw error
  }

  async function start(): Promise<App> {
    makeFolder(config.DATA_FOLDER)
    stops.push(lockFolder(config.DATA_FOLDER))
    refuseHalfRestored(config.DATA_FOLDER)
    await removeLeftovers(config.DATA_FOLDER)
    const state = openStateStore(join(config.DATA_FOLDER, 'state.sqlite'))
    stops.push(() => state.close())
    const firstAccount = await ensureAdmin(state, now(), config.ADMIN_PASSWORD || undefined)

    const plant = new Plant()
    const utcOffset = utcOffsets(config.TIME_ZONE)
    const lighting = lightingOf(lightingHistory(state), { utcOffset, plant })
    const { programme } = lighting.surroundings
    const detector = new Detector({ ...lighting.surroundings, utcOffset })
    const register = new AlarmRegister(state, new FloodLog(state.floods, floodLimits(state.alarmPolicy().policy)))
    const rules = new RuleBook(state.rules.groups(), state.rules.overrides())
    const activePlans = new ActivePlans(state.emergencies, plant)
    rules.raise(activePlans.raises())
    const admitting = { kinds: kindByKey, plant, detector, rules }
    for (const { number, description } of state.facilities()) admitFacility(admitting, number, description)

    const disk = new DiskWatch(() => readDiskSpace(config.DATA_FOLDER))
    const { journal, bounds } = await openServiceJournal({ config, state, now, log })
    stops.push(() => journal.close())

    const limits = {
      // What devices send is bounded before it is journaled.
      maxPayload: Math.max(config.MQTT_MAX_PAYLOAD, LONGEST_TRANSLATED),
      maxFuture: seconds(config.MAX_CLOCK_AHEAD_SECONDS),
      maxAge: days(config.MAX_AGE_DAYS),
    }
    const decode = (message: Message) => decodeNative(message, plant, limits)
    const telemetry = await openTelemetryStore(config, [...kindByKey.values()], calendarOrigin(utcOffset), log)
    stops.push(() => telemetry.close())
    const setAside = await openSetAsideFolder({
      folder: join(config.DATA_FOLDER, 'set-aside'),
      maxBatches: config.SET_ASIDE_MAX_BATCHES,
      maxBytes: config.SET_ASIDE_MAX_MB * MEGABYTE,
      store: telemetry,
      now,
      log,
    })
    const writer = createStoreWriter({
      store: telemetry,
      journal,
      decode: (message) => decode(message).reports,
      kinds: [...kindByKey.values()],
      state,
      now: () => performance.now(),
      schedule,
      random: Math.random,
      log,
      setAside: (refused) => setAside.add(refused),
    })
    stops.push(() => writer.close(seconds(10)))

    const listeners: ((change: Change) => void)[] = []
    const publish = (change: Change) => {
      for (const listener of listeners) {
        // Whoever shows a change must never stop the road that made it.
        try {
          listener(change)
        } catch (error) {
          log.error({ err: error }, 'a change could not be shown')
        }
      }
    }
    /** What is done again and again: once it fails, it is done the next time. */
    const tried = (work: () => void, failed: string) => {
      try {
        work()
      } catch (error) {
        log.error({ err: error }, failed)
      }
    }
    const rejections = new RejectionLog()
    // What is judged again at the start says nothing of how fast alarms come.
    let health: HealthWatch | undefined
    const vendorCodecs = vendorCodecServices({ state, now, onTrouble: (detail, message) => log.warn(detail, message) })
    stops.push(() => vendorCodecs.close())
    const dialects = dialectParts((id) => plant.get(id), vendorCodecs)
    const lateData = new LateData(state.dutyReports, plant, limits.maxAge, now())
    const pipeline = new Pipeline({
      plant,
      detector,
      register,
      state,
      rejections,
      decode,
      store: writer,
      dispatch: publish,
      onReport: (report, position) => lateData.note(report, position),
      onActivated(alarm, at) {
        requestSamples(state.samples, alarm, at)
        health?.activated(alarm)
      },
      onTrouble: (error) => log.error({ err: error }, 'alarms or progress cannot be saved; they are kept and tried again'),
      onMishap: (error, message) =>
        log.error({ err: error, topic: message.topic, position: message.position }, 'a message could not be processed and was passed over'),
    })
    const judged = await recover({
      ...{ state, plant, pipeline, journal, now },
      onUnread: (error) => log.error({ err: error }, 'what came in before the start cannot all be read; it is not judged again'),
    })
    if (judged > 0) log.info({ messages: judged }, 'judged again what came in since the last saved state')
    stops.push(() => pipeline.save())

    const room = new JournalRoom({
      ...{ disk, journal, now: () => performance.now() },
      onTrouble: (error) => log.warn({ err: error }, 'old journal files could not be removed'),
    })
    const needed = () => Math.min(writer.storedThrough(), state.detectedThrough()) + 1
    await room.tick(needed())
    const ingest = new Ingest({
      journal,
      pipeline,
      now,
      hasSpace: () => !room.isFull,
      onUnwritten: (error) => log.error({ err: error }, 'messages could not be written to the journal and were not acknowledged'),
      onTrouble: (error) => log.error({ err: error }, 'a message could not be answered or taken further'),
    })
    // Its last commit still goes down the road, so it closes before what stands after it.
    stops.push(() => journal.close())
    const samples = new SampleKeeper({
      state,
      telemetry,
      kinds: kindByKey,
      position: () => pipeline.position,
      storedThrough: () => writer.storedThrough(),
      log,
    })
    stops.push(() => samples.stop())
    const reviews = openFloodReviewer({ config, state, register, plant, kinds: kindByKey, rules, telemetry, limits, now, log })
    stops.push(() => reviews.close())
    const lampGaps = openLampGaps({ config, state, plant, rules, telemetry, utcOffset, now, log })
    stops.push(() => lampGaps.close())
    let broker: Broker | undefined
    const desk = new OrderDesk({
      ...{ plant, kinds: kindByKey, state, register, detector, pipeline, activePlans, utcOffset, now, schedule },
      onTrouble: (error) => log.error({ err: error }, 'orders could not be carried on; they are tried again'),
    })
    stops.push(() => desk.stop())
    const { notifying, alerts } = openTelling({
      ...{ config, state, desk, register, plant, kinds: kindByKey, utcOffset, now, schedule, log, stops },
      broker: () => broker,
    })
    const { notifier } = notifying
    listeners.push((change) => alerts.take(change.alarms))
    listeners.push((change) => desk.take(change))
    desk.start()
    let door: FrontDoor | undefined
    const commands = new CommandDesk({
      ...{ plant, state, detector, dialects, now, schedule },
      patience: { ...usualPatience, answer: seconds(config.COMMAND_ANSWER_SECONDS) },
      levelOf: (facility, at) => programme(facility, at)?.level ?? null,
      publish: async (topic, payload, expires) => door?.send(EMBEDDED, topic, payload, { qos: 1, retain: false, expires }),
      road: (facility, command, value) => door?.road(facility, command, value),
      orders: () => desk.book.open(),
      onTrouble: (error) => log.error({ err: error }, 'commands could not be carried on; they are tried again'),
    })
    stops.push(() => commands.stop())
    listeners.push((change) => commands.take(change))
    const { programmes, lightChanges, ...lightingWork } = openLighting({
      ...{ ...lighting, plant, state, kinds: kindByKey, commands, detector, dialects, now, utcOffset },
      publish: async (topic, payload) => await broker?.publish(topic, payload, { qos: 1, retain: true }),
      onTrouble: (error) => log.error({ err: error }, 'lighting programmes could not be carried on; they are tried again'),
    })
    const ticking = setInterval(() => {
      ingest.tick()
      // Tables that go out before the broker is up would be lost.
      if (broker) lightingWork.tick()
      desk.carryOn()
      // What was under way is sent again once devices can be reached.
      if (door) commands.carryOn()
      // The city stands by then with all that plans may lie over.
      if (door) tried(() => services.emergencyPlans.tick(), 'emergency plans could not be carried on; they are tried again')
      void samples.tick(now())
      tried(() => lampGaps.tick(), 'gaps in the history of lamps could not be looked for; it is tried again')
      reviews.tick()
      pipeline.save(SAVED_PER_SECOND)
      tried(() => forgetOld({ state, utcOffset, now }), 'what is older than it is kept could not be removed; it is tried again')
      void room.tick(needed())
    }, TICK)
    stops.push(() => clearInterval(ticking))
    const sending = setInterval(() => {
      if (door) commands.sendOn()
      if (broker) lightingWork.carryOn()
    }, COMMANDS_SENT_EVERY)
    stops.push(() => clearInterval(sending))

    const backtests = createBacktests({
      kinds: kindByKey,
      plant,
      rules,
      register,
      telemetry,
      remote: remoteStore(config),
      journalFolder: join(config.DATA_FOLDER, 'journal'),
      limits,
      timeZone: config.TIME_ZONE,
      lighting: () => lightingHistory(state),
      now,
    })
    stops.push(() => backtests.close())

    const { telemetryExports, telemetryImports } = openTelemetryExchange({
      ...{ config, state, telemetry, kinds: kindByKey, plant, rules, maxFuture: limits.maxFuture, now, log, stops },
    })

    const certificates = openCertificates({ config, log, now, stops })
    const brokers = new BrokerConnections({ state, now, schedule })
    const externalSystems = new ExternalSystems({ plant, register, ingest, sources: state.alertSources, now })
    let backups: BackupSchedule | undefined
    const own = ownFigures({
      ...{ plant, register, pipeline, ingest, rejections, journal, bounds, room, disk, writer, telemetry, setAside },
      ...{ certificates, brokers, vendorCodecs, now },
      ...{ broker: () => broker, backups: () => backups },
    })
    const watched = watchProcess()
    stops.push(() => watched.close())
    const self = new SelfReporting({
      id: config.SERVER_ID,
      ...{ plant, ingest, bounds, now },
      read: () => ({ ...watched.read(), ...own.server() }),
    })
    const watch = new HealthWatch({
      ...{ id: config.SERVER_ID, settings, maxConnections: config.MQTT_MAX_CONNECTIONS },
      ...{ plant, detector, rules, register, brokers, vendorCodecs, now },
      own: () => ({
        ...self.latest,
        'journal-writable': journal.stats().trouble === null && !room.isFull,
        'store-reachable': !writer.isStoreAway(),
      }),
      figures: () => own.figures(),
      refusedConnects: () => [...services.traffic.refusedLastHour().values()].reduce((sum, count) => sum + count, 0),
      deliveries: () => deliveryFigures(notifier, alerts, state.deliveries, now()),
      disk: () => disk.space,
      stateBytes: () => state.file.size().bytes,
      certificateProblems: () => certificates?.problems() ?? [],
      notReady: () => services.notReady(),
    })
    health = watch
    const services = createServices({
      kinds: kindByKey,
      plant,
      rules,
      state,
      telemetry,
      gridOrigin: calendarOrigin(utcOffset),
      ...{ programmes, lightChanges, book: lighting.book, activePlans },
      ...{
        timeZone: config.TIME_ZONE,
        utcOffset,
        desk,
        commands,
        notifying,
        alerts,
        lateData,
        photos: openPhotoFolder(join(config.DATA_FOLDER, 'photos')),
      },
      detector,
      register,
      pipeline,
      ...{ ingest, limits, rejections, dialects, vendorCodecs, brokers, externalSystems, now, publish },
      roadFinders: () => door?.finders,
      deviceKey: openKeyFile(join(config.DATA_FOLDER, 'device.key')),
      onChange: (listener) => void listeners.push(listener),
      backtests,
      telemetryExports,
      telemetryImports,
      reviews,
      imports: {
        folder: join(config.DATA_FOLDER, 'imports'),
        city: boxOf(config.CITY_BOX),
        onTrouble: (error, message) => log.error({ err: error }, message),
      },
      notReady: () => own.notReady(),
      figures: () => own.figures(),
      storage: { figures: () => own.storage(), setAside },
      map: {
        tiles: tileSourceOf(config),
        archive: archiveFileOf(config),
        roads: config.MAP_ROADS_FILE ? await roadsOfFile(config.MAP_ROADS_FILE, config.MAP_ROADS_DATUM, now()) : null,
      },
      certificate: () => certificates?.served() ?? null,
      health: (consoles) => watch.health(consoles),
    })
    stops.push(() => services.imports.close())
    stops.push(() => services.dutyReports.close())
    stops.push(keepLampHistory(services.lampHistory, (error) => log.warn({ err: error }, 'how lamps are lit could not be written down')))
    if (config.PLANT_FILE) registerPlantFile(config.PLANT_FILE, services)
    if (config.SERVER_ID) {
      checkServerId(config.SERVER_ID, plant)
      if (!plant.get(config.SERVER_ID)) services.putFacilities([serverRegistration(config.SERVER_ID)], 'lamplighter')
    }

    const opened = await openFrontDoor({
      ...{
        config,
        log,
        state,
        kinds: kindByKey,
        plant,
        ingest,
        rejections,
        services,
        dialects,
        brokers,
        certificates,
        now,
        stops,
        schedule,
      },
    })
    door = opened
    broker = opened.broker
    notifier.start()
    alerts.start()

    const http = await startHttp({
      services,
      host: config.HTTP_HOST,
      port: config.HTTP_PORT,
      consoleFolder,
      secureCookies: config.HTTP_SECURE_COOKIES || config.HTTP_TLS,
      trustedProxies: listOf(config.HTTP_PROXIES),
      allowedOrigins: listOf(config.HTTP_ORIGINS),
      certificates: config.HTTP_TLS ? certificates : null,
      reportContact: { url: config.PUBLIC_URL ? `${config.PUBLIC_URL}/report` : null, phone: config.REPORT_PHONE || null },
      secondFactor: { required: config.SECOND_FACTOR_REQUIRED, grace: days(config.SECOND_FACTOR_GRACE_DAYS) },
      now,
      schedule,
      epoch: randomUUID(),
      log,
    })
    stops.push(() => http.close())
    const { served, schedule: backupSchedule } = await serveFolder({ config, state, journal, telemetry, utcOffset, now, log, stops })
    backups = backupSchedule
    const reporting = setInterval(() => {
      self.report()
      watch.tick()
      tried(() => services.reports.tick(), 'what people wrote in reports that are closed long ago could not be erased; it is tried again')
      tried(() => services.dutyReports.tick(), 'reports of shifts, days and months could not be carried on; it is tried again')
    }, SELF_REPORT_PERIOD)
    stops.push(() => clearInterval(reporting))
    const reportingOthers = setInterval(() => externalSystems.report(), EXTERNAL_REPORT_PERIOD)
    stops.push(() => clearInterval(reportingOthers))
    stops.push(startRounds(services.rounds, log))
    stops.push(startForecasts(services.companyFigures, log))
    self.report()
    watch.tick()
    // First of all, because it may take long and would be waited for at the end.
    stops.push(() => void served.telemetry?.endUpkeep().catch((error: unknown) => log.warn({ err: error }, 'upkeep was not ended')))
    return { url: http.url, mqttPort: broker.port, mqttListeners: opened.listeners, firstAccount, services, stop }
  }
}

function schedule(work: () => void, delay: number): () => void {
  const timer = setTimeout(work, delay)
  return () => clearTimeout(timer)
}

/** `CITY_BOX` as numbers, which the configuration has checked. */
function boxOf(text: string): GeoBox | undefined {
  return text === '' ? undefined : (text.split(',').map(Number) as unknown as GeoBox)
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw new LamplighterError('config-invalid', `DATA_FOLDER ${folder} cannot be made; give one this account may write to.`, error)
  }
}
