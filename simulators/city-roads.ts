import { writeFileSync } from 'node:fs'
import { CITY_CENTRE, type CityFacility } from './city.ts'
import { type Place, placeOf, positionOf } from './places.ts'

/** Metres a street goes on beyond its last lamp. */
const BEYOND = 60
/** Longest road between the ends of two streets, metres. */
const LONGEST_LINK = 1200
/** Roads that lead on from each end of a street. */
const LINKS = 2

interface Street {
  name: string
  roadClass: string
  places: Place[]
}

/** The streets of a made-up city: where their lamps stand, and the unlit roads that join their ends. */
export function cityRoads(city: readonly CityFacility[]): object {
  const streets = streetsOf(city)
  const features = [
    ...streets.map(({ name, roadClass, places }) => feature({ name, class: roadClass }, places)),
    ...links(streets).map((places) => feature({ name: '', class: 'branch' }, places)),
  ]
  return { type: 'FeatureCollection', features }
}

/** Writes them as the GeoJSON file the server reads at its start. */
export function writeRoadsFile(file: string, city: readonly CityFacility[]): void {
  writeFileSync(file, `${JSON.stringify(cityRoads(city))}\n`)
}

const feature = (properties: object, places: readonly Place[]) => ({
  type: 'Feature',
  properties,
  geometry: { type: 'LineString', coordinates: places.map((place) => positionOf(place, CITY_CENTRE)) },
})

/** Between the lamps of both sides, from end to end. */
function streetsOf(city: readonly CityFacility[]): Street[] {
  const byCabinet = new Map<string, CityFacility[]>()
  for (const facility of city) {
    if (facility.kind !== 'street-light' || !facility.fedBy) continue
    const lamps = byCabinet.get(facility.fedBy)
    if (lamps) lamps.push(facility)
    else byCabinet.set(facility.fedBy, [facility])
  }
  return [...byCabinet.values()].flatMap((lamps): Street[] => {
    const places = lamps.map(({ position }) => placeOf(position, CITY_CENTRE))
    const middles = Array.from({ length: places.length >> 1 }, (_, i) => middle(places[2 * i] as Place, places[2 * i + 1] as Place))
    if (middles.length < 2) return []
    const { road, roadClass } = lamps[0] as CityFacility
    return [{ name: road, roadClass: roadClass ?? 'branch', places: prolonged(middles) }]
  })
}

const middle = (a: Place, b: Place): Place => ({ east: (a.east + b.east) / 2, north: (a.north + b.north) / 2 })

function prolonged(places: readonly Place[]): Place[] {
  const on = (end: Place, before: Place): Place => {
    const length = Math.max(1, distance(end, before))
    const share = BEYOND / length
    return { east: end.east + (end.east - before.east) * share, north: end.north + (end.north - before.north) * share }
  }
  const [first, second] = places as [Place, Place]
  const [last, before] = [places.at(-1), places.at(-2)] as [Place, Place]
  return [on(first, second), ...places, on(last, before)]
}

const distance = (a: Place, b: Place) => Math.hypot(a.east - b.east, a.north - b.north)

/** From each end of a street to the nearest ends of others. */
function links(streets: readonly Street[]): [Place, Place][] {
  const ends = streets.flatMap(({ places }, street) => [places[0], places.at(-1)].map((place) => ({ street, place: place as Place })))
  const found = new Map<string, [Place, Place]>()
  ends.forEach((from, i) => {
    const others = ends
      .map((to, j) => ({ j, to, length: distance(from.place, to.place) }))
      .filter(({ to, length }) => to.street !== from.street && length <= LONGEST_LINK)
      .sort((a, b) => a.length - b.length)
    for (const { j, to } of others.slice(0, LINKS)) found.set([i, j].sort((a, b) => a - b).join('-'), [from.place, to.place])
  })
  return [...found.values()]
}
