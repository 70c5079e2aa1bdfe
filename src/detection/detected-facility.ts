import type { PointTable } from '../telemetry/point.ts'
import type { ReportingFacility } from '../telemetry/report.ts'
import type { FacilityMode } from './facility-mode.ts'
import type { ExpectedOfLevel, Rule } from './rule.ts'

/** A facility as detection needs it. What stands alone need not say by whom it is fed. */
export interface DetectedFacility extends ReportingFacility {
  readonly rated: Readonly<Record<string, number>>
  readonly fedBy?: string | null
  readonly circuit?: number | null
  readonly mode?: FacilityMode
  /** WGS84 degrees [longitude, latitude]. */
  readonly position?: readonly [number, number] | null
  readonly kind: {
    readonly key: string
    readonly table: PointTable
    readonly rules: readonly Rule[]
    readonly rated: Readonly<Record<string, number>>
    readonly circuits?: readonly number[]
    /** The value of a point by which it says that a command holds it, in its encoding. */
    /** The point that tells what a lamp is asked for, %. */
    readonly light?: { readonly command: number } | null
    readonly held?: { readonly point: number; readonly value: number } | null
    readonly expected?: ReadonlyMap<number, ExpectedOfLevel>
  }
}
