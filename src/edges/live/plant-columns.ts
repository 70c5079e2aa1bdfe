import type { Facility, RoadClass } from '../../facilities/plant.ts'
import type { Column, PlantColumns } from '../http/live-schemas.ts'

/** A facility as consoles know it. */
export interface WallFacility {
  number: number
  id: string
  kind: string
  name: string
  district: string
  road: string
  roadClass: RoadClass | null
  keyArea: boolean
  /** WGS84 degrees [longitude, latitude]. */
  position: [number, number] | null
  fedBy: string | null
  circuit: number | null
  gateway: string | null
}

const MICRO = 1e6
const micro = (degrees: number | undefined) => (degrees === undefined ? null : Math.round(degrees * MICRO))

/** Facilities as columns, each value that many share said once: 50,000 lamps are about a quarter of what rows would be. */
export function plantColumns(facilities: readonly Facility[]): Omit<PlantColumns, 'version'> {
  const column = <T extends string | number | boolean | null>(told: (facility: Facility) => T) => columnOf(facilities.map(told))
  return {
    numbers: runsOf(facilities.map(({ number }) => number)),
    ids: facilities.map(({ id }) => id),
    names: facilities.map(({ name }) => name),
    longitudes: facilities.map(({ position }) => micro(position?.[0])),
    latitudes: facilities.map(({ position }) => micro(position?.[1])),
    kind: column(({ kind }) => kind.key),
    district: column(({ district }) => district),
    road: column(({ road }) => road),
    roadClass: column(({ roadClass }) => roadClass),
    keyArea: column(({ keyArea }) => keyArea),
    fedBy: column(({ fedBy }) => fedBy),
    circuit: column(({ circuit }) => circuit),
    gateway: column(({ gateway }) => gateway),
  }
}

/** The facilities that such columns tell of, in their order. */
export function facilitiesOf(plant: Omit<PlantColumns, 'version'>): WallFacility[] {
  const numbers = plant.numbers.flatMap(([first, count]) => Array.from({ length: count }, (_, i) => first + i))
  return numbers.map((number, i) => {
    const [longitude, latitude] = [plant.longitudes[i] ?? null, plant.latitudes[i] ?? null]
    return {
      number,
      id: plant.ids[i] as string,
      kind: at(plant.kind, i),
      name: plant.names[i] as string,
      district: at(plant.district, i),
      road: at(plant.road, i),
      roadClass: at(plant.roadClass, i),
      keyArea: at(plant.keyArea, i),
      position: longitude === null || latitude === null ? null : [longitude / MICRO, latitude / MICRO],
      fedBy: at(plant.fedBy, i),
      circuit: at(plant.circuit, i),
      gateway: at(plant.gateway, i),
    }
  })
}

function columnOf<T>(all: readonly T[]): Column<T> {
  const places = new Map<T, number>()
  const of = all.map((value) => {
    const known = places.get(value)
    if (known !== undefined) return known
    places.set(value, places.size)
    return places.size - 1
  })
  return { values: [...places.keys()], of }
}

const at = <T>({ values, of }: Column<T>, i: number): T => values[of[i] as number] as T

function runsOf(numbers: readonly number[]): [first: number, count: number][] {
  const runs: [number, number][] = []
  for (const number of numbers) {
    const last = runs.at(-1)
    if (last && number === last[0] + last[1]) last[1]++
    else runs.push([number, 1])
  }
  return runs
}
