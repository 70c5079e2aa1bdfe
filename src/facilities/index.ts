import { externalSystem } from './external-system/index.ts'
import type { FacilityKind } from './facility-kind.ts'
import { gasStation } from './gas-station/index.ts'
import { gateway } from './gateway/index.ts'
import { lightCabinet } from './light-cabinet/index.ts'
import { pumpStation } from './pump-station/index.ts'
import { round } from './round/index.ts'
import { server } from './server/index.ts'
import { sewagePlant } from './sewage-plant/index.ts'
import { streetLight } from './street-light/index.ts'
import { wastePlant } from './waste-plant/index.ts'

/** Every kind of facility the program knows; a new one is a folder and a line here. */
export const facilityKinds: readonly FacilityKind[] = [
  streetLight,
  lightCabinet,
  pumpStation,
  gasStation,
  sewagePlant,
  wastePlant,
  gateway,
  server,
  externalSystem,
  round,
]

export const kindByKey: ReadonlyMap<string, FacilityKind> = new Map(facilityKinds.map((kind) => [kind.key, kind]))
