import type { AlarmRegister } from '../../alarms/register.ts'
import type { Brokers } from '../../edges/brokers/brokers.ts'
import type { Broker } from '../../edges/mqtt/broker.ts'
import type { Figures } from '../../edges/services.ts'
import type { StorageFigures } from '../../edges/storage.ts'
import type { CertificateWatch } from '../../edges/tls/certificate-watch.ts'
import type { VendorCodecServices } from '../../edges/vendor-codecs/codec-services.ts'
import type { Plant } from '../../facilities/plant.ts'
import type { ServerFigures } from '../../facilities/server/sampler.ts'
import type { Ingest } from '../../ingest.ts'
import type { Pipeline } from '../../pipeline.ts'
import type { DiskWatch } from '../../storage/disk-space.ts'
import type { BackupSchedule } from '../../storage/embedded/backup-schedule.ts'
import type { JournalRoom } from '../../storage/embedded/journal-room.ts'
import type { SegmentedJournal } from '../../storage/embedded/segment-journal.ts'
import type { SetAside } from '../../storage/set-aside.ts'
import type { StoreWriter } from '../../storage/store-writer.ts'
import type { TelemetryStore } from '../../storage/telemetry-store.ts'
import type { RejectionLog } from '../../telemetry/rejection-log.ts'
import type { ProcessFigures } from '../process-figures.ts'

interface Parts {
  plant: Plant
  register: AlarmRegister
  pipeline: Pipeline
  ingest: Ingest
  rejections: RejectionLog
  journal: SegmentedJournal
  /** Of the journal. */
  bounds: { maxBytes: number; maxAge: number }
  room: JournalRoom
  disk: DiskWatch
  writer: StoreWriter
  telemetry: TelemetryStore
  setAside: SetAside
  certificates: CertificateWatch | null
  brokers: Brokers
  vendorCodecs: VendorCodecServices
  now: () => number
  /** Not there before the front door is open; backups only where they are set up. */
  broker: () => Broker | undefined
  backups: () => BackupSchedule | undefined
}

/** What the parts of the service say of themselves. */
export function ownFigures(parts: Parts) {
  const { plant, register, pipeline, ingest, rejections, journal, bounds, room, disk, writer, telemetry, setAside, certificates } = parts
  const storage = (): StorageFigures => ({
    store: telemetry.name,
    journal: { ...journal.stats(), ...bounds },
    writer: writer.stats(),
    setAside: setAside.stats(),
    backup: parts.backups()?.state() ?? null,
  })
  return {
    storage,
    /** Besides what the process and the journal are asked for elsewhere. */
    server(): Omit<ServerFigures, keyof ProcessFigures | 'isJournalWritable'> {
      const { waitingBytes, next, givenUp } = journal.stats()
      const { backlog, backlogReached, liveLag, storedThrough } = writer.stats()
      return {
        waitingBytes,
        // Beside gaps that are read again, what is stored further on is not told by how far all is.
        storageBacklog: backlog > 0 ? backlog : Math.max(0, next - 1 - storedThrough),
        storageLag: Math.max(liveLag, backlogReached === null ? 0 : parts.now() - backlogReached),
        givenUp,
        isStoreReachable: !writer.isStoreAway(),
        setAside: setAside.stats().values,
        leftOut: telemetry.leftOut?.() ?? 0,
        disk: disk.space,
        backupAge: parts.backups()?.age(parts.now()) ?? null,
        certificateDays: certificates?.daysLeft() ?? null,
        messages: pipeline.counts.messages,
        rejected: [...rejections.counts().values()].reduce((sum, count) => sum + count, 0),
        mqttClients: parts.broker()?.clients() ?? 0,
      }
    },
    figures: (): Figures => ({
      ...pipeline.counts,
      pipelineBacklog: ingest.backlog,
      storage: storage(),
      mqttClients: parts.broker()?.clients() ?? 0,
      broker: parts.broker()?.figures() ?? null,
      facilities: plant.size,
      liveAlarms: register.size,
      alarmsRaised: register.raised,
    }),
    /** Why it should get no work, in words; empty when it may. */
    notReady: (): string[] => [
      ...(pipeline.trouble ? [`Alarms or progress cannot be saved: ${pipeline.trouble}`] : []),
      ...(room.isFull ? ['The disk of the data folder is full but for what is kept for alarms; no telemetry is taken.'] : []),
      ...(disk.isShort && !room.isFull
        ? ['The disk of the data folder is nearly full: what waits to be stored is given up, the oldest first.']
        : []),
      ...[journal.stats().trouble ?? []].flat(),
      ...(parts.backups()?.problems() ?? []),
      ...writer.problems(),
      ...(certificates?.problems() ?? []),
      ...parts.brokers.problems(),
      ...parts.vendorCodecs.problems(),
    ],
  }
}
