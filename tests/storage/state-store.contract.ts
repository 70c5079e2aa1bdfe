import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type FacilityScope, WHOLE_CITY } from '../../src/access/scope.ts'
import type { Alarm } from '../../src/alarms/alarm.ts'
import type { AlarmRecord } from '../../src/alarms/alarm-log.ts'
import { type AlarmPolicy, defaultPolicy } from '../../src/alarms/policy.ts'
import { newUser } from '../../src/edges/http/session.ts'
import type { FacilityDescription } from '../../src/facilities/plant.ts'
import type { Page, StateStore } from '../../src/storage/state-store.ts'
import { aLiveAlarm } from '../alarms/fixtures.ts'
import { texts as sampleTexts } from '../detection/fixtures.ts'
import { describeAlertSources } from './alert-source-store.contract.ts'
import { describeCommands } from './command-store.contract.ts'
import { describeDeliveries } from './delivery-store.contract.ts'
import { describeDutyReports } from './duty-report-store.contract.ts'
import { describeEmergencies } from './emergency-store.contract.ts'
import { describeEnteredReadings } from './entered-reading-store.contract.ts'
import { describeGasDeliveries } from './gas-delivery-store.contract.ts'
import { describeHandovers } from './handover-store.contract.ts'
import { describeLampHistory } from './lamp-history-store.contract.ts'
import { describeLightChanges } from './light-change-store.contract.ts'
import { describeOrders } from './order-store.contract.ts'
import { describePeople } from './people-store.contract.ts'
import { describeProgrammes } from './programme-store.contract.ts'
import { describeReports } from './report-store.contract.ts'
import { describeRoster } from './roster-store.contract.ts'
import { describeRounds } from './round-store.contract.ts'

const at = 1_700_000_000_000

/** A live alarm no store has seen. */
export function sampleAlarm(more: Partial<Alarm> = {}): Alarm {
  const where = { facility: 'lamp-1', kind: 'street-light', rule: 'dark' }
  const values = { power: 0.5, on: true, mode: null }
  const evidence = {
    ruleType: 'limit',
    ruleVersion: '1',
    parameters: { limit: 3 },
    onDelay: 0,
    offDelay: 0,
    values,
    figures: { expected: 100 },
    mode: 'auto',
    texts: sampleTexts,
  }
  return aLiveAlarm({ id: 0, ...where, raised: at, activated: at, occurrences: [{ started: at, ended: null }], evidence, ...more })
}

/** A step of an alarm. */
export const sampleStep: AlarmRecord = {
  alarm: 1,
  facility: 'a',
  rule: 'lamp-failure',
  type: 'raise',
  at: 1.5,
  recorded: at,
  by: null,
  detail: '',
  priority: 'high',
  told: true,
  announced: true,
  version: 1,
}

export function sampleFacility(id: string, more: Partial<FacilityDescription> = {}): FacilityDescription {
  return {
    id,
    kind: 'street-light',
    name: `Lamp ${id}`,
    district: 'North',
    road: '解放路',
    nameEn: 'Liberation Road 1',
    roadClass: 'secondary',
    keyArea: true,
    owner: 'Lighting company',
    circuit: 3,
    position: [120.5, 30.25],
    fedBy: null,
    gateway: null,
    labels: {},
    rated: {},
    mode: 'auto',
    ...more,
  }
}

/** What every state store must keep; `open` gives an empty one. */
export function describeStateStore(name: string, open: () => StateStore): void {
  describe(`state store: ${name}`, () => {
    let store: StateStore
    beforeEach(() => {
      store = open()
    })
    afterEach(() => store.close())

    test('keeps samples of the first and the newest activations of an alarm, each asked for once', () => {
      const alarm = store.insertAlarm(sampleAlarm())
      for (let i = 0; i <= 12; i++) store.samples.request({ alarm, activated: at + i, points: ['power'] }, at + 100 + i)
      store.samples.request({ alarm, activated: at + 12, points: ['on'] }, at)
      expect(store.samples.of(alarm).map(({ activated }) => activated - at)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 0])
      expect(store.samples.due(at + 100, 10)).toEqual([
        { alarm, activated: at, points: ['power'], due: at + 100, tries: 0, facility: 'lamp-1', kind: 'street-light' },
      ])
      store.samples.postpone(alarm, at, at + 500)
      expect(store.samples.due(at + 200, 2)).toMatchObject([{ activated: at + 4 }, { activated: at + 5 }])
      const samples = { from: at, to: at + 1, points: [], reports: [at], unavailable: null }
      store.samples.keep(alarm, at, samples)
      expect(store.samples.awaited()).toBe(9)
      expect(store.samples.of(alarm).at(-1)).toEqual({ activated: at, due: at + 500, tries: 1, samples })
      store.samples.prune(at + 6, 2)
      expect(store.samples.of(alarm).map(({ activated }) => activated - at)).toEqual([12, 11, 10, 9, 8, 7, 6, 5])
    })

    test('keeps facilities, their numbers stay and are never given again', () => {
      const full = sampleFacility('a', {
        fedBy: 'cabinet',
        gateway: 'g',
        labels: { pole: '7' },
        rated: { power: 60.5 },
        mode: 'maintenance',
      })
      const a = store.putFacility(full)
      const b = store.putFacility(sampleFacility('b', { position: null }))
      expect(store.putFacility({ ...full, name: 'renamed' })).toBe(a)
      store.removeFacility('b')
      store.removeFacility('never-there')
      const c = store.putFacility(sampleFacility('c', { position: null }))
      expect(new Set([a, b, c]).size).toBe(3)
      expect(store.facilities()).toEqual([
        { number: a, description: { ...full, name: 'renamed' } },
        { number: c, description: sampleFacility('c', { position: null }) },
      ])
    })

    test('keeps the alarm record in the order it was written, and hands it out in pages', () => {
      const record = { ...sampleStep, alarm: 7, recorded: 100 }
      const steps = [
        record,
        { ...record, alarm: 8 },
        { ...record, type: 'acknowledge', at: 150, recorded: 150, by: 'li', detail: '看到了', told: false } as const,
      ]
      for (const step of steps) store.recordAlarm(step)
      expect([...store.alarmRecordsBetween(100, 150)].map(({ alarm }) => alarm)).toEqual([7, 8])
      const first = store.alarmRecords({ alarm: 7, limit: 1 })
      expect(first.items).toEqual([{ id: 3, ...steps[2] }])
      expect(store.alarmRecords({ alarm: 7, before: first.next as number, limit: 1 })).toEqual({
        items: [{ id: 1, ...record }],
        next: null,
      })
      expect(store.alarmRecords({ from: 100, to: 150, limit: 9 }).items.map(({ id }) => id)).toEqual([2, 1])
      store.pruneAlarmRecords(151, 1)
      expect(store.alarmRecords({ limit: 9 }).items.map(({ id }) => id)).toEqual([3, 2])
      store.pruneAlarmRecords(150, 9)
      expect(store.alarmRecords({ limit: 9 }).items.map(({ id }) => id)).toEqual([3])
    })

    test('hands out the steps of a time as they were written, though the clock was set back in between', () => {
      const at = (recorded: number) => store.recordAlarm({ ...sampleStep, alarm: recorded, recorded })
      for (const recorded of [100, 200, 300, 120, 220, 320]) at(recorded)
      const between = (from: number, to: number) => [...store.alarmRecordsBetween(from, to)].map(({ recorded }) => recorded)
      expect(between(120, 320)).toEqual([200, 300, 120, 220])
      expect(between(110, 130)).toEqual([120])
      expect(between(400, 500)).toEqual([])
    })

    test('keeps the versions of a facility in pages, newest first, also after its end', () => {
      const description = sampleFacility('a', { labels: { pole: '7' }, rated: { power: 60.5 } })
      const version = { facility: 'a', at: 1.5, by: 'li', reason: '登记', changes: [] }
      const changes = [{ field: 'position', before: [120.5, 30.25], after: null }]
      store.addFacilityVersion({ ...version, action: 'import', description })
      store.addFacilityVersion({ ...version, facility: 'b', action: 'put', description: sampleFacility('b') })
      store.addFacilityVersion({ ...version, action: 'put', changes, description: { ...description, position: null } })
      store.addFacilityVersion({ ...version, action: 'remove', at: 2.5, description: null })
      expect([...store.firstRegistered()].sort()).toEqual([
        ['a', 1.5],
        ['b', 1.5],
      ])
      const first = store.facilityVersions('a', null, 2)
      const second = store.facilityVersions('a', first.next, 2)
      expect(first.items.map(({ id: _, ...kept }) => kept)).toEqual([
        { ...version, action: 'remove', at: 2.5, description: null },
        { ...version, action: 'put', changes, description: { ...description, position: null } },
      ])
      expect(second).toEqual({ items: [{ id: expect.any(Number), ...version, action: 'import', description }], next: null })
    })

    test('keeps views of pages, own ones and shared ones, and with which one it opens', () => {
      const { keptViews, people } = store
      const user = { role: 'operator', scope: WHOLE_CITY } as const
      for (const name of ['li', 'wei']) people.putUser(newUser(name, user.role, user.scope, 'admin', at))
      const view = { id: 0, name: '紧急', owner: 'li', page: 'alarms' as const, shared: false, search: 'priority=critical', at: 1.5 }
      const own = keptViews.add(view)
      const shared = keptViews.add({ ...view, name: 'all', shared: true })
      const theirs = keptViews.add({ ...view, owner: 'wei' })
      expect(keptViews.view(own)).toEqual({ ...view, id: own })
      expect(keptViews.viewsFor('li', 'alarms').map(({ id }) => id)).toEqual([shared, own])
      expect(keptViews.viewsFor('wei', 'alarms').map(({ id }) => id)).toEqual([shared, theirs])
      const plots = keptViews.add({ ...view, page: 'plots' })
      expect(keptViews.viewsFor('li', 'plots').map(({ id }) => id)).toEqual([plots])
      const taken = expect.objectContaining({ code: 'action-refused' })
      expect(() => keptViews.add(view)).toThrow(taken)
      expect(() => keptViews.update({ ...view, id: own, name: 'all' })).toThrow(taken)
      keptViews.update({ ...view, id: own, name: 'mine', search: '', at: 2 })
      expect(keptViews.view(own)).toEqual({ ...view, id: own, name: 'mine', search: '', at: 2 })
      keptViews.setFirstView('wei', theirs)
      keptViews.setFirstView('wei', shared)
      expect([keptViews.firstView('wei'), keptViews.firstView('li')]).toEqual([shared, null])
      // What others share outlives who made it.
      people.removeUser('li')
      expect([keptViews.view(own), keptViews.view(shared)?.name]).toEqual([undefined, 'all'])
      keptViews.remove(shared)
      expect(keptViews.firstView('wei')).toBeNull()
      people.removeUser('wei')
      expect(keptViews.viewsFor('wei', 'alarms')).toEqual([])
    })

    test('keeps groups and overrides, one per scope and rule', () => {
      const { rules } = store
      const group = { name: '北区', rank: 2, query: 'district=North', reason: 'x', by: 'li', at: 1.5 }
      rules.putGroup(group)
      rules.putGroup({ ...group, name: 'a' })
      rules.putGroup({ ...group, rank: 3 })
      expect(rules.groups()).toEqual([
        { ...group, name: 'a' },
        { ...group, rank: 3 },
      ])
      const made = { action: 'put' as const, revertsTo: null, reason: 'x', by: 'li', at: 1.5 }
      const scope = { kind: 'tank', group: null, facility: null, rule: 'low' }
      const changes = { enabled: true, onDelay: 5, hours: null, parameters: { low: 0.5 } }
      const change = (more: object) => store.transaction(() => rules.change({ ...scope, ...made, after: changes, ...more }))
      const overrides = [{}, { group: '北区' }, { facility: 'T-1' }].map((more) => change(more).override)
      const ids = overrides.map((override) => override?.id as number)
      expect(change({ after: { onDelay: 6 }, group: '北区' }).override?.id).toBe(ids[1])
      expect(rules.overrides().map(({ id, version, changes }) => [id, version, changes])).toEqual([
        [ids[0], 1, changes],
        [ids[1], 4, { onDelay: 6 }],
        [ids[2], 3, changes],
      ])
      const { action: _, revertsTo: __, ...rest } = made
      expect(rules.override(ids[2] as number)).toEqual({ ...scope, ...rest, id: ids[2], version: 3, facility: 'T-1', changes })
      expect(overrides[2]).toEqual(rules.override(ids[2] as number))
      expect(() => rules.removeGroup('北区')).toThrow(expect.objectContaining({ code: 'action-refused' }))
      expect(() => change({ group: 'none' })).toThrow(expect.objectContaining({ code: 'action-refused' }))
      expect(change({ group: '北区', after: null }).override).toBeNull()
      rules.removeGroup('北区')
      expect([rules.override(ids[1] as number), rules.groups().length]).toEqual([undefined, 1])
    })

    test('keeps device profiles and the devices bound with them', () => {
      const { profiles } = store
      const made = { by: 'li', at: 1 }
      const lorawan = { id: 'b', title: 'B', dialect: 'lorawan', kind: 'tank', codec: 'acme', fields: [], ...made } as const
      const topics = { pattern: 'a/{id}', payload: 'json' } as const
      const fields = [{ field: '/v', point: 'level', enum: { on: 1 } }]
      const mapped = { ...lorawan, id: 'a', dialect: 'mapped', codec: null, fields, topics } as const
      for (const profile of [lorawan, mapped, { ...mapped, id: 'c' }]) profiles.putProfile(profile)
      profiles.putProfile({ ...lorawan, title: 'B2', at: 2 })
      expect(profiles.profiles()).toEqual([mapped, { ...lorawan, title: 'B2', at: 2 }, { ...mapped, id: 'c' }])

      const bind = (dialect: 'lorawan' | 'mapped', address: string, facility: string, profile: string) =>
        profiles.putBinding({ dialect, address, facility, profile, ...made })
      bind('lorawan', '01', 'T-1', 'b')
      bind('mapped', '7', 'T-1', 'a')
      bind('mapped', '7', 'T-2', 'c')
      bind('lorawan', '01', 'T-2', 'b')
      const all = [...profiles.bindings()]
      expect(all.map(({ dialect, address, facility, profile }) => [dialect, address, facility, profile])).toEqual([
        ['lorawan', '01', 'T-2', 'b'],
        ['mapped', '7', 'T-1', 'a'],
        ['mapped', '7', 'T-2', 'c'],
      ])
      expect(profiles.binding({ dialect: 'mapped', address: '7', profile: 'c' })).toEqual(all[2])
      expect(profiles.binding({ dialect: 'lorawan', address: '01', profile: 'any' })).toEqual(all[0])
      expect(profiles.findBindings({ limit: 2 })).toEqual({ items: [all[2], all[1]], next: all[1]?.id })
      expect(profiles.findBindings({ limit: 2, before: all[1]?.id as number })).toEqual({ items: [all[0]], next: null })
      expect(profiles.findBindings({ limit: 9, words: 't-2', dialect: 'mapped' }).items).toEqual([all[2]])
      expect(profiles.findBindings({ limit: 9, words: '%' }).items).toEqual([])
      expect(profiles.bindingsOf('b')).toBe(1)
      expect(() => profiles.removeProfile('b')).toThrow()
      profiles.removeBinding({ dialect: 'lorawan', address: '01', profile: 'b' })
      profiles.removeProfile('b')
      expect(profiles.profiles().map(({ id }) => id)).toEqual(['a', 'c'])
    })

    test('keeps payload codecs with all their versions', () => {
      const { codecs } = store
      const sample = { name: 'a', fPort: 2, bytes: '01ff', expected: { data: { v: 1 } } }
      const change = { codec: 'lamp', title: 'Lamp', source: 'x', samples: [sample], isForced: false, reason: 'r', by: 'li', at: 1.5 }
      const made = [
        codecs.change(change),
        codecs.change({ ...change, codec: 'meter', samples: [{ ...sample, expected: null }] }),
        codecs.change({ ...change, source: 'y', isForced: true }),
      ]
      expect(made).toEqual([1, 2, 3])
      expect(codecs.codec('lamp')).toEqual({ ...change, version: 3, source: 'y', isForced: true })
      expect(codecs.codecs('', 10).map(({ codec, version }) => [codec, version])).toEqual([
        ['lamp', 3],
        ['meter', 2],
      ])
      expect(codecs.codecs('lamp', 10)).toHaveLength(1)
      expect(codecs.change({ ...change, source: null, samples: [] })).toBe(4)
      expect([codecs.codec('lamp'), codecs.codecs('', 10).length]).toEqual([undefined, 1])
      expect(codecs.versions('lamp', undefined, 2)).toEqual({
        items: [
          { ...change, version: 4, source: null, samples: [] },
          { ...change, version: 3, source: 'y', isForced: true },
        ],
        next: 3,
      })
      expect(codecs.versions('lamp', 3, 2)).toEqual({ items: [{ ...change, version: 1 }], next: null })
      expect(codecs.version(1)).toEqual({ ...change, version: 1 })
      expect(codecs.version(9)).toBeUndefined()
    })

    test('keeps a version of each change of the rules, also of what is gone', () => {
      const { rules } = store
      rules.putGroup({ name: 'north', rank: 1, query: 'district=North', reason: '', by: 'li', at: 1 })
      const scope = { kind: 'tank', group: null, facility: null, rule: 'low' }
      const change = { ...scope, action: 'put' as const, revertsTo: null, reason: 'x', by: 'li', at: 1.5, after: { onDelay: 5 } }
      const texts = { title: { zh: '低', en: 'Low' } }
      const made = [
        rules.change(change),
        rules.change({ ...change, after: { texts }, at: 2 }),
        rules.change({ ...change, group: 'north' }),
        rules.change({ ...change, facility: 'T-1', rule: 'high' }),
        rules.change({ ...change, action: 'remove', after: null }),
        rules.change({ ...change, action: 'revert', after: { texts }, revertsTo: 2 }),
      ].map(({ version }) => version)
      expect(made.map(({ id, before, after }) => [id, before, after])).toEqual([
        [1, null, { onDelay: 5 }],
        [2, { onDelay: 5 }, { texts }],
        [3, null, { onDelay: 5 }],
        [4, null, { onDelay: 5 }],
        [5, { texts }, null],
        [6, null, { texts }],
      ])
      expect(rules.versions({ limit: 10 })).toEqual({ items: made.toReversed(), next: null })
      expect(made.map(({ id }) => rules.version(id))).toEqual(made)
      expect(rules.version(7)).toBeUndefined()
      const ids = (query: object) => rules.versions({ limit: 10, ...query }).items.map(({ id }) => id)
      expect([ids({ kind: 'lamp' }), ids({ rule: 'high' }), ids({ group: 'north' }), ids({ facility: 'T-1' }), ids({ before: 3 })]).toEqual(
        [[], [4], [3], [4], [2, 1]],
      )
      expect(rules.versions({ limit: 2, rule: 'low' }).next).toBe(5)
    })

    test('forgets a change of the rules that did not go through, and what its alarms said', () => {
      const { rules } = store
      const texts = { ...sampleTexts, timeToAct: 77 }
      const other = { ...sampleTexts, timeToAct: 78 }
      const work = () => {
        rules.change({
          kind: 'tank',
          group: null,
          facility: null,
          rule: 'low',
          action: 'put',
          after: { onDelay: 1 },
          revertsTo: null,
          reason: '',
          by: '',
          at: 1,
        })
        expect(store.alarm(store.insertAlarm(sampleAlarm({ evidence: { ...sampleAlarm().evidence, texts } })))?.evidence.texts).toEqual(
          texts,
        )
        throw new Error('no')
      }
      expect(() => store.transaction(work)).toThrow('no')
      expect([rules.overrides(), rules.versions({ limit: 10 }).items]).toEqual([[], []])
      const said = [other, texts, null].map((texts, i) =>
        store.insertAlarm(sampleAlarm({ facility: `lamp-${i}`, evidence: { ...sampleAlarm().evidence, texts } })),
      )
      expect(said.map((id) => store.alarm(id)?.evidence.texts)).toEqual([other, texts, null])
      expect(store.liveAlarms().map(({ evidence }) => evidence.texts)).toEqual([other, texts, null])
    })

    test('takes over staged facilities in their order once they are sealed, each with a version', () => {
      const number = store.putFacility(sampleFacility('b'))
      const renamed = sampleFacility('b', { name: 'renamed' })
      const changes = [{ field: 'name', before: 'Lamp b', after: 'renamed' }]
      store.staging.stage('one', [{ description: sampleFacility('a'), changes: [] }])
      store.staging.stage('one', [{ description: renamed, changes }])
      store.staging.stage('one', [{ description: sampleFacility('c'), changes: [] }])
      store.staging.stage('other', [{ description: sampleFacility('d'), changes: [] }])
      expect(store.staging.takeNext('one', 10)).toEqual([])
      store.staging.seal('one', { at, by: 'admin', reason: 'a file' })
      store.staging.drop('one')
      const first = store.staging.takeNext('one', 2)
      expect(first).toMatchObject([{ description: { id: 'a' } }, { number, description: renamed, changes }])
      expect(store.staging.takeNext('one', 2)).toMatchObject([{ description: { id: 'c' } }])
      expect(store.staging.takeNext('one', 2)).toEqual([])
      expect(store.facilities().map(({ description }) => description.id)).toEqual(['b', 'a', 'c'])
      const [version] = store.facilityVersions('b', null, 10).items
      expect(version).toMatchObject({ action: 'import', at, by: 'admin', reason: 'a file', changes, description: renamed })
      store.staging.drop('other')
      store.staging.seal('other', { at, by: 'admin', reason: '' })
      expect(store.staging.takeNext('other', 2)).toEqual([])
    })

    test('gives back an alarm as it was put', () => {
      const alarm = sampleAlarm({
        acknowledged: { at: 5, by: 'admin', comment: '去看看' },
        shelved: { at: 6, by: 'admin', until: 7.5, reason: 'work' },
        comments: [{ at: 8, by: 'admin', text: "it's; DROP TABLE alarm" }],
        commentCount: 7,
        latching: true,
        latched: true,
        outOfService: true,
        raised: 1_700_000_000_000.25,
      })
      const id = store.insertAlarm(alarm)
      expect(store.alarm(id)).toEqual({ ...alarm, id })
      const ended = { ...alarm, id, active: false, returned: 9, ended: 10, shelved: null, version: 2 }
      store.updateAlarm(ended)
      expect(store.alarm(id)).toEqual(ended)
      expect(store.liveAlarms()).toEqual([])
      expect(store.alarm(id + 1)).toBeUndefined()
    })

    test('refuses a second live alarm of a facility and rule, and takes one after the first ended', () => {
      const id = store.insertAlarm(sampleAlarm())
      expect(() => store.insertAlarm(sampleAlarm())).toThrow(expect.objectContaining({ code: 'action-refused' }))
      store.insertAlarm(sampleAlarm({ rule: 'other' }))
      store.updateAlarm(sampleAlarm({ id, ended: 5 }))
      const second = store.insertAlarm(sampleAlarm())
      expect(second).toBeGreaterThan(id)
      expect(store.liveAlarms().map((alarm) => alarm.rule)).toEqual(['other', 'dark'])
    })

    test('pages the history newest first, each alarm once', () => {
      for (let i = 0; i < 25; i++) {
        store.insertAlarm(sampleAlarm({ facility: `lamp-${i % 2}`, rule: `rule-${i}`, raised: 1000 + i, ended: i < 20 ? 2000 : null }))
      }
      const seen: number[] = []
      let before: number | undefined
      for (;;) {
        const page = store.alarmHistory({ limit: 10, ...(before !== undefined && { before }) })
        seen.push(...page.items.map((alarm) => alarm.raised))
        if (page.next === null) break
        before = page.next
      }
      expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => 1024 - i))
      expect(store.alarmHistory({ limit: 25 }).next).toBeNull()
      expect(store.alarmHistory({ limit: 100, facility: 'lamp-1', from: 1005, to: 1009 }).items.map((alarm) => alarm.raised)).toEqual([
        1007, 1005,
      ])
      expect(store.alarmHistory({ limit: 100, rule: 'rule-3' }).items).toHaveLength(1)
      expect(store.alarmHistory({ limit: 100, live: true }).items).toHaveLength(5)
      expect(store.alarmHistory({ limit: 100, live: false }).items).toHaveLength(20)
      expect(store.raisedSince(1023)).toEqual([
        { facility: 'lamp-1', raised: 1023, priority: 'high' },
        { facility: 'lamp-0', raised: 1024, priority: 'high' },
      ])
    })

    test('pages alarms and steps of facilities in scope, few or many among those of others', () => {
      const lamp = (i: number) => `lamp-${i}`
      for (let i = 0; i < 40; i++) store.putFacility(sampleFacility(lamp(i), { district: i === 7 ? 'few' : i % 2 ? 'odd' : 'even' }))
      store.putFacility(sampleFacility('service', { kind: 'server', district: 'nowhere' }))
      store.putFacility(sampleFacility('station', { kind: 'pump-station', district: 'odd' }))
      store.transaction(() => {
        for (let i = 0; i < 6000; i++) {
          // The oldest are of the few, and of one that is registered no more.
          const facility = i < 5 ? 'lamp-7' : i < 10 ? 'gone' : i === 3000 ? 'service' : i === 4000 ? 'station' : lamp(((i * 7) % 32) + 8)
          const alarm = store.insertAlarm(sampleAlarm({ facility, rule: `rule-${i % 3}`, raised: i, ended: i + 1 }))
          store.recordAlarm({ ...sampleStep, alarm, facility, recorded: i })
        }
      })
      const walk = <T extends { id: number; facility: string }>(ask: (before: { before?: number }) => Page<T>): T[] => {
        const all: T[] = []
        for (let before: { before?: number } = {}; ; ) {
          const { items, next } = ask(before)
          all.push(...items)
          if (next === null) return all
          before = { before: next }
        }
      }
      const all = walk((before) => store.alarmHistory({ ...before, limit: 1000 }))
      const none = { kinds: [], always: [] }
      for (const [within, isIn] of [
        [{ ...none, districts: ['few'], kinds: ['street-light'] }, (id: string) => id === 'lamp-7'],
        [{ ...none, districts: ['odd'], kinds: ['street-light'] }, (id: string) => /^lamp-\d*[13579]$/.test(id) && id !== 'lamp-7'],
        [
          { ...none, districts: ['odd', 'few'], kinds: ['street-light', 'pump-station'] },
          (id: string) => /^lamp-\d*[13579]$|station/.test(id),
        ],
        [{ ...none, districts: 'all', kinds: ['street-light'] }, (id: string) => id.startsWith('lamp-')],
        [{ districts: ['nowhere'], kinds: ['street-light'], always: ['server'] }, (id: string) => id === 'service'],
        [{ ...none, districts: [], kinds: ['street-light'] }, () => false],
      ] as [FacilityScope, (id: string) => boolean][]) {
        const expected = all.filter(({ facility }) => isIn(facility))
        const ids = expected.map(({ id }) => id)
        const limit = 2000
        expect(walk((before) => store.alarmHistory({ ...before, within, limit })).map(({ id }) => id)).toEqual(ids)
        expect(walk((before) => store.alarmRecords({ ...before, within, limit })).map(({ alarm }) => alarm)).toEqual(ids)
        const few = { within, from: 2, to: 4500, limit: 700 }
        const ofRule = expected.filter(({ raised, rule }) => raised >= 2 && raised < 4500 && rule === 'rule-1')
        expect(walk((before) => store.alarmHistory({ ...before, ...few, rule: 'rule-1' }))).toEqual(ofRule)
        expect(store.alarmHistory({ within, live: true, limit: 9 }).items).toEqual([])
        expect(store.alarmHistory({ within, facility: 'lamp-7', limit: 9 }).items).toHaveLength(isIn('lamp-7') ? 5 : 0)
        expect(store.alarmRecords({ within, alarm: 1, limit: 9 }).items).toHaveLength(isIn('lamp-7') ? 1 : 0)
      }
    })

    test('says so when what a page would go on from is kept no more, instead of ending the list', () => {
      for (const [i, ended] of [20, 10, null].entries()) {
        const id = store.insertAlarm(sampleAlarm({ rule: `rule-${i}`, raised: i, ended }))
        store.recordAlarm({ ...sampleStep, alarm: id, recorded: i })
      }
      const gone = expect.objectContaining({ code: 'invalid-request', message: expect.stringMatching(/2.*first page/) })
      store.pruneAlarms(15, 9)
      expect(() => store.alarmHistory({ before: 2, limit: 9 })).toThrow(gone)
      expect(() => store.alarmRecords({ before: 2, limit: 9 })).toThrow(gone)
      expect([store.alarmHistory({ before: 3, limit: 9 }), store.alarmRecords({ before: 3, limit: 9 })]).toMatchObject([
        { items: [{ id: 1 }] },
        { items: [{ id: 1 }] },
      ])
      expect([store.alarmHistory({ before: 1, limit: 9 }), store.alarmRecords({ before: 1, limit: 9 })]).toEqual([
        { items: [], next: null },
        { items: [], next: null },
      ])
      // The steps of one alarm are in the order of their numbers, so they go on from any.
      expect(store.alarmRecords({ alarm: 1, before: 2, limit: 9 }).items).toMatchObject([{ id: 1 }])
    })

    test('pages alarms and steps by their time, whatever the order they came in, and within any other question', () => {
      const times = [5, 3, 9, 3, 7, 1, 9, 3]
      for (const [i, raised] of times.entries()) {
        const by = store.insertAlarm(sampleAlarm({ facility: `lamp-${i % 2}`, rule: `rule-${i % 3}`, raised, ended: i < 5 ? 20 : null }))
        store.recordAlarm({ ...sampleStep, alarm: by, recorded: raised })
      }
      const walk = <T extends { id: number }>(ask: (before: { before?: number }) => Page<T>): number[] => {
        const ids: number[] = []
        for (let before: { before?: number } = {}; ; ) {
          const { items, next } = ask(before)
          ids.push(...items.map(({ id }) => id))
          if (next === null) return ids
          before = { before: next }
        }
      }
      const newestFirst = [7, 3, 5, 1, 8, 4, 2, 6]
      expect(walk((before) => store.alarmHistory({ ...before, limit: 3 }))).toEqual(newestFirst)
      expect(walk((before) => store.alarmRecords({ ...before, limit: 3 }))).toEqual(newestFirst)
      const window = { from: 3, to: 9, limit: 2 }
      expect(walk((before) => store.alarmHistory({ ...before, ...window }))).toEqual([5, 1, 8, 4, 2])
      expect(walk((before) => store.alarmRecords({ ...before, ...window }))).toEqual([5, 1, 8, 4, 2])
      const query = fc.record(
        {
          facility: fc.constantFrom('lamp-0', 'lamp-1'),
          rule: fc.constantFrom('rule-0', 'rule-1', 'none'),
          live: fc.boolean(),
          from: fc.integer({ min: 0, max: 10 }),
          to: fc.integer({ min: 0, max: 10 }),
        },
        { requiredKeys: [] },
      )
      const all = newestFirst.map((id) => store.alarm(id) as Alarm)
      fc.assert(
        fc.property(query, fc.integer({ min: 1, max: 4 }), (asked, limit) => {
          const { facility, rule, live, from = 0, to = 99 } = asked
          const expected = all.filter(
            (alarm) =>
              (facility === undefined || alarm.facility === facility) &&
              (rule === undefined || alarm.rule === rule) &&
              (live === undefined || live === (alarm.ended === null)) &&
              alarm.raised >= from &&
              alarm.raised < to,
          )
          expect(walk((before) => store.alarmHistory({ ...asked, ...before, limit }))).toEqual(expected.map(({ id }) => id))
        }),
      )
    })

    test('lists what an alarm explains', () => {
      const cause = store.insertAlarm(sampleAlarm({ facility: 'cabinet' }))
      const suppressed = { cause: 'supply', by: cause, since: 1, until: null } as const
      const ids = [1, 2].map((i) => store.insertAlarm(sampleAlarm({ facility: `lamp-${i}`, raised: i, suppressed })))
      store.insertAlarm(sampleAlarm({ facility: 'lamp-3', suppressed: { ...suppressed, by: 99 } }))
      expect(store.alarmHistory({ suppressedBy: cause, limit: 9 }).items.map(({ id }) => id)).toEqual(ids.toReversed())
      expect(store.alarmHistory({ suppressedBy: cause, facility: 'lamp-1', live: true, limit: 9 }).items).toHaveLength(1)
      expect(store.alarmHistory({ suppressedBy: cause, live: false, limit: 9 }).items).toEqual([])
    })

    test('forgets alarms that ended long ago piece by piece, with their steps and samples, and no live one', () => {
      const ids = [30, 10, 20, null, 40].map((ended, i) => store.insertAlarm(sampleAlarm({ rule: `rule-${i}`, ended })))
      for (const alarm of ids) {
        store.recordAlarm({ ...sampleStep, alarm })
        store.samples.request({ alarm, activated: 1, points: [] }, 5)
      }
      const kept = () => [
        store.alarmHistory({ limit: 9 }).items.map(({ id }) => id).sort(),
        store.alarmRecords({ limit: 9 }).items.map(({ alarm }) => alarm).sort(),
        ids.filter((id) => store.samples.of(id).length > 0),
      ] // biome-ignore format: three of a kind
      store.pruneAlarms(40, 2)
      expect(kept()).toEqual([[1, 4, 5], [1, 4, 5], [1, 4, 5]]) // biome-ignore format: three of a kind
      store.pruneAlarms(40, 2)
      store.pruneAlarms(40, 2)
      expect(kept()).toEqual([[4, 5], [4, 5], [4, 5]]) // biome-ignore format: three of a kind
      expect([store.newestAlarm(), store.insertAlarm(sampleAlarm({ rule: 'next' })), store.newestAlarm()]).toEqual([5, 6, 6])
    })

    test('a transaction that throws leaves nothing, a nested one joins', () => {
      store.insertAlarm(sampleAlarm({ rule: 'kept' }))
      const failing = () =>
        store.transaction(() => {
          store.insertAlarm(sampleAlarm())
          store.transaction(() => store.setAppliedThrough({ position: 7, tick: 7 }))
          throw new Error('stop')
        })
      expect(failing).toThrow('stop')
      expect(store.liveAlarms().map((alarm) => alarm.rule)).toEqual(['kept'])
      expect(store.appliedThrough().position).toBe(-1)
      expect(store.transaction(() => store.transaction(() => store.insertAlarm(sampleAlarm())))).toBeGreaterThan(0)
    })

    test('a failed part of a transaction that is caught takes only itself back', () => {
      store.transaction(() => {
        store.setStoredThrough(3)
        expect(() =>
          store.transaction(() => {
            store.setStoredThrough(4)
            store.insertAlarm(sampleAlarm())
            store.insertAlarm(sampleAlarm())
          }),
        ).toThrow()
      })
      expect(store.storedThrough()).toBe(3)
      expect(store.liveAlarms()).toEqual([])
    })

    test('remembers how far it is', () => {
      expect([store.appliedThrough(), store.storedThrough()]).toEqual([{ position: -1, tick: 0 }, -1])
      store.setAppliedThrough({ position: 2 ** 40, tick: 1_700_000_000_000 })
      store.setStoredThrough(2 ** 40 - 1)
      store.setAppliedThrough({ position: 2 ** 40, tick: Number.NEGATIVE_INFINITY })
      expect(store.appliedThrough().tick).toBe(Number.NEGATIVE_INFINITY)
      store.setAppliedThrough({ position: 2 ** 40, tick: 1_700_000_000_000 })
      expect(store.detectedThrough()).toBe(-1)
      store.setDetectedThrough(9)
      expect(store.detectedThrough()).toBe(9)
      expect([store.appliedThrough(), store.storedThrough()]).toEqual([{ position: 2 ** 40, tick: 1_700_000_000_000 }, 2 ** 40 - 1])
    })

    test('keeps one detection snapshot per facility, and none of a removed one', () => {
      const [a, b] = [store.putFacility(sampleFacility('a')), store.putFacility(sampleFacility('b'))]
      store.putDetectionSnapshots([
        { facility: a, position: 1, tick: 1000, resumedAt: 0, layout: 'v1', bytes: new Uint8Array([1, 0, 255]) },
      ])
      store.putDetectionSnapshots([
        { facility: a, position: 2, tick: 2000, resumedAt: 0, layout: 'v1', bytes: new Uint8Array([2]) },
        { facility: b, position: 3, tick: Number.NEGATIVE_INFINITY, resumedAt: 1500, layout: 'v1', bytes: new Uint8Array(0) },
      ])
      expect([...(store.detectionSnapshots()[0]?.bytes ?? [])]).toEqual([2])
      store.removeFacility('a')
      const [only, ...rest] = store.detectionSnapshots()
      expect(rest).toEqual([])
      expect(only).toMatchObject({ facility: b, position: 3, tick: Number.NEGATIVE_INFINITY, resumedAt: 1500, layout: 'v1' })
      expect([...(only?.bytes ?? [1])]).toEqual([])
    })

    describePeople(() => store.people)
    describeOrders(() => store.orders)
    describeReports(() => store)
    describeRoster(() => store.roster)
    describeRounds(() => store.rounds)
    describeHandovers(() => store.handovers)
    describeEmergencies(() => store.emergencies)
    describeDutyReports(() => store.dutyReports)
    describeDeliveries(() => store.deliveries)
    describeCommands(() => store.commands)
    describeLampHistory(() => store.lampHistory)
    describeAlertSources(() => store.alertSources)
    describeGasDeliveries(() => store)
    describeProgrammes(() => store)
    describeLightChanges(() => store)
    describeEnteredReadings(() => store, sampleFacility('lamp'))

    test('keeps the alarm policy; the usual one when none was given, and for what an older one does not say', () => {
      expect(store.alarmPolicy()).toEqual({ policy: defaultPolicy, since: 0 })
      const { escalation: _, ...older } = { ...defaultPolicy, reminders: { critical: 1, high: null, medium: null, low: null } }
      store.setAlarmPolicy({ policy: older as AlarmPolicy, since: 7.5 })
      expect(store.alarmPolicy()).toEqual({ policy: { ...older, escalation: defaultPolicy.escalation }, since: 7.5 })
    })

    test('keeps the audit trail in pages, newest first', () => {
      for (let i = 0; i < 5; i++) store.audit({ at: i, by: 'admin', action: 'test', subject: `s${i}`, detail: '' })
      const first = store.auditTrail({ limit: 3 })
      const second = store.auditTrail({ before: first.next as number, limit: 3 })
      expect([...first.items, ...second.items].map((record) => record.subject)).toEqual(['s4', 's3', 's2', 's1', 's0'])
      expect(second.next).toBeNull()
    })

    test('says that it can be written', () => {
      expect(() => store.check()).not.toThrow()
    })
  })
}
