import type { CityBox } from './city-box.ts'
import { boxText, isInside } from './city-box.ts'
import type { FacilityKind } from './facility-kind.ts'
import type { ImportRow } from './import-mapping.ts'
import type { ImportReason } from './import-problem.ts'
import { type FacilityDescription, type FacilityMode, facilityModes, type RoadClass, roadClasses } from './plant.ts'
import type { PlainField, PlantField } from './plant-fields.ts'
import { idPattern } from './registration.ts'

/** Longest texts, in UTF-16 code units. */
export const textLimits = { name: 200, nameEn: 200, district: 100, road: 100, owner: 100 } as const
const MAX_LABEL = 200
const MAX_LABEL_NAME = 64
const MAX_CIRCUIT = 99

export type Found = (field: PlantField, value: string, reason: ImportReason, about?: string) => void

/** What the cells of one row say; a field without a column is absent, and stays what it was. */
export type CellValues = Partial<Omit<FacilityDescription, 'id' | 'kind' | 'labels' | 'rated'>> & {
  /** Null takes a value away. */
  labels: Record<string, string | null>
  rated: Record<string, number | null>
}

const roadClassNames: ReadonlyMap<string, RoadClass> = new Map([
  ...roadClasses.map((name) => [name, name] as const),
  ['主干路', 'main'],
  ['主干道', 'main'],
  ['次干路', 'secondary'],
  ['次干道', 'secondary'],
  ['支路', 'branch'],
  ['景观', 'landscape'],
])
const modeNames: ReadonlyMap<string, FacilityMode> = new Map([
  ...facilityModes.map((name) => [name, name] as const),
  ['自动', 'auto'],
  ['手动', 'manual'],
  ['检修', 'maintenance'],
  ['停用', 'out-of-service'],
])
const yes = ['yes', 'true', 'y', '1', '是'].map((word) => [word, true] as const)
const no = ['no', 'false', 'n', '0', '否', ''].map((word) => [word, false] as const)
const yesNo: ReadonlyMap<string, boolean> = new Map([...yes, ...no])

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/

/** A number as people and programs write it, with a decimal point; undefined when it is none. */
export function readNumber(text: string): number | undefined {
  const number = NUMBER.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(number) ? number : undefined
}

/** Finds a kind by its key or its title in either language. */
export function findKind(name: string, kinds: ReadonlyMap<string, FacilityKind>): FacilityKind | undefined {
  const words = name.trim().toLowerCase()
  const known = kinds.get(words)
  if (known) return known
  for (const kind of kinds.values()) if (kind.title.zh === words || kind.title.en.toLowerCase() === words) return kind
  return undefined
}

/** Reads all cells of a row but id and kind; `found` is told each thing wrong. */
export function readCells({ cells }: ImportRow, kind: FacilityKind, city: CityBox | null, found: Found): CellValues {
  const values: CellValues = { labels: {}, rated: {} }
  const given = (field: PlainField) => cells.get(field)
  readTexts(cells, values, found)
  const roadClass = given('roadClass')?.trim()
  if (roadClass !== undefined) {
    const choice = roadClassNames.get(roadClass.toLowerCase())
    values.roadClass = choice ?? null
    if (!choice && roadClass !== '') found('roadClass', roadClass, 'choice-bad', roadClasses.join(', '))
  }
  const mode = given('mode')?.trim()
  if (mode) {
    const choice = modeNames.get(mode.toLowerCase())
    if (choice) values.mode = choice
    else found('mode', mode, 'choice-bad', facilityModes.join(', '))
  }
  const keyArea = given('keyArea')?.trim()
  if (keyArea !== undefined) {
    const choice = yesNo.get(keyArea.toLowerCase())
    values.keyArea = choice ?? false
    if (choice === undefined) found('keyArea', keyArea, 'choice-bad', 'yes, no')
  }
  for (const field of ['fedBy', 'gateway'] as const) {
    const id = given(field)?.trim()
    if (id !== undefined) values[field] = id === '' ? null : id
    if (id && !idPattern.test(id)) found(field, id, 'id-bad')
  }
  const circuit = given('circuit')?.trim()
  if (circuit !== undefined) values.circuit = circuit === '' ? null : readCircuit(circuit, found)
  const lon = given('lon')?.trim()
  const lat = given('lat')?.trim()
  if (lon !== undefined || lat !== undefined) values.position = readPosition(lon ?? '', lat ?? '', city, found)
  for (const [field, text] of cells) {
    if (field.startsWith('label.')) readLabel(field as `label.${string}`, text, values, found)
    else if (field.startsWith('rated.')) readRated(field as `rated.${string}`, text.trim(), kind, values, found)
  }
  return values
}

function readTexts(cells: ImportRow['cells'], values: CellValues, found: Found): void {
  for (const [field, limit] of Object.entries(textLimits) as [keyof typeof textLimits, number][]) {
    const text = cells.get(field)
    if (text === undefined) continue
    // An empty name means that the facility goes by its id.
    if (field !== 'name' || text !== '') values[field] = text
    checkText(field, text, limit, found)
  }
}

function checkText(field: PlantField, text: string, limit: number, found: Found): void {
  if (text.length > limit) found(field, text, 'text-too-long', String(limit))
  // The replacement character: whoever wrote the file had already read it in a wrong encoding.
  if (text.includes('\ufffd')) found(field, text, 'encoding-wrong', 'UTF-8')
}

function readCircuit(text: string, found: Found): number | null {
  const circuit = readNumber(text)
  if (circuit !== undefined && Number.isInteger(circuit) && circuit >= 1 && circuit <= MAX_CIRCUIT) return circuit
  found('circuit', text, 'number-bad', `1…${MAX_CIRCUIT}`)
  return null
}

function readPosition(lonText: string, latText: string, city: CityBox | null, found: Found): readonly [number, number] | null {
  if (lonText === '' && latText === '') return null
  const lon = readNumber(lonText)
  const lat = readNumber(latText)
  const place = `${lonText}, ${latText}`
  if (lon === undefined || lat === undefined) {
    found(lon === undefined ? 'lon' : 'lat', lon === undefined ? lonText : latText, 'position-unreadable')
    return null
  }
  if (lon === 0 && lat === 0) {
    found('lon', place, 'position-zero')
    return null
  }
  const isPossible = Math.abs(lon) <= 180 && Math.abs(lat) <= 90
  if (isPossible && (!city || isInside(city.box, lon, lat))) return [lon, lat]
  const isSwapped = city ? isInside(city.box, lat, lon) : Math.abs(lat) <= 180 && Math.abs(lon) <= 90
  if (isSwapped) found('lon', place, 'position-swapped')
  else if (!isPossible) found('lon', place, 'position-unreadable')
  else if (city) found('lon', place, city.isDrawn ? 'position-outside' : 'position-far', boxText(city.box))
  return isPossible ? [lon, lat] : null
}

function readLabel(field: `label.${string}`, text: string, values: CellValues, found: Found): void {
  const name = field.slice(6)
  if (name.length > MAX_LABEL_NAME) found(field, name, 'text-too-long', String(MAX_LABEL_NAME))
  checkText(field, text, MAX_LABEL, found)
  values.labels[name] = text === '' ? null : text
}

function readRated(field: `rated.${string}`, text: string, kind: FacilityKind, values: CellValues, found: Found): void {
  const name = field.slice(6)
  if (text === '') {
    values.rated[name] = null
    return
  }
  if (!Object.hasOwn(kind.rated, name)) {
    found(field, text, 'rated-unknown', Object.keys(kind.rated).join(', '))
    return
  }
  const number = readNumber(text)
  const point = kind.table.points[kind.table.index.get(name) ?? -1]
  // A rated value with the name of a point is a quantity that point can measure.
  const range = point?.type === 'number' ? point.plausible : undefined
  if (number === undefined || number < 0 || (range && (number < range[0] || number > range[1])))
    found(field, text, 'number-bad', range ? `${range[0]}…${range[1]}` : '0…')
  else values.rated[name] = number
}
