import type { FacilityKind } from './facility-kind.ts'
import { lightCabinet } from './light-cabinet/index.ts'
import { streetLight } from './street-light/index.ts'

/** Every kind of facility the program knows; a new one is a folder and a line here. */
export const facilityKinds: readonly FacilityKind[] = [streetLight, lightCabinet]

export const kindByKey: ReadonlyMap<string, FacilityKind> = new Map(facilityKinds.map((kind) => [kind.key, kind]))
