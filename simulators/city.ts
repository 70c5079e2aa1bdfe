import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { pick, seededRandom } from './random.ts'

export interface CityOptions {
  seed: string
  lamps?: number
  cabinets?: number
  pumpStations?: number
  gasStations?: number
}

/** A facility as the plant file and the API take it. */
export interface CityFacility {
  id: string
  kind: string
  name: string
  district: string
  road: string
  /** WGS84 degrees [longitude, latitude] */
  position: [number, number]
  fedBy: string | null
  gateway: string | null
  labels: Record<string, string>
  rated: Record<string, number>
}

/** Where the made-up city lies: in the open plain, in the time zone UTC+8. */
export const CITY_CENTRE: readonly [number, number] = [114.6, 37.9]

const districts = ['新华区 Xinhua', '桥东区 Qiaodong', '滨河区 Binhe', '高新区 Gaoxin', '南湖区 Nanhu', '北城区 Beicheng']
const roads = [
  '裕华路 Yuhua Rd',
  '和平路 Heping Rd',
  '建设大街 Jianshe St',
  '中山路 Zhongshan Rd',
  '槐安路 Huaian Rd',
  '体育大街 Tiyu St',
  '翟营大街 Zhaiying St',
  '友谊大街 Youyi St',
  '解放路 Jiefang Rd',
  '滨河路 Binhe Rd',
  '长江路 Changjiang Rd',
  '黄河大道 Huanghe Ave',
  '泰山街 Taishan St',
  '文化路 Wenhua Rd',
  '学府路 Xuefu Rd',
  '工农路 Gongnong Rd',
  '光明街 Guangming St',
  '青园街 Qingyuan St',
  '珠峰大街 Zhufeng St',
  '湘江道 Xiangjiang Rd',
  '汾河街 Fenhe St',
  '石津路 Shijin Rd',
  '平安大街 Pingan St',
  '新开路 Xinkai Rd',
  '东风路 Dongfeng Rd',
  '胜利街 Shengli St',
  '仓丰路 Cangfeng Rd',
  '桃园路 Taoyuan Rd',
  '柳林街 Liulin St',
  '梧桐路 Wutong Rd',
  '银杏路 Yinxing Rd',
  '海棠街 Haitang St',
  '松柏路 Songbai Rd',
  '竹园街 Zhuyuan St',
  '荷花路 Hehua Rd',
  '明月街 Mingyue St',
  '朝阳路 Chaoyang Rd',
  '迎宾大道 Yingbin Ave',
  '科技路 Keji Rd',
  '创新街 Chuangxin St',
]

const METRES_PER_DEGREE = 111_320
const LAMP_SPACING = 32
/** How far apart neighbouring cabinets stand, metres. */
const CABINET_SPACING = 1150
const lampWatts = { main: 180, secondary: 120, branch: 80 } as const
const roadClasses = ['main', 'secondary', 'branch'] as const

type Random = () => number

/** Metres east and north of the centre. */
interface Place {
  east: number
  north: number
}

const position = ({ east, north }: Place): [number, number] => {
  const [longitude, latitude] = CITY_CENTRE
  const narrowing = Math.cos((latitude * Math.PI) / 180)
  const round = (value: number) => Number(value.toFixed(6))
  return [round(longitude + east / METRES_PER_DEGREE / narrowing), round(latitude + north / METRES_PER_DEGREE)]
}

const numbered = (prefix: string, n: number, digits: number) => `${prefix}-${String(n).padStart(digits, '0')}`
const districtOf = ({ east, north }: Place) =>
  districts[Math.floor(((Math.atan2(north, east) / (2 * Math.PI) + 1) % 1) * districts.length)] as string

/** A plausible small city, the same for the same options: roads with rows of lamps fed by their cabinet, stations spread between them. */
export function generateCity({ seed, lamps = 2000, cabinets = 40, pumpStations = 12, gasStations = 4 }: CityOptions): CityFacility[] {
  const random = seededRandom(`${seed}:city`)
  const places = spread(random, Math.max(1, cabinets))
  const facilities: CityFacility[] = []
  for (let i = 0; i < cabinets; i++) facilities.push(cabinet(i, places[i] as Place))
  for (let i = 0, n = 1; i < cabinets; i++) {
    const share = Math.floor((lamps * (i + 1)) / cabinets) - Math.floor((lamps * i) / cabinets)
    facilities.push(...lampRow(random, facilities[i] as CityFacility, places[i] as Place, share, n))
    n += share
  }
  const between = (i: number): Place => {
    const { east, north } = places[Math.floor(((i + 0.5) * places.length) / (pumpStations + gasStations)) % places.length] as Place
    return { east: east + CABINET_SPACING * 0.4, north: north + CABINET_SPACING * (0.3 + 0.2 * random()) }
  }
  for (let i = 0; i < pumpStations; i++) facilities.push(pumpStation(random, i, between(i)))
  for (let i = 0; i < gasStations; i++) facilities.push(gasStation(i, between(pumpStations + i)))
  return facilities
}

/** Places on a loose grid, those near the centre first. */
function spread(random: Random, count: number): Place[] {
  const side = Math.ceil(Math.sqrt(count * 1.4)) + 1
  const grid: Place[] = []
  for (let x = 0; x < side; x++) {
    for (let y = 0; y < side; y++) {
      const jitter = () => (random() - 0.5) * 0.35
      grid.push({ east: (x - (side - 1) / 2 + jitter()) * CABINET_SPACING, north: (y - (side - 1) / 2 + jitter()) * CABINET_SPACING })
    }
  }
  return grid.sort((a, b) => Math.hypot(a.east, a.north) - Math.hypot(b.east, b.north)).slice(0, count)
}

const roadOf = (i: number) => `${roads[i % roads.length]}${i < roads.length ? '' : ` ${Math.floor(i / roads.length) + 1}`}`
const roadClassOf = (i: number) => roadClasses[i % 3] as (typeof roadClasses)[number]

function cabinet(i: number, place: Place): CityFacility {
  const road = roadOf(i)
  return {
    id: numbered('LC', i + 1, 3),
    kind: 'light-cabinet',
    name: `${road} 配电箱 Cabinet`,
    district: districtOf(place),
    road,
    position: position(place),
    fedBy: null,
    gateway: null,
    labels: { roadClass: roadClassOf(i), keyArea: Math.hypot(place.east, place.north) < 1200 ? 'yes' : 'no' },
    rated: {},
  }
}

/** Lamps on both sides of a gently bent street with the cabinet in its middle. */
function lampRow(random: Random, feeding: CityFacility, { east, north }: Place, count: number, first: number): CityFacility[] {
  const heading = (Math.floor(random() * 4) * Math.PI) / 2 + (random() - 0.5) * 0.5
  const bend = (random() - 0.5) / 900
  const watts = lampWatts[feeding.labels.roadClass as keyof typeof lampWatts]
  const pairs = Math.ceil(count / 2)
  return Array.from({ length: count }, (_, i) => {
    const along = ((i >> 1) - (pairs - 1) / 2) * LAMP_SPACING
    const across = (i % 2 === 0 ? 1 : -1) * 9 + bend * along * along
    return {
      id: numbered('SL', first + i, 4),
      kind: 'street-light',
      name: `${feeding.road} ${i + 1}`,
      district: feeding.district,
      road: feeding.road,
      position: position({
        east: east + along * Math.cos(heading) - across * Math.sin(heading),
        north: north + along * Math.sin(heading) + across * Math.cos(heading),
      }),
      fedBy: feeding.id,
      gateway: feeding.id,
      labels: { ...feeding.labels },
      rated: { power: watts },
    }
  })
}

function pumpStation(random: Random, i: number, place: Place): CityFacility {
  const road = roadOf(Math.floor(random() * roads.length))
  return {
    id: numbered('PS', i + 1, 2),
    kind: 'pump-station',
    name: `${road.split(' ')[0]}泵站 ${road.split(' ')[1]} Pump Station`,
    district: districtOf(place),
    road,
    position: position(place),
    fedBy: null,
    gateway: null,
    labels: { network: pick(random, ['供水 supply', '加压 boosting']) },
    rated: {},
  }
}

function gasStation(i: number, place: Place): CityFacility {
  const names = ['东门站 East Gate', '西郊储配站 West Depot', '南调压站 South Regulator', '北门站 North Gate']
  return {
    id: numbered('GS', i + 1, 2),
    kind: 'gas-station',
    name: `${names[i % names.length]}${i < names.length ? '' : ` ${Math.floor(i / names.length) + 1}`}`,
    district: districtOf(place),
    road: roadOf(i * 7 + 3),
    position: position(place),
    fedBy: null,
    gateway: null,
    labels: {},
    rated: {},
  }
}

/** Writes facilities as a plant file the server registers at its start. */
export function writePlantFile(file: string, facilities: readonly CityFacility[]): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify({ facilities })}\n`)
}
