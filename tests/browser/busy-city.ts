import { vi } from 'vitest'
import { WHOLE_CITY } from '../../src/access/scope.ts'
import { usualAlertSource } from '../../src/facilities/external-system/alert-source.ts'
import { facilityKinds } from '../../src/facilities/index.ts'
import type { Facilities, RealConsole } from './real-console.ts'

const districts = ['Harbour and old town', 'North industrial park', '滨江新区高新技术产业开发区']
const LONG = '城北第二污水处理厂东侧应急提升泵站及配套管网'
const LONG_EN = 'North second sewage works, eastern emergency lifting station with its network of pipes'

/** One facility of each kind that a city has, with names as long as people give them; what hangs on the cabinet; and stations enough for a flood. */
export const busyFacilities: Facilities = [
  ...facilityKinds
    .filter((kind) => !kind.reportsItself)
    .map((kind, i) => ({
      ...{ id: `${kind.key}-0001`, kind: kind.key, name: `${LONG} ${kind.key}`, nameEn: `${LONG_EN} ${kind.key}` },
      ...{ district: districts[i % districts.length] as string, road: '滨江大道', roadClass: 'main' as const, keyArea: true },
      position: [113.26 + i / 500, 23.13 + i / 700] as [number, number],
    })),
  ...Array.from({ length: 14 }, (_, i) => ({
    ...{ id: `GS-${i}`, kind: 'gas-station', name: `燃气调压站 ${i}`, nameEn: `Gas station ${i}`, district: districts[i % 3] as string },
    position: [113.3 + i / 400, 23.1 + i / 500] as [number, number],
  })),
  ...Array.from({ length: 40 }, (_, i) => ({
    ...{
      id: `SL-${i}`,
      kind: 'street-light',
      name: `路灯 ${i}`,
      nameEn: `Lamp ${i}`,
      district: districts[i % 3] as string,
      road: '中山路',
    },
    position: [113.28 + i / 3000, 23.12] as [number, number],
    ...(i >= 30 && { fedBy: 'light-cabinet-0001', circuit: 1 }),
  })),
]

/** What a page of it needs beside alarms, by the name it is asked for. */
export interface BusyCity {
  alarm: number
  flood: number
  order: number
  report: number
  dutyReport: number
  command: string
  lightChange: string
  /** A drill of an emergency plan that is over. */
  activation: number
  round: number
}

const idle = { clientId: 'lamplighter', topics: ['site/#'], share: '', ca: '', certificate: '', username: '', password: '' }

/**
 * Fills a city: alarms of every state (unacknowledged, acknowledged, back to normal but not acknowledged, latched, shelved, suppressed, out of
 * service) and every priority, a flood, and something on every list of administration, people on duty, and a channel that tells of orders.
 */
export async function fillCity(city: RealConsole): Promise<BusyCity> {
  const { services } = city.app
  const live = () => [...services.liveAlarms()]
  const alarmOf = (facility: string) => live().find((alarm) => alarm.facility === facility)
  const until = (found: () => boolean) => vi.waitUntil(found, { timeout: 30_000 })
  const channel = { name: 'Desk', language: 'zh', types: 'all', districts: 'all', domains: 'all', template: null, disabled: false } as const
  const desk = { type: 'mqtt', topic: 'lamplighter/notices/desk' } as const
  services.channels.put('desk', { ...channel, limits: { perMinute: 20, digestAbove: 3 }, settings: desk }, 'admin')
  services.alertSources.put('server-room-monitoring', { ...usualAlertSource, name: '信息中心机房动力环境监控 server room' }, 'admin')
  await city.addPerson('a-fitter-with-quite-a-long-name', 'crew')
  const crew = { id: 'north', name: '城北路灯抢修一班', districts: districts.slice(0, 1), domains: 'all' as const, vehicle: '冀A12345' }
  services.roster.putCrew({ ...crew, members: ['a-fitter-with-quite-a-long-name'], base: null, disabled: false }, 'admin')
  const shifts = [{ key: 'all', name: '全天 all day', from: 0, to: 1440 }]
  const teams = [{ key: 'a', name: '甲班 Team A', crew: 'north', people: ['a-fitter-with-quite-a-long-name'] }]
  services.roster.putRotation({ id: 'r', name: '抢修 Repairs', shifts, teams, start: '2026-01-01', cycle: { a: ['all'] } }, 'admin')
  services.handovers.leave('r', 'The key is in the cupboard.', 'admin')
  services.setMode('SL-4', 'out-of-service', 'waits for a spare part', 'admin')
  services.setMode('SL-5', 'maintenance', 'a crew is there', 'admin')
  for (let i = 0; i < 14; i++) await city.publish('gas-station', `GS-${i}`, { 'ch4-1': i % 2 === 0 ? 25 : 45 })
  for (const id of ['SL-0', 'SL-1', 'SL-2', 'SL-3', 'SL-4', 'SL-5']) await city.publish('street-light', id, { tilt: 30, voltage: 230 })
  await city.publish('street-light', 'SL-6', { 'on-hours': 60_000, 'driver-temperature': 90 })
  await city.publish('gateway', 'gateway-0001', { battery: 10 })
  await city.publish('pump-station', 'pump-station-0001', { 'outlet-pressure': 0.41, flow: 120, 'starts-per-hour': 20, h2s: 2 })
  await city.publish('light-cabinet', 'light-cabinet-0001', { 'voltage-a': 230, 'voltage-b': 231, 'voltage-c': 229, water: true })
  await city.publish('sewage-plant', 'sewage-plant-0001', { 'influent-flow': 900, do: 2 })
  await city.publish('waste-plant', 'waste-plant-0001', { 'pit-temperature': 40, 'minutes-to-round': -60 })
  await city.publish('gas-station', 'gas-station-0001', { 'outlet-pressure': 0.3, 'ch4-1': 2 })
  await until(() => ['GS-13', 'SL-3', 'SL-6', 'waste-plant-0001'].every((id) => alarmOf(id)))
  await city.publish('gas-station', 'GS-1', { 'ch4-1': 1 })
  await city.publish('street-light', 'SL-2', { tilt: 1, voltage: 230 })
  await until(() => alarmOf('SL-2')?.active === false && live().some(({ facility, active }) => facility === 'GS-1' && !active))
  const seen = (facility: string) => ({ id: alarmOf(facility)?.id as number })
  services.acknowledge([seen('SL-0'), seen('GS-2')], 'admin', 'crew called')
  for (let i = 0; i < 3; i++)
    services.comment(seen('GS-0'), 'admin', `${i}. The crew says that the road is closed and that it takes another way.`)
  services.shelve(seen('SL-1'), 'admin', 60, 'known, the pole is replaced on Monday')

  services.putGroup('schools', { rank: 5, query: 'kind=street-light road=中山路', reason: 'asked for by the school' }, 'admin')
  const scope = { kind: 'street-light', group: 'schools' }
  services.putOverride(
    { scope, rule: 'impact', changes: { priority: 'medium' }, reason: 'children lean on the poles' },
    'admin',
    WHOLE_CITY,
  )
  services.devices.put('pump-station-0001', { note: 'behind the fence' }, 'admin')
  services.devices.addCredential('pump-station-0001', { type: 'password' }, 'admin')
  services.brokers.put(
    'waterworks',
    { ...idle, title: 'Waterworks', enabled: true, url: 'mqtt://127.0.0.1:1', protocol: '3.1.1', readAlong: { mode: 'off', query: '' } },
    'admin',
  )
  const source = 'function decodeUplink(input) { return { data: { voltage: input.bytes[0] } } }'
  await services.vendorCodecs.put('acme.level', { title: 'Level sensor', source, samples: [], force: false, reason: 'first' }, 'admin')
  await city.addPerson('a-person-with-quite-a-long-name', 'operator', { districts: districts.slice(0, 2), domains: 'all' })
  await city.mqtt.publishAsync('facilities/street-light/nobody/telemetry', '{"at":', { qos: 1 })
  const orders = () => [...services.orders.open()]
  await until(() => services.alarmSystem.floodNow() !== null && orders().length > 0)
  const call = { madeId: 'a-call-of-somebody', kind: 'live-part', code: 'SL-20', position: null, language: 'zh' } as const
  const told = { words: '灯杆下面有电线露出来，孩子们放学都从这里走', contact: '139 0000 0000', callerWaits: true }
  const { report } = services.reports.take({ ...call, ...told }, 'admin')
  const actor = { by: 'admin', session: null, scope: WHOLE_CITY }
  const drilled = {
    name: '城北片区暴雨内涝应急处置预案',
    nameEn: 'Heavy rain in the north',
    kind: 'flood',
    area: 'kind=pump-station',
  } as const
  const items = [{ key: 'pumps', text: '确认备用泵可投入运行 Check that the standby pumps can run', owner: 'admin', within: 1 }]
  const callee = { name: '市防汛指挥部 Flood control headquarters', role: '值班室', phone: '0311-86000001', channel: null, account: null }
  const flooding = {
    ...drilled,
    id: 'flood',
    measuresWithin: 60,
    light: null,
    rounds: { query: '', factor: 2 },
    instructions: '先保人身安全',
  }
  const raises = [{ domains: 'all', rules: 'all', to: 'one-step' } as const]
  services.emergencyPlans.put({ ...flooding, priorities: raises, duty: [], contacts: [callee], checklist: items }, 0, 'admin', WHOLE_CITY)
  const { token } = services.emergencyPlans.arm('flood', { drill: true, reason: 'yearly drill' }, actor)
  const drill = services.emergencyPlans.activate(token, actor)
  services.emergencyPlans.end(drill.id, 'done', actor)
  const dimmed = { command: 'dim', value: 40, facilities: ['SL-7', 'SL-8', 'SL-9'], lasts: 3_600_000 }
  const program = { name: 'admin', account: 'admin', scope: WHOLE_CITY, session: null, connection: null }
  const armed = services.commands.arm({ ...dimmed, reason: '道路施工，临时调光 roadworks of the night' }, program)
  const said = { id: 'a-command-of-the-desk', token: armed.token, count: armed.ready }
  const { id: command } = services.commands.execute(said, program)
  const { id: dutyReport } = services.dutyReports.make({ company: 'bureau', period: 'day', at: Date.now() }, 'admin')
  await until(() => services.dutyReports.report(dutyReport).state === 'made')
  const steps = [
    { anchor: 'dusk', minutes: -10, level: 100 },
    { anchor: 'clock', minutes: 1380, level: 60 },
    { anchor: 'dawn', minutes: 10, level: 0 },
  ] as const
  services.programmes.putProgramme(
    { id: 'late', name: '后半夜调光 dimmed late', nameEn: 'Dimmed late at night', steps: [...steps] },
    'admin',
  )
  const lines = [{ on: 'weekdays' as const, weekdays: [5, 6], programme: 'late' }]
  services.programmes.putCalendar({ id: 'city', name: '全市日历', nameEn: 'The calendar of the whole city', lines, usual: 'late' }, 'admin')
  const assigned = { id: 'lamps', name: '中山路路灯', nameEn: '', query: 'kind=street-light road=中山路', calendar: 'city' }
  services.programmes.setAssignments([assigned], 'admin')
  const fog = { query: 'kind=street-light', level: 100, programme: null, from: Date.now(), until: Date.now() + 3_600_000 }
  const override = { ...fog, reason: '大雾黄色预警，主干道全亮 fog on the main roads' }
  const lit = await services.lightChanges.arm({ type: 'override', override }, program)
  const light = await services.lightChanges.execute({ id: 'a-change-of-light', token: lit.token, count: lit.ready }, program)
  const sensed = { facility: 'sewage-plant-0001', point: 'do', when: 'below' as const, limit: 1, clear: 1.2, delay: 300_000 }
  const least = { query: 'kind=street-light', level: 80, disabled: false }
  services.programmes.putCondition({ id: 'fog', name: '能见度低', nameEn: 'Low visibility', ...sensed, ...least }, 'admin')
  const place = { name: '', nameEn: '', facility: null, position: null, readings: [] }
  const lamp = { ...place, key: 'SL-0', facility: 'SL-0' }
  const gate = { ...place, key: 'gate', name: '东门岗亭 East gate', position: [121.47, 31.23] as [number, number] }
  const often = { windows: [{ from: 0, to: 1440 }], weekdays: [1, 2, 3, 4, 5, 6, 7], lateAfter: 30, missedAfter: 90 }
  const how = { area: null, crew: null, proof: 'either', radius: 50, share: 1, disabled: false } as const
  const what = {
    id: 'walk',
    name: '重点路段夜间巡查',
    nameEn: 'Patrol of the roads that matter most',
    kind: 'patrol',
    company: 'lighting',
  } as const
  services.rounds.putPlan({ ...what, ...how, ...often, district: '', stops: [lamp, gate] }, 'admin', WHOLE_CITY)
  const { id: round } = services.rounds.open()[0] as { id: number }
  const there = { id: 'a-visit-of-the-gate', round, stop: 'gate', at: Date.now(), code: null, readings: [], note: '门锁损坏 lock broken' }
  await services.rounds.checkIn([{ ...there, place: { position: gate.position, accuracy: 9 } }], 'admin', () => true)
  return {
    round,
    activation: drill.id,
    command,
    lightChange: light.id,
    dutyReport,
    report: report.id,
    alarm: alarmOf('GS-0')?.id as number,
    order: orders()[0]?.id as number,
    flood: services.state.floods.floods({ limit: 1 }).items[0]?.id as number,
  }
}
