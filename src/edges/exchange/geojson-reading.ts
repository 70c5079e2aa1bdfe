import type { ColumnMapper, ImportRow } from '../../facilities/import-mapping.ts'
import { isObject } from './json-elements.ts'

/** A property of JSON as the cell of a table. */
export function cellOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Columns and cells of an object; rated values and labels, which are objects of their own, become `rated.NAME` and `label.NAME`. */
export function cellsOf(properties: Readonly<Record<string, unknown>>): [column: string, value: string][] {
  return Object.entries(properties).flatMap(([name, value]): [string, string][] => {
    const prefix = name === 'rated' ? 'rated.' : name === 'labels' ? 'label.' : undefined
    if (!prefix || !isObject(value)) return [[name, cellOf(value)]]
    return Object.entries(value).map(([key, each]) => [prefix + key, cellOf(each)])
  })
}

/** A place as the cells `lon` and `lat`. What is no point is handed on as it calls itself, so that the report shows it. */
export function placeCells(geometry: unknown): [column: string, value: string][] {
  if (geometry === null || geometry === undefined) return [['lon', ''], ['lat', '']] // biome-ignore format: a pair
  const { type, coordinates } = isObject(geometry) ? geometry : {}
  const [lon, lat] = type === 'Point' && Array.isArray(coordinates) ? coordinates : [cellOf(type ?? geometry), '']
  return [['lon', cellOf(lon) || '?'], ['lat', cellOf(lat)]] // biome-ignore format: a pair
}

/** Rows of GeoJSON features (RFC 7946), counted from 1. */
export async function* readGeoJson(features: AsyncIterable<unknown>, mapper: ColumnMapper): AsyncGenerator<ImportRow> {
  let row = 0
  for await (const feature of features) {
    const { id, geometry, properties } = isObject(feature) ? feature : {}
    const cells = [...cellsOf(isObject(properties) ? properties : {}), ...placeCells(geometry)]
    if (id !== undefined && !cells.some(([column]) => column === 'id')) cells.push(['id', cellOf(id)])
    row++
    yield mapper.row(
      row,
      cells.map(([column]) => column),
      cells.map(([, value]) => value),
    )
  }
}
