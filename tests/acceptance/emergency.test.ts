import { randomUUID } from 'node:crypto'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { connectAsync, type MqttClient } from 'mqtt'
import { afterAll, expect, test } from 'vitest'
import type { ActivationView, ArmedPlanView, EmergencyView, PlanInput } from '../../src/edges/http/emergency-schemas.ts'
import type { OrderView } from '../../src/edges/http/order-schemas.ts'
import type { RoundPageView } from '../../src/edges/http/round-schemas.ts'
import type { AlarmView } from '../../src/edges/http/schemas.ts'
import { hours, minutes } from '../../src/telemetry/duration.ts'
import { deskOf } from './commanding.ts'
import { type Client, eventually, type ServerProcess, signIn, startServer, testFolder } from './server-process.ts'

const RULE = 'outlet-pressure-high'
const facilities = Array.from({ length: 12 }, (_, i) => ({
  ...{ id: `PS-${i + 1}`, kind: 'pump-station', name: `Pump ${i + 1}`, district: i < 6 ? 'North' : 'South', road: 'Quay' },
  position: [121.5 + i / 1000, 31.2] as [number, number],
}))
/** What each reports; the first of both districts stand above their limit all the time. */
const pressures = new Map(facilities.map(({ id }) => [id, id === 'PS-1' || id === 'PS-7' ? 0.95 : 0.4]))

/** A running city: a process on a folder of its own that can be killed and goes on. */
class City {
  readonly #own = testFolder()
  server!: ServerProcess
  admin!: Client
  #mqtt: MqttClient | undefined
  #reporting: ReturnType<typeof setInterval> | undefined
  reports = 0

  /** Telemetry flows all the time the server is there. */
  async begin(): Promise<void> {
    this.server = await startServer({ folder: this.#own.folder, facilities, env: { SERVER_ID: '', TIME_ZONE: 'UTC' } })
    this.admin = await signIn(this.server.url)
    const mqtt = await connectAsync(`mqtt://127.0.0.1:${this.server.mqttPort}`)
    mqtt.on('error', () => {})
    this.#mqtt = mqtt
    this.#reporting = setInterval(() => {
      for (const { id } of facilities) {
        this.reports++
        const values = { 'outlet-pressure': (pressures.get(id) as number) + 0.001 * (this.reports % 3) }
        mqtt.publish(`facilities/pump-station/${id}/telemetry`, JSON.stringify({ at: Date.now(), values }), { qos: 1 })
      }
    }, 50)
  }
  async end(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    clearInterval(this.#reporting)
    this.#mqtt?.end(true)
    await this.server?.end(signal)
  }
  /** Another city in which all has been as in this one, which stands still, until now. */
  twin(): City {
    const twin = new City()
    cpSync(join(this.#own.folder, 'data'), join(twin.#own.folder, 'data'), { recursive: true })
    return twin
  }
  remove(): void {
    this.#own.remove()
  }
}
const city = new City()
let twin: City | undefined
let admin: Client
async function begin(): Promise<void> {
  await city.begin()
  admin = city.admin
}
const kill = () => city.end()
afterAll(async () => {
  for (const one of [city, twin]) {
    await one?.end()
    one?.remove()
  }
})

const usual: PlanInput = {
  ...{ name: '防汛', nameEn: 'Flood', kind: 'flood', area: 'district=North', measuresWithin: 60, instructions: '' },
  priorities: [{ domains: 'all', rules: 'all', to: 'one-step' }],
  light: { query: '', level: 100, programme: null },
  rounds: { query: '', factor: 6 },
  duty: [{ type: 'call-in', rotation: 'desk', team: 'b' }],
  contacts: [{ name: 'Fire brigade', role: '', phone: '119', channel: null, account: null }],
  checklist: [{ key: 'pumps', text: 'Start the standby pumps', owner: 'desk', within: 30 }],
}
async function activate(id: string): Promise<number> {
  const { token } = await admin.post<ArmedPlanView>(`/api/emergency-plans/${id}/arm`, { drill: false, reason: 'red warning' })
  return (await admin.post<ActivationView>('/api/emergency-activations', { token })).id
}
const end = (id: number) => admin.post<ActivationView>(`/api/emergency-activations/${id}/end`, { reason: 'over' })
const stateOf = ({ admin }: City) => admin.get<{ hash: string; parts: Record<string, string> }>('/api/emergency-state')
const liveAlarmsOf = async ({ admin }: City) => (await admin.get<{ items: AlarmView[] }>('/api/alarms?live=true&limit=100')).items
const liveAlarms = () => liveAlarmsOf(city)
const priorities = async () =>
  Object.fromEntries((await liveAlarms()).filter(({ rule }) => rule === RULE).map(({ facility, basePriority }) => [facility, basePriority]))
const overrides = async () => (await admin.get<{ items: { plan: string | null }[] }>('/api/programme-overrides?state=open')).items
const active = async () => (await admin.get<{ items: EmergencyView[] }>('/api/emergency-activations?active=true')).items.map(({ id }) => id)

/** A round begins each minute of half an hour from now, whatever the hour is, and none of them is missed for long. */
function dike(now: number) {
  const first = Math.floor(now / minutes(1))
  const windows = Array.from({ length: 30 }, (_, i) => ({ from: (first + i) % 1440, to: ((first + i) % 1440) + 1 }))
  const stops = ['PS-1', 'PS-7'].map((facility) => ({ facility }))
  const day = { windows, weekdays: [1, 2, 3, 4, 5, 6, 7], lateAfter: 600, missedAfter: 1200 }
  return { name: '堤防', kind: 'patrol', company: 'drainage', stops, ...day }
}
async function roundsOf({ admin }: City, more = 'state=open'): Promise<RoundPageView['items']> {
  const items: RoundPageView['items'] = []
  for (let next: number | null = Number.MAX_SAFE_INTEGER; next !== null; ) {
    const page: RoundPageView = await admin.get(`/api/rounds?plan=dike&limit=200&before=${next}&${more}`)
    items.push(...page.items)
    next = page.next
  }
  return items.sort((a, b) => a.begins - b.begins)
}
async function walk({ admin }: City, round: number, ...stops: string[]): Promise<void> {
  const checkIns = stops.map((stop) => ({
    ...{ id: `claim-${round}-${stop}-00000000`, round, stop, at: Date.now() },
    place: { position: facilities.find(({ id }) => id === stop)?.position, accuracy: 5 },
  }))
  const { answers } = await admin.post<{ answers: { outcome: string }[] }>('/api/crew/check-ins', { checkIns })
  expect(answers.map(({ outcome }) => outcome)).toEqual(stops.map(() => 'done'))
}
/** What an activation brought and what has begun. */
const broughtBy = async (id: number) =>
  (await roundsOf(city)).filter(({ emergency, begins }) => emergency === String(id) && begins <= Date.now())
/** Whose rounds are to come, besides those of the plan itself. */
const tightenedBy = async () => [
  ...new Set((await roundsOf(city)).flatMap(({ emergency, begins }) => (emergency !== null && begins > Date.now() ? [emergency] : []))),
]

/** What others do meanwhile: rules, rosters, light and modes; and somebody walks a round. */
async function othersChange(of: City, from: number, round: number): Promise<void> {
  const { admin } = of
  const change = { scope: { facility: 'PS-1' }, rule: RULE, changes: { priority: 'low' }, reason: 'trial' }
  await admin.put('/api/overrides', change)
  const away = { rotation: 'desk', team: 'a', person: 'admin', substitute: null, from, to: from + hours(2), reason: 'ill' }
  await admin.post('/api/roster/exceptions', away)
  const light = { query: 'id=PS-2', level: 40, programme: null, from, until: from + hours(2), reason: 'works' }
  const desk = await deskOf(admin)
  await desk.change(`others-${randomUUID()}`, await desk.light({ type: 'override', override: light }))
  desk.socket.close()
  await admin.put('/api/facilities/PS-12/mode', { mode: 'maintenance', reason: 'works' })
  await walk(of, round, 'PS-1', 'PS-7')
}

test('plans that overlap, changed around and killed in between, leave a running city as it would be without them', {
  timeout: 240_000,
}, async () => {
  await begin()
  const shifts = [{ key: 'day', name: 'Day', from: 0, to: 1440 }]
  const teams = ['a', 'b'].map((key) => ({ key, name: key, crew: null, people: ['admin'] }))
  const cycle = { a: ['day'], b: [null] }
  await admin.put('/api/roster/rotations/desk', { name: 'Desk', shifts, teams, start: '2026-01-01', cycle })
  await admin.put('/api/overrides', { scope: { kind: 'pump-station' }, rule: RULE, changes: { onDelay: 0 }, reason: 'quick' })
  await admin.put('/api/emergency-plans/flood', { plan: usual, seen: 0 })
  const raised = [{ domains: 'all', rules: 'all', to: 'critical' }]
  const wide = { ...usual, area: 'kind=pump-station', priorities: raised, rounds: { query: '', factor: 10 }, duty: [] }
  await admin.put('/api/emergency-plans/wide', { plan: wide, seen: 0 })
  await admin.put('/api/round-plans/dike', dike(Date.now()))
  const usually = (await eventually(priorities, (found) => Object.keys(found).length === 2))['PS-1']
  expect(usually).toBe('high')
  // The orders of both alarms are there.
  await eventually(
    () => admin.get<{ items: OrderView[] }>('/api/orders?limit=20'),
    ({ items }) => items.length >= 2,
  )
  // From here on there are two cities, and all that others do is done in both.
  await city.end('SIGTERM')
  twin = city.twin()
  await begin()
  await twin.begin()
  const before = await stateOf(city)
  expect(before).toEqual(await stateOf(twin))
  const later = Date.now() + hours(3)
  const own = (await roundsOf(city))[0]?.id as number

  const first = await activate('flood')
  expect(await priorities()).toEqual({ 'PS-1': 'critical', 'PS-7': 'high' })
  expect(await tightenedBy()).toEqual([String(first)])
  const [more] = await eventually(
    () => broughtBy(first),
    (found) => found.length > 0,
  )
  await walk(city, more?.id as number, 'PS-1', 'PS-7')
  for (const one of [city, twin]) await othersChange(one, later, own)
  const second = await activate('wide')
  expect(await priorities()).toEqual({ 'PS-1': 'critical', 'PS-7': 'critical' })
  // Who asks for most counts alone.
  expect(await tightenedBy()).toEqual([String(second)])
  const orders = (await admin.get<{ items: OrderView[] }>('/api/orders?limit=20')).items
  expect(orders.filter(({ facilities: [one] }) => one === 'PS-1')[0]?.measures).toMatchObject({ activation: first, takenAt: null })
  expect((await admin.get<{ items: { team: string }[] }>('/api/duty')).items.map(({ team }) => team).sort()).toEqual(['a', 'b'])

  await kill()
  await begin()
  expect(await active()).toEqual([first, second])
  expect(await priorities()).toEqual({ 'PS-1': 'critical', 'PS-7': 'critical' })
  expect((await overrides()).map(({ plan }) => plan).sort()).toEqual([String(first), String(second), null])
  const [half] = await eventually(
    () => broughtBy(second),
    (found) => found.length > 0,
  )
  await walk(city, half?.id as number, 'PS-1')
  // What comes meanwhile is as urgent at once, and says by what.
  pressures.set('PS-3', 0.95)
  const alarm = await comes(city, 'PS-3')
  await comes(twin, 'PS-3')
  expect(alarm).toMatchObject({ priority: 'critical', evidence: { ruleVersion: expect.stringMatching(`\\^${first}$`) } })
  // It is dealt with before the plans end, so that nothing of it is left.
  pressures.set('PS-3', 0.4)
  for (const one of [city, twin]) await dealWith(one, 'PS-3')

  // The process dies while it undoes the first.
  const ending = end(first).catch(() => {})
  await kill()
  await ending
  await begin()
  if ((await active()).includes(first)) await end(first)
  await eventually(overrides, (found) => !found.some(({ plan }) => plan === String(first)))
  expect(await active()).toEqual([second])
  expect(await priorities()).toEqual({ 'PS-1': 'critical', 'PS-7': 'critical' })
  await eventually(tightenedBy, (found) => found.join() === String(second))
  await end(second)
  expect(await priorities()).toEqual({ 'PS-1': 'low', 'PS-7': 'high' })
  const after = await stateOf(city)
  expect(after).toEqual(await stateOf(twin))
  for (const part of ['rules', 'alarms', 'duty', 'light', 'modes', 'rounds']) expect(after.parts[part]).not.toBe(before.parts[part])
  // What was walked is in the record, also where the plan had asked for it; and nobody is sent there any more.
  const [done, calledOff] = [await roundsOf(city, 'state=done'), await roundsOf(city, 'state=called-off')]
  expect(done.map(({ id }) => id).sort()).toEqual([own, more?.id].sort())
  expect(calledOff.find(({ id }) => id === half?.id)).toMatchObject({ visited: 1, emergency: String(second) })
  expect((await roundsOf(city)).every(({ emergency }) => emergency === null)).toBe(true)
  const { items } = await admin.get<{ items: { type: string }[] }>(`/api/emergency-activations/${second}/log`)
  expect(items.map(({ type }) => type).reverse()).toEqual(['activate', 'light-set', 'rounds-set', 'end', 'light-undone', 'rounds-undone'])
  console.info({ reports: city.reports, kills: 2, rounds: done.length + calledOff.length, hash: after.hash.slice(0, 12) })
})

async function comes(of: City, id: string): Promise<AlarmView> {
  const isIt = ({ facility, rule }: AlarmView) => facility === id && rule === RULE
  return (
    await eventually(
      () => liveAlarmsOf(of),
      (alarms) => alarms.some(isIt),
    )
  ).find(isIt) as AlarmView
}

async function dealWith(of: City, id: string): Promise<void> {
  const alarm = await comes(of, id)
  await of.admin.post(`/api/alarms/${alarm.id}/acknowledge`, { comment: '' })
  await eventually(
    () => liveAlarmsOf(of),
    (alarms) => !alarms.some((one) => one.id === alarm.id),
  )
  const order = (await of.admin.get<{ items: OrderView[] }>(`/api/orders?facility=${id}&limit=1`)).items[0]
  // An alarm that is over within a second may have had none.
  if (!order || order.closed !== null) return
  const { version } = await of.admin.get<{ order: OrderView }>(`/api/orders/${order.id}`).then((detail) => detail.order)
  await of.admin.post(`/api/orders/${order.id}/reject`, { version, reason: 'gone' })
}
