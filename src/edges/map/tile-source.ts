import { closeSync, openSync, readSync } from 'node:fs'
import { type Config, listOf } from '../../config.ts'
import { LamplighterError } from '../../errors.ts'
import type { Datum } from './road-reading.ts'

/** What lies under the roads of the map. */
export interface TileSource {
  /** raster: pictures by zoom, column and row; archive: one PMTiles file. */
  type: 'raster' | 'archive'
  /** A template with {z}, {x}, {y} (or {-y}) and perhaps {s}; or the address of the archive. */
  url: string
  subdomains: readonly string[]
  attribution: string
  minZoom: number
  maxZoom: number
  datum: Datum
}

/** Address under which an archive on this machine's disk is served. */
export const ARCHIVE_PATH = '/api/map/tiles'

/** The tiles of the configuration; null when there are none. Throws `config-invalid` for an archive on disk that is none. */
export function tileSourceOf(config: Config): TileSource | null {
  const { MAP_TILES_URL, MAP_PMTILES } = config
  if (MAP_TILES_URL === '' && MAP_PMTILES === '') return null
  const file = archiveFileOf(config)
  if (file) checkArchive(file)
  return {
    type: MAP_PMTILES ? 'archive' : 'raster',
    url: file ? ARCHIVE_PATH : MAP_PMTILES || templateOf(MAP_TILES_URL),
    subdomains: listOf(config.MAP_TILES_SUBDOMAINS),
    attribution: config.MAP_TILES_ATTRIBUTION,
    minZoom: config.MAP_TILES_MIN_ZOOM,
    maxZoom: config.MAP_TILES_MAX_ZOOM,
    datum: config.MAP_TILES_DATUM,
  }
}

/** The archive on this machine's disk that is served; null when there is none. */
export const archiveFileOf = ({ MAP_PMTILES }: Pick<Config, 'MAP_PMTILES'>): string | null =>
  MAP_PMTILES === '' || /^https?:/.test(MAP_PMTILES) ? null : MAP_PMTILES

/** WMTS names its axes otherwise. */
const templateOf = (url: string): string =>
  url
    .replace(/\{TileMatrix\}/i, '{z}')
    .replace(/\{TileCol\}/i, '{x}')
    .replace(/\{TileRow\}/i, '{y}')

/** Origins of others from which the console fetches tiles, for the content security policy. */
export function tileOrigins({ url, subdomains }: TileSource): string[] {
  if (url.startsWith('/')) return []
  const hosts = url.includes('{s}') ? subdomains.map((part) => url.replace('{s}', part)) : [url]
  return [...new Set(hosts.map((host) => new URL(host.replace(/\{.*/s, '')).origin))]
}

/** What begins every PMTiles archive of version 3. */
const MAGIC = Buffer.from('PMTiles\x03', 'latin1')

function checkArchive(file: string): void {
  const fail = (why: string) => new LamplighterError('config-invalid', `MAP_PMTILES ${file} ${why}.`)
  const head = Buffer.alloc(MAGIC.length)
  try {
    const descriptor = openSync(file, 'r')
    readSync(descriptor, head, 0, head.length, 0)
    closeSync(descriptor)
  } catch (error) {
    throw fail(`cannot be read (${error instanceof Error ? error.message : error})`)
  }
  if (!head.equals(MAGIC)) throw fail('is no PMTiles archive of version 3; make one with the program pmtiles (pmtiles convert)')
}
