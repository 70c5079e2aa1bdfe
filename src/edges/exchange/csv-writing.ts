import { stringify } from 'csv-stringify/sync'
import type { Facility } from '../../facilities/plant.ts'
import { chineseColumn, type PlainField, type PlantField, plainFields } from '../../facilities/plant-fields.ts'
import { guardFormula } from './formula-guard.ts'

/** The columns these facilities need: all plain fields, and the rated values and labels that occur. */
export function columnsOf(rated: Iterable<string>, labels: Iterable<string>): PlantField[] {
  return [
    ...plainFields,
    ...[...rated].sort().map((name) => `rated.${name}` as const),
    ...[...labels].sort().map((name) => `label.${name}` as const),
  ]
}

const cells: { readonly [F in PlainField]: (facility: Facility) => string | number | null } = {
  id: ({ id }) => id,
  kind: ({ kind }) => kind.key,
  name: ({ name }) => guardFormula(name),
  nameEn: ({ nameEn }) => guardFormula(nameEn),
  district: ({ district }) => guardFormula(district),
  road: ({ road }) => guardFormula(road),
  roadClass: ({ roadClass }) => roadClass,
  keyArea: ({ keyArea }) => (keyArea ? 'yes' : 'no'),
  owner: ({ owner }) => guardFormula(owner),
  lon: ({ position }) => position?.[0] ?? null,
  lat: ({ position }) => position?.[1] ?? null,
  fedBy: ({ fedBy }) => fedBy,
  circuit: ({ circuit }) => circuit,
  gateway: ({ gateway }) => gateway,
  mode: ({ mode }) => mode,
}

/** Numbers are numbers and stay unguarded even when they are negative. */
function cell(facility: Facility, field: PlantField): string | number | null {
  if (field.startsWith('rated.')) return own(facility.rated, field.slice(6)) ?? null
  if (field.startsWith('label.')) return guardFormula(own(facility.labels, field.slice(6)) ?? '')
  return cells[field as PlainField](facility)
}

const own = <V>(record: Readonly<Record<string, V>>, key: string) => (Object.hasOwn(record, key) ? record[key] : undefined)

// A lone line feed or carriage return inside a cell must be quoted whatever ends the records.
export const csvFormat = { record_delimiter: 'windows', quoted_match: /[\r\n]/ } as const

export function csvHeader(fields: readonly PlantField[], language: 'en' | 'zh'): string {
  return stringify([fields.map((field) => (language === 'zh' ? chineseColumn(field) : field))], csvFormat)
}

export function csvRows(facilities: readonly Facility[], fields: readonly PlantField[]): string {
  return stringify(
    facilities.map((facility) => fields.map((field) => cell(facility, field))),
    csvFormat,
  )
}
