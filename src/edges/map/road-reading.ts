import { LamplighterError } from '../../errors.ts'
import { boxText, type GeoBox, isInside } from '../../facilities/city-box.ts'
import { wgs84Of } from '../../geography/gcj02.ts'
import { type RoadWidth, widthOf } from '../../geography/road.ts'
import { decodeText, UnreadableFile } from '../exchange/encoding.ts'
import { isObject, jsonElements } from '../exchange/json-elements.ts'

export const datums = ['wgs84', 'gcj02'] as const
export type Datum = (typeof datums)[number]

/** Longest file of roads, bytes. */
export const MAX_ROAD_FILE = 64 * 1_048_576
const MAX_LINES = 200_000
const MAX_PLACES = 2_000_000
const MAX_NAME = 100
/** Problems that are told at once. */
const TOLD = 5

export interface ReadRoads {
  /** GeoJSON: a FeatureCollection of MultiLineStrings in WGS-84 with `name` and `width`. */
  text: string
  lines: number
  places: number
  /** Features that are no lines. */
  passedOver: number
}

interface Options {
  datum: Datum
  /** Where the city is; roads that lie nowhere near it are refused. Null where nobody knows. */
  near: GeoBox | null
}

/**
 * Reads roads from GeoJSON (RFC 7946) as it comes in. Throws `invalid-request` with the first problems, each with its feature, and
 * `payload-too-large` for more lines than a map can show.
 */
export async function readRoads(chunks: AsyncIterable<Uint8Array>, { datum, near }: Options): Promise<ReadRoads> {
  const features: string[] = []
  const problems: string[] = []
  const others = new Map<string, number>()
  let [number, lines, places, inside, wrong, passedOver] = [0, 0, 0, 0, 0, 0]
  const check = (position: unknown): readonly [number, number] => {
    const [longitude, latitude] = checkPosition(position)
    const [x, y] = datum === 'gcj02' ? wgs84Of([longitude, latitude]) : [longitude, latitude]
    if (++places > MAX_PLACES) throw tooLarge(`more than ${MAX_PLACES} points`)
    if (near && isInside(near, x, y)) inside++
    return [round(x), round(y)]
  }
  try {
    for await (const feature of jsonElements(decodeText(limited(chunks), 'utf-8'))) {
      number++
      const { geometry, properties } = isObject(feature) ? feature : {}
      const { type, coordinates } = isObject(geometry) ? geometry : {}
      if (type !== 'LineString' && type !== 'MultiLineString') {
        const name = isGeometry(type) ? type : type === undefined ? 'nothing' : 'something else'
        others.set(name, (others.get(name) ?? 0) + 1)
        passedOver++
        continue
      }
      try {
        const parts = linesOf(type === 'LineString' ? [coordinates] : coordinates).map((line) => line.map(check))
        lines += parts.length
        if (lines > MAX_LINES) throw tooLarge(`more than ${MAX_LINES} lines`)
        if (parts.length > 0) features.push(featureText(parts, describe(isObject(properties) ? properties : {})))
      } catch (error) {
        if (!(error instanceof WrongFeature)) throw error
        wrong++
        if (problems.length < TOLD) problems.push(`feature ${number}: ${error.message}`)
      }
    }
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error
    throw invalid(`The file is not GeoJSON in UTF-8: ${error.about}. Export it anew, for example with ogr2ogr -f GeoJSON.`)
  }
  if (wrong > 0) {
    const more = wrong > problems.length ? `; and ${wrong - problems.length} more` : ''
    throw invalid(`${problems.join('; ')}${more}. Nothing was changed.`)
  }
  if (lines === 0) {
    const seen = [...others].map(([type, count]) => `${count} x ${type}`).join(', ')
    throw invalid(`There are no roads in the file (${seen || 'no features'}). Roads are features of type LineString or MultiLineString.`)
  }
  if (near && inside === 0)
    throw invalid(
      `No road of the file is near the city (${boxText(near)}). Is it the right file, with the longitude first, in WGS-84? For GCJ-02 say datum=gcj02.`,
    )
  return { text: `{"type":"FeatureCollection","features":[${features.join(',')}]}`, lines, places, passedOver }
}

/** Geometries of GeoJSON that are no lines. */
const geometries = ['Point', 'MultiPoint', 'Polygon', 'MultiPolygon', 'GeometryCollection']
const isGeometry = (type: unknown): type is string => geometries.includes(type as string)

class WrongFeature extends Error {}

const invalid = (detail: string) => new LamplighterError('invalid-request', detail)
const tooLarge = (what: string) => new LamplighterError('payload-too-large', `The file has ${what}; leave out paths and service roads.`)

/** To a decimetre. */
const round = (degrees: number) => Number(degrees.toFixed(6))

async function* limited(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > MAX_ROAD_FILE) throw new LamplighterError('payload-too-large', `The file is larger than ${MAX_ROAD_FILE / 1_048_576} MB.`)
    yield chunk
  }
}

function linesOf(coordinates: unknown): unknown[][] {
  if (!Array.isArray(coordinates) || !coordinates.every(Array.isArray)) throw new WrongFeature('its coordinates are no list of positions')
  // A line of one point shows nothing.
  return (coordinates as unknown[][]).filter(({ length }) => length >= 2)
}

function checkPosition(position: unknown): readonly [number, number] {
  const [x, y] = Array.isArray(position) ? position : []
  if (typeof x !== 'number' || typeof y !== 'number') throw new WrongFeature(`${JSON.stringify(position)?.slice(0, 60)} is no position`)
  if (Math.abs(x) <= 180 && Math.abs(y) <= 90) return [x, y]
  if (Math.abs(x) <= 90 && Math.abs(y) <= 180) throw new WrongFeature(`${x}, ${y} has the latitude first; GeoJSON has the longitude first`)
  if (Math.max(Math.abs(x), Math.abs(y)) > 1000)
    throw new WrongFeature(`${x}, ${y} are metres of a projection, not degrees; convert the file with ogr2ogr -t_srs EPSG:4326`)
  throw new WrongFeature(`${x}, ${y} are no longitude and latitude in degrees`)
}

const nameKeys = ['name', 'NAME', 'Name', 'name:zh', '名称', '道路名称', '路名']
const kindKeys = ['width', 'roadClass', 'highway', 'fclass', 'class', 'kind']

function describe(properties: Readonly<Record<string, unknown>>): { name: string; width: RoadWidth } {
  const first = (keys: readonly string[]) =>
    keys.map((key) => properties[key]).find((value): value is string => typeof value === 'string' && value.trim() !== '')
  return { name: (first(nameKeys) ?? '').trim().slice(0, MAX_NAME), width: widthOf(first(kindKeys) ?? '') }
}

const featureText = (coordinates: readonly unknown[], properties: object): string =>
  JSON.stringify({ type: 'Feature', properties, geometry: { type: 'MultiLineString', coordinates } })
