import { connect } from 'node:net'
import Type from 'typebox'
import { Value } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AlarmRecordSchema, type AlarmRecordView } from '../../../src/edges/http/alarm-schemas.ts'
import { PlantSchema, SnapshotSchema } from '../../../src/edges/http/live-schemas.ts'
import { PlotContextSchema } from '../../../src/edges/http/plot-schemas.ts'
import { ManyReadingsSchema, ReadingsSchema } from '../../../src/edges/http/reading-schemas.ts'
import {
  AlarmSchema,
  FacilityDetailSchema,
  FacilitySchema,
  KindSchema,
  ModesChangedSchema,
  ProblemSchema,
  RejectionsSchema,
} from '../../../src/edges/http/schemas.ts'
import { facilitiesOf } from '../../../src/edges/live/plant-columns.ts'
import { days, minutes } from '../../../src/telemetry/duration.ts'
import { type City, startCity } from '../city.ts'

let city: City
const start = Date.now() - minutes(30)

beforeAll(async () => {
  city = await startCity()
  await city.signIn()
  const facilities = Array.from({ length: 25 }, (_, i) => ({
    id: `T-${i}`,
    kind: 'tank',
    name: `Tank ${i}`,
    district: i % 2 ? 'North' : 'South',
    road: '解放路',
    position: [120, 30],
  }))
  expect((await city.ask('POST', '/api/facilities', { facilities })).status).toBe(200)
  for (let i = 0; i < 10; i++) {
    city.report('T-0', i % 3 === 0 ? { level: 4 + i / 10, valve: true } : { level: 4 + i / 10 }, start + minutes(i))
  }
  city.report('T-1', { level: 9 })
  city.report('T-2', { level: 9 })
  city.report('T-3', { valve: true, level: 1.5 })
  city.publishRaw('facilities/tank/T-1/telemetry', Buffer.from([0xff, 0xfe]))
})
afterAll(() => city.stop())

function expectShape(schema: Type.TSchema, value: unknown) {
  expect(Value.Errors(schema, value)).toEqual([])
}

describe('a request without a session', () => {
  test.each([
    ['GET', '/api/kinds'],
    ['GET', '/api/snapshot'],
    ['GET', '/api/plant'],
    ['GET', '/api/facilities'],
    ['POST', '/api/facilities'],
    ['GET', '/api/facilities/T-0'],
    ['DELETE', '/api/facilities/T-0'],
    ['PUT', '/api/facilities/T-0/mode'],
    ['GET', '/api/facilities/T-0/children'],
    ['GET', '/api/facilities/T-0/versions'],
    ['GET', '/api/facilities/T-0/rules'],
    ['GET', '/api/groups'],
    ['PUT', '/api/groups/a'],
    ['DELETE', '/api/groups/a'],
    ['GET', '/api/overrides'],
    ['PUT', '/api/overrides'],
    ['DELETE', '/api/overrides/1'],
    ['GET', '/api/facilities/T-0/readings'],
    ['GET', '/api/readings'],
    ['GET', '/api/plot-context?facility=T-0'],
    ['GET', '/api/storage/contents'],
    ['GET', '/api/completeness'],
    ['GET', '/api/completeness/kinds'],
    ['GET', '/api/daily-totals?facility=T-0'],
    ['POST', '/api/imports'],
    ['GET', '/api/imports'],
    ['POST', '/api/imports/x/commit'],
    ['DELETE', '/api/imports/x'],
    ['GET', '/api/export?format=csv'],
    ['GET', '/api/latest'],
    ['GET', '/api/alarms'],
    ['GET', '/api/alarms/1/affected'],
    ['GET', '/api/alarms/1/record'],
    ['GET', '/api/alarms/1/samples'],
    ['GET', '/api/alarm-policy'],
    ['PUT', '/api/alarm-policy'],
    ['POST', '/api/sound-silences'],
    ['GET', '/api/accounts'],
    ['POST', '/api/accounts'],
    ['DELETE', '/api/accounts/admin'],
    ['PUT', '/api/own/password'],
    ['GET', '/api/alarm-record'],
    ['GET', '/api/alarms/1'],
    ['POST', '/api/alarms/acknowledge'],
    ['POST', '/api/alarms/1/acknowledge'],
    ['POST', '/api/alarms/1/comment'],
    ['POST', '/api/alarms/1/shelve'],
    ['POST', '/api/alarms/1/unshelve'],
    ['POST', '/api/alarms/1/reset'],
    ['GET', '/api/rejections'],
    ['GET', '/api/audit'],
    ['GET', '/api/docs/'],
    ['GET', '/api/openapi.json'],
    ['HEAD', '/api/alarms'],
  ])('%s %s is refused', async (method, path) => {
    const { status, headers } = await city.ask(method, path, undefined, { cookie: 'lamplighter-session=made-up' })
    expect(status).toBe(401)
    expect(headers.get('content-type')).toMatch('application/problem+json')
  })
})

describe('bad requests get a problem that says what to do', () => {
  test.each<[method: string, path: string, body: unknown, status: number, detail: RegExp]>([
    ['GET', '/api/nothing', undefined, 404, /nothing at GET \/api\/nothing/],
    ['GET', '/nothing.js', undefined, 404, /nothing at GET/],
    ['PATCH', '/api/kinds', undefined, 404, /nothing at PATCH/],
    ['GET', '/api/facilities?limit=0', undefined, 400, /query: limit must be >= 1/],
    ['GET', '/api/facilities?limit=many', undefined, 400, /limit must be integer/],
    ['GET', '/api/facilities?colour=red', undefined, 400, /unknown field colour/],
    ['GET', '/api/facilities?after=x', undefined, 400, /after must be integer/],
    ['GET', '/api/facilities?q=a&q=b', undefined, 400, /q must be string/],
    ['GET', '/api/facilities/none', undefined, 404, /no facility "none"/],
    ['GET', '/api/facilities/none/readings', undefined, 404, /no facility "none"/],
    ['GET', `/api/facilities/${'x'.repeat(65)}`, undefined, 400, /address: id must not have more than 64/],
    ['GET', `/api/facilities/${'x'.repeat(200)}`, undefined, 404, /nothing at GET/],
    ['GET', '/api/facilities/%E0%A4%A', undefined, 400, /Correct the address/],
    ['DELETE', '/api/facilities/none', undefined, 404, /no facility "none"/],
    [
      'PUT',
      '/api/facilities/T-0/mode',
      { mode: 'asleep', reason: 'x' },
      400,
      /mode must be one of auto, manual, maintenance, out-of-service/,
    ],
    ['PUT', '/api/facilities/T-0/mode', { mode: 'manual' }, 400, /missing field reason/],
    ['POST', '/api/facilities', { facilities: [] }, 400, /facilities must not have fewer than 1/],
    ['POST', '/api/facilities', { facilities: [{ id: 'a b', kind: 'tank' }] }, 400, /facilities\.0\.id must match pattern/],
    ['POST', '/api/facilities', { facilities: [{ id: 'a', kind: 'tank', colour: 'red' }] }, 400, /unknown field colour in facilities\.0/],
    ['POST', '/api/facilities', { facilities: [{ id: 'a', kind: 'castle' }] }, 400, /unknown kind castle/],
    ['POST', '/api/facilities', { facilities: [{ id: 'a', kind: 'tank', position: [200, 0] }] }, 400, /facilities\.0\.position/],
    ['POST', '/api/facilities', undefined, 400, /body: it must be object/],
    ['POST', '/api/facilities', '{"facilities": [', 400, /JSON/i],
    ['POST', '/api/facilities', '{"__proto__": {"x": 1}, "facilities": []}', 400, /not valid JSON/],
    ['POST', '/api/session', `{"name": "${'x'.repeat(5000)}"}`, 413, /too large.*Send less/],
    ['POST', '/api/session', { name: 'admin' }, 400, /missing field password/],
    ['POST', '/api/session', { name: 7, password: 'x' }, 400, /name must be string/],
    ['GET', '/api/facilities/T-0/readings?points=level,wind', undefined, 400, /tank has no point wind; it has level, valve/],
    ['GET', '/api/facilities/T-0/readings?from=yesterday', undefined, 400, /from is no time; give ms/],
    ['GET', '/api/facilities/T-0/readings?to=2026-01-01T00:00', undefined, 400, /to is no time.*zone/],
    ['GET', '/api/facilities/T-0/readings?from=2000&to=2000', undefined, 400, /from must be before to/],
    ['GET', '/api/facilities/T-0/readings?buckets=2001', undefined, 400, /buckets must be <= 2000/],
    ['GET', '/api/facilities?state=normal,red', undefined, 400, /no state red; there are normal, no-report/],
    ['GET', '/api/facilities?sort=colour', undefined, 400, /sort must be/],
    ['GET', '/api/facilities?alarmed=true&sort=id', undefined, 400, /alarmed goes with neither sort nor state/],
    ['GET', '/api/readings', undefined, 400, /missing field series/],
    ['GET', '/api/completeness?kind=castle', undefined, 400, /no kind castle; there are tank/],
    ['GET', '/api/completeness?facility=none', undefined, 404, /no facility "none"/],
    ['GET', '/api/completeness?from=2026-02-30&to=2026-03-01', undefined, 400, /from is no date; give one of the calendar/],
    ['GET', '/api/completeness?from=2026-03-02&to=2026-03-01', undefined, 400, /from, 2026-03-02, must not be after to/],
    ['GET', '/api/completeness/kinds?from=2020-01-01&to=2026-03-01', undefined, 400, /2252 days are too many.*ask for 400/],
    ['GET', '/api/daily-totals', undefined, 400, /missing field facility/],
    ['GET', '/api/daily-totals?facility=T-0&points=wind', undefined, 400, /no point wind/],
    ['GET', '/api/readings?series=T-0', undefined, 400, /"T-0" names no point; write it like PS-01:flow/],
    ['GET', '/api/readings?series=T-0:level&series=none:level', undefined, 404, /no facility "none"/],
    ['GET', '/api/readings?series=T-0:wind', undefined, 400, /no point wind/],
    [
      'GET',
      `/api/readings?${Array.from({ length: 25 }, (_, i) => `series=T-${i}:level,valve`).join('&')}&buckets=301`,
      undefined,
      400,
      /buckets=301 for so many points.*give 300 at most/,
    ],
    ['GET', '/api/facilities/T-0/readings?limit=10001', undefined, 400, /limit must be <= 10000/],
    ['GET', '/api/latest?kind=castle', undefined, 400, /no kind castle; there are tank/],
    ['GET', '/api/alarms?live=perhaps', undefined, 400, /live must be boolean/],
    ['GET', '/api/alarms?from=soon', undefined, 400, /from is no time/],
    ['GET', '/api/alarms/x', undefined, 400, /id must be integer/],
    ['GET', '/api/alarms/1e300', undefined, 400, /id must be/],
    ['GET', '/api/alarms/999', undefined, 404, /no alarm 999/],
    ['GET', '/api/alarms/999/record', undefined, 404, /no alarm 999/],
    ['GET', '/api/alarm-record?to=soon', undefined, 400, /to is no time/],
    ['POST', '/api/alarms/acknowledge', { ids: [] }, 400, /ids must not have fewer than 1/],
    ['POST', '/api/alarms/acknowledge', { ids: ['1'] }, 400, /ids\.0 must be integer/],
    ['POST', '/api/alarms/acknowledge', { ids: [1, 999] }, 404, /999/],
    ['POST', '/api/alarms/1/comment', { text: '' }, 400, /text must not have fewer than 1/],
    ['POST', '/api/alarms/1/shelve', { minutes: 1441, reason: 'x' }, 400, /minutes must be <= 1440/],
    ['POST', '/api/alarms/999/reset', undefined, 404, /999/],
    ['GET', '/api/audit?limit=1001', undefined, 400, /limit must be <= 1000/],
  ])('%s %s %j -> %i', async (method, path, body, status, detail) => {
    const answer = await city.ask(method, path, body)
    expect(answer.headers.get('content-type')).toMatch('application/problem+json')
    expectShape(ProblemSchema, answer.body)
    expect([answer.status, answer.body.status, answer.body.detail]).toEqual([status, status, expect.stringMatching(detail)])
  })

  test('a huge body is refused before it is read', async () => {
    const answer = await city.ask('POST', '/api/facilities', `{"facilities": "${'x'.repeat(3_000_000)}"}`)
    expect([answer.status, answer.body.code]).toEqual([413, 'payload-too-large'])
  })

  test('what is not HTTP gets an answer and is hung up on', async () => {
    const { hostname, port } = new URL(city.url)
    const socket = connect(Number(port), hostname)
    socket.write('\x16\x03\x01 hello\r\n\r\n')
    let answer = ''
    for await (const chunk of socket) answer += chunk
    expect(answer).toMatch(/^HTTP\/1\.1 400 .*problem\+json/s)
  })

  test('one error changes nothing: a list of which one is wrong is not half taken', async () => {
    const facilities = [
      { id: 'good', kind: 'tank' },
      { id: 'wrong', kind: 'castle' },
    ]
    expect((await city.ask('POST', '/api/facilities', { facilities })).status).toBe(400)
    expect((await city.ask('GET', '/api/facilities/good')).status).toBe(404)
  })
})

describe('facilities', () => {
  test('kinds come with points, rules and panels', async () => {
    const { body } = await city.ask('GET', '/api/kinds')
    expectShape(Type.Object({ kinds: Type.Array(KindSchema) }), body)
    expect(body.kinds[0].points[1].states.map((state: { key: string }) => state.key)).toEqual(['false', 'true'])
    expect(body.kinds[0].rules.find((rule: { key: string }) => rule.key === 'left-open').points).toEqual(['valve', 'level'])
  })

  test('the list is paged, each facility once, and counted', async () => {
    const seen: string[] = []
    let after = ''
    for (;;) {
      const { body } = await city.ask('GET', `/api/facilities?limit=10${after}`)
      for (const item of body.items) {
        expectShape(FacilitySchema, item)
        seen.push(item.id)
      }
      expect(body.total).toBe(25)
      if (body.next === null) break
      after = `&after=${body.next}`
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => `T-${i}`))
  })

  test('the list comes in another order and narrowed down to states, also in pages', async () => {
    const idsOf = async (query: string) => {
      const { body } = await city.ask('GET', `/api/facilities?${query}`)
      return [body.items.map(({ id }: { id: string }) => id), body.next, body.total]
    }
    expect(await idsOf('sort=-id&limit=3')).toEqual([['T-9', 'T-8', 'T-7'], '3', 25])
    expect(await idsOf('sort=-id&limit=3&after=3')).toEqual([['T-6', 'T-5', 'T-4'], '6', 25])
    expect(await idsOf('sort=state&limit=3')).toEqual([['T-3', 'T-1', 'T-2'], '3', 25])
    expect(await idsOf('state=critical,high')).toEqual([['T-1', 'T-2', 'T-3'], null, 3])
  })

  test('it can be searched', async () => {
    const total = async (query: string) => (await city.ask('GET', `/api/facilities?${query}`)).body.total
    expect([
      await total('q=t-2'),
      await total('district=North'),
      await total('kind=castle'),
      await total(`q=${encodeURIComponent('解放')}&district=South`),
    ]).toEqual([6, 12, 0, 13])
  })

  test('one comes with its latest values, decoded', async () => {
    const { body } = await city.ask('GET', '/api/facilities/T-0')
    expectShape(FacilityDetailSchema, body)
    expect(body.latest).toEqual([
      { point: 'level', value: 4.9, at: start + minutes(9), good: true },
      { point: 'valve', value: true, at: start + minutes(9), good: true },
    ])
    expect((await city.ask('GET', '/api/facilities/T-20')).body).toMatchObject({ lastReport: null, latest: [] })
  })

  test('modes are changed and facilities removed under the name of who did it', async () => {
    await city.ask('POST', '/api/facilities', { facilities: [{ id: 'gone', kind: 'tank' }] })
    const { body } = await city.ask('PUT', '/api/facilities/gone/mode', { mode: 'maintenance', reason: 'paint' })
    expectShape(FacilitySchema, body)
    expect(body.mode).toBe('maintenance')
    expect((await city.ask('DELETE', '/api/facilities/gone')).status).toBe(204)
    expect((await city.ask('GET', '/api/facilities/gone')).status).toBe(404)
    const trail = (await city.ask('GET', '/api/audit?limit=3')).body
    expect(trail.items.map((record: { by: string; action: string }) => [record.by, record.action])).toEqual([
      ['admin', 'remove-facility'],
      ['admin', 'set-mode'],
      ['admin', 'put-facilities'],
    ])
    const older = (await city.ask('GET', `/api/audit?limit=3&before=${trail.next}`)).body
    expect(older.items[0].id).toBe(trail.next - 1)
  })

  test('the mode of many is changed at once, with an answer for each and one record in the trail', async () => {
    const put = async (facilities: readonly string[], mode: string) =>
      (await city.ask('PUT', '/api/facilities/mode', { facilities, mode, reason: 'festival' })).body
    const body = await put(['T-20', 'T-21', 'nowhere'], 'out-of-service')
    expectShape(ModesChangedSchema, body)
    expect(body.results).toEqual([
      { facility: 'T-20', outcome: 'changed' },
      { facility: 'T-21', outcome: 'changed' },
      { facility: 'nowhere', outcome: 'unknown' },
    ])
    const [last, before] = (await city.ask('GET', '/api/audit?limit=2')).body.items
    expect(last).toMatchObject({ by: 'admin', action: 'set-mode', subject: '2 facilities' })
    expect(last.detail).toBe('-> out-of-service: festival; before: T-20 auto, T-21 auto')
    expect(before.subject).not.toBe('2 facilities')
    expect((await city.ask('GET', '/api/facilities/T-21/versions')).body.items[0]).toMatchObject({ action: 'mode', reason: 'festival' })
    expect((await put(['T-20', 'T-22'], 'out-of-service')).results.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      'unchanged',
      'changed',
    ])
    await put(['T-20', 'T-21', 'T-22'], 'auto')
    const states = (await city.ask('GET', '/api/facilities?q=T-2')).body.items.map(({ mode }: { mode: string }) => mode)
    expect(new Set(states)).toEqual(new Set(['auto']))
    const many = Array.from({ length: 1001 }, (_, i) => `T-${i}`)
    expect((await city.ask('PUT', '/api/facilities/mode', { facilities: many, mode: 'auto', reason: 'x' })).status).toBe(400)
    expect((await city.ask('PUT', '/api/facilities/mode', { facilities: ['T-20', 'T-20'], mode: 'auto', reason: 'x' })).status).toBe(400)
  })

  test('the latest values of many are paged', async () => {
    const first = (await city.ask('GET', '/api/latest?kind=tank&limit=20')).body
    const second = (await city.ask('GET', `/api/latest?kind=tank&limit=20&after=${first.next}`)).body
    expect([first.items.length, second.items.length, second.next]).toEqual([20, 5, null])
    expect(first.items[1]).toMatchObject({ facility: 'T-1', state: 'high', latest: [{ point: 'level', value: 9 }] })
  })
})

describe('readings', () => {
  const path = '/api/facilities/T-0/readings'
  const range = `from=${start}&to=${start + minutes(10)}`

  test('raw ones are paged without a gap or a repeat in any series', async () => {
    const seen: Record<string, number[]> = { level: [], valve: [] }
    let from = start
    for (let pages = 1; ; pages++) {
      const { body } = await city.ask('GET', `${path}?from=${from}&to=${start + minutes(10)}&limit=3`)
      expectShape(ReadingsSchema, body)
      for (const { point, at } of body.series) {
        expect(at.length).toBeLessThanOrEqual(3)
        seen[point]?.push(...at)
      }
      if (body.next === null) {
        expect(pages).toBe(4)
        break
      }
      from = body.next
    }
    expect(seen.level).toEqual(Array.from({ length: 10 }, (_, i) => start + minutes(i)))
    expect(seen.valve).toEqual([0, 3, 6, 9].map((i) => start + minutes(i)))
  })

  test('they can be down-sampled, and asked for by ISO times', async () => {
    const { body } = await city.ask('GET', `${path}?points=level&${range}&buckets=3`)
    expectShape(ReadingsSchema, body)
    const first = Math.floor(start / minutes(5)) * minutes(5)
    expect(body).toMatchObject({ bucket: minutes(5), first, next: null, series: [{ point: 'level' }] })
    const [{ at, count, last }] = body.series
    expect(at.every((time: number) => time % minutes(5) === 0)).toBe(true)
    expect([count.reduce((sum: number, n: number) => sum + n), last.at(-1)]).toEqual([10, 4.9])
    const iso = (at: number) => encodeURIComponent(new Date(at).toISOString())
    const again = await city.ask('GET', `${path}?points=level&from=${iso(start)}&to=${iso(start + minutes(10))}`)
    expect(again.body.series[0].at).toHaveLength(10)
    const lastHour = (await city.ask('GET', path)).body
    expect([lastHour.to - lastHour.from, lastHour.series.length, lastHour.series[0].at.length]).toEqual([minutes(60), 2, 10])
  })

  test('those of several facilities come on one time axis, in the order asked for, with nothing where there is nothing', async () => {
    const asked = `series=T-3:level&series=T-0:valve,level&from=${start}&to=${city.now() + 1}&buckets=2000`
    const { body, headers } = await city.ask('GET', `/api/readings?${asked}`)
    expectShape(ManyReadingsSchema, body)
    expect(body.bucket).toBe(1000)
    expect(body.first).toBe(Math.floor(start / 1000) * 1000)
    const [lone, valve, level] = body.series
    expect([lone, valve, level].map(({ facility, point }) => `${facility} ${point}`)).toEqual(['T-3 level', 'T-0 valve', 'T-0 level'])
    expect(body.at).toHaveLength(11)
    expect(lone.max).toEqual([...Array(10).fill(null), 1.5])
    expect(valve.count).toEqual([1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0])
    expect(level.min.slice(0, 10)).toEqual(Array.from({ length: 10 }, (_, i) => 4 + i / 10))
    expect(headers.get('cache-control')).toBeNull()
    const past = await city.ask('GET', `/api/readings?series=T-0:level&from=${start - minutes(90)}&to=${start - minutes(60)}`)
    expect([past.headers.get('cache-control'), past.body.at]).toEqual(['private, max-age=60', []])
  })

  test('beside them stand the alarms, limits and modes of the time', async () => {
    await city.ask('PUT', '/api/facilities/T-1/mode', { mode: 'manual', reason: 'look' })
    await city.ask('PUT', '/api/facilities/T-1/mode', { mode: 'auto', reason: 'looked' })
    const to = city.now() + 1
    const { body } = await city.ask('GET', `/api/plot-context?facility=T-1&facility=T-24&from=${start - minutes(5)}&to=${to}`)
    expectShape(PlotContextSchema, body)
    const [one, other] = body.facilities
    expect([one.facility, other.facility, other.alarms]).toEqual(['T-1', 'T-24', []])
    expect(one.alarms).toMatchObject([{ rule: 'high', priority: 'high', ended: null, suppressed: false }])
    expect((await city.ask('GET', `/api/alarms/${one.alarms[0].alarm}`)).body).toMatchObject({
      facility: 'T-1',
      activated: one.alarms[0].started,
    })
    expect(one.limits).toMatchObject([
      { point: 'level', side: 'high', steps: [{ value: 8 }] },
      { point: 'level', side: 'low', steps: [{ value: 1 }] },
    ])
    expect(one.modes.map(({ before, mode }: { before: string; mode: string }) => [before, mode])).toEqual([
      ['auto', 'manual'],
      ['manual', 'auto'],
    ])
    const before = await city.ask('GET', `/api/plot-context?facility=T-1&from=${start - days(2)}&to=${start - days(1)}`)
    expect(before.body.facilities[0]).toMatchObject({ alarms: [], modes: [], registered: null })
  })
})

describe('alarms', () => {
  const listed = async (query: string) => (await city.ask('GET', `/api/alarms?${query}`)).body

  test('are listed newest first, in pages, by facility, rule and life', async () => {
    const all = await listed('live=true')
    expectShape(Type.Array(AlarmSchema), all.items)
    expect(all.items.map((alarm: { facility: string; rule: string }) => `${alarm.facility} ${alarm.rule}`)).toEqual([
      'T-3 left-open',
      'T-2 high',
      'T-1 high',
    ])
    const page = await listed('limit=2')
    expect((await listed(`limit=2&before=${page.next}`)).items[0].facility).toBe('T-1')
    expect(await listed('before=999999')).toMatchObject({ status: 400, detail: expect.stringMatching(/first page/) })
    expect((await listed('facility=T-2&rule=high')).items).toHaveLength(1)
    expect((await listed('live=false')).items).toEqual([])
    expect((await listed(`from=${start}&to=${start + 1}`)).items).toEqual([])
  })

  test('go through acknowledge, comment, shelve, unshelve, reset', async () => {
    const [leftOpen, high2, high1] = (await listed('live=true')).items.map((alarm: { id: number }) => alarm.id)
    const act = async (id: number, action: string, body?: unknown) => {
      const answer = await city.ask('POST', `/api/alarms/${id}/${action}`, body)
      if (answer.status === 200) expectShape(AlarmSchema, answer.body)
      return answer
    }
    const many = await city.ask('POST', '/api/alarms/acknowledge', { ids: [high1, high2, high1], comment: 'on the way' })
    expect(many.body.alarms.map((alarm: { state: string }) => alarm.state)).toEqual(['acknowledged', 'acknowledged'])
    expect((await act(leftOpen, 'acknowledge', {})).body).toMatchObject({ state: 'acknowledged', acknowledged: { by: 'admin' } })
    expect((await act(high1, 'comment', { text: '泵已停' })).body.comments.at(-1)).toMatchObject({ by: 'admin', text: '泵已停' })
    expect((await act(high1, 'shelve', { minutes: 5, reason: 'known' })).body.state).toBe('shelved')
    expect((await act(high1, 'unshelve')).body.state).toBe('acknowledged')
    expect((await act(leftOpen, 'shelve', { minutes: 5, reason: 'no' })).body).toMatchObject({ status: 409, code: 'action-refused' })
    expect((await act(leftOpen, 'reset')).body).toMatchObject({ status: 409, code: 'action-refused' })
    city.report('T-3', { valve: false })
    expect((await act(leftOpen, 'reset')).body).toMatchObject({ ended: null, resetRequest: { by: 'admin' } })
    expect((await act(leftOpen, 'reset')).body).toMatchObject({ status: 409, detail: expect.stringMatching(/another person must confirm/) })
    city.services.reset({ id: leftOpen }, 'wang')
    expect((await city.ask('GET', `/api/alarms/${leftOpen}`)).body.ended).not.toBeNull()
    expect((await listed('live=false')).items).toHaveLength(1)

    const { body } = await city.ask('GET', `/api/alarms/${high1}/record?limit=3`)
    expectShape(Type.Array(AlarmRecordSchema), body.items)
    const told = ({ type, by, detail, told, version }: AlarmRecordView) => [type, by, detail, told, version]
    expect(body.items.map(told)).toEqual([
      ['unshelve', 'admin', '', true, 5],
      ['shelve', 'admin', '5 min: known', false, 4],
      ['comment', 'admin', '泵已停', true, 3],
    ])
    const rest = await city.ask('GET', `/api/alarms/${high1}/record?before=${body.next}`)
    expect([rest.body.items.map(({ type }: AlarmRecordView) => type), rest.body.next]).toEqual([['acknowledge', 'raise'], null])
    const all = (await city.ask('GET', `/api/alarm-record?from=${start}`)).body.items
    expect(all.filter(({ alarm, type }: AlarmRecordView) => alarm === leftOpen && type !== 'comment')).toMatchObject([
      { type: 'reset', by: 'wang' },
      { type: 'request-reset', by: 'admin' },
      { type: 'return', by: null },
      { type: 'acknowledge' },
      { type: 'raise' },
    ])
    expect((await city.ask('GET', `/api/alarm-record?to=${start}`)).body.items).toEqual([])
  })
})

test('refused messages can be looked at', async () => {
  const { body } = await city.ask('GET', '/api/rejections')
  expectShape(RejectionsSchema, body)
  expect(body.counts).toEqual([{ reason: 'not-utf8', help: expect.any(String), count: 1, lastHour: 1 }])
  expect(body.samples[0]).toMatchObject({ topic: 'facilities/tank/T-1/telemetry', payloadHex: 'fffe' })
})

test('the snapshot has the shape the wall expects', async () => {
  // What changed last goes out a moment later.
  let seq = -1
  const isSettled = async () => {
    const { body } = await city.ask('GET', '/api/snapshot')
    const isSame = body.seq === seq
    seq = body.seq
    return isSame && (await city.ask('GET', '/api/plant')).body.ids.length
  }
  await expect.poll(isSettled, { interval: 150 }).toBe(25)
  const { body, headers } = await city.ask('GET', '/api/snapshot')
  expectShape(SnapshotSchema, body)
  expect(headers.get('content-type')).toMatch('application/json')
  expect(headers.get('content-encoding')).toBe('gzip')
  const plain = await city.ask('GET', '/api/snapshot', undefined, { 'accept-encoding': 'identity' })
  expect([plain.headers.get('content-encoding'), plain.body.seq]).toEqual([null, body.seq])
  expect(Buffer.from(body.states, 'base64')).toHaveLength(1 + Math.max(...[...city.services.plant].map(({ number }) => number)))
  expect(body.timeline).toHaveLength(96)
  expect(body.timeline.reduce((sum: number, bucket: { high: number; critical: number }) => sum + bucket.high + bucket.critical, 0)).toBe(3)
})

test.each(['br', 'gzip', 'identity'])('the plant comes whole as %s', async (encoding) => {
  const { body, headers } = await city.ask('GET', '/api/plant', undefined, { 'accept-encoding': encoding })
  expectShape(PlantSchema, body)
  expect(headers.get('content-encoding')).toBe(encoding === 'identity' ? null : encoding)
  expect(headers.get('cache-control')).toBe('private, no-cache')
  expect(facilitiesOf(body).map(({ id, kind, name, district }) => ({ id, kind, name, district }))).toEqual(
    [...city.services.plant].map(({ id, kind, name, district }) => ({ id, kind: kind.key, name, district })),
  )
})

describe('for those who run the server', () => {
  const stranger = { cookie: '', 'x-forwarded-for': '203.0.113.7' }

  test('health and readiness need no session, but reasons do, unless asked from the same machine', async () => {
    expect(await city.ask('GET', '/healthz', undefined, stranger)).toMatchObject({ status: 200, body: { alive: true } })
    expect(await city.ask('GET', '/readyz')).toMatchObject({ status: 200, body: { ready: true, problems: [] } })
    city.problems.push('the disk is full')
    expect(await city.ask('GET', '/readyz', undefined, { cookie: '' })).toMatchObject({
      status: 503,
      body: { problems: ['the disk is full'] },
    })
    expect(await city.ask('GET', '/readyz', undefined, stranger)).toMatchObject({ status: 503, body: { ready: false, problems: [] } })
    city.problems.pop()
  })

  test('Prometheus reads figures', async () => {
    const { body } = await city.ask('GET', '/metrics', undefined, { cookie: '' })
    expect(body).toMatch(/^lamplighter_messages_total 1\d$/m)
    expect(body).toMatch(/^lamplighter_rejections_total\{reason="not-utf8"\} 1$/m)
    expect(body).toMatch(/^process_resident_memory_bytes /m)
    expect((await city.ask('GET', '/metrics')).body).toMatch(/^lamplighter_messages_total 1\d$/m)
    expect((await city.ask('GET', '/metrics', undefined, stranger)).status).toBe(401)
  })
})

// Last, because it raises an alarm.
describe('impossible readings', () => {
  test('are counted where they came, and buckets go on with the length of an earlier answer', async () => {
    const asked = `series=T-4:level&from=${start}&to=${start + minutes(30)}`
    const at = start + minutes(20)
    city.report('T-4', { level: 99 }, at)
    city.report('T-4', { level: 98 }, at + 1000)
    const { body } = await city.ask('GET', `/api/readings?${asked}&bucket=${minutes(5)}&flagged=true`)
    expectShape(ManyReadingsSchema, body)
    expect(body.bucket).toBe(minutes(5))
    const [{ count, flagged, mean }] = body.series
    expect([count.at(-1), flagged.at(-1), mean.at(-1)]).toEqual([0, 2, null])
    expect(body.at.at(-1)).toBe(Math.floor(at / minutes(5)) * minutes(5))
    const refused = await city.ask('GET', `/api/readings?${asked}&bucket=1000&buckets=100`)
    expect([refused.status, refused.body.detail]).toEqual([400, expect.stringMatching(/bucket=1000 makes more than 100/)])
    const long = await city.ask('GET', `/api/readings?series=T-4:level&from=${start - days(2)}&to=${start}&flagged=true`)
    expect([long.status, long.body.detail]).toEqual([400, expect.stringMatching(/over 25 hours at most/)])
    const wide = await city.ask('GET', `/api/readings?${asked}&bucket=${days(7)}&flagged=true`)
    expect([wide.status, wide.body.detail]).toEqual([400, expect.stringMatching(/over 25 hours at most/)])
  })

  test('of many series are counted over fewer device times of each', async () => {
    const { range } = city.telemetry
    const limits: number[] = []
    Object.assign(city.telemetry, {
      range: (...[query, limit]: Parameters<typeof range>) => {
        limits.push(limit)
        return range.call(city.telemetry, query, limit)
      },
    })
    const asking = async (count: number) => {
      limits.length = 0
      const series = Array.from({ length: count }, (_, i) => `series=T-${i}:level,valve`).join('&')
      const { status } = await city.ask('GET', `/api/readings?${series}&from=${start}&to=${start + minutes(30)}&flagged=true`)
      return [status, ...new Set(limits)]
    }
    expect([await asking(2), await asking(20)]).toEqual([
      [200, 20_000],
      [200, 10_000],
    ])
    Object.assign(city.telemetry, { range })
  })

  test('buckets of a length that no roll-up serves are refused, which would be folded from single readings', async () => {
    const year = `series=T-4:level&from=${start - days(365)}&to=${start}`
    const statusOf = async (bucket: number) => (await city.ask('GET', `/api/readings?${year}&bucket=${bucket}`)).status
    expect(await Promise.all([days(1) - 1, days(1), days(7), days(8), days(14)].map(statusOf))).toEqual([400, 200, 200, 400, 200])
  })
})
