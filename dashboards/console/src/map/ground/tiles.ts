import type { Coords, DoneCallback, GridLayer as GridLayerOf, LatLng, Map as LeafletMap } from 'leaflet'
import * as DomUtil from 'leaflet/src/dom/DomUtil.js'
import { GridLayer } from 'leaflet/src/layer/tile/GridLayer.js'
import { TileLayer } from 'leaflet/src/layer/tile/TileLayer.js'
import { PMTiles, TileType } from 'pmtiles'
import { leafletLayer } from 'protomaps-leaflet'
import type { MapGround } from '../../../../../src/edges/http/map-schemas.ts'
import { gcj02Of } from '../../../../../src/geography/gcj02.ts'
import { language } from '../../settings.ts'

type Tiles = NonNullable<MapGround['tiles']>

/** Beyond the last tiles the map enlarges them. */
const MOST_ZOOM = 22
/** Tiles stay behind roads and facilities, whatever their makers drew. */
const OPACITY = 0.55

/** Shows tiles under everything else; `onProblem` is told when they stop coming, and when they come again. The answer takes them away. */
export function showTiles(map: LeafletMap, tiles: Tiles, isDark: boolean, onProblem: (isBroken: boolean) => void): () => void {
  let layer: GridLayerOf | undefined
  let isGone = false
  const add = (made: GridLayerOf) => {
    if (isGone) return
    layer = made
    if (tiles.datum === 'gcj02') shift(made)
    made.on('tileerror', () => onProblem(true))
    made.on('tileload', () => onProblem(false))
    map.addLayer(made)
  }
  if (tiles.type === 'raster') add(pictures(tiles))
  else archived(tiles, isDark).then(add, () => !isGone && onProblem(true))
  return () => {
    isGone = true
    layer?.remove()
  }
}

const zoomsOf = ({ minZoom, maxZoom }: Pick<Tiles, 'minZoom' | 'maxZoom'>) => ({
  minZoom,
  maxZoom: MOST_ZOOM,
  maxNativeZoom: maxZoom,
  noWrap: true,
  opacity: OPACITY,
})

function pictures(tiles: Tiles): GridLayerOf {
  const parts = tiles.subdomains.length > 0 ? { subdomains: tiles.subdomains } : {}
  // Many tile servers answer only those that say from which site they come; the pages of the console say it to nobody else.
  return new TileLayer(tiles.url, { ...zoomsOf(tiles), ...parts, referrerPolicy: 'origin' })
}

/** Pictures or vectors of one PMTiles archive. Rejects when it cannot be read. */
async function archived({ url, minZoom, maxZoom }: Tiles, isDark: boolean): Promise<GridLayerOf> {
  const archive = new PMTiles(new URL(url, location.href).href)
  const header = await archive.getHeader()
  const zooms = zoomsOf({ minZoom: Math.max(minZoom, header.minZoom), maxZoom: Math.min(maxZoom, header.maxZoom) })
  if (header.tileType !== TileType.Mvt) return new ArchivedPictures(archive, header.tileType, zooms)
  // It takes Leaflet from the global name that its bundled file would make.
  Object.assign(globalThis, { L: { GridLayer, DomUtil } })
  const look = { flavor: isDark ? 'dark' : 'light', lang: language.peek() === 'zh' ? 'zh-Hans' : 'en' }
  return leafletLayer({ url: archive, maxDataZoom: header.maxZoom, ...look, ...zooms, maxNativeZoom: MOST_ZOOM }) as unknown as GridLayerOf
}

const mediaTypes: Partial<Record<TileType, string>> = {
  [TileType.Png]: 'image/png',
  [TileType.Jpeg]: 'image/jpeg',
  [TileType.Webp]: 'image/webp',
  [TileType.Avif]: 'image/avif',
}

class ArchivedPictures extends GridLayer {
  readonly #archive: PMTiles
  readonly #media: string

  constructor(archive: PMTiles, type: TileType, options: object) {
    super(options)
    this.#archive = archive
    this.#media = mediaTypes[type] ?? 'image/png'
  }

  override createTile({ x, y, z }: Coords, done: DoneCallback): HTMLElement {
    const picture = document.createElement('img')
    picture.alt = ''
    this.#archive.getZxy(z, x, y).then(
      (tile) => {
        // Places without a tile stay empty.
        if (!tile) return done(undefined, picture)
        const address = URL.createObjectURL(new Blob([tile.data], { type: this.#media }))
        const finish = (problem?: Error) => {
          URL.revokeObjectURL(address)
          done(problem, picture)
        }
        picture.onload = () => finish()
        picture.onerror = () => finish(new Error('not a picture'))
        picture.src = address
      },
      (problem) => done(problem, picture),
    )
    return picture
  }
}

/** What Leaflet keeps to itself of a layer of tiles. */
interface Inner {
  _getTiledPixelBounds(center: LatLng): unknown
  _setZoomTransform(level: unknown, center: LatLng, zoom: number): void
}

/** Lets a layer whose tiles are drawn for GCJ-02 lie under a map in WGS-84: it is asked for, and put, where the middle of the map is in its datum. */
function shift(layer: GridLayerOf): void {
  const inner = layer as unknown as Inner
  const { _getTiledPixelBounds: bounds, _setZoomTransform: transform } = inner
  inner._getTiledPixelBounds = (center) => bounds.call(layer, shifted(center))
  inner._setZoomTransform = (level, center, zoom) => transform.call(layer, level, shifted(center), zoom)
}

const shifted = (center: LatLng): LatLng => {
  const [longitude, latitude] = gcj02Of([center.lng, center.lat])
  return Object.assign(center.clone(), { lat: latitude, lng: longitude })
}
