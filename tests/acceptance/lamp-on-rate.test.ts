import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Fleet } from '../../simulators/fleet.ts'
import { encodeMessages } from '../../simulators/messages.ts'
import { simulatedFacilities } from '../../simulators/plant-source.ts'
import { createWorld } from '../../simulators/world.ts'
import type { CircuitsView, LampOnPageView, LampOnRowView, SelectionRateView } from '../../src/edges/http/lamp-on-schemas.ts'
import { kindByKey } from '../../src/facilities/index.ts'
import { minutes, seconds } from '../../src/telemetry/duration.ts'
import { longitudeAt } from '../night-place.ts'
import { type Client, eventually, type ServerProcess, signIn, startServer, testFolder } from './server-process.ts'

const begun = Date.now()
const night = longitudeAt(0, begun)
const day = longitudeAt(12, begun)

const lamp = (id: string, cabinet: string, i: number, more: object = {}) => ({
  ...{ id, kind: 'street-light', fedBy: cabinet, circuit: (i % 2) + 1, district: cabinet === 'LC-1' ? 'North' : 'South' },
  ...{ position: [night + i / 10_000, 0] as [number, number], road: cabinet === 'LC-1' ? 'Main Road' : 'Side Road' },
  ...{ roadClass: cabinet === 'LC-1' ? ('main' as const) : ('branch' as const), keyArea: i < 10, ...more },
})
const cabinet = (id: string, longitude: number) => ({
  ...{ id, kind: 'light-cabinet', position: [longitude, 0] as [number, number], rated: { circuits: 2 } },
})
const many = <T>(count: number, of: (i: number) => T) => Array.from({ length: count }, (_, i) => of(i))
const facilities = [
  cabinet('LC-1', night),
  cabinet('LC-2', night),
  cabinet('LC-3', day),
  ...many(50, (i) => lamp(`M-${i}`, 'LC-1', i)),
  ...many(20, (i) => lamp(`S-${i}`, 'LC-2', i)),
  // Without controllers of their own, on a circuit for themselves.
  ...many(20, (i) => lamp(`E-${i}`, 'LC-2', i, { circuit: 2, road: 'Old Road', rated: { controller: 0 } })),
  ...many(4, (i) => lamp(`D-${i}`, 'LC-3', i, { road: 'Sunny Road', position: [day, 0] })),
]
for (const one of facilities) if (one.id.startsWith('S-')) Object.assign(one, { circuit: 1 })

const { folder, remove } = testFolder()
let server: ServerProcess
let client: Client

beforeAll(async () => {
  server = await startServer({ folder, facilities })
  client = await signIn(server.url)
}, 60_000)
afterAll(async () => {
  await server.end('SIGTERM')
  remove()
})

const rows = async (by: string) => {
  const { rows, total } = await client.get<LampOnPageView>(`/api/lamp-on-rate?by=${by}`)
  return { total, of: Object.fromEntries(rows.map((row) => [row.key, row])) as Record<string, LampOnRowView> }
}

describe('the lamp-on rate of the running product', () => {
  test('is what a count of the simulated lamps gives', async () => {
    const fleet = new Fleet({
      facilities: simulatedFacilities(facilities, kindByKey),
      seed: 'night',
      world: createWorld({ position: [night, 0], seed: 'night' }),
      start: begun - minutes(4),
    })
    const out = ['M-3', 'M-7', 'M-30', 'S-2', 'E-0', 'E-5', 'E-11', 'E-16', 'E-19']
    fleet.inject({ where: `id=${out.join(',')}`, fault: 'lamp-failure', after: 0, for: null, size: 1 })
    const reports = fleet.step(begun)
    const mqtt = await connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`)
    for (const { topic, payload } of encodeMessages(reports, 'separate')) await mqtt.publishAsync(topic, payload, { qos: 1 })

    // Counted from what was sent, apart from the product.
    const power = new Map(reports.map(({ facility: { id }, values }) => [id, values.power as number]))
    const litOf = (prefix: string) => [...power].filter(([id, watts]) => id.startsWith(prefix) && watts > 6).length
    expect([litOf('M-'), litOf('S-'), power.has('E-0')]).toEqual([47, 19, false])

    const { of, total } = await eventually(
      () => rows('road'),
      ({ total }) => total.lit >= litOf('M-') + litOf('S-'),
    )
    expect(of['Main Road']).toMatchObject({
      due: 50,
      lit: 47,
      dark: 3,
      unknown: 0,
      rate: 47 / 50,
      target: 0.98,
      verdict: 'missed',
      margin: -2,
    })
    expect(of['Side Road']).toMatchObject({ due: 20, lit: 19, dark: 1, rate: 0.95, target: 0.96, verdict: 'missed', margin: -1 })
    // Five of twenty are dark; what their circuit draws says it to a lamp.
    expect(of['Old Road']).toMatchObject({ due: 20, lit: 0, dark: 0, estimated: 20, unknown: 0, estimatedLit: 15, rate: 0.75 })
    expect(of['Sunny Road']).toMatchObject({ due: 0, notDue: 4, rate: null, least: null, target: null, verdict: 'none' })
    expect(total).toMatchObject({ due: 90, lit: 66, dark: 4, estimated: 20, notDue: 4, rate: 81 / 90 })

    expect((await rows('district')).of).toMatchObject({
      North: { due: 50, lit: 47 },
      South: { due: 40, lit: 19, estimatedLit: 15, notDue: 4 },
    })
    expect((await rows('class')).of).toMatchObject({ main: { due: 50, target: 0.98 }, branch: { due: 40, target: 0.96 } })
    expect((await rows('key-area')).of.yes).toMatchObject({ due: 30, lit: 17, dark: 3, estimated: 10 })

    // Who cannot report is not missed.
    expect(await client.get('/api/facilities/E-0')).toMatchObject({ state: 'normal', lastReport: null })

    const chosen = ['M-3', 'M-4', 'M-5', 'S-2', 'D-0', 'LC-1', 'no-such']
    const selection = await client.post<SelectionRateView>('/api/lamp-on-rate/selection', { facilities: chosen })
    expect(selection).toMatchObject({ dark: ['M-3', 'S-2'], unknown: [], total: { due: 4, lit: 2, dark: 2, notDue: 1, rate: 0.5 } })
    await mqtt.endAsync()
  })

  test(
    'a lamp out of service is counted apart, and one on a tripped circuit is dark although it says nothing',
    async () => {
      await client.put('/api/facilities/M-3/mode', { mode: 'out-of-service', reason: 'pole is being moved' })
      const mqtt = await connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`)
      const values = { 'circuit-1-tripped': true, 'circuit-1-current': 0, 'circuit-1-contactor': true, 'circuit-1-command': true }
      await mqtt.publishAsync('facilities/light-cabinet/LC-2/telemetry', JSON.stringify({ at: Date.now(), values }), { qos: 1 })
      await mqtt.endAsync()
      const { of } = await eventually(
        () => rows('road'),
        ({ of }) => of['Side Road']?.dark === 20 && of['Main Road']?.exempt === 1,
      )
      expect(of['Main Road']).toMatchObject({ due: 49, lit: 47, dark: 2, exempt: 1 })
      expect(of['Side Road']).toMatchObject({ due: 20, lit: 0, dark: 20, unknown: 0, rate: 0, margin: -20 })
      const { circuits } = await client.get<CircuitsView>('/api/facilities/LC-2/circuits')
      expect(circuits).toMatchObject([
        { circuit: 1, state: 'dead', facilities: 20, lamps: { dark: 20 } },
        { circuit: 2, state: 'on', alarm: null, facilities: 20, lamps: { estimated: 20, estimatedLit: 15 } },
      ])
      expect(await client.get(`/api/alarms/${circuits[0]?.alarm}`)).toMatchObject({ facility: 'LC-2', rule: 'breaker-tripped-1' })
    },
    seconds(30),
  )
})
