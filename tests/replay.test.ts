import { expect, test } from 'vitest'
import { nothingConfigured } from '../src/control/programme-set.ts'
import { externalSystem } from '../src/facilities/external-system/index.ts'
import { lightCabinet } from '../src/facilities/light-cabinet/index.ts'
import { replay } from '../src/replay.ts'
import { encodeReports } from '../src/telemetry/codecs/native.ts'
import { minutes, seconds } from '../src/telemetry/duration.ts'
import { tankKind } from './tank-kind.ts'

const start = 1_700_000_000_000

test('a replay with other rules shows what they would have made of it', async () => {
  const messages = [1, 2, 3].map((i) => ({
    position: i,
    received: start + seconds(10 * i),
    topic: `facilities/tank/T-${i}/telemetry`,
    payload: new TextEncoder().encode(JSON.stringify({ at: start + seconds(10 * i), values: { level: 6, valve: false } })),
  }))
  const facilities = [1, 2, 3].map((i) => ({ id: `T-${i}`, kind: 'tank', keyArea: i > 1 }))
  const kinds = new Map([[tankKind.key, tankKind]])
  const made = { reason: 'rehearsal', by: 'li', at: start }
  const override = { version: 1, kind: 'tank', group: null, facility: null, rule: 'high', ...made }
  const rules = {
    groups: [{ name: 'key', rank: 1, query: 'keyArea=yes', ...made }],
    overrides: [
      { ...override, id: 1, group: 'key', changes: { parameters: { high: 5 }, priority: 'medium' as const } },
      { ...override, id: 2, facility: 'T-3', changes: { enabled: false } },
    ],
  }
  const options = { kinds, facilities, until: start + minutes(1) }
  expect((await replay(messages, options)).alarms).toEqual([])
  const { alarms } = await replay(messages, { ...options, rules })
  expect(alarms).toMatchObject([{ facility: 'T-2', rule: 'high', priority: 'medium', evidence: { parameters: { high: 5 } } }])
})

test('what another system has judged is a condition in a replay too, as urgent as the rule for it says', async () => {
  const told = (instance: string, active: boolean, at: number) => ({
    ...{ rule: 'alert-low', instance, active, at, title: `Alert ${instance}`, cause: '', response: 'https://runbooks.example' },
  })
  const messages = [
    [told('a', true, start + 10), told('b', true, start + 20), told('a', true, start + 30)],
    [told('a', false, start + seconds(40)), { ...told('c', true, start), rule: 'nobody-knows' }],
  ].map((conditions, i) => ({
    position: i,
    received: start + seconds(60 * i + 1),
    topic: 'facilities/external-system/racks/telemetry',
    payload: new TextEncoder().encode(encodeReports({ at: start + seconds(60 * i), values: { alerts: 2 }, told: conditions })),
  }))
  const options = { kinds: new Map([[externalSystem.key, externalSystem]]), facilities: [{ id: 'racks', kind: 'external-system' }] }
  const { alarms, rejections } = await replay(messages, options)
  expect(alarms.map(({ rule, priority, active, raised, returned }) => [rule, priority, active, raised, returned])).toEqual([
    ['alert-low:a', 'low', false, start + 10, start + seconds(40)],
    ['alert-low:b', 'low', true, start + 20, null],
  ])
  expect(alarms[0]?.evidence.texts).toMatchObject({ title: { en: 'Alert a', zh: 'Alert a' }, timeToAct: 1440 })
  expect(alarms[0]?.evidence.texts?.response.map(({ en }) => en)).toEqual([
    'Look at the alert in the monitoring system.',
    'https://runbooks.example',
  ])
  expect(rejections.size).toBe(0)

  const made = {
    reason: 'rehearsal',
    by: 'li',
    at: start,
    version: 1,
    kind: 'external-system',
    group: null,
    facility: null,
    rule: 'alert-low',
  }
  const by = async (changes: object) =>
    (await replay(messages, { ...options, rules: { groups: [], overrides: [{ ...made, id: 1, changes }] } })).alarms
  expect((await by({ priority: 'high' })).map(({ priority }) => priority)).toEqual(['high', 'high'])
  expect(await by({ enabled: false })).toEqual([])
})

test('light is judged by what was asked for at the time', async () => {
  const noon = Date.parse('2026-12-10T13:00+08:00')
  // A cabinet that burns by day, for an hour.
  const messages = Array.from({ length: 60 }, (_, i) => ({
    position: i,
    received: noon + minutes(i),
    topic: 'facilities/light-cabinet/LC-1/telemetry',
    payload: new TextEncoder().encode(
      JSON.stringify({
        at: noon + minutes(i),
        values: { 'active-power': 5000, 'voltage-a': 228, 'voltage-b': 228, 'voltage-c': 228, mode: 'auto' },
      }),
    ),
  }))
  const facilities = [{ id: 'LC-1', kind: 'light-cabinet', position: [114.6, 37.9] as [number, number] }]
  const options = { kinds: new Map([[lightCabinet.key, lightCabinet]]), facilities, timeZone: 'Asia/Shanghai' }
  const rulesOf = async (lighting?: Parameters<typeof replay>[1]['lighting']) =>
    (await replay(messages, { ...options, ...(lighting && { lighting }) })).alarms.map(({ rule }) => rule)
  expect(await rulesOf()).toContain('schedule-deviation')
  const fog = {
    ...{
      id: 1,
      query: 'kind=light-cabinet',
      level: 80,
      programme: null,
      from: noon - minutes(30),
      until: noon + minutes(120),
      reason: 'fog',
    },
    ...{ by: 'li', made: noon - minutes(30), ended: null, endedBy: null, plan: null, condition: null },
  }
  expect(await rulesOf({ versions: [], overrides: [fog], wanted: [] })).not.toContain('schedule-deviation')
  // One that was made afterwards excuses nothing.
  const late = { ...fog, made: noon + minutes(59) }
  const versions = [{ ...nothingConfigured, id: 1, at: noon, by: 'li' }]
  expect(await rulesOf({ versions, overrides: [late], wanted: [] })).toContain('schedule-deviation')
  const differs = { facility: 'LC-1', at: noon - minutes(60), table: 7 }
  const reported = messages.map((message) => ({
    ...message,
    payload: new TextEncoder().encode(new TextDecoder().decode(message.payload).replace('"mode"', '"programme-table":8,"mode"')),
  }))
  const { alarms } = await replay(reported, { ...options, lighting: { versions: [], overrides: [fog], wanted: [differs] } })
  expect(alarms.map(({ rule }) => rule)).toContain('programme-differs')
})
