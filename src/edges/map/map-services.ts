import type { Roads } from '../../storage/road-store.ts'
import type { Datum } from './road-reading.ts'
import type { TileSource } from './tile-source.ts'

/** Where the roads of the map come from. */
export type RoadSource = 'uploaded' | 'file'

/** The ground of the map. */
export interface MapServices {
  readonly tiles: TileSource | null
  /** The archive on this machine's disk, when the tiles are one. */
  readonly archive: string | null
  /** Those that somebody sent, else those of the configured file; null when there are none. */
  roads(): { roads: Roads; source: RoadSource } | null
  /** Reads, checks and keeps roads in place of all before; returns how many features were no roads. Audited. */
  putRoads(file: AsyncIterable<Uint8Array>, datum: Datum, by: string): Promise<{ roads: Roads; passedOver: number }>
  /** Back to those of the configured file, or none. Audited. */
  removeRoads(by: string): void
}
