import { Value } from 'typebox/value'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { usualTexts } from '../../../src/detection/settings.ts'
import {
  EffectiveRuleSchema,
  OverrideSchema,
  RuleVersionPageSchema,
  RuleVersionSchema,
  type RuleVersionView,
} from '../../../src/edges/http/rule-schemas.ts'
import { AlarmSchema, KindSchema } from '../../../src/edges/http/schemas.ts'
import { seconds } from '../../../src/telemetry/duration.ts'
import { tankKind } from '../../tank-kind.ts'
import { type City, startCity } from '../city.ts'

let city: City
beforeEach(async () => {
  city = await startCity()
  await city.signIn()
  await city.ask('POST', '/api/facilities', { facilities: ['T-1', 'T-2'].map((id) => ({ id, kind: 'tank', district: 'North' })) })
})
afterEach(() => city.stop())

const put = (scope: object, rule: string, changes: object) => city.ask('PUT', '/api/overrides', { scope, rule, changes, reason: 'tuned' })
const versions = async (query = ''): Promise<RuleVersionView[]> => (await city.ask('GET', `/api/rules/versions?${query}`)).body.items
const revert = (id: number) => city.ask('POST', `/api/rules/versions/${id}/revert`, { reason: 'was better' })
const alarms = () => [...city.services.liveAlarms()]
const active = () => alarms().flatMap((alarm) => (alarm.active ? [`${alarm.facility} ${alarm.rule}`] : []))
const rule = async (id: string, key: string) =>
  (await city.ask('GET', `/api/facilities/${id}/rules`)).body.rules.find((each: { rule: string }) => each.rule === key)

const title = { zh: '水位过高', en: 'Water too high' }
const response = [{ zh: '关阀', en: 'Close the valve' }]
const everyDay = [1, 2, 3, 4, 5, 6, 7]

describe('a version', () => {
  test('is kept of each change of the rules, with what was in force before', async () => {
    const made = (await put({ kind: 'tank' }, 'high', { parameters: { high: 7 } })).body
    await put({ kind: 'tank' }, 'high', { parameters: { high: 6 } })
    await put({ kind: 'tank' }, 'high', { parameters: { high: 6 } })
    await put({ facility: 'T-1' }, 'low', { texts: { title } })
    await city.ask('DELETE', `/api/overrides/${made.id}?reason=wrong`)
    const page = (await city.ask('GET', '/api/rules/versions')).body
    expect(Value.Errors(RuleVersionPageSchema, page)).toEqual([])
    const [high7, high6] = [{ parameters: { high: 7 } }, { parameters: { high: 6 } }]
    expect(page.items.map(({ at, by, kind, group, revertsTo, ...rest }: RuleVersionView) => rest)).toEqual([
      { id: 4, rule: 'high', facility: null, action: 'remove', before: high6, after: null, reason: 'wrong', current: true },
      { id: 3, rule: 'low', facility: 'T-1', action: 'put', before: null, after: { texts: { title } }, reason: 'tuned', current: true },
      { id: 2, rule: 'high', facility: null, action: 'put', before: high7, after: high6, reason: 'tuned', current: false },
      { id: 1, rule: 'high', facility: null, action: 'put', before: null, after: high7, reason: 'tuned', current: false },
    ])
    expect((await versions('rule=high&limit=2')).map(({ id }) => id)).toEqual([4, 2])
    expect((await versions('kind=tank&facility=T-1')).map(({ id }) => id)).toEqual([3])
    expect((await versions('before=3')).map(({ id }) => id)).toEqual([2, 1])
  })

  test('that is put back counts at once, as a new version that names it', async () => {
    for (const id of ['T-1', 'T-2']) city.report(id, { level: 6.5, valve: false })
    await put({ kind: 'tank' }, 'high', { parameters: { high: 6 } })
    expect(active()).toEqual(['T-1 high', 'T-2 high'])
    expect(alarms()[0]?.evidence.ruleVersion).toBe('1+1')
    await put({ kind: 'tank' }, 'high', { parameters: { high: 7 } })
    expect(active()).toEqual([])
    const back = await revert(1)
    expect(Value.Errors(RuleVersionSchema, back.body)).toEqual([])
    expect(back.body).toMatchObject({
      ...{ id: 3, action: 'revert', revertsTo: 1, by: 'admin', reason: 'was better', current: true },
      ...{ before: { parameters: { high: 7 } }, after: { parameters: { high: 6 } } },
    })
    expect(active()).toEqual(['T-1 high', 'T-2 high'])
    expect(alarms()[0]?.evidence).toMatchObject({ ruleVersion: '1+3', parameters: { high: 6 } })
    expect((await versions()).map(({ current }) => current)).toEqual([true, false, true])
    expect((await rule('T-1', 'high')).version).toBe('1+3')
    expect((await city.ask('GET', '/api/audit?limit=1')).body.items[0]).toMatchObject({
      action: 'revert-override',
      subject: 'high of tank',
      detail: 'to version 1, {"parameters":{"high":7}} -> {"parameters":{"high":6}}: was better',
    })
  })

  test('after which nothing was changed can be put back too, and one of what is taken back', async () => {
    const { id } = (await put({ facility: 'T-1' }, 'low', { onDelay: 1 })).body
    await city.ask('DELETE', `/api/overrides/${id}?reason=x`)
    expect((await revert(2)).body.detail).toMatch(/Version 2 cannot be put back: nothing is changed there already/)
    expect((await revert(1)).body).toMatchObject({ id: 3, facility: 'T-1', before: null, after: { onDelay: 1 } })
    expect((await revert(2)).body).toMatchObject({ id: 4, before: { onDelay: 1 }, after: null, current: true })
    expect(city.state.rules.overrides()).toEqual([])
    expect((await rule('T-1', 'low')).version).toBe('1')
  })

  test('is refused when it is in force already or can be no more', async () => {
    await city.ask('PUT', '/api/groups/north', { rank: 1, query: 'district=North', reason: 'x' })
    const ofGroup = (await put({ kind: 'tank', group: 'north' }, 'low', { onDelay: 1 })).body
    await put({ facility: 'T-2' }, 'low', { onDelay: 2 })
    await put({ kind: 'tank' }, 'high', { parameters: { high: 9, deadband: 0.5 } })
    const asked = async (id: number) => {
      const { status, body } = await revert(id)
      return [status, body.detail]
    }
    expect(await asked(3)).toEqual([409, 'Version 3 cannot be put back: what it says is in force already. Nothing was changed.'])
    expect((await asked(99))[0]).toBe(404)
    expect((await city.ask('DELETE', '/api/facilities/T-2')).status).toBe(204)
    expect(await asked(2)).toEqual([409, expect.stringMatching(/there is no facility T-2 any more/)])
    await city.ask('DELETE', `/api/overrides/${ofGroup.id}?reason=x`)
    await city.ask('DELETE', '/api/groups/north?reason=x')
    expect(await asked(1)).toEqual([409, expect.stringMatching(/there is no group "north" any more/)])
    const old = { kind: 'tank', group: null, facility: null, action: 'put' as const, revertsTo: null, reason: '', by: 'li', at: 1 }
    const { version } = city.state.rules.change({ ...old, rule: 'low', after: { parameters: { lowest: 1 } } })
    city.state.rules.change({ ...old, rule: 'low', after: null })
    expect(await asked(version.id)).toEqual([409, expect.stringMatching(/lowest is no parameter of it; there are deadband, low/)])
    const gone = city.state.rules.change({ ...old, kind: 'castle', rule: 'low', after: { onDelay: 1 } }).version
    city.state.rules.change({ ...old, kind: 'castle', rule: 'low', after: null })
    expect(await asked(gone.id)).toEqual([409, expect.stringMatching(/no kind castle any more/)])
    expect((await city.ask('POST', '/api/rules/versions/1/revert', {})).body).toMatchObject({
      status: 400,
      detail: expect.stringMatching(/missing field reason/),
    })
    expect((await versions())[0]?.action).toBe('put')
  })

  test('is not made of what is refused', async () => {
    const { status, body } = await put({ facility: 'T-1' }, 'left-open', { hours: { from: 60, until: 120, weekdays: everyDay } })
    expect([status, body.detail]).toEqual([400, expect.stringMatching(/protects lives and is judged at all its hours/)])
    expect(await versions()).toEqual([])
  })

  test('says that a facility took its changes along', async () => {
    await put({ facility: 'T-2' }, 'low', { onDelay: 2 })
    await city.ask('DELETE', '/api/facilities/T-2')
    expect(await versions('facility=T-2')).toMatchObject([
      { action: 'remove', before: { onDelay: 2 }, after: null, reason: 'T-2 was removed', current: true },
      { action: 'put', current: false },
    ])
  })
})

describe('texts', () => {
  test('that are changed are those of the next alarm; one that stands keeps its own, and neither comes anew nor goes', async () => {
    const usual = usualTexts(tankKind.rules[0] as (typeof tankKind.rules)[number])
    city.report('T-1', { level: 9, valve: false })
    const { body } = await put({ kind: 'tank' }, 'high', { texts: { title, response, timeToAct: 1.5 } })
    expect(Value.Errors(OverrideSchema, body)).toEqual([])
    city.report('T-2', { level: 9, valve: false })
    expect(active()).toEqual(['T-1 high', 'T-2 high'])
    const shown = (await city.ask('GET', '/api/alarms')).body.items
    expect(shown.flatMap((alarm: unknown) => [...Value.Errors(AlarmSchema, alarm)])).toEqual([])
    expect(shown.map(({ occurrenceCount, version, texts }: Record<string, unknown>) => [occurrenceCount, version, texts])).toEqual([
      [1, 1, { ...usual, title, response, timeToAct: 1.5 }],
      [1, 1, null],
    ])
    expect(alarms().map(({ actBy, activated }) => actBy - activated)).toEqual([seconds(600), seconds(90)])
    const onWall = async () => (await city.ask('GET', '/api/snapshot')).body.alarms.map(({ texts }: { texts: unknown }) => texts)
    await expect.poll(onWall).toEqual([null, { ...usual, title, response, timeToAct: 1.5 }])
    city.report('T-1', { level: 2, valve: false }, city.now() + 1)
    city.report('T-1', { level: 9, valve: false }, city.now() + 2)
    const [again] = alarms()
    expect(again).toMatchObject({ facility: 'T-1', occurrenceCount: 2, evidence: { texts: { title } } })
    expect((await city.ask('GET', `/api/alarms/${again?.id}`)).body.texts.title).toEqual(title)
  })

  test('of an alarm whose rule is gone are still shown', async () => {
    city.report('T-1', { level: 9, valve: false })
    const [alarm] = alarms()
    if (!alarm) throw new Error('no alarm')
    city.state.updateAlarm({ ...alarm, rule: 'what-was', ended: 1 })
    const { body } = await city.ask('GET', `/api/alarms/${alarm.id}`)
    expect(body.texts).toEqual(alarm.evidence.texts)
    expect(body.evidence).not.toHaveProperty('texts')
  })

  test.each<[object, RegExp]>([
    [{ title: { zh: ' ', en: 'x' } }, /title says nothing in zh/],
    [{ title: { zh: 'x' } }, /missing field en in changes.texts.title/],
    [{ title: { zh: 'x'.repeat(81), en: 'x' } }, /changes.texts.title.zh must not have more than 80 characters/],
    [{ response: [] }, /changes.texts.response must not have fewer than 1 items/],
    [{ timeToAct: 0 }, /changes.texts.timeToAct must be >= 0.5/],
    [{ advice: 'x' }, /unknown field advice in changes.texts/],
    [{}, /nothing is changed/],
  ])('%j are refused', async (texts, detail) => {
    const answer = await put({ kind: 'tank' }, 'low', { texts })
    expect([answer.status, answer.body.detail]).toEqual([400, expect.stringMatching(detail)])
    expect(await versions()).toEqual([])
  })
})

describe('modes and hours', () => {
  test('that leave out an alarm end it, and it comes again when they are taken back', async () => {
    city.report('T-1', { level: 9, valve: false })
    city.report('T-2', { level: 9, valve: false })
    await city.ask('PUT', '/api/facilities/T-2/mode', { mode: 'manual', reason: 'x' })
    const { body } = await put({ kind: 'tank' }, 'high', { modes: ['manual', 'maintenance'] })
    expect(Value.Errors(OverrideSchema, body)).toEqual([])
    expect(active()).toEqual(['T-2 high'])
    const minute = Math.floor((city.now() % 86_400_000) / 60_000)
    const hours = { from: (minute + 720) % 1440, until: ((minute + 721) % 1440) + 1, weekdays: everyDay }
    await put({ kind: 'tank' }, 'high', { modes: null, hours })
    expect(active()).toEqual([])
    const shown = await rule('T-1', 'high')
    expect(Value.Errors(EffectiveRuleSchema, shown)).toEqual([])
    expect(shown).toMatchObject({
      modes: { value: null, usual: null, source: { from: 'kind', override: body.id } },
      hours: { value: hours, usual: null, source: { from: 'kind' } },
    })
    await city.ask('DELETE', `/api/overrides/${body.id}?reason=x`)
    expect(active()).toEqual(['T-1 high', 'T-2 high'])
    expect(alarms().map(({ occurrenceCount }) => occurrenceCount)).toEqual([2, 2])
  })

  test('end it after its off-delay, without another report', async () => {
    city.clock.stoppedAt = Date.now()
    city.report('T-1', { level: 0.5, valve: false }, city.now() - seconds(10))
    city.report('T-1', { level: 0.5, valve: false })
    expect(active()).toEqual(['T-1 low'])
    const changed = city.now()
    await put({ kind: 'tank' }, 'low', { modes: ['manual'] })
    expect(active()).toEqual(['T-1 low'])
    city.clock.ahead += seconds(7)
    city.tick()
    expect([active(), alarms()[0]?.returned]).toEqual([[], changed + seconds(5)])
  })

  test.each<[object, RegExp]>([
    [{ modes: [] }, /modes/],
    [{ modes: ['auto', 'auto'] }, /modes/],
    [{ modes: ['asleep'] }, /modes/],
    [{ hours: { from: 1440, until: 60, weekdays: [1] } }, /hours/],
    [{ hours: { from: 0, until: 60, weekdays: [] } }, /hours/],
    [{ hours: { from: 0, until: 60 } }, /hours/],
  ])('%j are refused', async (changes, detail) => {
    const answer = await put({ kind: 'tank' }, 'low', changes)
    expect([answer.status, answer.body.detail]).toEqual([400, expect.stringMatching(detail)])
  })
})

test('a kind shows what its rules judge, when and in which version', async () => {
  const [kind] = (await city.ask('GET', '/api/kinds')).body.kinds
  expect(Value.Errors(KindSchema, kind)).toEqual([])
  expect(kind.rules[0]).toMatchObject({ key: 'high', version: 1, modes: null, hours: null, condition: null, only: null })
})
