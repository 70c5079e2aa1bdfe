import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { MapServices } from '../edges/map/map-services.ts'
import { type Datum, type ReadRoads, readRoads } from '../edges/map/road-reading.ts'
import type { TileSource } from '../edges/map/tile-source.ts'
import { LamplighterError } from '../errors.ts'
import { boxAround, type GeoBox } from '../facilities/city-box.ts'
import type { Plant } from '../facilities/plant.ts'
import type { Roads } from '../storage/road-store.ts'
import type { StateStore } from '../storage/state-store.ts'

const compress = promisify(gzip)

/** What the configuration says about the map. */
export interface MapGround {
  tiles: TileSource | null
  archive: string | null
  /** Shown until somebody sends others. */
  roads: Roads | null
}

export interface MapParts {
  state: StateStore
  plant: Plant
  now: () => number
  map: MapGround
  /** Where facilities of the city can be, when the configuration says so. */
  city?: GeoBox | undefined
}

/** What the map stands on. */
export function mapServices({ state, plant, now, map, city }: MapParts): MapServices {
  const near = (): GeoBox | null => city ?? boxAround(Array.from(plant, ({ position }) => position))?.box ?? null
  let current: Roads | null | undefined
  const sent = () => {
    current = current === undefined ? state.roads.roads() : current
    return current
  }
  return {
    tiles: map.tiles,
    archive: map.archive,
    roads() {
      const roads = sent()
      if (roads) return { roads, source: 'uploaded' }
      return map.roads && { roads: map.roads, source: 'file' }
    },
    async putRoads(file, datum, by) {
      const read = await readRoads(file, { datum, near: near() })
      const roads = await packed(read, by, now())
      state.transaction(() => {
        state.roads.put(roads)
        state.audit({
          at: roads.at,
          by,
          action: 'set-roads',
          subject: 'map',
          detail: `${read.lines} lines, ${read.places} points, ${roads.tag}`,
        })
      })
      current = roads
      return { roads, passedOver: read.passedOver }
    },
    removeRoads(by) {
      if (!sent()) throw new LamplighterError('not-found', 'Nobody has sent roads, so that there are none to take away.')
      state.transaction(() => {
        state.roads.remove()
        state.audit({ at: now(), by, action: 'remove-roads', subject: 'map', detail: '' })
      })
      current = null
    },
  }
}

/** The roads of the configured file. Throws `config-invalid` when they cannot be read. */
export async function roadsOfFile(file: string, datum: Datum, now: number): Promise<Roads> {
  try {
    return await packed(await readRoads(createReadStream(file), { datum, near: null }), 'lamplighter', now)
  } catch (error) {
    throw new LamplighterError('config-invalid', `MAP_ROADS_FILE ${file}: ${error instanceof Error ? error.message : error}`, error)
  }
}

async function packed({ text, lines }: ReadRoads, by: string, at: number): Promise<Roads> {
  const tag = createHash('sha256').update(text).digest('hex').slice(0, 16)
  return { tag, content: await compress(text), lines, by, at }
}
