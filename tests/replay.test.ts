import { expect, test } from 'vitest'
import { replay } from '../src/replay.ts'
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
