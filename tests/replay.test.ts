import { expect, test } from 'vitest'
import { externalSystem } from '../src/facilities/external-system/index.ts'
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
