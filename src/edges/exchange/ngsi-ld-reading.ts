import type { FacilityKind } from '../../facilities/facility-kind.ts'
import type { ColumnMapper, ImportRow } from '../../facilities/import-mapping.ts'
import { localId, measuredValues, modelOf, ownAttribute } from '../../facilities/ngsi-ld.ts'
import { cellOf, cellsOf, placeCells } from './geojson-reading.ts'
import { isObject } from './json-elements.ts'

/** The value of an attribute in either form: key-values, or normalised as Property, Relationship, GeoProperty (ETSI GS CIM 009). */
function plain(attribute: unknown): unknown {
  if (!isObject(attribute)) return attribute
  if ('value' in attribute) return attribute.value
  if ('object' in attribute) return attribute.object
  return attribute
}

const renamed: Readonly<Record<string, string>> = { name: 'name', alternateName: 'nameEn', powerRating: 'rated.power' }
/** Said already, of no use to the plant, or read together with others below. */
const passedOver = new Set(['@context', 'id', 'type', 'location', 'address', 'owner', 'status', 'circuit', 'workingMode', 'powerState', 'controllingMethod', 'refStreetlightControlCabinet', 'refStreetlightGroup', 'observationDateTime', 'dateObserved', ownAttribute]) // biome-ignore format: a list

/** Rows of NGSI-LD entities, counted from 1. Measured values come along to be looked at. */
export async function* readNgsiLd(
  entities: AsyncIterable<unknown>,
  mapper: ColumnMapper,
  kinds: ReadonlyMap<string, FacilityKind>,
): AsyncGenerator<ImportRow> {
  let row = 0
  for await (const given of entities) {
    row++
    const entity = Object.fromEntries(Object.entries(isObject(given) ? given : {}).map(([name, value]) => [name, plain(value)]))
    const kind = [...kinds.values()].find(({ key }) => modelOf(key) !== undefined && modelOf(key) === entity.type)
    const measured = kind ? measuredValues(kind, entity) : new Map<string, number>()
    const attributes = kind ? Object.values(kind.terms).map(({ fiware }) => fiware) : []
    const cells = new Map(ownCells(entity))
    for (const [name, value] of Object.entries(entity)) {
      if (passedOver.has(name) || attributes.includes(name)) continue
      if (name === 'powerRating' && isObject(entity[ownAttribute])) continue
      const column = renamed[name] ?? name
      // An entity says nothing of what it leaves out, so no cell is empty but for a reason.
      if (!cells.has(column)) cells.set(column, cellOf(value))
    }
    cells.set('id', localId(cellOf(entity.id)))
    cells.set('kind', kind?.key ?? cellOf(entity.type))
    for (const [column, value] of placeCells(entity.location)) cells.set(column, value)
    yield { ...mapper.row(row, [...cells.keys()], [...cells.values()]), measured }
  }
}

function ownCells(entity: Readonly<Record<string, unknown>>): [column: string, value: string][] {
  const own = entity[ownAttribute]
  const cells: [string, string][] = isObject(own) ? cellsOf(own) : []
  const { address, owner, workingMode, refStreetlightControlCabinet: cabinet, refStreetlightGroup: group } = entity
  if (isObject(address)) {
    if (address.district !== undefined) cells.push(['district', cellOf(address.district)])
    if (address.streetAddress !== undefined) cells.push(['road', cellOf(address.streetAddress)])
  }
  const [firstOwner] = Array.isArray(owner) ? owner : [owner]
  if (firstOwner !== undefined) cells.push(['owner', decoded(cellOf(firstOwner))])
  if (typeof cabinet === 'string') cells.push(['fedBy', localId(cabinet)])
  if (isObject(own) && 'mode' in own) return withCircuit(cells, entity.circuit, group)
  if (workingMode === 'automatic' || workingMode === 'manual') cells.push(['mode', workingMode === 'manual' ? 'manual' : 'auto'])
  return withCircuit(cells, entity.circuit, group)
}

/** A circuit is a number here; foreign names of circuits stay as a label. */
function withCircuit(cells: [string, string][], circuit: unknown, group: unknown): [string, string][] {
  const name = cellOf(circuit)
  const inGroup = typeof group === 'string' ? /^urn:ngsi-ld:StreetlightGroup:.*:(\d{1,2})$/.exec(group)?.[1] : undefined
  if (/^\d{1,2}$/.test(name)) cells.push(['circuit', name])
  else if (inGroup) cells.push(['circuit', inGroup])
  if (name !== '' && !/^\d{1,2}$/.test(name)) cells.push(['label.circuit', name])
  return cells
}

/** The name an organisation's URN carries. */
function decoded(urn: string): string {
  try {
    return decodeURIComponent(urn.replace(/^urn:ngsi-ld:Organization:/, ''))
  } catch {
    return urn
  }
}
