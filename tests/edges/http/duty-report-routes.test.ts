import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Alarm } from '../../../src/alarms/alarm.ts'
import { usualLimits } from '../../../src/dispatch/delivery.ts'
import { type City, startCity } from '../city.ts'
import { signInLimited } from '../limited.ts'

let city: City
const cookies: Record<string, string> = {}
const as =
  (name: string) =>
  (method: string, path: string, body?: unknown): ReturnType<City['ask']> =>
    city.ask(method, path, body, { cookie: cookies[name] as string })
const local = (time: string) => Date.parse(`${time}+08:00`)
const HOUR = 3_600_000
const noon = local('2026-11-24T12:00')
const TANK = { companies: ['water'] as const, limit: 10 }

beforeEach(async () => {
  city = await startCity()
  city.clock.stoppedAt = noon
  city.state.setStoredThrough(1_000_000)
  const accounts = { Otto: 'operator', Dora: 'dispatcher', Vera: 'viewer' } as const
  for (const [name, role] of Object.entries(accounts)) {
    await city.addPerson(name, role)
    await city.signIn(name)
    cookies[name] = city.cookie()
  }
  cookies.Wim = await signInLimited(city, 'Wim', 'operator', { districts: 'all', domains: ['water'] })
  cookies.Eva = await signInLimited(city, 'Eva', 'operator', { districts: ['North'], domains: 'all' })
  const day = { key: 'day', name: '白班', from: 480, to: 1200 }
  const night = { key: 'night', name: '夜班', from: 1200, to: 480 }
  const teams = ['a', 'b'].map((key) => ({ key, name: key.toUpperCase(), crew: null, people: ['Otto'] }))
  city.state.roster.putRotation({
    ...{ id: 'desk', name: 'Desk', shifts: [day, night], teams, start: '2026-01-01', cycle: { a: ['day'], b: ['night'] } },
  })
  city.services.putFacilities(
    [1, 2].map((n) => ({ id: `T-${n}`, kind: 'tank', name: `Tank ${n}`, district: 'North' })),
    'test',
  )
})
afterEach(() => city.stop())

/** Lets everything be made that waits. */
async function made(): Promise<void> {
  const isDone = () => {
    city.services.dutyReports.tick()
    return city.state.dutyReports.nextWaiting() === undefined
  }
  await vi.waitUntil(isDone, { timeout: 20_000, interval: 10 })
}
async function reportOf(body: object, by = 'Otto') {
  const { status, body: asked } = await as(by)('POST', '/api/duty-reports', body)
  expect(status, JSON.stringify(asked)).toBe(200)
  await made()
  return (await as(by)('GET', `/api/duty-reports/${asked.id}`)).body
}
const tableOf = (report: Awaited<ReturnType<typeof reportOf>>, key: string) =>
  report.text.parts.flatMap(({ tables }: { tables: { key: string }[] }) => tables).find((table: { key: string }) => table.key === key)
const figure = (report: Awaited<ReturnType<typeof reportOf>>, key: string) =>
  report.head.figures.find((one: { key: string }) => one.key === key)?.value

test('tells alarms, orders, what stands, is shelved and happened, of the company alone', async () => {
  city.clock.ahead = -2 * HOUR
  city.report('T-1', { level: 9 })
  city.clock.ahead = -HOUR
  city.report('T-2', { level: 0.5, valve: true })
  city.clock.ahead = 0
  const high = [...city.services.liveAlarms()].find(({ rule }) => rule === 'high')
  city.services.shelve({ id: high?.id as number }, 'Otto', 30, '探头在校准')
  const report = await reportOf({ company: 'water', period: 'day' })
  expect(report).toMatchObject({ state: 'made', isPartial: true, from: local('2026-11-24T00:00'), to: noon, isIntact: true })
  expect(report.text).toMatchObject({ timeZone: 'Asia/Shanghai', behind: 0, replaces: null })
  expect(report.text.parts.map(({ problem }: { problem: string }) => problem).filter(Boolean)).toEqual([])
  expect(tableOf(report, 'alarms.priorities').rows.map((row: unknown[]) => [row[1], row[3]])).toEqual([
    [1, 0.01],
    [1, 0.05],
    [0, 0.15],
    // T-1 is silent.
    [1, 0.8],
  ])
  expect(tableOf(report, 'standing.shelved').rows[0].slice(-2)).toEqual(['Otto', '探头在校准'])
  expect(tableOf(report, 'standing.events').rows).toHaveLength(1)
  expect([figure(report, 'alarms.count'), figure(report, 'orders.made')]).toEqual([3, 2])
  const gas = await reportOf({ company: 'gas', period: 'day' })
  expect([figure(gas, 'alarms.count'), figure(gas, 'orders.made')]).toEqual([0, 0])
  expect(tableOf(gas, 'standing.alarms').rows).toEqual([])
  const bureau = await reportOf({ company: 'bureau', period: 'shift' })
  expect(bureau).toMatchObject({ from: local('2026-11-24T08:00'), to: noon, head: { shiftName: '白班' } })
  expect(tableOf(bureau, 'duty.people').rows).toEqual([
    ['Desk', '白班', 'A', 'Otto', local('2026-11-24T08:00'), local('2026-11-24T20:00'), null, null],
  ])
  expect(figure(bureau, 'alarms.count')).toBe(3)
})

test('is frozen: what comes later changes nothing of it, and a text that was changed cannot be signed', async () => {
  const before = await reportOf({ company: 'water', period: 'day', at: '2026-11-23T12:00:00+08:00' })
  expect(before).toMatchObject({ isPartial: false, to: local('2026-11-24T00:00'), lateReports: 0 })
  expect(
    createHash('sha256')
      .update(city.state.dutyReports.body(before.id) as string)
      .digest('hex'),
  ).toBe(before.hash)
  city.report('T-1', { level: 9 })
  expect((await as('Vera')('GET', `/api/duty-reports/${before.id}`)).body.text).toEqual(before.text)
  expect((await as('Vera')('POST', `/api/duty-reports/${before.id}/sign`, { remark: '' })).status).toBe(403)
  const signed = await as('Otto')('POST', `/api/duty-reports/${before.id}/sign`, { remark: ' 已阅 ' })
  expect(signed.body.signatures).toEqual([{ by: 'Otto', at: noon, remark: '已阅' }])
  expect((await as('Otto')('POST', `/api/duty-reports/${before.id}/sign`, { remark: '' })).body.detail).toContain('already')
  expect((await as('Dora')('POST', `/api/duty-reports/${before.id}/sign`, { remark: '' })).body.signatures).toHaveLength(2)
  const [audit] = city.state.auditTrail({ action: 'sign-duty-report', limit: 1 }).items
  expect(audit).toMatchObject({ by: 'Dora', subject: `duty report ${before.id}`, detail: expect.stringContaining(before.hash) })
  const goesOn = await reportOf({ company: 'water', period: 'day' })
  expect((await as('Otto')('POST', `/api/duty-reports/${goesOn.id}/sign`, { remark: '' })).status).toBe(409)
  vi.spyOn(city.state.dutyReports, 'body').mockReturnValue(JSON.stringify({ ...before.text, behind: 7 }))
  expect((await as('Eva')('GET', `/api/duty-reports/${before.id}`)).status).toBe(404)
  expect((await as('Otto')('GET', `/api/duty-reports/${before.id}`)).body.isIntact).toBe(false)
  expect((await as('Wim')('POST', `/api/duty-reports/${before.id}/sign`, { remark: '' })).body.detail).toContain('not the one')
})

test('what comes in late for its time is counted, and a report made again stands in its place', async () => {
  const first = await reportOf({ company: 'water', period: 'day', at: local('2026-11-23T12:00') })
  const gas = await reportOf({ company: 'gas', period: 'day', at: local('2026-11-23T12:00') })
  city.report('T-1', { level: 3 })
  city.report('T-2', { level: 3 }, local('2026-11-23T22:00'))
  city.report('T-2', { level: 4 }, local('2026-11-23T22:10'))
  city.report('T-2', { level: 4 }, local('2026-11-23T22:10'))
  city.services.dutyReports.tick()
  const look = async (id: number) => (await as('Otto')('GET', `/api/duty-reports/${id}`)).body
  expect(await look(first.id)).toMatchObject({ lateReports: 2, lateAt: noon, isIntact: true, text: first.text })
  expect(await look(gas.id)).toMatchObject({ lateReports: 0, lateAt: null })
  expect((await as('Otto')('POST', `/api/duty-reports/${first.id}/again`, { reason: ' ' })).status).toBe(400)
  const { body: asked } = await as('Otto')('POST', `/api/duty-reports/${first.id}/again`, { reason: 'T-2 reported late' })
  await made()
  const second = await look(asked.id)
  expect(second).toMatchObject({ replaces: first.id, reason: 'T-2 reported late', lateReports: 0 })
  expect(second.text.replaces).toEqual({ id: first.id, hash: first.hash, lateReports: 2 })
  expect(await look(first.id)).toMatchObject({ replacedBy: second.id, text: first.text })
  const ids = async (query = '') =>
    (await as('Otto')('GET', `/api/duty-reports?company=water${query}`)).body.items.map(({ id }: { id: number }) => id)
  expect([await ids(), await ids('&newest=false')]).toEqual([[second.id], [second.id, first.id]])
  expect((await as('Otto')('POST', `/api/duty-reports/${first.id}/sign`, { remark: '' })).status).toBe(409)
  expect((await as('Otto')('POST', `/api/duty-reports/${first.id}/again`, { reason: 'once more' })).status).toBe(409)
})

describe('the calendar', () => {
  test('asks for each shift, day and month some minutes after its end, once', async () => {
    const { dutyReports } = city.services
    dutyReports.tick()
    await made()
    expect(dutyReports.list({ ...TANK, companies: ['water', 'bureau'] }).items).toEqual([])
    const ask = async (time: string) => {
      city.clock.stoppedAt = local(time)
      await made()
      return dutyReports.list(TANK).items.map(({ period, to, askedBy }) => [period, to, askedBy])
    }
    expect(await ask('2026-11-24T20:04')).toEqual([])
    const shift = ['shift', local('2026-11-24T20:00'), null]
    expect(await ask('2026-11-24T20:05')).toEqual([shift])
    expect(await ask('2026-11-24T20:06')).toEqual([shift])
    const day = ['day', local('2026-11-25T00:00'), null]
    expect(await ask('2026-11-25T00:10')).toEqual([day, shift])
    const all = await ask('2026-12-01T00:10')
    expect(all.filter(([period]) => period === 'month')).toEqual([['month', local('2026-12-01T00:00'), null]])
    expect(new Set(all.map(String)).size).toBe(all.length)
  })
  test('makes and sends what settings say, at the time they say; a channel gets figures and where to look', async () => {
    const settings = {
      rotation: 'desk',
      make: { shift: [], day: ['bureau', 'water'], month: [] },
      send: { shift: [], day: ['water'], month: [] },
    }
    const put = (more: object) => as('Dora')('PUT', '/api/duty-report-settings', { ...settings, sendAt: 450, ...more })
    expect((await as('Otto')('PUT', '/api/duty-report-settings', { ...settings, sendAt: 450 })).status).toBe(403)
    expect((await put({ rotation: 'none' })).body.detail).toContain('no rotation none')
    expect((await put({ send: { shift: ['gas'], day: [], month: [] } })).body.detail).toContain('not made')
    expect((await put({})).body).toEqual({ ...settings, sendAt: 450 })
    for (const [id, types] of [
      ['days', ['duty-report.day']],
      ['orders', ['order.offered']],
    ] as const)
      city.services.channels.put(
        id,
        {
          ...{
            name: id,
            settings: { type: 'mqtt', topic: `lamplighter/notices/${id}` },
            language: 'zh',
            types: [...types],
            districts: 'all',
          },
          ...{ domains: ['water'], template: null, limits: usualLimits, disabled: false },
        },
        'admin',
      )
    city.services.dutyReports.tick()
    city.clock.ahead = HOUR
    city.report('T-1', { level: 9 })
    city.clock.ahead = 0
    city.clock.stoppedAt = local('2026-11-25T00:10')
    await made()
    const { items } = city.services.dutyReports.list({ companies: ['water', 'bureau', 'gas'], limit: 10 })
    expect(items.map(({ company, sendAt }) => [company, sendAt])).toEqual(
      expect.arrayContaining([
        ['bureau', null],
        ['water', local('2026-11-25T07:30')],
      ]),
    )
    expect(items).toHaveLength(2)
    expect(city.published).toEqual([])
    city.clock.stoppedAt = local('2026-11-25T07:30')
    city.services.dutyReports.tick()
    city.services.dutyReports.tick()
    await vi.waitUntil(() => city.published.length > 0, { timeout: 15_000 })
    const [{ topic, payload }] = city.published as [{ topic: string; payload: string }]
    const message = JSON.parse(payload)
    const own = items.find(({ company }) => company === 'water')
    expect(topic).toBe('lamplighter/notices/days')
    expect(message).toMatchObject({ type: 'duty-report.day', urgent: false, title: '供水公司日报 2026-11-24' })
    expect(message.text).toContain('告警：1\n')
    expect(message.data).toMatchObject({ report: own?.id, company: 'water', figures: { 'alarms.count': 1 } })
    expect(city.published).toHaveLength(1)
  })
  test('waits for the time series, but not for ever', async () => {
    city.state.setStoredThrough(-1)
    city.report('T-1', { level: 3 })
    const { body } = await as('Otto')('POST', '/api/duty-reports', { company: 'water', period: 'day', at: local('2026-11-23T12:00') })
    const state = async () => {
      city.services.dutyReports.tick()
      await new Promise((done) => setTimeout(done, 20))
      return city.services.dutyReports.report(body.id)
    }
    expect((await state()).state).toBe('waiting')
    city.clock.ahead = 31 * 60_000
    await made()
    expect((await state()).text?.behind).toBeGreaterThan(0)
  })
})

test('whoever sees a part of the city sees the reports of companies that lie in it', async () => {
  const water = await reportOf({ company: 'water', period: 'day' })
  const bureau = await reportOf({ company: 'bureau', period: 'day' })
  const seen = async (name: string) => (await as(name)('GET', '/api/duty-reports')).body.items.map(({ id }: { id: number }) => id).sort()
  expect([await seen('Vera'), await seen('Wim'), await seen('Eva')]).toEqual([[water.id, bureau.id], [water.id], []])
  expect((await as('Wim')('GET', `/api/duty-reports/${bureau.id}`)).status).toBe(404)
  expect((await as('Wim')('GET', `/api/duty-reports/${bureau.id}/csv`)).status).toBe(404)
  expect((await as('Wim')('POST', '/api/duty-reports', { company: 'bureau', period: 'day' })).status).toBe(403)
  expect((await as('Vera')('POST', '/api/duty-reports', { company: 'water', period: 'day' })).status).toBe(403)
})

test('what cannot be is refused in words', async () => {
  const ask = async (body: object) => (await as('Otto')('POST', '/api/duty-reports', body)).body.detail
  expect(await ask({ company: 'water', period: 'day', at: local('2026-11-25T12:00') })).toContain('not begun')
  expect(await ask({ company: 'water', period: 'shift', at: local('2025-11-25T12:00') })).toContain('Nobody was on shift')
  expect((await as('Otto')('GET', '/api/duty-reports/99')).status).toBe(404)
})

test('a month of many alarms lets others in between', async () => {
  city.report('T-1', { level: 9 })
  const [alarm] = city.services.liveAlarms()
  const from = local('2026-10-05T00:00')
  const MANY = 2000
  city.state.transaction(() => {
    for (let i = 0; i < MANY; i++) {
      const raised = from + i * 600_000
      const past = {
        ...(alarm as Alarm),
        priority: 'critical' as const,
        raised,
        activated: raised,
        returned: raised + 1,
        ended: raised + 2,
      }
      const id = city.state.insertAlarm({ ...past, active: false })
      const step = { alarm: id, facility: past.facility, rule: past.rule, by: null, detail: '', told: true, announced: true, version: 1 }
      city.state.recordAlarm({ ...step, type: 'raise', at: raised, recorded: raised, priority: 'critical' })
    }
  })
  let turns = 0
  let isOver = false
  const count = () => {
    turns++
    if (!isOver) setImmediate(count)
  }
  setImmediate(count)
  const report = await reportOf({ company: 'water', period: 'month', at: from })
  isOver = true
  expect(figure(report, 'alarms.count')).toBe(MANY)
  expect(tableOf(report, 'standing.events').rows).toHaveLength(100)
  // A page of the alarms, and one of their steps, at a time.
  expect(turns).toBeGreaterThan(MANY / 100)
})

test('goes out as CSV, whole or one table, in both languages, with nothing a spreadsheet would run', async () => {
  city.services.putFacilities([{ id: 'T-3', kind: 'tank', name: '=1+1', district: 'North' }], 'test')
  city.report('T-3', { level: 9 })
  const report = await reportOf({ company: 'water', period: 'day' })
  const csv = async (query: string) => (await as('Vera')('GET', `/api/duty-reports/${report.id}/csv?${query}`)).body as string
  const whole = (await csv('language=zh')).split('\r\n')
  expect(whole[0]).toBe('供水公司,日报,2026-11-24,Asia/Shanghai')
  expect(whole).toContain('级别,告警数,占比 (%),目标 (%),确认用时（中位） (分),确认用时（90%） (分),恢复用时（中位） (分)')
  const standing = (await csv('table=standing.alarms')).split('\r\n')
  expect(standing).toHaveLength(3)
  expect(standing[1]).toMatch(/^High,.*,'=1\+1,North,2026-11-24 12:00,$/)
  expect((await as('Vera')('GET', `/api/duty-reports/${report.id}/csv?table=none`)).status).toBe(404)
  expect(city.state.auditTrail({ by: 'Vera', limit: 5 }).items.map(({ action }) => action)).toContain('request')
})
