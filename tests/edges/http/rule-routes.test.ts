import { Value } from 'typebox/value'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FacilityRulesSchema, GroupDetailSchema, OverrideSchema } from '../../../src/edges/http/rule-schemas.ts'
import { seconds } from '../../../src/telemetry/duration.ts'
import { type City, startCity } from '../city.ts'

let city: City
beforeEach(async () => {
  city = await startCity()
  await city.signIn()
  const facilities = ['T-1', 'T-2', 'T-3'].map((id, i) => ({ id, kind: 'tank', district: i === 2 ? 'South' : 'North' }))
  await city.ask('POST', '/api/facilities', { facilities })
})
afterEach(() => city.stop())

const put = (scope: object, rule: string, changes: object) => city.ask('PUT', '/api/overrides', { scope, rule, changes, reason: 'tuned' })
const putGroup = (name: string, rank: number, query: string) =>
  city.ask('PUT', `/api/groups/${encodeURIComponent(name)}`, { rank, query, reason: 'tuned' })
const rules = async (id: string) => (await city.ask('GET', `/api/facilities/${id}/rules`)).body
const rule = async (id: string, key: string) => (await rules(id)).rules.find((each: { rule: string }) => each.rule === key)
const active = () =>
  [...city.services.liveAlarms()].filter((alarm) => alarm.active).map((alarm) => `${alarm.facility} ${alarm.rule} ${alarm.priority}`)

describe('an override', () => {
  test('counts at once, for what was reported before, and stops counting when it is taken back', async () => {
    for (const id of ['T-1', 'T-2', 'T-3']) city.report(id, { level: 6, valve: false })
    expect(active()).toEqual([])
    const { body } = await put({ kind: 'tank' }, 'high', { parameters: { high: 5 }, priority: 'low' })
    expect(Value.Errors(OverrideSchema, body)).toEqual([])
    expect(active()).toEqual(['T-1 high low', 'T-2 high low', 'T-3 high low'])
    await put({ facility: 'T-1' }, 'high', { parameters: { high: 7 } })
    expect(active()).toEqual(['T-2 high low', 'T-3 high low'])
    await put({ facility: 'T-2' }, 'high', { enabled: false })
    expect(active()).toEqual(['T-3 high low'])
    expect((await city.ask('DELETE', `/api/overrides/${body.id}?reason=wrong`)).status).toBe(204)
    expect(active()).toEqual([])
    city.report('T-2', { level: 9 })
    city.report('T-3', { level: 9 })
    expect(active()).toEqual(['T-3 high high'])
  })

  test('is frozen into the alarm as its proof', async () => {
    await put({ kind: 'tank' }, 'low', { parameters: { low: 3 }, onDelay: seconds(1), priority: 'critical' })
    city.report('T-1', { level: 2, valve: false }, city.now() - seconds(10))
    city.report('T-1', { level: 2, valve: false })
    const [alarm] = [...city.services.liveAlarms()]
    expect(alarm).toMatchObject({
      rule: 'low',
      priority: 'critical',
      evidence: { parameters: { low: 3, deadband: 0 }, onDelay: seconds(1) },
    })
  })

  test('keeps a running delay: the fault began when it began', async () => {
    const began = city.now() - seconds(20)
    await put({ kind: 'tank' }, 'low', { onDelay: seconds(60) })
    city.report('T-1', { level: 0.5, valve: false }, began)
    city.report('T-1', { level: 0.5, valve: false })
    expect(active()).toEqual([])
    await put({ kind: 'tank' }, 'low', { onDelay: seconds(10) })
    expect([...city.services.liveAlarms()]).toMatchObject([{ rule: 'low', raised: began + seconds(10) }])
  })

  test('of rated values, groups and what they look at counts at once too', async () => {
    city.report('T-1', { level: 6, valve: false })
    await city.ask('POST', '/api/facilities', { facilities: [{ id: 'T-1', kind: 'tank', rated: { height: 5 } }] })
    expect(active()).toEqual(['T-1 high high'])
    await putGroup('deep', 1, 'owner=deep')
    await put({ kind: 'tank', group: 'deep' }, 'high', { parameters: { high: 9 } })
    expect(active()).toEqual(['T-1 high high'])
    await city.ask('POST', '/api/facilities', { facilities: [{ id: 'T-1', kind: 'tank', owner: 'deep' }] })
    expect(active()).toEqual([])
    await putGroup('deep', 1, 'owner=shallow')
    expect(active()).toEqual(['T-1 high high'])
    await city.ask('PUT', '/api/facilities/T-1/mode', { mode: 'manual', reason: 'x' })
    await putGroup('deep', 1, 'mode=manual')
    expect(active()).toEqual([])
  })

  test('shows where each value comes from', async () => {
    await putGroup('北区 North', 5, 'district=North')
    const ofGroup = (await put({ kind: 'tank', group: '北区 North' }, 'low', { parameters: { low: 2 } })).body
    await put({ kind: 'tank' }, 'low', { parameters: { low: 3 }, offDelay: 0 })
    const all = await rules('T-1')
    expect(Value.Errors(FacilityRulesSchema, all)).toEqual([])
    expect([all.groups, all.overrides.map((each: { group: string | null }) => each.group)]).toEqual([['北区 North'], [null, '北区 North']])
    expect(await rule('T-1', 'low')).toMatchObject({
      shelvable: true,
      offDelay: { value: 0, usual: 5000, source: { from: 'kind' } },
      parameters: expect.arrayContaining([
        { name: 'low', value: 2, usual: 1, source: { from: 'group', group: '北区 North', override: ofGroup.id, activation: null } },
      ]),
    })
    expect((await rule('T-3', 'low')).parameters.find(({ name }: { name: string }) => name === 'low')).toMatchObject({
      value: 3,
      source: { from: 'kind' },
    })
    expect((await rule('T-3', 'high')).parameters.find(({ name }: { name: string }) => name === 'high')).toMatchObject({
      value: 8,
      source: { from: 'rated' },
    })
  })

  test('is listed in pages, replaced in its place, and audited', async () => {
    const first = (await put({ kind: 'tank' }, 'low', { onDelay: 1 })).body
    await put({ facility: 'T-1' }, 'low', { onDelay: 2 })
    await put({ facility: 'T-2' }, 'low', { onDelay: 3 })
    expect((await put({ kind: 'tank' }, 'low', { onDelay: 4 })).body.id).toBe(first.id)
    const audited = (await city.ask('GET', '/api/audit?limit=1')).body.items[0]
    expect(audited).toMatchObject({
      by: 'admin',
      action: 'put-override',
      subject: 'low of tank',
      detail: '{"onDelay":1} -> {"onDelay":4}: tuned',
    })
    await put({ kind: 'tank' }, 'low', { onDelay: 4 })
    expect((await city.ask('GET', '/api/audit?limit=1&action=put-override')).body.items[0].id).toBe(audited.id)
    const page = (await city.ask('GET', '/api/overrides?limit=2')).body
    const rest = (await city.ask('GET', `/api/overrides?limit=2&before=${page.next}`)).body
    expect([...page.items, ...rest.items].map(({ facility }: { facility: string | null }) => facility)).toEqual(['T-2', 'T-1', null])
    expect((await city.ask('GET', '/api/overrides?facility=T-1')).body.items).toMatchObject([{ changes: { onDelay: 2 }, problem: null }])
    expect(city.state.rules.overrides().map(({ changes }) => changes.onDelay)).toEqual([4, 2, 3])
  })

  test('goes with its facility', async () => {
    await put({ facility: 'T-3' }, 'low', { onDelay: 2 })
    expect((await city.ask('DELETE', '/api/facilities/T-3')).status).toBe(204)
    expect([city.state.rules.overrides(), (await city.ask('GET', '/api/overrides')).body.items]).toEqual([[], []])
  })

  test.each([
    [{ kind: 'castle' }, 'low', { onDelay: 1 }, 400, /no kind castle; there are tank/],
    [{}, 'low', { onDelay: 1 }, 400, /scope names nothing/],
    [{ facility: 'none' }, 'low', { onDelay: 1 }, 400, /no facility none/],
    [{ facility: 'T-1', group: 'x' }, 'low', { onDelay: 1 }, 400, /not for both/],
    [{ kind: 'tank', group: 'x' }, 'low', { onDelay: 1 }, 404, /no group "x"/],
    [{ kind: 'tank' }, 'low', { onDelay: -1, parameters: { lowest: 1 } }, 400, /onDelay is -1 ms.*lowest is no parameter/],
    [{ kind: 'tank' }, 'low', { title: 'x' }, 400, /unknown field title in changes/],
    [{ kind: 'tank' }, 'left-open', { enabled: false }, 400, /protects lives/],
  ])('for %j of %s to %j is refused', async (scope, key, changes, status, detail) => {
    const answer = await put(scope, key, changes)
    expect([answer.status, answer.body.detail]).toEqual([status, expect.stringMatching(detail)])
    expect(city.state.rules.overrides()).toEqual([])
  })
})

describe('a group', () => {
  test('is made, changed, counted and removed, but not while overrides are made for it', async () => {
    const { status, body } = await putGroup('北区 North', 5, '  district=North   kind=tank ')
    expect(Value.Errors(GroupDetailSchema, body)).toEqual([])
    expect([status, body.query, body.facilities]).toEqual([200, 'district=North kind=tank', 2])
    const { id } = (await put({ kind: 'tank', group: '北区 North' }, 'low', { onDelay: 1 })).body
    const path = `/api/groups/${encodeURIComponent('北区 North')}`
    expect((await city.ask('DELETE', `${path}?reason=x`)).body).toMatchObject({
      status: 409,
      detail: expect.stringMatching(/1 override is made for group/),
    })
    await city.ask('DELETE', `/api/overrides/${id}?reason=x`)
    expect((await city.ask('DELETE', path)).body.detail).toMatch(/missing field reason/)
    expect((await city.ask('DELETE', `${path}?reason=x`)).status).toBe(204)
    expect((await city.ask('GET', '/api/groups')).body).toEqual({ items: [] })
    expect((await city.ask('GET', path)).status).toBe(404)
    expect((await city.ask('GET', '/api/audit?limit=4')).body.items.map(({ action }: { action: string }) => action)).toEqual([
      'remove-group',
      'remove-override',
      'put-override',
      'put-group',
    ])
  })

  test.each([
    ['a', 1, 'colour=red', /no field "colour"/],
    ['a', 1, '  ', /at least one condition/],
    ['a', 1, 'kind=castle', /no kind castle/],
    ['a', -1, 'kind=tank', /rank must be >= 0/],
    [' a', 1, 'kind=tank', /address: name must match/],
  ])('%j of rank %d by %j is refused', async (name, rank, query, detail) => {
    expect((await putGroup(name, rank, query)).body).toMatchObject({ status: 400, detail: expect.stringMatching(detail) })
    expect(city.state.rules.groups()).toEqual([])
  })
})
