import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { FacilityKind } from '../src/facilities/facility-kind.ts'
import { kindByKey } from '../src/facilities/index.ts'
import { NOMINAL_VOLTAGE } from '../src/facilities/physics.ts'
import type { FacilityDescription, RoadClass } from '../src/facilities/plant.ts'
import { districtNames, gasStationNames, roadNames } from './place-names.ts'
import { type Place, positionOf, spread } from './places.ts'
import { seededRandom } from './random.ts'
import { variantsOf } from './variants.ts'

export interface CityOptions {
  seed: string
  lamps?: number
  cabinets?: number
  /** Cabinets whose lamps report through a gateway of their own; those of the others report through the cabinet. */
  gateways?: number
  pumpStations?: number
  gasStations?: number
  sewagePlants?: number
  wastePlants?: number
}

/** A facility as the plant file and the API take it. */
export type CityFacility = Omit<FacilityDescription, 'position' | 'mode'> & { position: [number, number] }

/** Where the made-up city lies: in the open plain, in the time zone UTC+8. */
export const CITY_CENTRE: readonly [number, number] = [114.6, 37.9]

/** Metres between lamps on one side, and between neighbouring cabinets. */
const LAMP_SPACING = 32
const CABINET_SPACING = 1150
/** Metres around the centre where a fault matters most. */
const KEY_AREA = 1200
const lampWatts: Readonly<Record<RoadClass, number>> = { main: 180, secondary: 120, branch: 80, landscape: 60 }
/** Each side of a street is fed in three stretches, one for each phase. */
const STRETCHES = 3
const CIRCUITS = 2 * STRETCHES
/** Every so many cabinets one lights a park. */
const LANDSCAPE_EVERY = 10
const roadClasses = ['main', 'secondary', 'branch'] as const

type Random = () => number
type Described = Pick<CityFacility, 'id' | 'kind' | 'name' | 'nameEn' | 'owner' | 'rated'>

const numbered = (prefix: string, n: number, digits: number) => `${prefix}-${String(n).padStart(digits, '0')}`

/** Road number `i` in both languages; after the last name they are numbered on. */
function roadOf(i: number): { zh: string; en: string } {
  const [zh, en] = roadNames[i % roadNames.length] as readonly [string, string]
  const round = i < roadNames.length ? '' : ` ${Math.floor(i / roadNames.length) + 1}`
  return { zh: zh + round, en: en + round }
}
const roadText = ({ zh, en }: { zh: string; en: string }) => `${zh} ${en}`

function districtOf({ east, north }: Place): string {
  const share = (Math.atan2(north, east) / (2 * Math.PI) + 1) % 1
  return districtNames[Math.floor(share * districtNames.length)] as string
}

function at(place: Place, road: number, described: Described): CityFacility {
  return {
    district: districtOf(place),
    road: roadText(roadOf(road)),
    roadClass: null,
    keyArea: Math.hypot(place.east, place.north) < KEY_AREA,
    position: positionOf(place, CITY_CENTRE),
    fedBy: null,
    circuit: null,
    gateway: null,
    labels: {},
    ...described,
  }
}

/**
 * A plausible small city, the same for the same options: streets of lamps on the circuits of their cabinet, stations of all
 * variants of their kinds spread between them.
 */
export function generateCity(options: CityOptions): CityFacility[] {
  const { seed, lamps = 2000, cabinets = 40, gateways = Math.ceil(cabinets / 3) } = options
  const { pumpStations = 12, gasStations = 6, sewagePlants = 3, wastePlants = 1 } = options
  const random = seededRandom(`${seed}:city`)
  const places = spread(random, Math.max(1, cabinets), CABINET_SPACING)
  const share = (count: number, i: number) => Math.floor((count * (i + 1)) / cabinets) - Math.floor((count * i) / cabinets)
  const facilities: CityFacility[] = []
  for (let i = 0, first = 1; i < cabinets; first += share(lamps, i++)) {
    const gateway = share(gateways, i) > 0 ? facilities.filter(({ kind }) => kind === 'gateway').length + 1 : null
    facilities.push(...street(random, i, places[i] as Place, { lamps: share(lamps, i), first, gateway }))
  }
  const stations = [
    ...Array.from({ length: pumpStations }, (_, i) => pumpStation(i)),
    ...Array.from({ length: gasStations }, (_, i) => gasStation(i)),
    ...Array.from({ length: sewagePlants }, (_, i) => sewagePlant(i)),
    ...Array.from({ length: wastePlants }, (_, i) => wastePlant(i)),
  ]
  for (const [i, { road, kind, describe }] of stations.entries()) {
    const between = places[Math.floor(((i + 0.5) * places.length) / stations.length) % places.length] as Place
    const place = { east: between.east + CABINET_SPACING * 0.4, north: between.north + CABINET_SPACING * (0.3 + 0.2 * random()) }
    facilities.push(at(place, road, describe(kindByKey.get(kind) as FacilityKind)))
  }
  return facilities
}

interface StreetPlan {
  lamps: number
  /** Number of the first lamp. */
  first: number
  /** Number of the gateway its lamps report through; the cabinet when null. */
  gateway: number | null
}

/** A cabinet, the lamps on its circuits and, where there is one, their gateway on a supply that is never switched. */
function street(random: Random, i: number, place: Place, { lamps, first, gateway }: StreetPlan): CityFacility[] {
  const isPark = i % LANDSCAPE_EVERY === LANDSCAPE_EVERY - 1
  const roadClass: RoadClass = isPark ? 'landscape' : (roadClasses[i % roadClasses.length] as RoadClass)
  const { zh, en } = roadOf(i)
  const owner = isPark ? '市园林绿化中心' : i % 4 === 3 ? '城投照明有限公司' : '市路灯管理中心'
  const perCircuit = Math.ceil(lamps / CIRCUITS)
  const cabinet = {
    ...at(place, i, {
      id: numbered('LC', i + 1, 3),
      kind: 'light-cabinet',
      name: `${zh}${isPark ? '景观' : ''}照明控制柜`,
      nameEn: `${en} ${isPark ? 'Park ' : ''}Cabinet`,
      owner,
      rated: cabinetRated(perCircuit, lampWatts[roadClass]),
    }),
    roadClass,
  }
  const reporter = gateway === null ? cabinet.id : numbered('GW', gateway, 3)
  const lampRow = streetLamps(random, cabinet, place, lamps, first).map((lamp) => ({ ...lamp, gateway: reporter }))
  if (gateway === null) return [cabinet, ...lampRow]
  const beside = { east: place.east + 25, north: place.north + 25 }
  const names = { name: `${zh}通信网关`, nameEn: `${en} Gateway`, owner, rated: { devices: lamps } }
  return [cabinet, { ...at(beside, i, { id: reporter, kind: 'gateway', ...names }), roadClass, fedBy: cabinet.id }, ...lampRow]
}

/** Of lamps at the nominal voltage. */
const LAMP_POWER_FACTOR = 0.95

function cabinetRated(lampsPerCircuit: number, watts: number): Record<string, number> {
  const amps = watts / (NOMINAL_VOLTAGE * LAMP_POWER_FACTOR)
  const round = (value: number) => Number(value.toFixed(2))
  return {
    circuits: CIRCUITS,
    'lamp-current': round(amps),
    ...(lampsPerCircuit > 0 && { 'circuit-current': round(lampsPerCircuit * amps) }),
  }
}

/** Lamps on both sides of a gently bent street with the cabinet in its middle. */
function streetLamps(random: Random, cabinet: CityFacility, { east, north }: Place, count: number, first: number): CityFacility[] {
  const heading = (Math.floor(random() * 4) * Math.PI) / 2 + (random() - 0.5) * 0.5
  const bend = (random() - 0.5) / 900
  const pairs = Math.ceil(count / 2)
  return Array.from({ length: count }, (_, i) => {
    const [side, pair] = [i % 2, i >> 1]
    const along = (pair - (pairs - 1) / 2) * LAMP_SPACING
    const across = (side === 0 ? 1 : -1) * 9 + bend * along * along
    const [zh, en] = cabinet.road.split(/ (.*)/s) as [string, string]
    return {
      ...cabinet,
      id: numbered('SL', first + i, 4),
      kind: 'street-light',
      name: `${zh}${i + 1}号灯`,
      nameEn: `${en} ${i + 1}`,
      position: positionOf(
        {
          east: east + along * Math.cos(heading) - across * Math.sin(heading),
          north: north + along * Math.sin(heading) + across * Math.cos(heading),
        },
        CITY_CENTRE,
      ),
      fedBy: cabinet.id,
      circuit: side * STRETCHES + Math.floor((pair * STRETCHES) / pairs) + 1,
      rated: { power: lampWatts[cabinet.roadClass as RoadClass] },
    }
  })
}

interface Station {
  kind: string
  road: number
  describe: (kind: FacilityKind) => Described
}

/** One variant after the other. */
function variantRated(kind: FacilityKind, i: number): Record<string, number> {
  const variants = variantsOf(kind)
  return { ...variants[i % variants.length]?.rated }
}

function pumpStation(i: number): Station {
  const road = i * 3 + 1
  const { zh, en } = roadOf(road)
  return {
    kind: 'pump-station',
    road,
    describe: (kind) => {
      const rated = variantRated(kind, i)
      const isDrainage = { ...kind.rated, ...rated }.drainage === 1
      return {
        id: numbered('PS', i + 1, 2),
        kind: kind.key,
        name: `${zh}${isDrainage ? '排水' : '加压'}泵站`,
        nameEn: `${en} ${isDrainage ? 'Drainage' : 'Booster'} Pumps`,
        owner: isDrainage ? '市排水有限公司' : '市自来水公司',
        // Every second one measures what it lifts against.
        rated: isDrainage && i % 4 === 1 ? { ...rated, 'gauge-height': 3 } : rated,
      }
    },
  }
}

function gasStation(i: number): Station {
  const [zh, en] = gasStationNames[i % gasStationNames.length] as readonly [string, string]
  const round = i < gasStationNames.length ? '' : ` ${Math.floor(i / gasStationNames.length) + 1}`
  return {
    kind: 'gas-station',
    road: i * 7 + 3,
    describe: (kind) => {
      const variants = variantsOf(kind)
      const { title, rated } = variants[i % variants.length] as (typeof variants)[number]
      return {
        id: numbered('GS', i + 1, 2),
        kind: kind.key,
        name: `${zh}${title.zh}${round}`,
        nameEn: `${en} ${title.en}${round}`,
        owner: '市燃气集团',
        rated: { ...rated },
      }
    },
  }
}

const sides = [
  ['城南', 'South'],
  ['城东', 'East'],
  ['城北', 'North'],
  ['城西', 'West'],
] as const

function plantOf(key: string, prefix: string, zh: string, en: string, owner: string): (i: number) => Station {
  return (i) => {
    const [sideZh, sideEn] = sides[i % sides.length] as (typeof sides)[number]
    return {
      kind: key,
      road: i * 11 + 5,
      describe: (kind) => ({
        id: numbered(prefix, i + 1, 2),
        kind: key,
        name: `${sideZh}${zh}`,
        nameEn: `${sideEn} ${en}`,
        owner,
        rated: variantRated(kind, i),
      }),
    }
  }
}
const sewagePlant = plantOf('sewage-plant', 'SP', '污水处理厂', 'Sewage Works', '市排水有限公司')
const wastePlant = plantOf('waste-plant', 'WP', '生活垃圾处理中心', 'Waste Centre', '市环卫集团')

/** Writes facilities as a plant file the server registers at its start. */
export function writePlantFile(file: string, facilities: readonly CityFacility[]): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify({ facilities })}\n`)
}
