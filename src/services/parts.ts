import type { AlarmRegister } from '../alarms/register.ts'
import type { ProgrammeBook } from '../control/programme-book.ts'
import type { Detector } from '../detection/detector.ts'
import type { FloodReviews } from '../edges/alarm-system.ts'
import type { Brokers } from '../edges/brokers/brokers.ts'
import type { LightChanges } from '../edges/light-changes.ts'
import type { Notifying } from '../edges/notify/open-notifier.ts'
import type { Programmes } from '../edges/programmes.ts'
import type { Figures, Services } from '../edges/services.ts'
import type { VendorCodecServices } from '../edges/vendor-codecs/codec-services.ts'
import type { GeoBox } from '../facilities/city-box.ts'
import type { FacilityKind } from '../facilities/facility-kind.ts'
import type { Facility, Plant } from '../facilities/plant.ts'
import type { RuleBook } from '../facilities/rule-book.ts'
import type { Ingest } from '../ingest.ts'
import type { Change, Pipeline } from '../pipeline.ts'
import type { PhotoFolder } from '../storage/embedded/photo-folder.ts'
import type { StateStore } from '../storage/state-store.ts'
import type { TelemetryStore } from '../storage/telemetry-store.ts'
import type { DecodeLimits } from '../telemetry/codecs/native.ts'
import type { RoadFinders } from '../telemetry/foreign-roads.ts'
import type { RejectionLog } from '../telemetry/rejection-log.ts'
import type { DialectParts } from '../telemetry/translation-parts.ts'
import type { CommandDesk } from './control/command-desk.ts'
import type { AlarmAlerts } from './dispatch/alarm-alerts.ts'
import type { OrderDesk } from './dispatch/order-desk.ts'
import type { LateData } from './duty-reports/late-data.ts'
import type { ActivePlans } from './emergency/active-plans.ts'
import type { ExternalSystems } from './external-systems/external-systems.ts'
import type { MapGround } from './map-services.ts'
import type { StorageParts } from './storage-services.ts'

/** What the services are made of. */
export interface ServiceParts {
  kinds: ReadonlyMap<string, FacilityKind>
  plant: Plant
  rules: RuleBook
  state: StateStore
  telemetry: TelemetryStore
  gridOrigin: number
  /** Of the city, by the IANA data base. */
  timeZone: string
  /** What city time is ahead of UTC, ms. */
  utcOffset: (at: number) => number
  desk: OrderDesk
  commands: CommandDesk
  programmes: Programmes
  lightChanges: LightChanges
  /** What light was asked of whom at any time. */
  book: ProgrammeBook
  notifying: Notifying
  /** What Alertmanagers are told of alarms. */
  alerts: AlarmAlerts
  /** Emergency plans that are active. */
  activePlans: ActivePlans
  /** Of times that are reported on already. */
  lateData: LateData
  externalSystems: ExternalSystems
  /** Pictures of repairs. */
  photos: PhotoFolder
  detector: Detector
  register: AlarmRegister
  pipeline: Pipeline
  /** Where readings that are no device's enter the road. */
  ingest: Pick<Ingest, 'take'>
  limits: DecodeLimits
  rejections: RejectionLog
  /** What secrets of devices are derived from. */
  deviceKey: Uint8Array
  dialects: DialectParts
  /** The ways to devices of other dialects; undefined before the service speaks with any. */
  roadFinders: () => RoadFinders | undefined
  vendorCodecs: VendorCodecServices
  brokers: Brokers
  now: () => number
  /** Makes reviews of floods that are over. */
  reviews: FloodReviews
  notReady: () => string[]
  figures: () => Figures
  /** Hands a change to all listeners. */
  publish: (change: Change) => void
  onChange: Services['onChange']
  backtests: Services['backtests']
  telemetryExports: Services['telemetryExports']
  telemetryImports: Services['telemetryImports']
  storage: StorageParts
  certificate: Services['certificate']
  health: Services['health']
  map: MapGround
  imports: {
    /** Where files lie while they are looked at; cleared at the start. */
    folder: string
    /** Where facilities of the city can be. */
    city?: GeoBox | undefined
    onTrouble: (error: unknown, message: string) => void
  }
}

/** What changes of the plant do to devices. Both belong to the caller's transaction and return what is to be done after it. */
export interface PlantDevices {
  has(id: string): boolean
  /** Takes the device of a facility that goes, with its credentials and codes, so that a later facility of this id does not inherit them. */
  withdraw(facility: string, by: string): () => void
  /** Records which gateways come to speak for a district or domain they did not speak for, and takes their codes. */
  noteWider(facilities: readonly Pick<Facility, 'id' | 'gateway' | 'district' | 'kind'>[], by: string): () => void
}
