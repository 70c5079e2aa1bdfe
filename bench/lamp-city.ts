import type { FacilityInput } from '../src/edges/http/schemas.ts'

export const LAMPS_PER_CABINET = 200
const LAMPS_PER_ROAD = 125
const CIRCUITS = 4
const classes = ['main', 'secondary', 'branch'] as const
const districts = ['江北区', '江南区', '高新区', '老城区', '港区', '东山区', '西湖区', '开发区']
const roadNames = ['人民', '解放', '建设', '滨江', '学院', '长安', '和平', '中山', '迎宾', '科技']
const suffixes = ['东路', '西路', '南路', '北路', '大道', '街', '巷', '一路', '二路', '三路']

export const lampId = (lamp: number) => `SL-${String(lamp + 1).padStart(5, '0')}`

/**
 * A city of lamps 30 m apart along roads of a grid, as an import would bring it: names, districts, positions, cabinets and circuits.
 * Every cabinet reports for its lamps through a gateway.
 */
export function lampCity(lamps: number): FacilityInput[] {
  const cabinets = Math.ceil(lamps / LAMPS_PER_CABINET)
  const place = (lamp: number) => {
    const road = Math.floor(lamp / LAMPS_PER_ROAD)
    const along = (lamp % LAMPS_PER_ROAD) * 0.00032
    const [column, row] = [road % 20, Math.floor(road / 20)]
    const position: [number, number] = [round(114.4 + column * 0.018 + along * 0.4), round(30.5 + row * 0.014 + along)]
    const name = `${roadNames[road % 10]}${suffixes[Math.floor(road / 10) % 10]}`
    return {
      road: road < 100 ? name : `${name}${Math.floor(road / 100)}段`,
      district: districts[Math.floor(column / 2.5)] as string,
      position,
    }
  }
  return [
    ...Array.from({ length: cabinets }, (_, i): FacilityInput => {
      const { road, district, position } = place(i * LAMPS_PER_CABINET)
      return {
        id: `GW-${i + 1}`,
        kind: 'gateway',
        name: `${road}网关`,
        road,
        district,
        position: [position[0], round(position[1] - 0.0001)],
      }
    }),
    ...Array.from({ length: cabinets }, (_, i): FacilityInput => {
      const { road, district, position } = place(i * LAMPS_PER_CABINET)
      return { id: `LC-${i + 1}`, kind: 'light-cabinet', name: `${road}控制柜`, road, district, position, gateway: `GW-${i + 1}` }
    }),
    ...Array.from({ length: lamps }, (_, i): FacilityInput => {
      const { road, district, position } = place(i)
      const cabinet = Math.floor(i / LAMPS_PER_CABINET) + 1
      return {
        ...{ id: lampId(i), kind: 'street-light', name: `${road}${(i % LAMPS_PER_ROAD) + 1}号灯`, road, district, position },
        ...{ roadClass: classes[Math.floor(i / LAMPS_PER_ROAD) % 3] ?? null, keyArea: i % 400 < 8 },
        ...{ fedBy: `LC-${cabinet}`, circuit: (i % CIRCUITS) + 1, gateway: `GW-${cabinet}` },
      }
    }),
  ]
}

const round = (degrees: number) => Math.round(degrees * 1e6) / 1e6
